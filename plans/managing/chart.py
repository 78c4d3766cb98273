"""The organisation chart: the four roles one under the other, the areas' posts beside each other below them."""

from dataclasses import dataclass

from observation.models import DutyRole
from plans.managing.plan import PostFact
from plans.managing.telling import Telling
from rooms.floor_drawing import fitting

WIDTH, GAP = 800, 14
BOX_WIDTH, BOX_HEIGHT, STEP = 300, 62, 88
IN_A_ROW, SMALL_HEIGHT = 4, 66


@dataclass(frozen=True)
class Box:
    """One post: what it is, who holds it."""

    x: int
    y: int
    width: int
    height: int
    name: str
    holder: str
    lead: bool

    @property
    def name_size(self) -> int:
        """The type size at which the post's name stays inside."""
        return fitting(self.name, width=self.width, largest=20)

    @property
    def holder_size(self) -> int:
        """The same of the holder's name."""
        return fitting(self.holder, width=self.width, largest=19)

    @property
    def middle(self) -> int:
        """The x of its middle."""
        return self.x + self.width // 2

    @property
    def name_y(self) -> int:
        """The base line of the post."""
        return self.y + 26

    @property
    def holder_y(self) -> int:
        """The base line of the holder."""
        return self.y + 50


@dataclass(frozen=True)
class Line:
    """A line from a box down to the next."""

    x: int
    y: int
    end_x: int
    end_y: int


@dataclass(frozen=True)
class Chart:
    """The whole chart."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw(tell: Telling) -> Chart | None:
    """The chart of every post; None without any."""
    posts = tell.plan.posts
    if not posts:
        return None
    boxes: list[Box] = []
    lines: list[Line] = []
    y = 2
    for role in (DutyRole.LEADERSHIP, DutyRole.TASK_FORCE, DutyRole.SECTION_HEAD, DutyRole.MANAGER_ON_DUTY):
        of_role = [post for post in posts if post.role == role]
        if not of_role:
            continue
        if boxes:
            lines.append(Line(WIDTH // 2, y - (STEP - BOX_HEIGHT), WIDTH // 2, y))
        boxes += _row(of_role, tell, y=y, width=min(BOX_WIDTH, WIDTH // len(of_role) - GAP), height=BOX_HEIGHT)
        y += STEP
    areas = [post for post in posts if post.role == DutyRole.AREA]
    if areas and boxes:
        bus = y - (STEP - BOX_HEIGHT) // 2
        lines.append(Line(WIDTH // 2, y - (STEP - BOX_HEIGHT), WIDTH // 2, bus))
    for start in range(0, len(areas), IN_A_ROW):
        row = _row(areas[start : start + IN_A_ROW], tell, y=y, width=WIDTH // IN_A_ROW - GAP, height=SMALL_HEIGHT)
        if start == 0 and boxes:
            bus = y - (STEP - BOX_HEIGHT) // 2
            lines.append(Line(row[0].middle, bus, row[-1].middle, bus))
            lines += [Line(box.middle, bus, box.middle, y) for box in row]
        boxes += row
        y += SMALL_HEIGHT + GAP
    return Chart(WIDTH, y + 4, tuple(boxes), tuple(lines))


def _row(posts: list[PostFact], tell: Telling, *, y: int, width: int, height: int) -> list[Box]:
    left = (WIDTH - len(posts) * width - (len(posts) - 1) * GAP) // 2
    return [
        Box(left + n * (width + GAP), y, width, height, tell.named(post), tell.holder(post), post.leads)
        for n, post in enumerate(posts)
    ]
