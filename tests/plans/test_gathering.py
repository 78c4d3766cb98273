"""Reading the relocation plan from live data."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone, translation

from inventory.models import Manifest, Objection, Override
from people.models import Person
from plans.relocation.gathering import gather
from plans.relocation.notes import Care, cares_of
from plans.relocation.proposal import Batch
from plans.relocation.storing import BOXES_A_STUDENT, Keeping
from plans.relocation.telling import Telling
from rooms.models import Posting
from tests.world import make_world

pytestmark = pytest.mark.django_db
QUERIES = 11
NOW = datetime(2020, 2, 9, 10, 7, tzinfo=UTC)


@pytest.fixture
def w():
    return make_world()


def post(w, name, serves_as, *, sex="female", may_also="", start=NOW, days=3):
    person = Person.enter(by=None, category="staff", name=name, sex=sex)
    Posting.enter(
        by=None,
        building=w.building,
        person=person,
        serves_as=serves_as,
        may_also=may_also,
        available_from=start,
        available_until=start + timedelta(days=days),
    )
    return person


def crew(w, *, sex="female", **posting):
    return post(w, "Sun", "搬运 mover", sex=sex, **posting), post(w, "Li", "见证人 witness", sex=sex, **posting)


@pytest.mark.parametrize("rooms", [1, 30])
def test_the_plan_takes_the_same_queries_for_one_room_and_for_thirty(w, rooms, django_assert_num_queries):
    for _n in range(rooms):
        student = w.student(w.room(beds=2), notes="cash")
        w.student(student.bed.room)
        w.consent(student)
        w.place()
    crew(w)
    with django_assert_num_queries(QUERIES):
        plan = gather(w.building, NOW)
    assert (len(plan.bedrooms), len(plan.residents)) == (rooms, 2 * rooms)


def test_a_room_goes_with_the_last_of_its_residents(w):
    room = w.room(beds=2)
    w.consent(w.student(room))
    w.consent(w.student(room), "hesitant")
    alone = w.student()
    crew(w)
    plan = gather(w.building, NOW)
    assert {turn.room.number: turn.room.batch for turn in plan.proposal.turns} == {
        room.number: Batch.HESITANT,
        alone.bed.room.number: Batch.LAST,
    }
    assert plan.consents() == {
        "authorised": 1,
        "with-wishes": 0,
        "hesitant": 1,
        "refused": 0,
        "not-reached": 0,
        "none": 1,
    }


def test_the_newest_consent_counts(w):
    student = w.student()
    w.consent(student, "refused")
    w.consent(student)
    assert gather(w.building, NOW).residents[0].agreed is True


def test_a_half_that_stays_untouched_is_neither_packed_nor_stored(w):
    room = w.room(beds=2)
    w.consent(w.student(room))
    stays = w.student(room)
    w.consent(stays, "refused")
    Override.propose(stays, reach="enter", reason="The roommate agreed.", by=w.manager).sign(by=w.site_lead)
    crew(w)
    plan = gather(w.building, NOW)
    assert [(turn.room.packs, turn.room.batch) for turn in plan.proposal.turns] == [(1, Batch.LAST)]
    assert plan.boxes == BOXES_A_STUDENT
    assert plan.residents[1].may_open is True


def test_an_override_signed_by_one_is_none(w):
    student = w.student()
    Override.propose(student, reach="pack", reason="Not reached.", by=w.manager)
    assert gather(w.building, NOW).residents[0].may_open is False


def test_crews_are_read_from_the_postings_own_words(w):
    post(w, "Guo", "领导班子 leadership")
    mover = post(w, "Sun", "Mover")
    head = post(w, "Wang", "防控小组 task force", may_also="见证人 witness")
    witness = post(w, "Li", "见证人")
    crews = gather(w.building, NOW).proposal.crews
    assert [(crew.mover, crew.witness) for crew in crews] == [(mover.pk, witness.pk)]
    post(w, "Zhou", "搬运")
    assert [crew.witness for crew in gather(w.building, NOW).proposal.crews] == [witness.pk, head.pk]


def test_the_plan_begins_at_the_next_half_hour_and_never_in_the_past(w):
    w.student()
    crew(w, start=NOW.replace(hour=0, minute=0))
    at = datetime(2020, 2, 9, 2, 10, tzinfo=UTC)  # 10:10 in Beijing
    plan = gather(w.building, at)
    assert plan.proposal.turns[0].start == datetime(2020, 2, 9, 5, 0, tzinfo=UTC)  # 10:30 leaves less than two hours
    assert plan.windows_are_past is False
    afterwards = gather(w.building, at + timedelta(days=9))
    assert afterwards.windows_are_past is True
    assert afterwards.proposal.turns[0].start == datetime(2020, 2, 9, 0, 0, tzinfo=UTC)


def test_packed_rooms_leave_the_timetable_and_their_boxes_are_counted_as_they_are(w):
    student = w.student()
    room = student.bed.room
    w.consent(student)
    w.surveyed(room)
    place = w.place(secure=True)
    w.stored(student, place, handling=["valuable"])
    w.sealed(student)
    room.refresh_from_db()
    room.pack(by=w.mover)
    crew(w, start=timezone.now())
    plan = gather(w.building, timezone.now())
    resident = plan.residents[0]
    assert plan.proposal.turns == ()
    with translation.override("en"):
        assert Telling(plan, language="en").opening(plan.residents) == "packed"
    assert (resident.forecast(Keeping.ORDINARY), resident.forecast(Keeping.SECURE)) == (1, 1)
    assert resident.stored == ((Keeping.SECURE, place.pk, 1),)
    assert dict(plan.box_states) == {"packing": 0, "sealed": 1, "loaded": 0, "stored": 1}


def test_a_room_already_opened_comes_first(w):
    first = w.student(w.room("201"))
    w.consent(first)
    begun = w.student(w.room("202"))
    w.consent(begun)
    w.surveyed(begun.bed.room)
    crew(w, start=timezone.now())
    plan = gather(w.building, timezone.now())
    assert [turn.room.number for turn in plan.proposal.turns] == ["202", "201"]


def test_notes_ask_for_care_in_both_languages():
    assert cares_of("冰箱里有药(胰岛素)") == (Care.COLD, Care.MEDICINE)
    assert cares_of("Cash and a passport in the desk") == (Care.VALUABLE,)
    assert cares_of("乐器(马头琴),易碎") == (Care.FRAGILE,)
    assert cares_of("电动车电池") == (Care.BATTERY,)
    assert cares_of("a catalogue") == (Care.OTHER,)
    assert cares_of("  ") == ()


def test_noted_valuables_and_cold_things_get_their_own_places(w):
    w.place("A1")
    safe, fridge = w.place("S1", secure=True), w.place("R1", cold=True)
    w.student(notes="现金")
    w.student(notes="insulin in the fridge")
    plan = gather(w.building, NOW)
    assert {(one.keeping, one.place, one.boxes) for one in plan.storing.allotments if one.keeping != "ordinary"} == {
        (Keeping.SECURE, safe.pk, 1),
        (Keeping.COLD, fridge.pk, 1),
    }
    assert plan.storing.shortages == ()


def test_objections_are_counted_with_their_age(w):
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    box = w.sealed(student)
    Objection.open(box.items.get(), manifest=Manifest.of(student), text="Not mine.", client_id=uuid4())
    later = gather(w.building, timezone.now() + timedelta(hours=50))
    assert [later.age(one) // timedelta(hours=1) for one in later.objections_in("open")] == [50]
    assert len(later.overdue) == 1
    assert gather(w.building, timezone.now()).overdue == ()


def test_the_digest_follows_the_facts_and_not_the_clock(w):
    student = w.student()
    crew(w)
    before = gather(w.building, NOW)
    assert gather(w.building, NOW + timedelta(minutes=1)).digest == before.digest
    w.consent(student)
    assert gather(w.building, NOW).digest != before.digest


def test_another_buildings_rows_stay_out(w):
    other = make_world("South Court")
    other.student(notes="cash")
    other.place()
    w.student()
    plan = gather(w.building, NOW)
    assert (len(plan.rooms), len(plan.residents), len(plan.places), plan.counts.valuable) == (1, 1, 0, 0)


def test_the_order_is_read_from_the_building(w):
    w.building.amend(by=None, order_issuer="Epidemic Office", order_date=date(2020, 2, 8))
    site = gather(w.building, NOW).site
    assert (site.order_issuer, site.order_date) == ("Epidemic Office", date(2020, 2, 8))
