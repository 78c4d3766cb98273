"""Meals: counted from who is in the building then, told to the kitchen, and told again when people come or go."""

import re
from datetime import datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
import time_machine
from django.urls import reverse

from core.records import Refused
from observation import admitting, meals, moving
from observation.ending import today
from observation.meals import Eater
from observation.models import KitchenOrder
from observation.papers import kitchen
from tests.inventory.phone import phone_of, said
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
NOON = datetime(2020, 2, 14, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = NOON.date()


@pytest.fixture
def w() -> World:
    return make_world()


def eater(n: int, floor: int, diet: str) -> Eater:
    return Eater(n, f"Guest {n}", f"{floor}0{n}", floor, diet)


def test_portions_are_counted_by_diet_and_floor() -> None:
    found = meals.count([eater(1, 3, "halal"), eater(2, 2, "ordinary"), eater(3, 3, "ordinary"), eater(4, 3, "halal")])
    assert found.portions == {"ordinary": 2, "halal": 2}
    assert found.floors == {2: {"ordinary": 1}, 3: {"ordinary": 1, "halal": 2}}
    assert found.total == 4
    assert meals.count([]).total == 0


def test_what_changed_is_said_by_diet() -> None:
    changed = meals.changes({"ordinary": 20, "halal": 2}, {"ordinary": 19, "halal": 3})
    assert changed == {"ordinary": -1, "halal": 1}
    assert meals.in_words(changed) == "−1 ordinary, +1 halal"
    assert meals.changes({"ordinary": 1}, {"ordinary": 1}) == {}


def test_whoever_left_before_the_meal_or_came_after_it_does_not_eat(w: World) -> None:
    with time_machine.travel(NOON - timedelta(hours=3), tick=False) as clock:
        early = w.occupant()
        leaving = w.occupant(last_exposure=DAY)
        clock.move_to(NOON - timedelta(hours=2))
        transfer = moving.send_to_hospital(
            leaving, hospital="District", reason="Fever", vehicle="Car", by=w.duty_officer
        )
        for kind in ("agreed", "vehicle", "left"):
            moving.take_transfer_step(transfer, kind=kind, by=w.duty_officer, client_id=uuid4())
        clock.move_to(NOON + timedelta(hours=1))
        late = w.occupant()
        w.expected()
        lunch = meals.eaters(w.building, day=DAY, meal="lunch")
        supper = meals.eaters(w.building, day=DAY, meal="supper")
    assert [one.occupant_id for one in lunch] == [early.pk]
    assert {one.occupant_id for one in supper} == {early.pk, late.pk}


def test_whoever_moves_room_eats_once(w: World) -> None:
    occupant = w.occupant()
    moving.move_to(occupant, bed=w.ready_room().beds.get(), reason="Noise", by=w.duty_officer)
    assert len(meals.eaters(w.building, day=today(w.building) + timedelta(days=1), meal="lunch")) == 1


def test_the_next_meal_after_supper_is_tomorrows_breakfast(w: World) -> None:
    assert meals.next_meal(w.building, NOON) == (DAY, "lunch")
    assert meals.next_meal(w.building, NOON + timedelta(hours=7)) == (DAY + timedelta(days=1), "breakfast")


def test_the_kitchen_is_told_once_and_told_again_what_changed(w: World) -> None:
    with time_machine.travel(NOON - timedelta(hours=3)):
        first, phone = w.occupant(), phone_of(w.nurse)
        form = {"day": DAY, "meal": "lunch", "client_id": str(uuid4())}
        page = f"{reverse('meals', args=[w.building.pk])}?day={DAY}&meal=lunch"
        assert "Send to the kitchen" in said(phone.get(page))
        for _tap in range(2):
            assert phone.post(reverse("send_meals", args=[w.building.pk]), form).status_code == 302
        order = KitchenOrder.objects.get()
        assert (order.portions, order.by, order.meal, order.day) == ({"ordinary": 1}, w.nurse, "lunch", DAY)
        with pytest.raises(Refused, match="order-unchanged"):
            meals.send(w.building, day=DAY, meal="lunch", by=w.nurse, client_id=uuid4())
        w.occupant(diet="halal")
        transfer = moving.send_to_hospital(first, hospital="District", reason="Fever", vehicle="Car", by=w.nurse)
        for kind in ("agreed", "vehicle", "left"):
            moving.take_transfer_step(transfer, kind=kind, by=w.nurse, client_id=uuid4())
        assert "−1 ordinary, +1 halal" in said(phone.get(page))
        again = meals.send(w.building, day=DAY, meal="lunch", by=w.nurse, client_id=uuid4())
        assert again.portions == {"halal": 1}
        assert "Changed since" not in said(phone.get(page))


def test_nothing_is_sent_for_nobody_nor_for_a_day_that_is_over(w: World) -> None:
    with pytest.raises(Refused, match="nobody-eats"):
        meals.send(w.building, day=today(w.building), meal="supper", by=w.nurse, client_id=uuid4())
    w.occupant()
    with pytest.raises(Refused, match="meal-over"):
        meals.send(w.building, day=today(w.building) - timedelta(days=1), meal="supper", by=w.nurse, client_id=uuid4())
    assert KitchenOrder.objects.count() == 0


def test_special_needs_stand_on_the_page_and_neither_they_nor_names_on_the_kitchens_list(w: World) -> None:
    w.occupant(w.ready_room("201").beds.get(), name="Quiet Guest", needs="Insulin in the fridge", diet="halal")
    shared = w.ready_room("301", beds=2)
    one = w.expected(shared.beds.get(number=1), party="Family", diet="child")
    two = w.expected(shared.beds.get(number=2), party="Family")
    for occupant in (one, two):
        admitting.arrive(occupant, by=w.duty_officer)
    page = said(phone_of(w.nurse).get(reverse("meals", args=[w.building.pk])))
    assert "Insulin in the fridge" in page
    day = today(w.building) + timedelta(days=1)
    made = kitchen.KitchenList.of(w.building, day=day, meal="lunch")
    assert [(room.number, room.diet, room.portions) for room in made.floors[-1].rooms] == [
        ("301", "ordinary", 1),
        ("301", "child's meal", 1),
    ]
    answer = phone_of(w.nurse).get(reverse("kitchen_list", args=[w.building.pk]), {"day": day, "meal": "lunch"})
    assert answer["Content-Type"] == "application/pdf"
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.content))
    words = re.sub(r"\s+", "", text)
    assert "301" in words
    assert "halal" in words or "清真" in words
    assert [word for word in ("Quiet", "Insulin") if word in words] == []


