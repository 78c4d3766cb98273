"""Where the door of a room, and a printed form, lead whoever scans them."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from core.access import may
from core.models import Code
from observation.models import FormKind, Handover, PaperForm
from observation.standing import IN_USE
from rooms.models import Room, RoomState


def page_of_room(user: Any, room: Room) -> str:
    """Its round where somebody lives and who scans takes readings, else its turnover; none while the move has it."""
    if room.state not in IN_USE or not may(user, "view_occupants", room.building):
        return ""
    on_round = room.state == RoomState.OCCUPIED and may(user, "check_health", room.building)
    return reverse("round_room" if on_round else "turn_over", args=[room.pk])


# What each form's record is written with.
TYPED_WITH: dict[str, str] = {
    FormKind.ROUND: "check_health",
    FormKind.HANDOVER: "lead_shift",
    FormKind.DISINFECTION: "disinfect_room",
    FormKind.VISITORS: "write_log",
}


def form_of(user: Any, code: Code) -> PaperForm | None:
    """The printed form with this code, to whoever may see such forms."""
    return PaperForm.objects.visible_to(user).with_scope().filter(code=code).first()


def page_of_form(user: Any, form: PaperForm) -> str:
    """The record that the form is typed back to, for whoever may write it; else the list of forms."""
    if may(user, TYPED_WITH[form.kind], form.building):
        return record_of(form)
    return f"{reverse('paper_forms', args=[form.building_id])}#form-{form.pk}"


def record_of(form: PaperForm) -> str:
    """Where the figures of the form belong; the page there remembers the form."""
    if form.kind == FormKind.DISINFECTION:
        return f"{reverse('turn_over', args=[form.room_id])}?{urlencode({'form': form.pk})}"
    if form.kind == FormKind.HANDOVER:
        written = Handover.objects.filter(shift=form.shift_id).first()
        page = reverse("one_handover", args=[written.pk]) if written else reverse("handover", args=[form.building_id])
        return f"{page}?{urlencode({'form': form.pk})}"
    page = "check_grid" if form.kind == FormKind.ROUND else "visitors"
    asked = {"day": form.day, "floor": form.floor, "form": form.pk}
    known = {name: value for name, value in asked.items() if value is not None}
    return f"{reverse(page, args=[form.building_id])}?{urlencode(known)}"
