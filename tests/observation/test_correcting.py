"""Names, passport, contacts and the day of exposure are corrected with a reason; who may not see them does not."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from observation import ending
from observation.ending import today
from observation.models import Occupant
from people.models import ContactPoint, User
from rooms.models import RIGHTS
from tests.inventory.phone import phone_of
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return make_world()


def post(user: User, page: str, occupant: Occupant, *also: int, **said: Any) -> Any:
    return phone_of(user).post(reverse(page, args=[occupant.pk, *also]), said)


def shown(user: User, page: str, occupant: Occupant) -> str:
    return phone_of(user).get(reverse(page, args=[occupant.pk])).content.decode()


def identity(occupant: Occupant, **changed: str) -> dict[str, str]:
    """The form of identity as it is drawn, with what is changed."""
    person = occupant.person
    names = ("name", "passport_name", "passport_number", "sex", "nationality", "language")
    return {**{name: getattr(person, name) for name in names}, "reason": "Read off the passport.", **changed}


def test_a_passport_is_corrected_with_a_reason_and_the_old_number_stays_in_the_history(w: World) -> None:
    occupant = w.occupant()
    old = occupant.person.passport_number
    said = identity(occupant, passport_number="e 1234 5678", nationality="Mongolia")
    assert post(w.duty_officer, "edit_identity", occupant, **said).status_code == 302
    person = Occupant.objects.get().person
    assert (person.passport_number, person.nationality, person.name) == ("E12345678", "Mongolia", occupant.person.name)
    newest = person.history.latest("history_id")
    assert (newest.history_user, newest.history_change_reason) == (w.duty_officer, "Read off the passport.")
    history = shown(w.duty_officer, "occupant_history", occupant)
    assert [word for word in (old, "E12345678", "Read off the passport.") if word not in history] == []
    assert "E12345678" in shown(w.duty_officer, "occupant", occupant)


def test_a_correction_says_why(w: World) -> None:
    occupant = w.occupant()
    said = identity(occupant, name="Other", reason="")
    assert post(w.duty_officer, "edit_identity", occupant, **said).status_code == 422
    contact = {"kind": "phone", "value": "138 0000 0000"}
    assert post(w.duty_officer, "add_occupant_contact", occupant, **contact, reason="").status_code == 422
    assert Occupant.objects.get().person.name == occupant.person.name
    assert ContactPoint.objects.count() == 0


def test_a_passport_number_stays_one_persons(w: World) -> None:
    occupant, other = w.occupant(), w.occupant()
    said = identity(occupant, passport_number=other.person.passport_number)
    assert post(w.duty_officer, "edit_identity", occupant, **said).status_code == 409
    assert Occupant.objects.get(pk=occupant.pk).person.passport_number == occupant.person.passport_number
    cleared = identity(occupant, passport_number="")
    assert post(w.duty_officer, "edit_identity", occupant, **cleared).status_code == 302
    assert Occupant.objects.get(pk=occupant.pk).person.passport_number == ""


def test_a_language_no_page_speaks_is_kept_when_something_else_is_corrected(w: World) -> None:
    occupant = w.occupant(language="sw")
    assert post(w.duty_officer, "edit_identity", occupant, **identity(occupant, name="Other")).status_code == 302
    person = Occupant.objects.get().person
    assert (person.name, person.language) == ("Other", "sw")


def test_a_contact_is_added_and_corrected_and_both_stand_in_the_history(w: World) -> None:
    occupant = w.occupant()
    said = {"kind": "phone", "value": "138 0000 0000", "reason": "Asked at the door."}
    assert post(w.duty_officer, "add_occupant_contact", occupant, **said).status_code == 302
    point = ContactPoint.objects.get()
    assert f"contacts/{point.pk}/" in shown(w.duty_officer, "occupant", occupant)
    right = {"kind": "phone", "value": "139 1111 1111", "reason": "Misheard."}
    assert post(w.duty_officer, "edit_occupant_contact", occupant, point.pk, **right).status_code == 302
    assert (ContactPoint.objects.get().value, ContactPoint.objects.get().pk) == ("139 1111 1111", point.pk)
    history = shown(w.duty_officer, "occupant_history", occupant)
    told = ("138 0000 0000", "139 1111 1111", "Misheard.", "Asked at the door.")
    assert [word for word in told if word not in history] == []


def test_another_persons_contact_is_not_reached_through_this_occupant(w: World) -> None:
    occupant, other = w.occupant(), w.occupant()
    point = ContactPoint.enter(by=None, person=other.person, kind="phone", value="1")
    said = {"kind": "phone", "value": "2", "reason": "Misheard."}
    assert post(w.duty_officer, "edit_occupant_contact", occupant, point.pk, **said).status_code == 404
    assert ContactPoint.objects.get().value == "1"


def test_who_may_not_see_contacts_sees_neither_number_nor_form(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    occupant = w.occupant()
    ContactPoint.enter(by=None, person=occupant.person, kind="phone", value="138 0000 0000")
    told = ("138 0000 0000", occupant.person.passport_number, reverse("edit_identity", args=[occupant.pk]))
    page = shown(w.nurse, "occupant", occupant)
    assert [word for word in told if word in page] == []
    assert [word for word in told if word not in shown(w.duty_officer, "occupant", occupant)] == []
    assert post(w.nurse, "edit_identity", occupant, **identity(occupant)).status_code == 403
    # Even a role that admits, were it not to see contacts.
    monkeypatch.setattr("observation.views.identity.may", lambda *_asked: False)
    for page in ("edit_identity", "add_occupant_contact"):
        assert phone_of(w.duty_officer).get(reverse(page, args=[occupant.pk])).status_code == 403


def test_every_role_that_admits_sees_contacts() -> None:
    """Else somebody could enter a passport and not correct it."""
    assert [
        role for role, rights in RIGHTS.items() if "admit_occupant" in rights and "view_contacts" not in rights
    ] == []


def test_a_corrected_day_of_exposure_counts_the_end_anew(w: World) -> None:
    occupant = w.occupant()
    day = today(w.building) - timedelta(days=5)
    said = {"last_exposure": str(day), "diet": "ordinary", "reason": "The office wrote again."}
    assert post(w.duty_officer, "edit_occupant", occupant, **said).status_code == 302
    assert ending.end_of(Occupant.objects.get()).day == day + timedelta(days=14)
    said["last_exposure"] = str(today(w.building) + timedelta(days=1))
    assert post(w.duty_officer, "edit_occupant", occupant, **said).status_code == 409
    assert Occupant.objects.get().last_exposure == day
