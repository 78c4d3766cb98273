"""Reading a roster: who lived where, in which language they are spoken to, and who is responsible for them."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core import cells
from core.headings import Column
from core.importing import Line, Mappings, Outcome, Preview, SheetPreview, in_words, require_writable, take_sheets
from core.models import Code
from core.records import Record
from core.tables_in import Cell, UnreadableTable, read_tables, shown
from core.text import listed
from core.timeline import Change
from inventory.models import Student
from people.models import Category, ContactKind, ContactPoint, Person, Sex, User
from rooms.importing import ROOM_SUFFIXES, SEXES
from rooms.models import Bed, Building, Posting

COLUMNS = (
    Column(
        "name",
        ("姓名", "中文姓名", "学生姓名", "name", "name (Chinese)", "Chinese name", "student name", "full name"),
        required=True,
    ),
    Column("passport_name", ("护照姓名", "英文姓名", "外文姓名", "name in passport", "passport name")),
    Column("nationality", ("国籍", "国家", "nationality", "country")),
    Column("sex", ("性别", "sex", "gender")),
    Column("language", ("语言", "语种", "沟通语言", "母语", "language", "mother tongue")),
    Column("student_number", ("学号", "学生编号", "student number", "student no.", "student id"), required=True),
    Column("passport_number", ("护照号", "护照号码", "passport number", "passport no.", "passport")),
    Column(
        "room",
        ("房间", "房间号", "房号", "宿舍", "宿舍号", "寝室", "寝室号", "room", "room no.", "room number"),
        required=True,
    ),
    Column("bed", ("床位", "床号", "床位号", "bed", "bed no.", "bed number")),
    Column("phone", ("电话", "手机", "手机号", "联系电话", "phone", "phone number", "telephone", "mobile")),
    Column("wechat", ("微信", "微信号", "WeChat", "WeChat ID")),
    Column("email", ("邮箱", "电子邮箱", "电子邮件", "e-mail", "email")),
    Column("whereabouts", ("目前所在地", "所在地", "现居地", "where now", "current location", "whereabouts")),
    Column("time_zone", ("时区", "time zone", "timezone")),
    Column("relative", ("紧急联系人", "emergency contact")),
    Column("responsible", ("负责老师", "负责人", "责任老师", "辅导员", "responsible teacher", "responsible", "tutor")),
    Column("notes", ("备注", "说明", "notes", "remarks")),
)
KINDS = {"roster": COLUMNS}
LANGUAGES = {
    "zh-hans": ("zh", "zh-hans", "zh-cn", "中文", "汉语", "Chinese"),
    "en": ("en", "英语", "英文", "English"),
    "ru": ("ru", "俄语", "Russian"),
    "ko": ("ko", "韩语", "朝鲜语", "Korean"),
    "mn": ("mn", "蒙古语", "蒙语", "Mongolian"),
    "th": ("th", "泰语", "Thai"),
    "ar": ("ar", "阿拉伯语", "Arabic"),
    "fr": ("fr", "法语", "French"),
}
PERSON_FIELDS = (
    "name",
    "passport_name",
    "sex",
    "nationality",
    "language",
    "time_zone",
    "whereabouts",
    "passport_number",
)
CONTACTS = {
    "phone": ContactKind.PHONE,
    "wechat": ContactKind.WECHAT,
    "email": ContactKind.EMAIL,
    "relative": ContactKind.RELATIVE,
}
LONGEST = {
    "name": 120,
    "passport_name": 120,
    "nationality": 60,
    "student_number": 40,
    "passport_number": 30,
    "whereabouts": 120,
    "phone": 200,
    "wechat": 200,
    "email": 200,
    "relative": 200,
    "responsible": 120,
    "notes": 2000,
}


class _Campus:
    """What the building holds before the import, looked up once."""

    def __init__(self, building: Building) -> None:
        beds = Bed.objects.filter(room__building=building).select_related("room").order_by("room", "number")
        self.beds: dict[str, dict[int, Bed]] = {}
        for bed in beds:
            self.beds.setdefault(bed.room.number, {})[bed.number] = bed
        self.rooms = set(building.rooms.values_list("number", flat=True))
        students = Student.objects.filter(building=building).select_related("person__responsible", "bed__room")
        self.students = {
            student.student_number: student for student in students.prefetch_related("person__contact_points")
        }
        self.sleeping = {student.bed_id: student for student in self.students.values() if student.bed_id}
        self.staff: dict[str, list[Person]] = {}
        for posting in Posting.objects.filter(building=building).select_related("person"):
            self.staff.setdefault(posting.person.name, []).append(posting.person)
        # The list is read from the disk each time it is asked for.
        self.zones = available_timezones()


def preview_roster(building: Building, data: bytes, *, name: str, mappings: Mappings | None = None) -> Preview:
    """What the roster would make of the building's students; writes nothing.

    A student is known by the student number. A blank cell says nothing and changes nothing. `mappings` is what a person
    said about the file's sheets; with None nobody can be asked, and a file without a roster raises UnreadableTable, as
    every file does that cannot be read.
    """
    preview = take_sheets(read_tables(data, name=name), KINDS, mappings)
    if not preview.sheets and mappings is None:
        raise UnreadableTable(
            "no-roster",
            _("%(name)s holds no list with names, student numbers and rooms. Choose the roster.") % {"name": name},
        )
    campus = _Campus(building)
    rows = [(sheet, line) for sheet in preview.sheets for line in sheet.lines]
    for sheet, line in rows:
        _read(line, partial(sheet.cell, line), campus)
    _refuse_twins(rows, campus)
    for line in preview.lines:
        _compare(line, campus)
    _note(preview, campus)
    return preview


@transaction.atomic
def import_roster(
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
    _hold_students(building)
    preview = preview_roster(building, data, name=name, mappings=mappings)
    require_writable(preview, good_rows=good_rows)
    reason = _("imported from %(file)s") % {"file": shown(name)}
    fresh = [line for line in preview.lines if line.outcome is Outcome.CREATED]
    changed = [line for line in preview.lines if line.outcome is Outcome.CHANGED]
    teachers = _teachers(building, fresh + changed, by, reason)
    _amend(changed, teachers, by, reason)
    _create(building, fresh, teachers, by, reason)
    return preview


def _hold_students(building: Building) -> None:
    """Lock the students and their persons, so that nobody corrects by hand what is about to be compared."""
    list(Student.objects.in_building(building).locked().values_list("pk"))
    list(Person.objects.filter(student__building=building).locked().values_list("pk"))


def _read(line: Line, cell: Callable[[str], Cell], campus: _Campus) -> None:
    line.what = (
        line.need("name", cell("name"), cells.name, missing=_("The name is missing. Type the student's name.")) or ""
    )
    missing = _("The student number is missing. Type it.")
    line.need("student_number", cell("student_number"), cells.folded, missing=missing)
    for key in ("passport_name", "nationality", "whereabouts", "wechat", "email", "relative", "notes"):
        line.read(key, cell(key), cells.text)
    line.read("responsible", cell("responsible"), cells.name)
    line.read("phone", cell("phone"), cells.folded)
    passport = line.read("passport_number", cell("passport_number"), cells.folded)
    if passport:
        line.values["passport_number"] = "".join(passport.upper().split())
    line.read("sex", cell("sex"), cells.one_of, SEXES)
    line.read("language", cell("language"), cells.one_of, LANGUAGES)
    zone = line.read("time_zone", cell("time_zone"), cells.text)
    if zone and zone not in campus.zones:
        line.refuse(cell("time_zone"), _("“%(zone)s” is no time zone. Write it like Asia/Seoul.") % {"zone": zone})
    for key, most in LONGEST.items():
        if len(line.values.get(key) or "") > most:
            line.refuse(cell(key), _("At most %(most)d characters fit here.") % {"most": most})
    _read_bed(line, cell, campus)
    if len(campus.staff.get(line.values.get("responsible") or "", [])) > 1:
        line.refuse(cell("responsible"), _("Two people of this name are posted here; the import cannot choose."))


def _read_bed(line: Line, cell: Callable[[str], Cell], campus: _Campus) -> None:
    number = line.need(
        "room", cell("room"), cells.stripped, ROOM_SUFFIXES, missing=_("The room is missing. Type its number.")
    )
    wanted = line.read("bed_number", cell("bed"), cells.stripped, ("号床", "床", "号"))
    if not number or wanted is None:
        return
    beds = campus.beds.get(number, {})
    if number not in campus.rooms:
        line.refuse(cell("room"), _("Room %(room)s is not in this building.") % {"room": number})
    elif not beds:
        line.refuse(cell("room"), _("Room %(room)s has no beds.") % {"room": number})
    elif not wanted and len(beds) == 1:
        line.values["bed"] = next(iter(beds.values()))
    elif not wanted:
        line.refuse(cell("bed"), _("Room %(room)s has several beds. Type which one.") % {"room": number})
    elif not (wanted.isdecimal() and int(wanted[:6]) in beds):
        line.refuse(cell("bed"), _("Room %(room)s has no bed %(bed)s.") % {"room": number, "bed": wanted})
    else:
        line.values["bed"] = beds[int(wanted[:6])]


def _refuse_twins(rows: list[tuple[SheetPreview, Line]], campus: _Campus) -> None:
    """One number, one student; one bed, one sleeper: in the file, and with those who stay where they are."""
    numbers: dict[str, Cell] = {}
    for sheet, line in rows:
        number, cell = line.values.get("student_number"), sheet.cell(line, "student_number")
        if number and number in numbers:
            line.refuse(
                cell,
                _("Student number %(number)s stands here a second time; the first: %(where)s.")
                % {"number": number, "where": cells.where(numbers[number])},
            )
        elif number:
            numbers[number] = cell
    beds: dict[int, tuple[Line, Cell]] = {}

    def sleeper(line: Line) -> Student | None:
        return campus.sleeping.get(line.values["bed"].pk) if "bed" in line.values else None

    def stays(line: Line) -> bool:
        found = sleeper(line)
        return found is not None and found.student_number == line.values.get("student_number")

    # Whoever sleeps there already comes before whoever wants the bed.
    for sheet, line in sorted(rows, key=lambda row: not stays(row[1])):
        if "bed" not in line.values:
            continue
        bed, cell = line.values["bed"], sheet.cell(line, "bed")
        if bed.pk in beds:
            first, where = beds[bed.pk]
            who = first.what or first.values.get("student_number") or "—"
            line.refuse(
                cell,
                _("Bed %(bed)s is already given to %(name)s: %(where)s.")
                % {"bed": bed, "name": who, "where": cells.where(where)},
            )
        else:
            beds[bed.pk] = (line, cell)
    # Whoever is not moved by this file stays, a refused row's student too; nobody else gets that bed, and so on.
    moving = {line.values["student_number"] for _sheet, line in rows if not line.problems}
    wanted = {
        found.student_number: (sheet, line)
        for sheet, line in rows
        if not line.problems and not stays(line) and (found := sleeper(line)) is not None
    }
    staying = [number for number in wanted if number not in moving]
    while staying:
        number = staying.pop()
        if number not in wanted:
            continue
        sheet, line = wanted.pop(number)
        line.refuse(
            sheet.cell(line, "bed"),
            _("Bed %(bed)s is already given to %(name)s.")
            % {"bed": line.values["bed"], "name": campus.students[number].person.name},
        )
        staying.append(line.values["student_number"])


def _compare(line: Line, campus: _Campus) -> None:
    student = campus.students.get(line.values.get("student_number") or "")
    if student is None:
        line.tell(COLUMNS, _words, but={"name", "room"})
        return
    line.record = student
    line.what = line.what or student.person.name
    line.compare(student.person, PERSON_FIELDS, _words)
    line.compare(student, ("notes",), _words)
    bed = line.values.get("bed")
    if bed is not None and bed.pk != student.bed_id:
        line.changes.append(Change(_("bed"), str(student.bed or "—"), str(bed)))
    teacher = line.values.get("responsible")
    responsible = student.person.responsible
    if teacher and (responsible is None or responsible.name != teacher):
        line.changes.append(Change(_("responsible teacher"), responsible.name if responsible else "—", teacher))
    for key, kind in CONTACTS.items():
        points = [point.value for point in student.person.contact_points.all() if point.kind == kind]
        value = line.values.get(key)
        if value and value not in points:
            line.changes.append(Change(str(kind.label), points[0] if points else "—", value))


def _words(name: str, value: Any) -> str:
    choices: dict[str, Mapping[Any, Any]] = {"sex": dict(Sex.choices), "language": dict(settings.LANGUAGES)}
    return in_words(value, choices=choices.get(name, {}))


def _note(preview: Preview, campus: _Campus) -> None:
    named = {line.values.get("student_number") for line in preview.lines}
    absent = [student for number, student in campus.students.items() if number not in named]
    if absent and preview.lines:
        preview.notes.append(
            _("%(count)d students of this building are not in the file; they stay as they are.")
            % {"count": len(absent)}
        )
    teachers = {line.values.get("responsible") for line in preview.lines if not line.problems} - {None, ""}
    fresh = sorted(str(name) for name in teachers if name not in campus.staff)
    if fresh:
        preview.notes.append(_("Not posted here yet, will be entered as staff: %(names)s.") % {"names": listed(fresh)})


def _teachers(building: Building, lines: list[Line], by: User | None, reason: str) -> dict[str, Person]:
    known = {
        posting.person.name: posting.person
        for posting in Posting.objects.filter(building=building).select_related("person")
    }
    for line in lines:
        name = line.values.get("responsible")
        if name and name not in known:
            known[name] = Person.enter(by=by, reason=reason, category=Category.STAFF, name=name)
            Posting.enter(by=by, reason=reason, building=building, person=known[name])
    return known


def _given(line: Line, teachers: dict[str, Person]) -> dict[str, Any]:
    fields = {name: line.values[name] for name in PERSON_FIELDS if line.values.get(name) not in (None, "")}
    if line.values.get("responsible"):
        fields["responsible"] = teachers[line.values["responsible"]]
    return fields


class _Changed:
    """The records of one table that get new values, and which fields those are."""

    def __init__(self) -> None:
        self.records: list[Any] = []
        self.fields: set[str] = set()

    def assign(self, record: Record, values: dict[str, Any]) -> None:
        """Assign what differs."""
        different = {name: value for name, value in values.items() if getattr(record, name) != value}
        for name, value in different.items():
            setattr(record, name, value)
        if different:
            self.records.append(record)
            self.fields |= different.keys()


def _amend(lines: list[Line], teachers: dict[str, Person], by: User | None, reason: str) -> None:
    people, students, points, fresh = _Changed(), _Changed(), _Changed(), []
    for line in lines:
        student = line.record
        assert isinstance(student, Student)  # noqa: S101 - _compare put it there
        people.assign(student.person, _given(line, teachers))
        students.assign(student, {key: line.values[key] for key in ("bed", "notes") if line.values.get(key)})
        for key, kind in CONTACTS.items():
            value = line.values.get(key)
            known = [point for point in student.person.contact_points.all() if point.kind == kind]
            if not value or value in {point.value for point in known}:
                continue
            if known:
                points.assign(known[0], {"value": value})
            else:
                fresh.append(ContactPoint(person=student.person, kind=kind, value=value))
    Person.amend_many(people.records, by=by, fields=people.fields, reason=reason)
    # Two students may swap beds.
    swaps = students.fields & {"bed"}
    Student.amend_many(students.records, by=by, fields=students.fields, reason=reason, changing_hands=swaps)
    ContactPoint.amend_many(points.records, by=by, fields=points.fields, reason=reason)
    ContactPoint.enter_many(fresh, by=by, reason=reason)


def _create(building: Building, lines: list[Line], teachers: dict[str, Person], by: User | None, reason: str) -> None:
    people = Person.enter_many(
        [Person(category=Category.STUDENT, **_given(line, teachers)) for line in lines], by=by, reason=reason
    )
    codes = Code.issue_many(len(lines), "student")
    Student.enter_many(
        [
            Student(
                person=person,
                building=building,
                bed=line.values["bed"],
                student_number=line.values["student_number"],
                notes=line.values.get("notes") or "",
                code=code,
            )
            for line, person, code in zip(lines, people, codes, strict=True)
        ],
        by=by,
        reason=reason,
    )
    ContactPoint.enter_many(
        [
            ContactPoint(person=person, kind=kind, value=line.values[key])
            for line, person in zip(lines, people, strict=True)
            for key, kind in CONTACTS.items()
            if line.values.get(key)
        ],
        by=by,
        reason=reason,
    )
