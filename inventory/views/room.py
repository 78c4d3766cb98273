"""A room on the phone: before the door opens, walk-in views, boxes, walk-out views, closing."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from core.access import may, needs
from core.text import listed
from inventory import packing
from inventory.forms.photo import ViewForm
from inventory.forms.room import ClaimForm, OpenForm
from inventory.models import Box, BoxState, NoteAnswer, PairSession, Photo, PhotoKind, RoomPacking, Viewpoint
from inventory.packing import Clearance
from inventory.views.acts import Next, call_witness, carry_out, go, is_htmx, pair_of, posted, user_of
from rooms.models import Room, RoomState


@dataclass(frozen=True)
class Shot:
    """One view of the shot list with the photos taken of it; `form` takes more."""

    kind: PhotoKind
    viewpoint: Viewpoint
    photos: list[Photo]
    form: ViewForm | None

    @property
    def slug(self) -> str:
        """Its name among the page's ids."""
        return f"{self.kind}-{self.viewpoint}"


@dataclass
class RoomPage:
    """All that the page says of the room, asked from the database once."""

    room: Room
    halves: list[Clearance]
    packing: RoomPacking | None
    answers: dict[int, NoteAnswer]
    photos: list[Photo]
    boxes: list[Box]
    pair: PairSession | None
    may_pack: bool
    view_form: ViewForm | None

    @classmethod
    def of(cls, request: HttpRequest, room: Room, *, view_form: ViewForm | None = None) -> "RoomPage":
        """The room as it stands now for the one who looks; `view_form` is one that was just sent."""
        halves = packing.clearances(packing.residents(room))
        opened = RoomPacking.objects.filter(room=room).select_related("opened_by", "witness", "closed_by").first()
        noted = opened is not None and any(half.student.notes for half in halves)
        may_pack = may(request.user, "pack_room", room.building)
        answers = NoteAnswer.objects.filter(packing=opened) if noted else NoteAnswer.objects.none()
        return cls(
            room=room,
            halves=halves,
            packing=opened,
            answers={answer.student_id: answer for answer in answers},
            photos=list(Photo.objects.filter(room=room, box__isnull=True).select_related("by")),
            boxes=list(
                Box.objects.filter(room=room)
                .select_related("student__person", "place")
                .annotate(item_count=Count("items"))
            ),
            pair=PairSession.of(user_of(request), room.building) if may_pack else None,
            may_pack=may_pack,
            view_form=view_form,
        )

    @property
    def works(self) -> bool:
        """Whether the one who looks can act: may pack here, and the witness has joined."""
        return self.may_pack and self.pair is not None and self.pair.witness_id is not None

    @property
    def residents(self) -> list[tuple[Clearance, NoteAnswer | None]]:
        """Each resident's half by bed, and what the pair answered to the roster's note."""
        return [(half, self.answers.get(half.student.pk)) for half in self.halves]

    @property
    def is_open(self) -> bool:
        """Whether the door is open to pack."""
        return self.packing is not None and self.packing.closed_at is None

    @property
    def blocked_by(self) -> list[Clearance]:
        """The residents without whose consent the door stays closed."""
        return [half for half in self.halves if not half.may_enter]

    @property
    def takes(self) -> set[PhotoKind]:
        """The views that may be photographed now."""
        if not self.works or not self.is_open:
            return set()
        kinds = {RoomState.LIVED_IN: {PhotoKind.ROOM_BEFORE}, RoomState.SURVEYED: set(PhotoKind)}
        return kinds.get(RoomState(self.room.state), set())

    def shots(self, kind: PhotoKind) -> list[Shot]:
        """The shot list, walking in or out."""
        return [
            Shot(
                kind,
                view,
                [photo for photo in self.photos if (photo.kind, photo.viewpoint) == (kind, view)],
                self._form(kind, view) if kind in self.takes else None,
            )
            for view in packing.viewpoints(self.room)
        ]

    def _form(self, kind: PhotoKind, view: Viewpoint) -> ViewForm:
        sent = self.view_form
        if sent is None or sent.is_valid() or (sent["kind"].value(), sent["viewpoint"].value()) != (kind, view):
            sent = ViewForm(initial={"kind": kind.value, "viewpoint": view.value})
        sent.auto_id = f"{kind}-{view}-%s"
        return sent

    @property
    def sent_shot(self) -> Shot | None:
        """The view whose form was just sent."""
        if self.view_form is None:
            return None
        sent = (self.view_form["kind"].value(), self.view_form["viewpoint"].value())
        shots = [shot for kind in PhotoKind for shot in self.shots(kind)]
        return next((shot for shot in shots if (shot.kind, shot.viewpoint) == sent), None)

    @property
    def before(self) -> list[Shot]:
        """The walk-in views."""
        return self.shots(PhotoKind.ROOM_BEFORE)

    @property
    def after(self) -> list[Shot]:
        """The walk-out views."""
        return self.shots(PhotoKind.ROOM_AFTER)

    def missing(self, kind: PhotoKind) -> list[Shot]:
        """The views without a photo."""
        return [shot for shot in self.shots(kind) if not shot.photos]

    @property
    def counts(self) -> Counter[str]:
        """How many boxes in each state."""
        return Counter(box.state for box in self.boxes)

    @property
    def to_close(self) -> list[str]:
        """What is missing before the room can be closed, in words."""
        found = []
        if unsealed := self.counts[BoxState.PACKING]:
            found.append(ngettext("%(n)d box to seal", "%(n)d boxes to seal", unsealed) % {"n": unsealed})
        if missing := self.missing(PhotoKind.ROOM_AFTER):
            found.append(_("walk-out views: %(views)s") % {"views": listed(shot.viewpoint.label for shot in missing)})
        return found

    def next(self) -> Next | None:
        """What to do next, for one who may pack; None when nothing is left or somebody else must act first."""
        if not self.may_pack or not self.halves or self.room.state == RoomState.CLEARED:
            return None
        if self.packing is None and self.blocked_by:
            return None
        if not self.works:
            return call_witness(self.room, "room")
        if self.packing is None:
            return Next(_("Open the room"), "door-open", form="open")
        if self.room.state == RoomState.LIVED_IN:
            return self._camera(self.missing(PhotoKind.ROOM_BEFORE))
        if self.room.state == RoomState.SURVEYED:
            return self._while_packing()
        return Next(_("Store the boxes"), "scan-qr-code", url=reverse("scan"))

    def _while_packing(self) -> Next:
        begun = next((box for box in self.boxes if box.state == BoxState.PACKING), None)
        if begun is not None:
            return Next(_("Go on with the box"), "package-open", url=reverse("box", args=[begun.pk]))
        missing = self.missing(PhotoKind.ROOM_AFTER)
        if not missing:
            return Next(_("Close the room"), "door-closed", form="close")
        if len(missing) < len(packing.viewpoints(self.room)):
            return self._camera(missing)
        return Next(_("Scan a blank label"), "scan-qr-code", url=f"{reverse('scan')}?room={self.room.pk}")

    @staticmethod
    def _camera(missing: list[Shot]) -> Next:
        first = missing[0]
        return Next(_("Photo: %(view)s") % {"view": first.viewpoint.label}, "camera", camera=first.slug)


