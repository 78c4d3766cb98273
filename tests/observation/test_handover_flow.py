"""From lead to lead: begun, written, signed, taken back, restated, acknowledged; and what is refused on the way."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from core.records import Refused
from observation.handing_over import pointing, taking_over, writing
from observation.handing_over.leads import under_way
from observation.handing_over.writing import Written
from observation.models import HANDOVER_TRANSITIONS, Handover, HandoverState, Point, Shift
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
# In the building's zone (UTC+8) the day shift of 2 March lasts from 0 to 12 o'clock UTC.
NOON, CHANGE = datetime(2026, 3, 2, 4, tzinfo=UTC), datetime(2026, 3, 2, 11, 55, tzinfo=UTC)
RESTATED = "Room 204 first, then the two late checks."


class Site:
    """A building with a day and a night shift: the duty officer leads the one, the site lead the other."""

    def __init__(self) -> None:
        self.w: World = make_world()
        self.day, self.night = self.w.shift(DAY), self.w.shift(DAY, "Night")
        self.giver, self.receiver = self.w.duty_officer, self.w.site_lead
        self.w.duty(self.day, self.w.lead_post, self.w.staff(self.giver))
        self.w.duty(self.night, self.w.lead_post, self.w.staff(self.receiver))

    @property
    def building(self) -> Any:
        """The building."""
        return self.w.building

    def begun(self) -> Handover:
        """The day shift began at noon and its handover was begun."""
        with time_machine.travel(NOON, tick=False):
            writing.begin_first(self.building, by=self.giver)
        return writing.begin(self.building, by=self.giver)

    def signed(self) -> Handover:
        """Signed by the day's lead."""
        handover = self.begun()
        writing.sign(handover, seen(handover), by=self.giver)
        handover.refresh_from_db()
        return handover


def seen(handover: Handover, **given: Any) -> Written:
    """What a giver sends who has read every line of the page."""
    return Written(**{"severity": "stable", "shown": [line.key for line in handover.lines.all()], **given})


@pytest.fixture
def site() -> Any:
    with time_machine.travel(NOON, tick=False):
        made = Site()
    with time_machine.travel(CHANGE, tick=False):
        yield made


def refused(act: Any, *given: Any, **named: Any) -> str:
    with pytest.raises(Refused) as said:
        act(*given, **named)
    assert len(str(said.value.message)) > 20
    return said.value.code


def test_night_takes_over_from_day(site: Site) -> None:
    handover = site.signed()
    taking_over.acknowledge(handover, restated=RESTATED, by=site.receiver)
    handover.refresh_from_db()
    assert (handover.state, handover.giver, handover.receiver, handover.next_shift) == (
        HandoverState.ACKNOWLEDGED,
        site.giver,
        site.receiver,
        site.night,
    )
    assert handover.digest == taking_over.digest_of(handover)
    assert len(handover.digest) == 64
    assert Shift.objects.get(pk=site.day.pk).over_at == handover.acknowledged_at
    assert Shift.objects.get(pk=site.night.pk).began_at == handover.acknowledged_at
    assert under_way(site.building) == site.night


def test_each_act_sent_twice_is_one_act(site: Site) -> None:
    with time_machine.travel(NOON, tick=False):
        assert writing.begin_first(site.building, by=site.giver) == writing.begin_first(site.building, by=site.giver)
    handover = writing.begin(site.building, by=site.giver)
    assert writing.begin(site.building, by=site.giver) == handover
    point = {"point": "Ask for the plumber", "point_id": uuid4()}
    for _n in range(2):
        writing.write(handover, seen(handover, **point), by=site.giver)
    assert Point.objects.count() == 1
    for _n in range(2):
        writing.sign(handover, seen(handover), by=site.giver)
    handover.refresh_from_db()
    signed = handover.signed_at
    for _n in range(2):
        writing.take_back(handover, by=site.giver)
    writing.sign(handover, seen(handover), by=site.giver)
    for _n in range(2):
        taking_over.acknowledge(handover, restated=RESTATED, by=site.receiver)
    handover.refresh_from_db()
    assert handover.signed_at == signed
    assert handover.history.filter(acknowledged_at__isnull=False).count() == 1
    for _n in range(2):
        pointing.close_point(Point.objects.get(), outcome="He came", by=site.receiver)
    assert Point.objects.get().history.count() == 2


