"""The site in use on screens: somebody comes, moves, goes to hospital and home; a bus-load; a room turns over; care."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.urls import reverse
from playwright.sync_api import Page

from observation.ending import end_of, today
from observation.models import (
    CareNote,
    HospitalTransfer,
    KitchenOrder,
    Occupant,
    OccupantState,
    Protocol,
    Request,
    RollCall,
)
from rooms.models import Incident, RoomState
from tests.core.test_pages import faults
from tests.journeys.papers_in_hand import codes_on, words_of
from tests.journeys.screens import PHONE, paper, press, see
from tests.world import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FIXTURES = site.BASE_DIR / "fixtures"


@pytest.fixture
def w() -> World:
    return make_world()


def test_somebody_comes_moves_goes_to_hospital_and_home_with_a_certificate(
    w: World, screen: Callable[..., Page]
) -> None:
    """Delivery 1, at the desk: from the form of admission to a stranger who checks the certificate."""
    w.protocol(release_needs=["full-period"])
    for number in ("201", "202", "301"):
        w.ready_room(number)
    here = f"/buildings/{w.building.pk}"
    desk = screen(w.duty_officer)
    desk.goto(f"{here}/occupants/")
    press(desk, "Admit somebody")
    see(desk, "Proposed: bed 201-1")
    desk.fill("[name=name]", "Layla Haddad")
    desk.fill("[name=passport_name]", "LAYLA HADDAD")
    desk.fill("[name=phone]", "138 0000 0000")
    desk.select_option("[name=sex]", "female")
    desk.select_option("select[name=language]", "ar")
    desk.select_option("[name=diet]", "halal")
    desk.fill("[name=needs]", "Walks with a stick")
    desk.fill("[name=party]", "Haddad")
    desk.fill("[name=last_exposure]", str(today(w.building) - timedelta(days=3)))
    press(desk, "Hold the bed")
    see(desk, "Layla Haddad is expected; bed 201-1 is held.")
    occupant = Occupant.objects.get()
    page = reverse("occupant", args=[occupant.pk])
    welcome = paper(desk, reverse("welcome_sheet", args=[occupant.pk]))
    assert "LAYLAHADDAD" in words_of(welcome)
    assert codes_on(welcome) == [f"{site.PUBLIC_URL.upper()}/O/{occupant.stay.room.code_id}"]

    press(desk, "Has arrived")
    see(desk, "Layla Haddad has arrived.")
    desk.goto(page)
    for said in ("Walks with a stick", "halal", "138 0000 0000", "LAYLA HADDAD"):
        see(desk, said)
    press(desk, "Move to another room")
    desk.select_option("[name=bed]", label="Room 301, bed 1, floor 3")
    desk.fill("[name=reason]", "No stairs to the lift.")
    press(desk, "Move")
    desk.wait_for_url(f"**{page}")
    see(desk, "301 ·")

    press(desk, "Change the end")
    longer = end_of(occupant).day + timedelta(days=2)
    desk.fill("[name=ends_on]", str(longer))
    desk.fill("[name=reason]", "The exposure was two days later.")
    press(desk, "Change the end")
    see(desk, f"Released from {longer}")

    press(desk, "To hospital")
    desk.fill("[name=hospital]", "District hospital")
    desk.fill("[name=vehicle]", "Ambulance A-12")
    desk.fill("[name=reason]", "Fever of 38.5.")
    press(desk, "Decide the transfer")
    see(desk, "Ambulance A-12")
    for step in ("hospital has agreed", "vehicle called", "left the building", "handed over to the hospital"):
        press(desk, step)
    desk.wait_for_url(f"**{page}")
    assert HospitalTransfer.objects.get().closed_at is not None
    press(desk, "Back from hospital")
    desk.select_option("[name=bed]", label="Room 202, bed 1, floor 2")
    press(desk, "Back into this bed")
    see(desk, "202 ·")

    press(desk, "Change the end")
    desk.fill("[name=ends_on]", str(today(w.building)))
    desk.fill("[name=reason]", "Two negative tests.")
    press(desk, "Change the end")
    see(desk, "Next: release them.")
    desk.click("main .next, .bar .next, a.next")
    desk.click("button[form=release]")
    see(desk, "Layla Haddad is released.")
    assert Occupant.objects.get().state == OccupantState.RELEASED

    certificate = paper(desk, reverse("certificate", args=[occupant.pk]))
    [address] = codes_on(certificate)
    stranger = screen()
    stranger.goto(address[address.index("/VERIFY/") :])
    see(stranger, "It belongs to a certificate of release from observation.")
    assert "HADDAD" not in stranger.content().upper()

    desk.goto(page)
    press(desk, "The whole stay")
    for said in (
        "Bed 201-1 is held",
        "Comes into bed 201-1",
        "Leaves bed 201-1",
        "Comes into bed 301-1",
        "Leaves bed 301-1",
        "Comes into bed 202-1",
        "Leaves bed 202-1",
        "No stairs to the lift.",
        "The exposure was two days later.",
        "District hospital: left the building",
        "Two negative tests.",
    ):
        see(desk, said)
    assert faults(desk, least=24) == []


def test_a_bus_load_with_half_its_rows_wrong_is_seen_before_it_is_written(
    w: World, screen: Callable[..., Page]
) -> None:
    """Delivery 1: the page names each slip, the good rows get a bed, their sheets are printed."""
    for floor in (2, 3):
        for n in range(1, 9):
            w.ready_room(f"{floor}{n:02}")
    desk = screen(w.duty_officer)
    desk.goto(f"/buildings/{w.building.pk}/import/occupants/")
    desk.set_input_files("input[type=file]", FIXTURES / "busload_half_wrong.xlsx")
    desk.click("main .form .next")
    see(desk, "11 new, 0 changed, 0 unchanged, 11 refused")
    assert Occupant.objects.count() == 0
    assert faults(desk, least=24) == []
    desk.click("button[name=act][value=good]")
    see(desk, "Imported: 11 new, 0 changed, 0 unchanged, 11 refused.")
    assert Occupant.objects.filter(state=OccupantState.EXPECTED).count() == 11
    assert len(codes_on(paper(desk, reverse("welcome_sheets", args=[w.building.pk])))) == 11


def test_a_new_protocol_stands_with_its_source_on_the_next_sheet_and_not_on_what_was(
    w: World, screen: Callable[..., Page]
) -> None:
    """Delivery 2: entered on its page; the end of who is here counts by it from now on."""
    occupant = w.occupant()
    desk = screen(w.site_lead)
    desk.goto(f"/buildings/{w.building.pk}/protocol/")
    press(desk, "Enter a new version")
    desk.fill("[name=issued_on]", "2020-02-18")
    desk.fill("[name=version]", "fifth edition")
    desk.fill("[name=days]", "21")
    press(desk, "Enter this version")
    see(desk, "The new version is entered.")
    cited = Protocol.objects.latest("pk").cited
    assert "fifth edition" in cited
    desk.goto(reverse("occupant", args=[occupant.pk]))
    see(desk, cited)
    assert end_of(Occupant.objects.get()).day == occupant.last_exposure + timedelta(days=21)
    assert cited.replace(" ", "") in words_of(paper(screen(w.nurse), reverse("welcome_sheet", args=[occupant.pk])))


def test_a_room_turns_over_by_two_people_and_takes_the_next(w: World, screen: Callable[..., Page]) -> None:
    """Delivery 7, by phone: left, disinfected, inspected by another, ready, on the board and in the proposal."""
    w.protocol(release_needs=[])
    room = w.ready_room("201")
    occupant = w.occupant(room.beds.get())
    page = reverse("turn_over", args=[room.pk])
    lead, nurse, desk = screen(w.site_lead, size=PHONE), screen(w.nurse, size=PHONE), screen(w.duty_officer)
    lead.goto(reverse("release_occupant", args=[occupant.pk]))
    lead.click("button[form=release]")
    see(lead, "is released.")
    desk.goto(f"/buildings/{w.building.pk}/site/")
    see(desk, "awaiting terminal disinfection")
    lead.goto(page)
    see(lead, "awaiting terminal disinfection")
    nurse.goto(page)
    nurse.check("input[name=agent][value=chlorine]", force=True)
    nurse.fill("[name=mg_per_litre]", "500")
    nurse.fill("[name=minutes]", "30")
    nurse.click("button[form=step]")
    see(nurse, "At least 1000 mg/L for 30 minutes")
    nurse.fill("[name=mg_per_litre]", "1000")
    nurse.click("button[form=step]")
    see(nurse, "You disinfected this room. Next: somebody else inspects it.")
    assert nurse.locator("button[form=step]").count() == 0
    lead.goto(page)
    lead.check("input[name=accepted][value=yes]", force=True)
    assert faults(lead, least=48) == []
    lead.click("button[form=step]")
    see(lead, "The room is ready for the next one.")
    room.refresh_from_db()
    assert room.state == RoomState.READY
    desk.goto(f"/buildings/{w.building.pk}/admit/")
    see(desk, "Proposed: bed 201-1")


def test_an_occupant_asks_in_arabic_and_the_floor_looks_after_them(w: World, screen: Callable[..., Page]) -> None:
    """Deliveries 5 and 6: asked by the door's code in Arabic, answered; a parcel, a talk, an incident, the kitchen."""
    occupant = w.occupant(w.ready_room("201").beds.get(), name="Guest One", language="ar", diet="halal")
    w.occupant(w.ready_room("202").beds.get(), name="Guest Two")
    here = f"/buildings/{w.building.pk}"
    own = screen(size=PHONE, language="ar")
    own.goto(f"/o/{occupant.stay.room.code_id}/")
    own.fill("[name=code]", occupant.code)
    own.click("main button")
    own.goto("/stay/request/")
    assert own.evaluate("[document.dir, document.documentElement.lang]") == ["rtl", "ar"]
    own.check("input[value=medicine]", force=True)
    own.fill("[name=words]", "دواء للسعال")
    own.click("main button.next")
    see(own, "وصلنا طلبك")
    see(own, "دواء للسعال")

    nurse = screen(w.nurse, size=PHONE)
    nurse.goto(f"{here}/requests/")
    see(nurse, "دواء للسعال")
    nurse.click("main a:has-text('medicine') >> nth=-1")
    nurse.fill("#close [name=outcome]", "Cough syrup brought.")
    nurse.click("button[form=close], #close button")
    see(nurse, "Nobody waits for anything")
    own.goto("/stay/")
    see(own, "تمّ")
    assert Request.objects.get().self_reported

    nurse.goto(f"{here}/deliveries/")
    nurse.fill("[name=words]", "SF 1001")
    nurse.click("button:has-text('Guest Two')")
    see(nurse, "SF 1001")
    nurse.click("button:has-text('Delivered at the door')")
    see(nurse, "No parcel waits at the gate")

    nurse.goto(reverse("new_care_note", args=[occupant.pk]))
    nurse.fill("[name=words]", "Sleeps badly, misses the family.")
    nurse.fill("[name=again_on]", str(today(w.building)))
    press(nurse, "Record talk")
    nurse.goto(f"{here}/care-notes/")
    see(nurse, "Sleeps badly, misses the family.")
    nurse.goto(reverse("care_note", args=[CareNote.objects.get().pk]))
    nurse.fill("[name=outcome]", "Slept well, laughed.")
    nurse.click("button:has-text('Close note')")
    nurse.goto(f"{here}/care-notes/")
    see(nurse, "Nobody is to be called today")

    nurse.goto(f"{here}/incidents/new/")
    nurse.check("input[value=damage]", force=True)
    nurse.fill("[name=words]", "A tap drips in 202.")
    nurse.click("button:has-text('Record incident')")
    nurse.goto(reverse("incident", args=[Incident.objects.get().pk]))
    nurse.fill("[name=outcome]", "Washer changed.")
    nurse.click("button:has-text('Close incident')")
    assert Incident.objects.get().outcome == "Washer changed."

    nurse.goto(f"{here}/meals/?day={today(w.building) + timedelta(days=1)}&meal=lunch")
    nurse.click("button:has-text('Send to the kitchen')")
    see(nurse, "Sent to the kitchen")
    assert KitchenOrder.objects.get().portions == {"ordinary": 1, "halal": 1}
    kitchen = words_of(paper(nurse, f"{here}/meals/kitchen/?day={today(w.building) + timedelta(days=1)}&meal=lunch"))
    assert [word for word in ("halal1", "ordinary1", "Allportions2") if word not in kitchen] == []
    assert "GuestOne" not in kitchen


