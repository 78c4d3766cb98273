"""The blocks that stand in the management plan's text as `@name`: tables and drawings of live data."""

from collections.abc import Callable, Iterable
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from observation.models import FOUR_ROLES, Diet
from plans.layout import Block, Column, Row, Table
from plans.managing import chart as drawing
from plans.managing import passages as ways
from plans.managing.plan import PostFact
from plans.managing.telling import Telling
from plans.telling import DASH, SHORT_DAY
from plans.writing import live_table
from rooms.models import AreaKind, RoomState, Zone


def _said(text: str) -> list[Block]:
    return [Block("paragraph", text=text)]


def roles(tell: Telling) -> list[Block]:
    """The four roles and who holds each now."""
    posts = [post for post in tell.plan.posts if post.role in FOUR_ROLES]
    return live_table(
        [(_("Role"), 24), (_("Post"), 28), (_("Held now by"), 22), (_("Department"), 26)],
        ((tell.role(post), tell.named(post), tell.holder(post), tell.words(post.department) or DASH) for post in posts),
    ) or _said(_("The four roles have no posts yet: enter them with the duty roster."))


def chart(tell: Telling) -> list[Block]:
    """The organisation chart."""
    drawn = drawing.draw(tell)
    return [Block("chart", body=drawn)] if drawn else _said(_("There is no post to show yet."))


def zones(tell: Telling) -> list[Block]:
    """Which rooms belong to each zone."""
    rows: list[tuple[object, ...]] = []
    for zone in Zone:
        rooms = tell.plan.in_zone(zone)
        uses = dict.fromkeys(tell.use(room) for room in rooms)
        rows.append((str(zone.label), len(rooms), tell.listed(uses) or DASH))
    if tell.plan.unzoned:
        rows.append((_("none yet"), len(tell.plan.unzoned), tell.numbers(tell.plan.unzoned)))
    return live_table([(_("Zone"), 24), (_("Rooms"), 14, "number"), (_("Used as"), 62)], rows)


def passages(tell: Telling) -> list[Block]:
    """The steps of both passages."""
    names = {ways.STAFF: _("staff passage"), ways.OCCUPANTS: _("occupants' passage")}
    rows: list[Row] = []
    for passage, name in names.items():
        of_it = [step for step in ways.steps(tell.plan, tell) if step.passage == passage]
        if of_it:
            rows.append(Row((name,), is_group=True))
        for step in of_it:
            where = step.use
            if not step.rooms[0].is_bedroom:
                where = f"{step.use} {tell.numbers(step.rooms)}"
            rows.append(Row((step.mark, where, step.done)))
    columns = (Column(_("Mark"), 12), Column(_("Where"), 34), Column(_("What is done"), 54))
    if not rows:
        return _said(_("The building's rooms are not entered yet; the passages follow from their uses."))
    return [Block("table", body=Table(columns, tuple(rows)))]


def floors(tell: Telling) -> list[Block]:
    """One drawing a floor, with its zones and passages."""
    drawn = [Block("passages", text=one.drawing.title, body=one) for one in ways.draw(tell.plan, tell)]
    return drawn or _said(_("The building's rooms are not entered yet."))


def patterns(tell: Telling) -> list[Block]:
    """The shifts of a day."""
    return live_table(
        [(_("Shift"), 34), (_("Hours"), 30), (_("Length, hours"), 18, "number"), (_("Night"), 18)],
        (
            (tell.named(one), tell.hours(one), f"{one.hours:g}", _("yes") if one.night else _("no"))
            for one in tell.plan.patterns
        ),
    ) or _said(_("The shifts are not entered yet."))


def posts(tell: Telling) -> list[Block]:
    """Every post with its area."""
    return live_table(
        [(_("Post"), 30), (_("Role"), 24), (_("Area"), 26), (_("By night"), 20)],
        (
            (
                _("%(post)s (leads the shift)") % {"post": tell.named(post)} if post.leads else tell.named(post),
                tell.role(post),
                tell.area(post),
                _("yes") if post.by_night else _("no"),
            )
            for post in tell.plan.posts
        ),
    ) or _said(_("The posts are not entered yet."))


def _roster(tell: Telling, days: Iterable[date]) -> list[Block]:
    """Who holds each post in each shift of some days."""
    plan, days = tell.plan, tuple(days)
    if not plan.posts or not plan.patterns:
        return _said(_("The roster is not drawn yet: it needs posts and shifts first."))
    if not any(duty.day in days for duty in plan.duties):
        return _said(_("No shift of these days is in the roster yet."))
    heads = (Column(_("Shift"), 16), *(Column(_day(tell, day), 12) for day in days))
    rows: list[Row] = []
    for post in plan.posts:
        rows.append(Row((tell.named(post),), is_group=True))
        for pattern in plan.patterns:
            if pattern.night and not post.by_night:
                continue
            cells = (tell.on_duty(plan.holders(post.key, pattern.key, day)) for day in days)
            rows.append(Row((tell.named(pattern), *cells)))
    return [Block("table", body=Table(heads, tuple(rows), kind="roster"))]