def room_page(
    request: HttpRequest,
    room: Room,
    *,
    status: int = 200,
    template: str = "inventory/room/room.html",
    view_form: ViewForm | None = None,
    **forms: forms.Form,
) -> HttpResponse:
    """The page with any form as it was typed."""
    page = RoomPage.of(request, room, view_form=view_form)
    residents = [half.student for half in page.halves]
    context: dict[str, Any] = {
        "building": room.building,
        "room": room,
        "page": page,
        "pair": page.pair,
        "may_pack": page.may_pack,
        "next": page.next(),
        "open_form": OpenForm(residents=residents),
        "claim_form": ClaimForm(halves=page.halves),
        "may_print": may(request.user, "print_papers", room.building),
        "view_form": view_form,
        **forms,
    }
    return render(request, template, context, status=status)


@require_safe
@needs("rooms.view_building", Room)
def room(request: HttpRequest, room: Room) -> HttpResponse:
    """How the room stands, and the next action."""
    return room_page(request, room)


@needs("rooms.pack_room", Room)
@posted("room")
def open_room(request: HttpRequest, room: Room) -> HttpResponseBase:
    """Open the door: every note of the roster is answered first."""
    form = OpenForm(request.POST, residents=packing.residents(room))
    return carry_out(
        request,
        form,
        lambda: packing.open_room(room, pair=pair_of(request, room.building), answers=form.answers()),
        then=lambda: reverse("room", args=[room.pk]),
        again=lambda status: room_page(request, _fresh(room), status=status, open_form=form),
    )


@needs("rooms.pack_room", Room)
@posted("room")
def photograph_room(request: HttpRequest, room: Room) -> HttpResponseBase:
    """Keep photos of one view, the good ones even when others are refused.

    With script only that view's tile is answered, and how the room now stands.
    """
    form = ViewForm(request.POST, request.FILES)
    for photo_id, taken in form.good_photos():
        packing.photograph_room(
            room,
            kind=PhotoKind(form.cleaned_data["kind"]),
            viewpoint=form.cleaned_data["viewpoint"],
            taken=taken,
            pair=pair_of(request, room.building),
            client_id=photo_id,
        )
    if form.is_valid() and not is_htmx(request):
        return go(request, "room", pk=room.pk)
    return room_page(
        request,
        _fresh(room),
        status=200 if form.is_valid() else 422,
        view_form=form,
        template="inventory/room/tile.html" if is_htmx(request) else "inventory/room/room.html",
    )


@needs("rooms.pack_room", Room)
@posted("room")
def claim_box(request: HttpRequest, room: Room) -> HttpResponseBase:
    """Turn a blank label into a box of this room and go on to pack it."""
    halves = packing.clearances(packing.residents(room))
    form = ClaimForm(request.POST, halves=halves)
    claimed: list[Box] = []
    return carry_out(
        request,
        form,
        lambda: claimed.append(packing.claim_box(room, pair=pair_of(request, room.building), **form.cleaned_data)),
        then=lambda: reverse("box", args=[claimed[0].pk]),
        again=lambda status: room_page(request, _fresh(room), status=status, claim_form=form),
    )


@needs("rooms.pack_room", Room)
@posted("room")
def close_room(request: HttpRequest, room: Room) -> HttpResponseBase:
    """End the packing of the room."""
    packing.close_room(room, pair=pair_of(request, room.building))
    messages.success(request, _("Room %(room)s is closed: packed, and seen by two.") % {"room": room.number})
    return go(request, "room", pk=room.pk)


def _fresh(room: Room) -> Room:
    return Room.objects.select_related("building").get(pk=room.pk)
