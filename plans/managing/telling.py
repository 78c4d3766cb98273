"""How the management plan's facts are said in one language. Used under that language."""

from django.utils.translation import gettext as _

from observation.models import DutyRole
from plans.managing.plan import AreaFact, ManagementPlan, PatternFact, PostFact, RoomFact
from plans.telling import DASH, Speech
from rooms.models import RoomState, RoomUse, Zone


class Telling(Speech):
    """Says the facts of one plan in one language."""

    def __init__(self, plan: ManagementPlan, *, language: str) -> None:
        super().__init__(plan.site, language=language)
        self.plan = plan
        self._areas = {area.key: area for area in plan.areas}

    def named(self, one: PostFact | AreaFact | PatternFact) -> str:
        """The name of a post, an area or a shift."""
        return self.either(one.name, one.name_en)

    def role(self, post: PostFact) -> str:
        """What a post is."""
        return str(DutyRole(post.role).label)

    def area(self, post: PostFact) -> str:
        """The area of a post; the whole site for the four roles."""
        return self.named(self._areas[post.area]) if post.area in self._areas else _("the whole site")

    def holder(self, post: PostFact) -> str:
        """Who holds a post now."""
        return post.held_by or _("nobody yet")

    def hours(self, one: PatternFact) -> str:
        """From when until when."""
        return f"{one.starts:%H:%M}–{one.ends:%H:%M}"

    def on_duty(self, duties: tuple[str, ...]) -> str:
        """Those who are down for a post in a shift."""
        return " / ".join(person or _("vacant") for person in duties) or DASH

    def use(self, room: RoomFact) -> str:
        """What a room is for."""
        return str(RoomUse(room.use).label) if room.use in RoomUse.values else room.use

    def zone(self, room: RoomFact) -> str:
        """The zone of a room."""
        return str(Zone(room.zone).label) if room.zone in Zone.values else _("none yet")

    def state(self, room: RoomFact) -> str:
        """How a bedroom stands; other rooms have no state of their own."""
        return str(RoomState(room.state).label) if room.is_bedroom else _("in use")

    def floors_in_words(self) -> str:
        """The floors people stay on."""
        return self.listed(str(floor) for floor in self.plan.floors)

    def numbers(self, rooms: tuple[RoomFact, ...]) -> str:
        """Some rooms by their numbers."""
        return self.listed(room.number for room in rooms)