def test_nobody_signs_their_own_handover_as_receiver(site: Site) -> None:
    handover = site.signed()
    assert refused(taking_over.acknowledge, handover, restated=RESTATED, by=site.giver) == "receiver_is_not_the_giver"
    # Not even whoever is down for both shifts.
    site.night.duties.get().amend(by=None, person=site.giver.person)
    assert refused(taking_over.acknowledge, handover, restated=RESTATED, by=site.giver) == "receiver_is_not_the_giver"
    handover.refresh_from_db()
    assert handover.state == HandoverState.SIGNED


def test_only_the_lead_of_the_next_shift_takes_over(site: Site) -> None:
    handover = site.signed()
    other = site.w.user("duty-officer", name="other")
    site.w.staff(other)
    assert refused(taking_over.acknowledge, handover, restated=RESTATED, by=other) == "not-the-next-lead"
    # The way out: they take the post over, and sign.
    site.night.duties.get().amend(by=None, person=other.person)
    taking_over.acknowledge(handover, restated=RESTATED, by=other)
    assert Handover.objects.get().receiver == other


def test_the_receiver_says_it_in_their_own_words(site: Site) -> None:
    handover = site.begun()
    writing.sign(handover, seen(handover, words="Watch room 204 closely."), by=site.giver)
    for words in ("", "   ", "ok", "Watch room 204 closely."):
        assert refused(taking_over.acknowledge, handover, restated=words, by=site.receiver) == "restated-too-short"
    assert under_way(site.building) == site.day


def test_what_is_not_signed_is_not_taken_over(site: Site) -> None:
    handover = site.begun()
    assert refused(taking_over.acknowledge, handover, restated=RESTATED, by=site.receiver) == "handover-not-signed"


def test_nothing_is_edited_after_the_signatures(site: Site) -> None:
    handover = site.signed()
    late = seen(handover, words="Too late")
    assert refused(writing.write, handover, late, by=site.giver) == "handover-signed"
    taking_over.acknowledge(handover, restated=RESTATED, by=site.receiver)
    for act in (writing.write, writing.sign):
        assert refused(act, handover, late, by=site.giver) == "handover-acknowledged"
    assert refused(writing.take_back, handover, by=site.giver) == "handover-acknowledged"
    other_words = "Other words of mine."
    assert refused(taking_over.acknowledge, handover, restated=other_words, by=site.receiver) == "handover-acknowledged"
    handover.refresh_from_db()
    assert (handover.words, handover.restated) == ("", RESTATED)


def test_taken_back_it_is_written_on(site: Site) -> None:
    handover = site.signed()
    writing.take_back(handover, by=site.giver)
    writing.write(handover, seen(handover, words="One thing more"), by=site.giver)
    handover.refresh_from_db()
    assert (handover.state, handover.words, handover.signed_at) == (HandoverState.DRAFT, "One thing more", None)


def test_a_shift_without_a_lead_is_handed_over_by_nobody(site: Site) -> None:
    with time_machine.travel(NOON, tick=False):
        writing.begin_first(site.building, by=site.giver)
    site.day.duties.get().amend(by=None, person=None)
    assert refused(writing.begin, site.building, by=site.giver) == "shift-without-lead"
    site.day.duties.get().delete()
    assert refused(writing.begin, site.building, by=site.giver) == "shift-without-lead"
    assert Handover.objects.count() == 0


def test_nobody_takes_over_for_a_shift_without_a_lead(site: Site) -> None:
    handover = site.signed()
    site.night.duties.get().amend(by=None, person=None)
    assert refused(taking_over.acknowledge, handover, restated=RESTATED, by=site.receiver) == "shift-without-lead"
    site.night.duties.all().delete()
    site.night.delete()
    assert refused(taking_over.acknowledge, handover, restated=RESTATED, by=site.receiver) == "no-next-shift"


