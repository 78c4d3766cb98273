"""Reading a duty roster as the office keeps it: a row for each shift, a column for each post, names in the cells."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import cells
from core.headings import Column
from core.importing import Line, Mappings, Outcome, Preview, SheetPreview, require_writable, take_sheets
from core.tables_in import Cell, UnreadableTable, read_tables, shown
from core.text import unpadded
from core.timeline import Change
from observation.duty.changing import diaries, note_change, sentence
from observation.duty.rostering import limits_of, may_hold
from observation.duty.rules import Against, Diary, Piece
from observation.models import Duty, DutyChangeKind, Post, Shift, ShiftPattern
from people.models import Person, User
from rooms.models import Building

COLUMNS = (
    Column("day", ("日期", "值班日期", "date", "day"), required=True),
    Column("shift", ("班次", "班别", "值班班次", "shift"), required=True),
    # Read past: they say nothing that the date and the shift do not.
    Column("weekday", ("星期", "周几", "weekday")),
    Column("starts", ("开始", "开始时间", "起", "from")),
    Column("ends", ("结束", "结束时间", "止", "until")),
    Column("number", ("序号", "编号", "no.", "number")),
    Column("remarks", ("备注", "说明", "remarks", "notes")),
)
_BETWEEN_NAMES = re.compile(r"\s*[、,，;；/\n]\s*")
_NOBODY = {"", "-", "—", "–", "无", "空", "·", "/"}


@dataclass(frozen=True)
class _Put:
    """Somebody is to be down for a post; `row` is the duty that stands there."""

    post: Post
    person: Person
    row: Duty | None


class _Site:
    """What the building's roster holds before the import, looked up once."""

    def __init__(self, building: Building) -> None:
        self.building = building
        self.zone = ZoneInfo(building.time_zone)
        self.now = timezone.now()
        self.posts = list(Post.objects.in_use().in_building(building))
        self.patterns = list(ShiftPattern.objects.in_use().in_building(building))
        self.able = may_hold(building)
        self.limits = limits_of(building)
        self.people: dict[str, list[Person]] = defaultdict(list)
        for person in Person.objects.filter(postings__building=building).order_by("pk"):
            self.people[_plain(person.name)].append(person)
        self.shifts: dict[tuple[int, date], Shift] = {}
        self.others: list[Shift] = []
        self.rows: dict[tuple[int, int], list[Duty]] = defaultdict(list)
        self.diaries: dict[int, Diary] = {}
        self.of_post: dict[int, list[Duty]] = defaultdict(list)

    @property
    def columns(self) -> list[Column]:
        """The fixed columns and one for each post."""
        own = [Column(f"post-{post.pk}", tuple(filter(None, (post.name, post.name_en)))) for post in self.posts]
        return [*COLUMNS, *own]

    def know(self, days: set[date]) -> None:
        """Look up what stands on these days."""
        if not days:
            return
        first, last = min(days) - timedelta(days=2), max(days) + timedelta(days=2)
        found = Shift.objects.in_building(self.building).filter(day__range=(first, last)).select_related("pattern")
        self.others = list(found)
        self.shifts = {(one.pattern_id, one.day): one for one in self.others}
        start = datetime.combine(first, datetime.min.time(), self.zone)
        end = datetime.combine(last, datetime.max.time(), self.zone)
        duties = Duty.objects.in_building(self.building).filter(starts_at__lt=end, ends_at__gt=start)
        for duty in duties.select_related("person", "post", "shift__building").order_by("starts_at"):
            self.rows[duty.shift_id, duty.post_id].append(duty)
            self.of_post[duty.post_id].append(duty)
        everybody = {person.pk for people in self.people.values() for person in people}
        self.diaries = diaries(everybody, start, end)


def preview_duty(building: Building, data: bytes, *, name: str, mappings: Mappings | None = None) -> Preview:
    """What the file would make of the roster; writes nothing.

    A blank cell says nothing and changes nothing. Duties of shifts that have begun are added and never changed. Raises
    UnreadableTable as `preview_roster` does.
    """
    site = _Site(building)
    preview = take_sheets(read_tables(data, name=name), {"duty": site.columns}, mappings)
    if not preview.sheets and mappings is None:
        words = _("%(name)s holds no list with dates and shifts. Choose the duty roster.")
        raise UnreadableTable("no-duty-roster", words % {"name": name})
    for sheet in preview.sheets:
        _read_shifts(sheet, site)
    site.know({line.values["day"] for line in preview.lines if "day" in line.values})
    seen: dict[tuple[int, date], Cell] = {}
    for sheet in preview.sheets:
        for line in sheet.lines:
            _find_shift(sheet, line, site, seen)
            _read_names(sheet, line, site)
    _hold_to_rules(preview, site)
    for sheet in preview.sheets:
        for line in sheet.lines:
            _tell(line)
    return preview