def test_the_hours_of_the_meals_are_the_sites_own_and_past_days_keep_theirs(w: World) -> None:
    with time_machine.travel(NOON - timedelta(days=1), tick=False) as clock:
        w.protocol()
        assert meals.served_at(w.building, DAY, "lunch").hour == 12
        clock.move_to(NOON)
        lead = phone_of(w.site_lead)
        page = reverse("meal_hours", args=[w.building.pk])
        said_hours = {"client_id": str(uuid4()), "breakfast": "07:00", "lunch": "11:30", "supper": "17:15"}
        assert lead.post(page, said_hours | {"lunch": "06:00"}).status_code == 409
        assert w.building.meal_hours.count() == 0
        assert lead.post(page, said_hours).status_code == 302
        assert "11:30" in lead.get(page).content.decode()
        [made] = w.building.meal_hours.all()
        assert (made.by, str(made.lunch)) == (w.site_lead, "11:30:00")
        found = [f"{meals.served_at(w.building, day, 'lunch'):%H:%M}" for day in (DAY - timedelta(days=1), DAY)]
        assert found == ["12:00", "11:30"]
        assert meals.next_meal(w.building, NOON) == (DAY, "supper")
        assert meals.next_meal(w.building, NOON + timedelta(hours=5, minutes=20)) == (
            DAY + timedelta(days=1),
            "breakfast",
        )
        assert (
            "11:30"
            in lead.get(reverse("meals", args=[w.building.pk]), {"day": str(DAY), "meal": "lunch"}).content.decode()
        )


def test_whoever_came_before_the_changed_hour_eats_by_it(w: World) -> None:
    with time_machine.travel(NOON - timedelta(minutes=20), tick=False) as clock:
        w.occupant()
        clock.move_to(NOON + timedelta(hours=1))
        assert len(meals.eaters(w.building, day=DAY, meal="lunch")) == 1
        hours = {"breakfast": time(7), "lunch": time(11, 30), "supper": time(18)}
        meals.set_hours(w.building, **hours, by=w.site_lead, client_id=uuid4())
        assert meals.eaters(w.building, day=DAY, meal="lunch") == []


def test_the_hours_are_not_every_roles_to_set(w: World) -> None:
    assert phone_of(w.nurse).get(reverse("meal_hours", args=[w.building.pk])).status_code == 403
    shown = phone_of(w.nurse).get(reverse("meals", args=[w.building.pk])).content.decode()
    assert reverse("meal_hours", args=[w.building.pk]) not in shown
