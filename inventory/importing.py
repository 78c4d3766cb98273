"""Reading a roster: who lived where, in which language they are spoken to, and who is responsible for them."""

from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import cells
from core.headings import Column, rows_under
from core.importing import Line, Mappings, Outcome, Preview, SheetPreview, take_sheet
from core.models import Code
from core.tables_in import UnreadableTable, read_tables
from core.text import listed
from core.timeline import Change
from inventory.models import Student
from people.models import Category, ContactKind, ContactPoint, Person, Sex, User
from rooms.importing import ROOM_SUFFIXES, SEXES, require_writable
from rooms.models import Bed, Building, Posting

COLUMNS = (
    Column("name", ("姓名", "中文姓名", "name (Chinese)", "Chinese name"), required=True),
    Column("passport_name", ("护照姓名", "英文姓名", "name in passport", "passport name")),
    Column("nationality", ("国籍", "nationality")),
    Column("sex", ("性别", "sex", "gender")),
    Column("language", ("语言", "语种", "language")),
    Column("student_number", ("学号", "student no.", "student number", "student id"), required=True),
    Column("passport_number", ("护照号", "护照号码", "passport no.", "passport number")),
    Column("room", ("房间", "房间号", "宿舍号", "room", "room no."), required=True),
    Column("bed", ("床位", "床号", "bed", "bed no.")),
    Column("phone", ("电话", "手机", "联系电话", "phone", "mobile")),
    Column("wechat", ("微信", "微信号", "WeChat")),
    Column("email", ("邮箱", "电子邮箱", "e-mail", "email")),
    Column("whereabouts", ("目前所在地", "所在地", "where now", "current location")),
    Column("time_zone", ("时区", "time zone")),
    Column("relative", ("紧急联系人", "emergency contact")),
    Column("responsible", ("负责老师", "负责人", "责任老师", "responsible teacher", "responsible")),
    Column("notes", ("备注", "notes", "remarks")),
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
REASON = gettext_lazy("imported from the roster")


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


def preview_roster(building: Building, data: bytes, *, name: str, mappings: Mappings | None = None) -> Preview:
    """What the roster would make of the building's students; writes nothing.

    A student is known by the student number. A blank cell says nothing and changes nothing. Raises UnreadableTable when
    the file cannot be read or holds no roster.
    """
    campus = _Campus(building)
    preview = Preview()
    for table in read_tables(data, name=name):
        sheet = take_sheet(table, KINDS, mappings or {})
        if sheet is None:
            preview.notes.append(_("Sheet %(sheet)s is no roster and is left out.") % {"sheet": table.sheet})
            continue
        preview.sheets.append(sheet)
        if not sheet.missing and sheet.heading is not None:
            sheet.lines = [Line(row) for row in rows_under(table, sheet.heading)]
            for line in sheet.lines:
                _read(line, sheet, campus)
    if not preview.sheets:
        raise UnreadableTable(
            "no-roster",
            _("%(name)s holds no list with names, student numbers and rooms. Choose the roster.") % {"name": name},
        )
    _refuse_twins(preview, campus)
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
    preview = preview_roster(building, data, name=name, mappings=mappings)
    require_writable(preview, good_rows=good_rows)
    fresh = [line for line in preview.lines if line.outcome is Outcome.CREATED]
    changed = [line for line in preview.lines if line.outcome is Outcome.CHANGED]
    teachers = _teachers(building, fresh + changed, by)
    # Beds that change hands are left first, so that two students may swap.
    for line in changed:
        if isinstance(line.record, Student) and line.record.bed_id != line.values["bed"].pk:
            line.record.amend(by=by, reason=str(REASON), bed=None)
    for line in changed:
        _change(line, teachers, by)
    _create(building, fresh, teachers, by)
    return preview


def _read(line: Line, sheet: SheetPreview, campus: _Campus) -> None:
    assert sheet.heading is not None  # noqa: S101 - sheets without heading have no lines
    heading = sheet.heading

    def cell(key: str) -> Any:
        return heading.cell(line.row, key)

    line.what = line.read("name", cell("name"), cells.text) or ""
    if not line.what and not line.problems:
        line.refuse(cell("name"), _("The name is missing. Type the student's name."))
    if not line.read("student_number", cell("student_number"), cells.folded) and not line.problems:
        line.refuse(cell("student_number"), _("The student number is missing. Type it."))
    for key in ("passport_name", "nationality", "whereabouts", "wechat", "email", "relative", "responsible", "notes"):
        line.read(key, cell(key), cells.text)
    phone = line.read("phone", cell("phone"), cells.folded)
    passport = line.read("passport_number", cell("passport_number"), cells.folded)
    if passport:
        line.values["passport_number"] = "".join(passport.upper().split())
    if phone:
        line.values["phone"] = phone
    line.read("sex", cell("sex"), cells.one_of, SEXES)
    line.read("language", cell("language"), cells.one_of, LANGUAGES)
    zone = line.read("time_zone", cell("time_zone"), cells.text)
    if zone and zone not in available_timezones():
        line.refuse(cell("time_zone"), _("“%(zone)s” is no time zone. Write it like Asia/Seoul.") % {"zone": zone})
    for key, most in LONGEST.items():
        if len(line.values.get(key) or "") > most:
            line.refuse(cell(key), _("At most %(most)d characters fit here.") % {"most": most})
    _read_bed(line, cell, campus)
    if len(campus.staff.get(line.values.get("responsible") or "", [])) > 1:
        line.refuse(cell("responsible"), _("Two people of this name are posted here; the import cannot choose."))


def _read_bed(line: Line, cell: Callable[[str], Any], campus: _Campus) -> None:
    number = line.read("room", cell("room"), cells.stripped, ROOM_SUFFIXES)
    wanted = line.read("bed_number", cell("bed"), cells.stripped, ("号床", "床", "号"))
    if number is None or wanted is None:
        return
    if not number:
        line.refuse(cell("room"), _("The room is missing. Type its number."))
        return
    if number not in campus.rooms:
        line.refuse(cell("room"), _("Room %(room)s is not in this building.") % {"room": number})
        return
    beds = campus.beds.get(number, {})
    if not beds:
        line.refuse(cell("room"), _("Room %(room)s has no beds.") % {"room": number})
    elif not wanted and len(beds) == 1:
        line.values["bed"] = next(iter(beds.values()))
    elif not wanted:
        line.refuse(cell("bed"), _("Room %(room)s has several beds. Type which one.") % {"room": number})
    elif not wanted.isdigit() or int(wanted[:6]) not in beds:
        line.refuse(cell("bed"), _("Room %(room)s has no bed %(bed)s.") % {"room": number, "bed": wanted})
    else:
        line.values["bed"] = beds[int(wanted[:6])]


def _refuse_twins(preview: Preview, campus: _Campus) -> None:
    """One number, one student; one bed, one sleeper: in the file, and with those who stay where they are."""
    numbers: dict[str, Line] = {}
    beds: dict[int, Line] = {}
    moving = {line.values.get("student_number") for line in preview.lines if not line.problems}
    for sheet in preview.sheets:
        for line in sheet.lines:
            assert sheet.heading is not None  # noqa: S101 - sheets without heading have no lines
            number, bed = line.values.get("student_number"), line.values.get("bed")
            if number and number in numbers:
                line.refuse(
                    sheet.heading.cell(line.row, "student_number"),
                    _("Student number %(number)s already stands in row %(row)d.")
                    % {"number": number, "row": numbers[number].row.number},
                )
            elif number:
                numbers[number] = line
            if bed is None:
                continue
            sleeper = campus.sleeping.get(bed.pk)
            if bed.pk in beds:
                line.refuse(
                    sheet.heading.cell(line.row, "bed"),
                    _("Bed %(bed)s is already given to %(name)s in row %(row)d.")
                    % {"bed": bed, "name": beds[bed.pk].what, "row": beds[bed.pk].row.number},
                )
            elif sleeper and sleeper.student_number != number and sleeper.student_number not in moving:
                line.refuse(
                    sheet.heading.cell(line.row, "bed"),
                    _("Bed %(bed)s is already given to %(name)s.") % {"bed": bed, "name": sleeper.person.name},
                )
            else:
                beds[bed.pk] = line


def _compare(line: Line, campus: _Campus) -> None:
    student = campus.students.get(line.values.get("student_number") or "")
    if student is None:
        return
    line.record = student
    line.compare(student.person, PERSON_FIELDS, said=_said)
    line.compare(student, ("notes",))
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


def _said(name: str, value: Any) -> str:
    return str(Sex(value).label if name == "sex" else value)


def _note(preview: Preview, campus: _Campus) -> None:
    named = {line.values.get("student_number") for line in preview.lines}
    absent = [student for number, student in campus.students.items() if number not in named]
    if absent:
        preview.notes.append(
            _("%(count)d students of this building are not in the file; they stay as they are.")
            % {"count": len(absent)}
        )
    teachers = {line.values.get("responsible") for line in preview.lines if not line.problems} - {None, ""}
    fresh = sorted(str(name) for name in teachers if name not in campus.staff)
    if fresh:
        preview.notes.append(_("Not posted here yet, will be entered as staff: %(names)s.") % {"names": listed(fresh)})


def _teachers(building: Building, lines: list[Line], by: User | None) -> dict[str, Person]:
    known = {
        posting.person.name: posting.person
        for posting in Posting.objects.filter(building=building).select_related("person")
    }
    for line in lines:
        name = line.values.get("responsible")
        if name and name not in known:
            known[name] = Person.enter(by=by, reason=str(REASON), category=Category.STAFF, name=name)
            Posting.enter(by=by, reason=str(REASON), building=building, person=known[name])
    return known


def _given(line: Line, teachers: dict[str, Person]) -> dict[str, Any]:
    fields = {name: line.values[name] for name in PERSON_FIELDS if line.values.get(name) not in (None, "")}
    if line.values.get("responsible"):
        fields["responsible"] = teachers[line.values["responsible"]]
    return fields


def _change(line: Line, teachers: dict[str, Person], by: User | None) -> None:
    student = line.record
    assert isinstance(student, Student)  # noqa: S101 - _compare put it there
    student.person.amend(by=by, reason=str(REASON), **_given(line, teachers))
    own: dict[str, Any] = {"bed": line.values["bed"]}
    if line.values.get("notes"):
        own["notes"] = line.values["notes"]
    student.amend(by=by, reason=str(REASON), **own)
    for key, kind in CONTACTS.items():
        value = line.values.get(key)
        points = [point for point in student.person.contact_points.all() if point.kind == kind]
        if not value or value in {point.value for point in points}:
            continue
        if points:
            points[0].amend(by=by, reason=str(REASON), value=value)
        else:
            ContactPoint.enter(by=by, reason=str(REASON), person=student.person, kind=kind, value=value)


def _create(building: Building, lines: list[Line], teachers: dict[str, Person], by: User | None) -> None:
    people = Person.enter_many(
        [Person(category=Category.STUDENT, **_given(line, teachers)) for line in lines], by=by, reason=str(REASON)
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
        reason=str(REASON),
    )
    ContactPoint.enter_many(
        [
            ContactPoint(person=person, kind=kind, value=line.values[key])
            for line, person in zip(lines, people, strict=True)
            for key, kind in CONTACTS.items()
            if line.values.get(key)
        ],
        by=by,
        reason=str(REASON),
    )