@transaction.atomic
def import_duty(
    building: Building,
    data: bytes,
    *,
    name: str,
    by: User | None,
    good_rows: bool = False,
    mappings: Mappings | None = None,
) -> Preview:
    """Write what the preview shows: all rows, or only the good ones when asked so.

    Raises UnreadableTable as the preview does, and Refused when rows are refused and `good_rows` is false.
    """
    building.hold()
    preview = preview_duty(building, data, name=name, mappings=mappings)
    require_writable(preview, good_rows=good_rows)
    reason = _("imported from %(file)s") % {"file": shown(name)}
    _write([line for line in preview.lines if line.outcome in (Outcome.CREATED, Outcome.CHANGED)], building, by, reason)
    return preview


def _plain(name: str) -> str:
    return unpadded(name).casefold()


def _read_shifts(sheet: SheetPreview, site: _Site) -> None:
    """The day and the shift of each line; a day that stands once above several lines counts for them all."""
    words = {pattern.pk: tuple(filter(None, (pattern.name, pattern.name_en))) for pattern in site.patterns}
    by_pk = {pattern.pk: pattern for pattern in site.patterns}
    day: date | None = None
    for line in sheet.lines:
        cell = sheet.cell(line, "day")
        if not cell.blank or day is None:
            missing = _("The date is missing.")
            moment = line.need("moment", cell, cells.moment, site.zone, missing=missing)
            day = moment.astimezone(site.zone).date() if moment else None
        if day is not None:
            line.values["day"] = day
        missing = _("The shift is missing.")
        found = line.need("pattern", sheet.cell(line, "shift"), cells.one_of, words, missing=missing)
        if found is not None:
            line.values["pattern"] = by_pk[found]
        line.what = " ".join(filter(None, (day.isoformat() if day else "", by_pk[found].shown_name if found else "")))


def _find_shift(sheet: SheetPreview, line: Line, site: _Site, seen: dict[tuple[int, date], Cell]) -> None:
    """The shift of the roster that the line speaks of, or the hours of the one it makes."""
    pattern, day = line.values.get("pattern"), line.values.get("day")
    if not isinstance(pattern, ShiftPattern) or day is None:
        return
    cell, key = sheet.cell(line, "shift"), (pattern.pk, day)
    if key in seen:
        words = _("This shift stands here a second time; the first: %(where)s.")
        line.refuse(cell, words % {"where": cells.where(seen[key])})
        return
    seen[key] = cell
    line.record = site.shifts.get(key)
    starts, ends = pattern.moments(day, site.zone)
    if isinstance(line.record, Shift):
        starts, ends = line.record.starts_at, line.record.ends_at
    elif any(one.starts_at < ends and starts < one.ends_at for one in site.others):
        line.refuse(cell, _("Another shift of the roster lies in these hours."))
    line.values.update(starts=starts, ends=ends)


def _read_names(sheet: SheetPreview, line: Line, site: _Site) -> None:
    """Who is down for which post; a name nobody here has, and a column no post has, are refused cell by cell."""
    for index, text in sheet.heading.unknown:
        cell = line.row[index]
        if not cell.blank:
            line.refuse(cell, _("There is no post “%(post)s” in this building.") % {"post": text})
    puts: list[tuple[_Put, Cell]] = []
    for post in site.posts:
        cell = sheet.cell(line, f"post-{post.pk}")
        said = line.read(f"said-{post.pk}", cell, cells.name)
        if said is None or said in _NOBODY or "starts" not in line.values:
            continue
        rows = site.rows[line.record.pk, post.pk] if isinstance(line.record, Shift) else []
        names = [one for one in _BETWEEN_NAMES.split(said) if one]
        if [_plain(one) for one in names] == [_plain(row.person.name) for row in rows if row.person]:
            continue
        put = _put(line, cell, post, names, rows, site)
        if put is not None:
            puts.append((put, cell))
    line.values["puts"] = puts