def test_no_handover_begins_while_the_last_is_not_acknowledged(site: Site) -> None:
    site.signed()
    assert refused(writing.begin, site.building, by=site.receiver) == "one_handover_is_open"
    assert refused(writing.begin_first, site.building, by=site.receiver) == "shift-under-way"
    assert Handover.objects.count() == 1


def test_only_the_lead_of_the_shift_begins_and_signs(site: Site) -> None:
    assert refused(writing.begin, site.building, by=site.giver) == "no-shift-under-way"
    assert refused(writing.begin_first, site.building, by=site.receiver) == "not-the-lead"
    handover = site.begun()
    for act in (writing.write, writing.sign):
        assert refused(act, handover, seen(handover), by=site.receiver) == "not-the-lead"
    assert refused(writing.take_back, handover, by=site.receiver) == "not-the-lead"


def test_who_took_the_post_over_signs_in_their_own_name(site: Site) -> None:
    handover = site.begun()
    other = site.w.user("duty-officer", name="other")
    site.day.duties.get().amend(by=None, person=site.w.staff(other))
    writing.sign(handover, seen(handover), by=other)
    handover.refresh_from_db()
    assert handover.giver == other
    # The one who began it may take it over now: two people stand behind it.
    site.night.duties.get().amend(by=None, person=site.giver.person)
    taking_over.acknowledge(handover, restated=RESTATED, by=site.giver)


def test_a_lead_who_was_not_relieved_hands_over_long_after_the_end(site: Site) -> None:
    handover = site.begun()
    with time_machine.travel(site.night.starts_at + timedelta(hours=3), tick=False):
        writing.sign(handover, seen(handover), by=site.giver)
        taking_over.acknowledge(handover, restated=RESTATED, by=site.receiver)
    assert under_way(site.building) == site.night


def test_a_shift_that_went_by_unled_is_passed_over(site: Site) -> None:
    handover = site.signed()
    morning = site.w.shift(DAY + timedelta(days=1))
    other = site.w.user("site-lead", name="morning")
    site.w.duty(morning, site.w.lead_post, site.w.staff(other))
    with time_machine.travel(morning.starts_at + timedelta(hours=1), tick=False):
        taking_over.acknowledge(handover, restated=RESTATED, by=other)
    assert under_way(site.building) == morning


def test_what_came_up_unseen_is_looked_at_before_signing(site: Site) -> None:
    handover = site.begun()
    written = seen(handover, words="All calm")
    pointing.open_point(site.building, words="The lift is stuck", by=site.receiver, client_id=uuid4())
    assert refused(writing.sign, handover, written, by=site.giver) == "handover-changed-meanwhile"
    assert Handover.objects.get().signed_at is None
    point = Point.objects.get()
    writing.sign(handover, seen(handover, shown=[*written.shown, f"point:{point.pk}"]), by=site.giver)
    assert [line.key for line in handover.lines.all()] == [f"point:{point.pk}", *written.shown]


def test_a_point_added_while_signing_is_the_givers_own(site: Site) -> None:
    handover = site.begun()
    writing.sign(handover, seen(handover, point="Ask for the plumber", point_id=uuid4()), by=site.giver)
    assert [line.kind for line in handover.lines.all() if line.kind == "point"] == ["point"]


def test_every_state_and_verb(site: Site) -> None:
    acts = {
        "write": lambda h: writing.write(h, seen(h, words="x"), by=site.giver),
        "sign": lambda h: writing.sign(h, seen(h), by=site.giver),
        "take_back": lambda h: writing.take_back(h, by=site.giver),
        "acknowledge": lambda h: taking_over.acknowledge(h, restated=RESTATED, by=site.receiver),
    }
    handover = site.begun()
    # What stands already is not done again, and is no error: the second of two taps.
    same = {
        (HandoverState.SIGNED, "sign"),
        (HandoverState.DRAFT, "take_back"),
        (HandoverState.ACKNOWLEDGED, "acknowledge"),
    }
    for before in HandoverState:
        for verb, ways in HANDOVER_TRANSITIONS.items():
            _bring(handover, before, acts)
            expected = ways.get(before)
            if expected is None and (before, verb) not in same:
                refused(acts[verb], handover)
            else:
                acts[verb](handover)
            handover.refresh_from_db()
            assert handover.state == (expected or before), (before, verb)
            if handover.state == HandoverState.ACKNOWLEDGED and before != HandoverState.ACKNOWLEDGED:
                return_to_start(site, handover)
                handover = Handover.objects.get()


