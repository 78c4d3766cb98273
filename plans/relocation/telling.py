"""How the plan's facts are said in one language: names, times, states, lists. Used under that language."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.models import ConsentState
from plans.relocation import words
from plans.relocation.notes import Care
from plans.relocation.plan import Member, RelocationPlan, Resident
from plans.relocation.proposal import Obstacle
from plans.relocation.storing import Keeping, Place
from rooms.floor_drawing import BedOnPlan, FloorDrawing, RoomOnPlan, draw_floors

DAY = {"zh-hans": "Y年n月j日", "en": "j F Y"}
SHORT_DAY = {"zh-hans": "n月j日", "en": "j M"}
DASH = "—"


class Telling:
    """Says the facts of one plan in one language."""

    def __init__(self, plan: RelocationPlan, *, language: str) -> None:
        self.plan = plan
        self.language = language
        self.is_chinese = language.startswith("zh")

    # Names

    @property
    def building(self) -> str:
        """The building's name."""
        return self.plan.site.name if self.is_chinese else self.plan.site.name_en or self.plan.site.name

    def name(self, resident: Resident) -> str:
        """A student's name: in Chinese as the office writes it, else as in the passport."""
        return resident.name if self.is_chinese else resident.latin or resident.name

    def words(self, text: str) -> str:
        """An office's text; of two languages side by side, ours."""
        return words.in_language(text, self.language)

    def listed(self, parts: Iterable[str]) -> str:
        """A list inside a sentence."""
        return ("、" if self.is_chinese else ", ").join(parts)

    def place(self, place: Place) -> str:
        """A storage place by its name."""
        return place.name

    @cached_property
    def member(self) -> dict[int, Member]:
        """Staff by key."""
        return {member.key: member for member in self.plan.members}

    # Times

    def day(self, day: date) -> str:
        """A date with its year."""
        return date_format(day, DAY[self.language])

    def short_day(self, at: datetime) -> str:
        """The day of a moment, without its year."""
        return date_format(at.astimezone(self.plan.site.zone), SHORT_DAY[self.language])

    def clock(self, at: datetime) -> str:
        """The time of day in the site's zone."""
        return f"{at.astimezone(self.plan.site.zone):%H:%M}"

    def moment(self, at: datetime) -> str:
        """A moment in the site's zone, with its year."""
        local = at.astimezone(self.plan.site.zone)
        return f"{self.day(local)}{'' if self.is_chinese else ', '}{local:%H:%M}"

    def short_moment(self, at: datetime) -> str:
        """A moment in the site's zone, without its year."""
        return f"{self.short_day(at)} {self.clock(at)}"

    def stretch(self, start: datetime | None, end: datetime | None) -> str:
        """From a moment to another."""
        if start is None or end is None:
            return DASH
        return f"{self.short_moment(start)} – {self.short_moment(end)}"

    def age(self, age: timedelta) -> str:
        """How long something has lasted, in hours, from two days on in days."""
        hours = int(age.total_seconds() // 3600)
        if hours < 48:
            return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
        return ngettext("%(count)d day", "%(count)d days", hours // 24) % {"count": hours // 24}

    # States

    def consent(self, state: str) -> str:
        """A consent state in words."""
        return str(ConsentState(state).label) if state in ConsentState.values else _("not asked yet")

    def opening(self, residents: Iterable[Resident]) -> str:
        """What must happen before the door is opened."""
        residents = list(residents)
        if all(resident.room_packed for resident in residents):
            return _("packed")
        if all(resident.agreed for resident in residents):
            return _("may be opened")
        if all(resident.may_open for resident in residents):
            return _("override in force")
        return _("awaits consent")

    def cares(self, cares: Iterable[Care]) -> str:
        """What a note asks for."""
        labels = {
            Care.VALUABLE: _("valuables"),
            Care.COLD: _("keep cold"),
            Care.MEDICINE: _("medicine"),
            Care.BATTERY: _("dangerous goods"),
            Care.FRAGILE: _("fragile"),
            Care.LIVING: _("plant or animal"),
            Care.WATCHED: _("video call"),
            Care.OTHER: _("other"),
        }
        return self.listed(labels[care] for care in cares)

    def keeping(self, keeping: Keeping) -> str:
        """A kind of place in words."""
        return {Keeping.ORDINARY: _("ordinary"), Keeping.SECURE: _("secure"), Keeping.COLD: _("cold")}[keeping]

    def obstacle(self, why: Obstacle) -> str:
        """Why a room stands in no wave."""
        return {
            Obstacle.MIXED: _("Residents of both sexes: assign two crews."),
            Obstacle.NO_CREW: _("No crew of the residents' sex: post a mover and a witness."),
            Obstacle.TOO_LONG: _("More work than one crew does in a day: assign two crews."),
            Obstacle.NO_TIME: _("The crews' time is used up: extend it or form another crew."),
        }[why]

    def spoken_language(self, code: str) -> str:
        """A student's language by its name."""
        return str(dict(settings.LANGUAGES).get("zh-hans" if code == "zh" else code, code)) if code else DASH

    # Sets

    @cached_property
    def by_room(self) -> dict[str, list[Resident]]:
        """The students of each room, by bed; those without a room stand under an empty number."""
        rooms: defaultdict[str, list[Resident]] = defaultdict(list)
        for resident in self.plan.residents:
            rooms[resident.room].append(resident)
        return dict(rooms)

    @cached_property
    def shared_rooms(self) -> list[str]:
        """The rooms with two or more students."""
        return [number for number, living in self.by_room.items() if number and len(living) > 1]

    @cached_property
    def divided_rooms(self) -> list[str]:
        """The shared rooms whose residents do not all agree."""
        return [number for number in self.shared_rooms if len({one.agreed for one in self.by_room[number]}) > 1]

    @cached_property
    def floors(self) -> tuple[FloorDrawing, ...]:
        """The floor plan, a drawing a floor."""
        taken = {(resident.room, resident.bed) for resident in self.plan.residents}
        return draw_floors(
            RoomOnPlan(
                number=room.number,
                floor=room.floor,
                use=room.use,
                zone=room.zone,
                state=room.state,
                x=room.x,
                y=room.y,
                width=room.width,
                depth=room.depth,
                beds=tuple(BedOnPlan(bed, (room.number, bed) in taken) for bed in room.beds),
            )
            for room in self.plan.rooms
        )