def _put(line: Line, cell: Cell, post: Post, names: list[str], rows: list[Duty], site: _Site) -> _Put | None:
    """What the cell wants; None, and the cell refused, when it cannot be."""
    pattern, starts, ends = line.values["pattern"], line.values["starts"], line.values["ends"]
    if len(names) != 1:
        line.refuse(cell, _("One person holds a post in a shift. Name one; a change within a shift has its own page."))
        return None
    found = site.people.get(_plain(names[0]), [])
    if len(found) != 1:
        words = (
            _("Several people called “%(name)s” are posted here; change this cell on its own page.")
            if found
            else _("Nobody called “%(name)s” is posted at this building.")
        )
        line.refuse(cell, words % {"name": names[0]})
        return None
    person = found[0]
    if person.pk not in site.able.get(post.pk, ()):
        line.refuse(cell, sentence(Against.MAY_NOT, person=person, post=post, limits=site.limits))
    elif not post.held_in(pattern):
        line.refuse(cell, _("This post is not held by night."))
    elif rows and (len(rows) > 1 or (rows[0].starts_at, rows[0].ends_at) != (starts, ends)):
        line.refuse(cell, _("This duty was split; change it on its own page."))
    elif rows and rows[0].person_id is not None and starts <= site.now:
        words = _("%(name)s is down for it, and the shift has begun; it is changed on its own page only.")
        line.refuse(cell, words % {"name": rows[0].person.name if rows[0].person else ""})
    elif not rows and any(one.starts_at < ends and starts < one.ends_at for one in site.of_post[post.pk]):
        line.refuse(cell, _("Somebody else is down for this post in these hours."))
    else:
        return _Put(post, person, rows[0] if rows else None)
    return None


def _hold_to_rules(preview: Preview, site: _Site) -> None:
    """Refuse each cell that breaks a rule beside all the others; of what is past only that nobody is in two places."""
    lines = [line for line in preview.lines if line.values.get("puts") and not line.problems]
    for line in lines:
        for put, _cell in line.values["puts"]:
            if put.row is not None and put.row.person_id in site.diaries:
                old = Piece(put.row.shift_id, put.row.starts_at, put.row.ends_at)
                site.diaries[put.row.person_id].pieces.remove(old)
    for n, line in enumerate(sorted(lines, key=lambda line: line.values["starts"])):
        shift = line.record.pk if line.record is not None else -1 - n
        piece = Piece(shift, line.values["starts"], line.values["ends"])
        for put, cell in line.values["puts"]:
            against = site.diaries[put.person.pk].against(piece, site.limits)
            past = piece.starts <= site.now
            if against is not None and (not past or against == Against.ON_DUTY):
                line.refuse(cell, sentence(against, person=put.person, post=put.post, limits=site.limits))
            else:
                site.diaries[put.person.pk].pieces.append(piece)


def _tell(line: Line) -> None:
    """What the line would do, in words."""
    puts = [put for put, _cell in line.values.get("puts", [])]
    if line.record is None:
        line.told = [(put.post.shown_name, put.person.name) for put in puts]
        return
    for put in puts:
        old = put.row.person.name if put.row and put.row.person else "—"
        line.changes.append(Change(put.post.shown_name, old, put.person.name))


def _write(lines: Iterable[Line], building: Building, by: User | None, reason: str) -> None:
    lines = list(lines)
    made = {
        id(line): Shift(
            building=building,
            pattern=line.values["pattern"],
            day=line.values["day"],
            starts_at=line.values["starts"],
            ends_at=line.values["ends"],
        )
        for line in lines
        if line.record is None
    }
    Shift.enter_many(list(made.values()), by=by, reason=reason)
    days = {line.values["day"] for line in lines}
    keys = {(one.pattern_id, one.day): one for one in Shift.objects.in_building(building).filter(day__in=days)}
    new: list[Duty] = []
    changed: list[tuple[Duty, Person | None, Person]] = []
    for line in lines:
        shift = keys[line.values["pattern"].pk, line.values["day"]]
        for put, _cell in line.values["puts"]:
            if put.row is None:
                new.append(
                    Duty(
                        shift=shift,
                        post=put.post,
                        person=put.person,
                        starts_at=line.values["starts"],
                        ends_at=line.values["ends"],
                    )
                )
            else:
                changed.append((put.row, put.row.person, put.person))
    for row, _before, after in changed:
        row.person = after
    Duty.amend_many(
        [row for row, _b, _a in changed], by=by, fields=("person",), reason=reason, changing_hands=("person",)
    )
    Duty.enter_many(new, by=by, reason=reason)
    for row, before, after in changed:
        note_change(
            row,
            kind=DutyChangeKind.EDITED,
            applies_from=row.starts_at,
            before=before,
            after=after,
            why=reason,
            by=by,
            client_id=uuid4(),
        )