def _bring(handover: Handover, state: str, acts: Any) -> None:
    handover.refresh_from_db()
    if state == HandoverState.DRAFT and handover.state == HandoverState.SIGNED:
        acts["take_back"](handover)
    if state != HandoverState.DRAFT and handover.state == HandoverState.DRAFT:
        acts["sign"](handover)
    if state == HandoverState.ACKNOWLEDGED and handover.state != state:
        acts["acknowledge"](handover)
    handover.refresh_from_db()
    assert handover.state == state


def return_to_start(site: Site, handover: Handover) -> None:
    """Undo an acknowledgement, as no code can: a new world with a signed handover in its place."""
    from core import frozen  # noqa: PLC0415 - for this one test

    with frozen.lifted():
        handover.lines.all().delete()
        handover.delete()
    site.night.refresh_from_db()
    site.night.amend(by=None, began_at=None)
    site.day.refresh_from_db()
    site.day.amend(by=None, over_at=None)
    writing.begin(site.building, by=site.giver)


# the pages


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_pages_lead_from_shift_to_shift(site: Site) -> None:
    giver, receiver = client_of(site.giver), client_of(site.receiver)
    page = reverse("handover", args=[site.building.pk])
    assert b"No shift is under way" in giver.get(page).content
    with time_machine.travel(NOON, tick=False):
        giver.post(reverse("begin_shift", args=[site.building.pk]))
    giver.post(reverse("begin_handover", args=[site.building.pk]))
    handover = Handover.objects.get()
    drafted = giver.get(page).content.decode()
    assert "Sign and hand over" in drafted
    assert "Sign and hand over" not in receiver.get(page).content.decode()
    typed = {"severity": "watch", "words": "Calm", "line": [one.key for one in handover.lines.all()], "act": "sign"}
    answer = giver.post(reverse("write_handover", args=[handover.pk]), {**typed, "point": "", "point_id": uuid4()})
    assert answer.status_code == 302
    waiting = receiver.get(page).content.decode()
    assert "Sign: I take over" in waiting
    answer = receiver.post(reverse("acknowledge_handover", args=[handover.pk]), {"restated": "x"})
    assert answer.status_code == 409
    assert "Say the most important points in your own words" in answer.content.decode()
    answer = receiver.post(reverse("acknowledge_handover", args=[handover.pk]), {"restated": RESTATED})
    assert answer.status_code == 302
    done = receiver.get(answer["Location"]).content.decode()
    assert RESTATED in done
    assert "acknowledged" in done
    assert under_way(site.building) == site.night


def test_what_was_typed_too_late_is_shown_to_be_copied(site: Site) -> None:
    handover = site.signed()
    taking_over.acknowledge(handover, restated=RESTATED, by=site.receiver)
    typed = {
        "severity": "watch",
        "words": "The last words",
        "line": ["uncounted"],
        "note:uncounted": "A note",
        "act": "save",
    }
    answer = client_of(site.giver).post(
        reverse("write_handover", args=[handover.pk]), {**typed, "point": "A point", "point_id": uuid4()}
    )
    assert answer.status_code == 409
    said = answer.content.decode()
    assert [words for words in ("The last words", "A note", "A point", "stands as it is") if words not in said] == []
    answer = client_of(site.receiver).post(
        reverse("acknowledge_handover", args=[handover.pk]), {"restated": "Other words of mine."}
    )
    assert answer.status_code == 409
    assert "Other words of mine." in answer.content.decode()
    assert Point.objects.count() == 0
