"""Writing and reading the shift log: quick notes about a person, a room or an area, with photos."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import require
from core.uploads import TakenPhoto, store
from observation.models import LogEntry, LogPhoto, Occupant, Shift
from people.models import User
from rooms.models import Area, Building, Room


@transaction.atomic
def note(
    building: Building,
    *,
    words: str,
    by: User,
    client_id: UUID,
    room: Room | None = None,
    occupant: Occupant | None = None,
    area: Area | None = None,
    attention: bool = False,
    photos: Sequence[tuple[UUID, TakenPhoto]] = (),
) -> LogEntry:
    """Write a note; sent twice it is one note, with each of its photos once."""
    building.hold()
    sent = LogEntry.objects.in_building(building).filter(client_id=client_id, by=by).first()
    if sent is None:
        words = words.strip()
        require(words or photos, "note-without-words", _("Write a few words, or take a photo."))
        for thing in (room, occupant, area):
            require(
                thing is None or thing.building_id == building.pk, "elsewhere", _("This belongs to another building.")
            )
        # Whoever is named lives somewhere: the note is found by their door, too.
        if occupant is not None and room is None and (stay := occupant.stay):
            room = stay.room
        sent = LogEntry(
            client_id=client_id,
            at=timezone.now(),
            building=building,
            shift=Shift.objects.in_building(building).under_way().first(),
            words=words or _("(photo)"),
            room=room,
            occupant=occupant,
            area=area,
            attention=attention,
            by=by,
        )
        sent.save()
    known = set(sent.photos.values_list("client_id", flat=True))
    for photo_id, taken in photos:
        if photo_id not in known:
            kept = asdict(store(taken))
            LogPhoto(client_id=photo_id, at=timezone.now(), entry=sent, **kept).save()
    return sent


def chosen(building: Building, asked: Any) -> QuerySet[LogEntry]:
    """The building's notes that the filters in `asked` (a query string) choose: words, day, room, who must know."""
    rows = LogEntry.objects.in_building(building)
    word = str(asked.get("q", "")).strip()[:100]
    if word:
        rows = rows.filter(
            Q(words__icontains=word)
            | Q(room__number__iexact=word)
            | Q(occupant__person__name__icontains=word)
            | Q(area__name__icontains=word)
        )
    if day := day_of(asked.get("day", "")):
        start = datetime.combine(day, time(), ZoneInfo(building.time_zone))
        rows = rows.filter(at__gte=start, at__lt=start + timedelta(days=1))
    for name in ("room", "area", "occupant"):
        if str(asked.get(name, "")).isdigit():
            rows = rows.filter(**{name: int(str(asked[name])[:18])})
    if asked.get("attention"):
        rows = rows.filter(attention=True)
    photos = Prefetch("photos", LogPhoto.objects.order_by("pk"))
    return rows.select_related("room", "occupant__person", "area", "by", "shift__pattern").prefetch_related(photos)


def day_of(text: str) -> date | None:
    """A day in an address; None when there is none or it cannot be read."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