def _day(tell: Telling, day: date) -> str:
    weekday = date_format(day, "D")
    return f"{weekday}\n{date_format(day, SHORT_DAY[tell.language])}"


def week(tell: Telling) -> list[Block]:
    """This week's roster."""
    return _roster(tell, tell.plan.week)


def coming(tell: Telling) -> list[Block]:
    """The roster of the coming seven days."""
    return _roster(tell, tell.plan.coming)


def capacity(tell: Telling) -> list[Block]:
    """The bedrooms of each floor by state."""
    states = [state for state in RoomState if tell.plan.states[state]]
    rows: list[tuple[object, ...]] = []
    for floor in tell.plan.floors:
        here = [room for room in tell.plan.bedrooms if room.floor == floor]
        counted = (f"{state.label} {n}" for state in states if (n := sum(room.state == state for room in here)))
        rows.append((floor, len(here), sum(room.beds for room in here), tell.listed(counted)))
    return live_table(
        [(_("Floor"), 14), (_("Bedrooms"), 16, "number"), (_("Beds"), 14, "number"), (_("State"), 56)], rows
    )


def diets(tell: Telling) -> list[Block]:
    """Portions of each diet, without names."""
    rows: list[tuple[object, ...]] = [(str(Diet(diet).label), count) for diet, count in tell.plan.diets]
    if not rows:
        return _said(_("Nobody is in the building now."))
    rows.append((_("All portions"), tell.plan.occupants))
    return live_table([(_("Diet"), 50), (_("Portions"), 50, "number")], rows)


def waiting_rooms(tell: Telling) -> list[Block]:
    """The rooms that await terminal disinfection."""
    rooms = tell.plan.to_disinfect
    if not rooms:
        return _said(_("No room awaits terminal disinfection now."))
    return _said(_("Awaiting terminal disinfection now: %(rooms)s.") % {"rooms": tell.numbers(rooms)})


def contacts(tell: Telling) -> list[Block]:
    """Whoever leads, with a phone where it may be printed."""
    held = [post for post in tell.plan.posts if post.held_by]
    shown = [post for post in held if post.role in FOUR_ROLES]
    if not shown:
        return _said(_("Nobody holds one of the four roles now."))
    if any(post.phone for post in shown):
        return live_table(
            [(_("Post"), 34), (_("Held now by"), 30), (_("Phone"), 36)],
            ((tell.named(post), post.held_by, post.phone or DASH) for post in shown),
        )
    return live_table([(_("Post"), 50), (_("Held now by"), 50)], ((tell.named(post), post.held_by) for post in shown))


def areas(tell: Telling) -> list[Block]:
    """Each area with its posts and who answers for it now."""
    by_area: dict[int | None, list[PostFact]] = {}
    for post in tell.plan.posts:
        by_area.setdefault(post.area, []).append(post)
    rows = []
    for area in tell.plan.areas:
        own = by_area.get(area.key, [])
        place = area.door or (_("floor %(floor)s") % {"floor": area.floor} if area.floor is not None else DASH)
        rows.append(
            (
                tell.named(area),
                str(AreaKind(area.kind).label),
                place,
                "\n".join(tell.named(post) for post in own) or _("no post yet"),
                "\n".join(tell.holder(post) for post in own) or DASH,
            )
        )
    return live_table(
        [
            (_("Area"), 24),
            (_("Kind"), 14),
            (_("Where"), 16),
            (_("Post"), 24, "lines"),
            (_("Held now by"), 22, "lines"),
        ],
        rows,
    ) or _said(_("No area of responsibility is entered yet."))


def room_list(tell: Telling) -> list[Block]:
    """Every room with its zone and state."""
    return live_table(
        [
            (_("Room"), 12),
            (_("Floor"), 10),
            (_("Use"), 24),
            (_("Zone"), 22),
            (_("Beds"), 10, "number"),
            (_("State"), 22),
        ],
        (
            (room.number, room.floor, tell.use(room), tell.zone(room), room.beds or DASH, tell.state(room))
            for room in tell.plan.rooms
        ),
    ) or _said(_("The building's rooms are not entered yet."))


BLOCKS: dict[str, Callable[[Telling], list[Block]]] = {
    "roles": roles,
    "chart": chart,
    "zones": zones,
    "passages": passages,
    "floors": floors,
    "patterns": patterns,
    "posts": posts,
    "week": week,
    "coming": coming,
    "capacity": capacity,
    "diets": diets,
    "waiting-rooms": waiting_rooms,
    "contacts": contacts,
    "areas": areas,
    "room-list": room_list,
}
