"""The management plan as plain facts: what `gather` read, and the figures that follow from it. It names no occupant."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from plans.site import Site
from plans.writing import digest_of
from rooms.models import RoomState, RoomUse, Zone


@dataclass(frozen=True)
class PostFact:
    """A post; `held_by` holds it now, empty when nobody does."""

    key: int
    role: str
    name: str
    name_en: str
    area: int | None
    by_night: bool
    leads: bool
    held_by: str
    department: str
    phone: str


@dataclass(frozen=True)
class AreaFact:
    """An area of responsibility."""

    key: int
    kind: str
    name: str
    name_en: str
    floor: int | None
    door: str


@dataclass(frozen=True)
class PatternFact:
    """A shift of every day."""

    key: int
    name: str
    name_en: str
    starts: time
    ends: time
    night: bool

    @property
    def hours(self) -> float:
        """How long it takes by the clock."""
        start, end = (one.hour + one.minute / 60 for one in (self.starts, self.ends))
        return (end - start) % 24 or 24


@dataclass(frozen=True)
class DutyFact:
    """Somebody is down for a post in a shift of a day; without a person the post stands vacant."""

    post: int
    pattern: int
    day: date
    person: str


@dataclass(frozen=True)
class RoomFact:
    """A room of the building; lengths in metres."""

    number: str
    floor: int
    use: str
    zone: str
    state: str
    own_bathroom: bool
    beds: int
    x: float
    y: float
    width: float
    depth: float

    @property
    def is_bedroom(self) -> bool:
        """Whether people stay in it."""
        return self.use == RoomUse.BEDROOM


@dataclass(frozen=True)
class ProtocolFact:
    """The protocol in force, and where its figures come from."""

    name: str
    cited: str
    days: int
    hours: tuple[str, ...]
    late_after: int
    fever_from: str
    symptoms: tuple[str, ...]
    alert_minutes: int
    escalate_minutes: int
    steps: tuple[str, ...]
    needs: tuple[str, ...]
    fever_free_days: int
    cohort: bool
    agent: str
    mg_per_litre: int
    disinfection_minutes: int


@dataclass(frozen=True)
class Rules:
    """What the roster keeps to; no figure has a national source."""

    rest_hours: int
    most_hours_a_week: int
    answer_minutes: int
    source: str


@dataclass(frozen=True)
class ManagementPlan:
    """Everything the plan's page and paper say, read at `made_at`."""

    made_at: datetime
    site: Site
    posts: tuple[PostFact, ...]
    areas: tuple[AreaFact, ...]
    patterns: tuple[PatternFact, ...]
    duties: tuple[DutyFact, ...]
    rooms: tuple[RoomFact, ...]
    protocol: ProtocolFact | None
    rules: Rules
    occupants: int
    diets: tuple[tuple[str, int], ...]
    meals: tuple[tuple[str, time], ...]
    own: tuple[tuple[str, str, str], ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of the facts, the moment of reading left out: equal for one state of affairs in any language."""
        return digest_of(self, without=("made_at",))

    @property
    def issue(self) -> str:
        """The issue's number: a draft is numbered by building and moment until plans are approved."""
        at = self.made_at.astimezone(self.site.zone)
        return f"MP-{self.site.key}-{at:%Y%m%d-%H%M}"

    @property
    def today(self) -> date:
        """The site's day."""
        return self.made_at.astimezone(self.site.zone).date()

    @property
    def week(self) -> tuple[date, ...]:
        """Monday to Sunday of this week."""
        monday = self.today - timedelta(days=self.today.weekday())
        return tuple(monday + timedelta(days=n) for n in range(7))

    @property
    def coming(self) -> tuple[date, ...]:
        """Today and the six days after it."""
        return tuple(self.today + timedelta(days=n) for n in range(7))

    @property
    def bedrooms(self) -> tuple[RoomFact, ...]:
        """The rooms people stay in."""
        return tuple(room for room in self.rooms if room.is_bedroom)

    @property
    def floors(self) -> tuple[int, ...]:
        """The floors people stay on."""
        return tuple(sorted({room.floor for room in self.bedrooms}))

    @property
    def to_disinfect(self) -> tuple[RoomFact, ...]:
        """The rooms that await terminal disinfection."""
        return tuple(room for room in self.rooms if room.state == RoomState.TO_DISINFECT)

    def used_as(self, use: str) -> tuple[RoomFact, ...]:
        """The rooms of one use."""
        return tuple(room for room in self.rooms if room.use == use)

    def in_zone(self, zone: str) -> tuple[RoomFact, ...]:
        """The rooms of one zone."""
        return tuple(room for room in self.rooms if room.zone == zone)

    @property
    def states(self) -> Counter[str]:
        """How many bedrooms are in each state."""
        return Counter(room.state for room in self.bedrooms)

    @property
    def unzoned(self) -> tuple[RoomFact, ...]:
        """The rooms that belong to no zone yet."""
        return tuple(room for room in self.rooms if room.zone not in Zone.values)

    def holders(self, post: int, pattern: int, day: date) -> tuple[str, ...]:
        """Who is down for a post in a shift of a day, one after the other; empty when the shift is not drawn."""
        return tuple(duty.person for duty in self.duties if (duty.post, duty.pattern, duty.day) == (post, pattern, day))

    def own_text(self, key: str, language: str) -> str:
        """What the building says instead of a clause; empty where it says nothing of its own."""
        return next((text for one, tongue, text in self.own if (one, tongue) == (key, language)), "")

    @property
    def half_edited(self) -> tuple[tuple[str, str], ...]:
        """Clauses edited in one language only, each with the language that is missing."""
        edited = {(key, language) for key, language, _text in self.own}
        other = {"zh-hans": "en", "en": "zh-hans"}
        return tuple(sorted((key, other[language]) for key, language in edited if (key, other[language]) not in edited))
