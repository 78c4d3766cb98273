"""What a scanned or typed code stands for, to the one who scanned it."""

from dataclasses import dataclass

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from core import resolvers
from core.access import visible_scopes
from core.codes import normalise
from core.models import Code
from core.records import require
from inventory.models import Box, RoomPacking, Student
from people.models import User
from rooms.models import Building, Room, RoomState, StoragePlace

# The page of each kind of thing that carries a code.
KINDS: dict[str, tuple[type[Box] | type[Room] | type[StoragePlace] | type[Student], str]] = {
    "box": (Box, "box"),
    "place": (StoragePlace, "place"),
    "room": (Room, "room"),
    "student": (Student, "student"),
}


@dataclass(frozen=True)
class Found:
    """A code of ours and its thing, as `user` found it; without one it is a blank label."""

    code: str
    kind: str
    thing: models.Model | None
    user: User

    @property
    def url(self) -> str:
        """The page where one goes on: the one an app above names, else the thing's own; for a blank label the rooms."""
        if self.thing is None:
            return reverse("code", args=[self.code])
        above = resolvers.address_of(self.kind, self.thing, user=self.user)
        return above or reverse(KINDS[self.kind][1], args=[self.thing.pk])


def known_to(user: User, text: str) -> Found | None:
    """The thing that `user` may see under this code, or a blank label; None for anything else."""
    value = normalise(text)
    known = Code.objects.filter(value=value).first() if value else None
    if known is None:
        return None
    if not known.kind:
        return Found(known.value, "", None, user)
    thing: models.Model | None
    if known.kind in KINDS:
        model, _page = KINDS[known.kind]
        thing = model.objects.visible_to(user).filter(code=known).first()
    else:
        thing = resolvers.answer_of(f"thing of {known.kind}", user, known)
    return Found(known.value, known.kind, thing, user) if thing else None


def look_up(text: str, *, by: User) -> Found:
    """As `known_to`; Refused says why there is nothing."""
    require(
        normalise(text),
        "code-unreadable",
        _("This is not a code of ours. Scan again or type the nine characters."),
    )
    found = known_to(by, text)
    require(
        found,
        "code-unknown",
        _("No thing of your buildings carries this code. Look at the label and scan again."),
    )
    assert found is not None  # noqa: S101 - required above
    return found


def rooms_being_packed(by: User) -> list[Room]:
    """The rooms in which a blank label can become a box now, those that `by` opened first."""
    buildings = visible_scopes(by, Building, "rooms.pack_room")
    opened = RoomPacking.objects.filter(
        closed_at__isnull=True, room__state=RoomState.SURVEYED, room__building__in=buildings
    )
    found = opened.select_related("room__building").order_by("-opened_at")
    return [one.room for one in sorted(found, key=lambda one: one.opened_by_id != by.pk)]
