"""How the plan's facts are said in one language: names, times, states, lists. Used under that language."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from django.conf import settings
from django.utils.translation import gettext as _

from inventory.models import ConsentState
from plans.relocation.notes import Care
from plans.relocation.plan import Member, RelocationPlan, Resident
from plans.relocation.proposal import Obstacle
from plans.relocation.storing import Keeping, Place
from plans.telling import DASH, Speech
from rooms.floor_drawing import BedOnPlan, FloorDrawing, RoomOnPlan, draw_floors


class Telling(Speech):
    """Says the facts of one plan in one language."""

    def __init__(self, plan: RelocationPlan, *, language: str) -> None:
        super().__init__(plan.site, language=language)
        self.plan = plan

    # Names

    def name(self, resident: Resident) -> str:
        """A student's name: in Chinese as the office writes it, else as in the passport."""
        return resident.name if self.is_chinese else resident.latin or resident.name

    def place(self, place: Place) -> str:
        """A storage place by its name."""
        return place.name

    @cached_property
    def member(self) -> dict[int, Member]:
        """Staff by key."""
        return {member.key: member for member in self.plan.members}

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