def test_a_roll_call_with_a_discrepancy_is_closed_with_words_and_printed(w: World, screen: Callable[..., Page]) -> None:
    """Delivery 7, by phone: one is missing and a stranger is met; what was done is said, and the paper names both."""
    here_, missing = (w.occupant(w.ready_room(n).beds.get(), name=f"Guest {n}") for n in ("201", "202"))
    nurse = screen(w.nurse, size=PHONE)
    nurse.goto(f"/buildings/{w.building.pk}/roll-calls/")
    nurse.click("button:has-text('Start a roll call')")
    nurse.click(f"button[value='here:{here_.pk}']")
    nurse.click(f"button[value='missing:{missing.pk}']")
    nurse.select_option("#meet [name=room]", index=1)
    nurse.fill("#meet [name=words]", "A plumber with a badge")
    nurse.click("button:has-text('Note somebody')")
    see(nurse, "A plumber with a badge")
    nurse.fill("#close [name=words]", "Guest 202 was in the yard; the plumber was led out.")
    nurse.click("#close button")
    see(nurse, "closed")
    assert faults(nurse, least=48) == []
    text = words_of(paper(nurse, reverse("roll_call_paper", args=[RollCall.objects.get().pk])))
    for said in ("Guest202", "Aplumberwithabadge", "theplumberwasledout", "Signature", "notintheroom1"):
        assert said in text, said
