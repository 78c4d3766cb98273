"""Reading a bus-load: who comes to be observed, as the sending office lists them; a bed is held for each."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, tzinfo
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core import cells
from core.headings import Column
from core.importing import Line, Mappings, Outcome, Preview, SheetPreview, in_words, require_writable, take_sheets
from core.tables_in import Cell, UnreadableTable, read_tables, shown
from core.timeline import Change
from inventory.importing import LANGUAGES
from observation.admitting import OPEN_TO_OCCUPANTS, Vacancies, expect, plain_name, plain_number, same_name
from observation.ending import protocol_of, released_from, today
from observation.models import Diet, Occupant, Reason, Stay
from people.models import Category, ContactKind, ContactPoint, Person, Sex, User
from rooms.importing import ROOM_SUFFIXES, SEXES
from rooms.models import Bed, Building, Room

COLUMNS = (
    Column("name", ("姓名", "中文姓名", "name", "full name", "name (Chinese)"), required=True),
    Column("passport_name", ("护照姓名", "英文姓名", "外文姓名", "name in passport", "passport name")),
    Column(
        "passport_number",
        ("护照号", "护照号码", "证件号", "证件号码", "身份证号", "passport number", "passport no.", "ID number"),
    ),
    Column("sex", ("性别", "sex", "gender")),
    Column("nationality", ("国籍", "国家", "nationality", "country")),
    Column("language", ("语言", "语种", "沟通语言", "language")),
    Column("phone", ("电话", "手机", "手机号", "联系电话", "phone", "phone number", "mobile")),
    Column("reason", ("观察原因", "隔离原因", "原因", "人员类别", "reason", "reason for observation"), required=True),
    Column(
        "last_exposure",
        (
            "末次接触日期",
            "末次接触时间",
            "最后接触日期",
            "末次暴露日期",
            "last exposure",
            "last contact",
            "last exposure date",
        ),
        required=True,
    ),
    Column("came_from", ("来源地", "来自", "转来单位", "来源", "came from", "from where")),
    Column("party", ("同行人", "同行组", "同行", "家庭", "travels with", "party", "group")),
    Column("needs", ("特殊需求", "特殊需要", "备注", "special needs", "needs", "remarks")),
    Column("diet", ("饮食", "餐食", "饮食要求", "diet", "meals")),
    Column("room", ("房间", "房间号", "房号", "room", "room no.", "room number")),
    Column("bed", ("床位", "床号", "床位号", "bed", "bed no.", "bed number")),
)
KINDS = {"occupants": COLUMNS}
REASONS = {
    Reason.CLOSE_CONTACT: ("密切接触者", "密接", "密切接触", "close contact"),
    Reason.RETURNED: ("疫区返回", "重点地区返回", "返京", "入境", "returned", "returned from an affected area"),
    Reason.REFERRED: ("转诊", "发热门诊转来", "门诊转来", "referred", "referred by a clinic"),
    Reason.STAFF: ("工作人员", "职业暴露", "staff", "member of staff"),
    Reason.OTHER: ("其他", "other", "other reason"),
}
DIETS = {
    Diet.ORDINARY: ("普通", "无", "ordinary", "none"),
    Diet.HALAL: ("清真", "halal"),
    Diet.VEGETARIAN: ("素食", "素", "vegetarian"),
    Diet.DIABETIC: ("糖尿病", "糖尿病餐", "低糖", "diabetic"),
    Diet.SOFT: ("软食", "流食", "流质", "soft", "liquid"),
    Diet.CHILD: ("儿童餐", "儿童", "child", "child's meal"),
}
PERSON_FIELDS = ("name", "passport_name", "passport_number", "sex", "nationality", "language")
STAY_FIELDS = ("reason", "reason_words", "last_exposure", "came_from", "party", "needs", "diet")
LONGEST = {
    "name": 120,
    "passport_name": 120,
    "passport_number": 30,
    "nationality": 60,
    "phone": 200,
    "reason_words": 200,
    "came_from": 120,
    "party": 40,
    "needs": 2000,
}


class _Site:
    """What the building holds before the import, looked up once."""

    def __init__(self, building: Building) -> None:
        self.building = building
        self.zone: tzinfo = ZoneInfo(building.time_zone)
        self.today = today(building)
        self.protocol = protocol_of(building)
        self.vacancies = Vacancies(building)
        self.rooms = {room.number: room for room in Room.objects.in_building(building).prefetch_related("beds")}
        found = Occupant.objects.unfinished().select_related("person", "building")
        unfinished = list(found.prefetch_related("person__contact_points"))
        self.by_person = {one.person_id: one for one in unfinished}
        self.nameless = {
            plain_name(one.person.name): one
            for one in unfinished
            if one.building_id == building.pk and not one.person.passport_number
        }
        self.beds = {
            stay.occupant_id: stay.bed for stay in Stay.objects.in_building(building).open().select_related("bed__room")
        }
        self.people: dict[str, Person] = {}

    def know(self, numbers: set[str]) -> None:
        """Look up who is known under these passport numbers."""
        people = Person.objects.filter(passport_number__in=numbers - {""}).order_by("-pk")
        self.people = {one.passport_number: one for one in people.prefetch_related("contact_points")}


def preview_occupants(building: Building, data: bytes, *, name: str, mappings: Mappings | None = None) -> Preview:
    """What the file would make of those who come, and which bed each would get; writes nothing.

    Somebody is known by the passport number, or by the name alone where neither list nor record has a number. A blank
    cell says nothing and changes nothing. Raises UnreadableTable as `preview_roster` does.
    """
    preview = take_sheets(read_tables(data, name=name), KINDS, mappings)
    if not preview.sheets and mappings is None:
        raise UnreadableTable(
            "no-bus-load",
            _("%(name)s holds no list with names, reasons and last exposures. Choose the list of those who come.")
            % {"name": name},
        )
    site = _Site(building)
    rows = [(sheet, line) for sheet in preview.sheets for line in sheet.lines]
    for sheet, line in rows:
        _read(line, partial(sheet.cell, line), site)
    site.know({line.values.get("passport_number") or "" for _sheet, line in rows})
    _recognise(rows, site)
    _give_beds(rows, site)
    for line in preview.lines:
        _compare(line)
    _note(preview, site)
    return preview


@transaction.atomic
def import_occupants(
    building: Building,
    data: bytes,
    *,
    name: str,
    by: User | None,
    good_rows: bool = False,
    mappings: Mappings | None = None,
) -> Preview:
    """Write what the preview shows and hold the beds: all rows, or only the good ones when asked so.

    Raises UnreadableTable as the preview does, and Refused when rows are refused and `good_rows` is false.
    """
    building.hold()
    preview = preview_occupants(building, data, name=name, mappings=mappings)
    require_writable(preview, good_rows=good_rows)
    reason = _("imported from %(file)s") % {"file": shown(name)}
    for line in preview.lines:
        if line.outcome in (Outcome.CREATED, Outcome.CHANGED):
            _write(building, line, by, reason)
    return preview


def _read(line: Line, cell: Callable[[str], Cell], site: _Site) -> None:
    missing = _("The name is missing. Type the person's name.")
    line.what = line.need("name", cell("name"), cells.name, missing=missing) or ""
    for key in ("passport_name", "nationality", "came_from", "party", "needs"):
        line.read(key, cell(key), cells.text)
    line.read("phone", cell("phone"), cells.folded)
    number = line.read("passport_number", cell("passport_number"), cells.folded)
    line.values["passport_number"] = plain_number(number or "")
    line.read("sex", cell("sex"), cells.one_of, SEXES)
    line.read("language", cell("language"), cells.one_of, LANGUAGES)
    line.read("diet", cell("diet"), cells.one_of, DIETS)
    _read_reason(line, cell("reason"))
    missing = _("The day of the last exposure is missing. The end of the observation is counted from it.")
    moment = line.need("last_exposure", cell("last_exposure"), cells.moment, site.zone, missing=missing)
    if moment is not None:
        line.values["last_exposure"] = day = moment.astimezone(site.zone).date()
        if day > site.today:
            words = _("The last exposure cannot lie in the future. Look at the date again.")
            line.refuse(cell("last_exposure"), words)
    for key, most in LONGEST.items():
        if len(line.values.get(key) or "") > most:
            words = _("At most %(most)d characters fit here.") % {"most": most}
            line.refuse(cell("reason" if key == "reason_words" else key), words)
    line.read("room", cell("room"), cells.stripped, ROOM_SUFFIXES)
    line.read("bed_number", cell("bed"), cells.stripped, ("号床", "床", "号"))


def _read_reason(line: Line, cell: Cell) -> None:
    """One of our reasons; other words are kept as they are."""
    words = line.need("reason", cell, cells.text, missing=_("The reason is missing. Say why they are observed."))
    if not words:
        return
    try:
        line.values["reason"] = cells.one_of(cell, REASONS)
    except cells.CellProblem:
        line.values.update(reason=Reason.OTHER, reason_words=words)


def _recognise(rows: list[tuple[SheetPreview, Line]], site: _Site) -> None:
    """Find who is known already, and refuse who stands twice or is somebody else."""
    seen: dict[str, Cell] = {}
    for sheet, line in rows:
        number, name = line.values["passport_number"], line.values.get("name") or ""
        cell = sheet.cell(line, "passport_number" if number else "name")
        key = number or plain_name(name)
        if key and key in seen:
            words = _("This person stands here a second time; the first: %(where)s.")
            line.refuse(cell, words % {"where": cells.where(seen[key])})
        elif key:
            seen[key] = cell
        person = site.people.get(number)
        passport_name = line.values.get("passport_name") or ""
        if person is not None and name and not same_name(person, name=name, passport_name=passport_name):
            line.refuse(cell, _("This passport number is another person's. Look at the number and the name again."))
        line.values["person"] = person
        known = site.by_person.get(person.pk) if person is not None else None
        if not number:
            known = site.nameless.get(plain_name(name))
        if known is not None and known.building_id != site.building.pk:
            line.refuse(cell, _("This person is under observation in another building."))
        elif known is not None:
            line.record = known


def _give_beds(rows: list[tuple[SheetPreview, Line]], site: _Site) -> None:
    """The bed the file asks for, else the one the rules propose; whoever names a room comes first."""
    for sheet, line in rows:
        if line.record is not None:
            _require_same_room(sheet, line, site)
        elif line.values.get("room") and not line.problems:
            _give_named(sheet, line, site)
    parties = Counter(line.values.get("party") for _sheet, line in rows if line.record is None and not line.problems)
    for sheet, line in rows:
        if line.record is not None or line.problems or "held" in line.values:
            continue
        who = _who(line)
        parties[who["party"]] -= 1
        companions = parties[who["party"]] if who["party"] else 0
        proposal = site.vacancies.proposal(**who, companions=companions)
        if proposal is None:
            cell = sheet.cell(line, "room")
            line.refuse(cell, _("No ready room has a free bed for this person. Make a room ready first."))
        else:
            line.values.update(held=proposal.bed, why=proposal.why)
            site.vacancies.take(proposal.bed, **who)


def _who(line: Line) -> dict[str, str]:
    return {key: line.values.get(key) or "" for key in ("sex", "party", "came_from")}


def _require_same_room(sheet: SheetPreview, line: Line, site: _Site) -> None:
    assert line.record is not None  # noqa: S101 - asked by the caller
    bed, wanted = site.beds.get(line.record.pk), line.values.get("room")
    if wanted and bed is not None and bed.room.number != wanted:
        words = _("They are in room %(room)s. Move them on their own page, with the reason.")
        line.refuse(sheet.cell(line, "room"), words % {"room": bed.room.number})


def _give_named(sheet: SheetPreview, line: Line, site: _Site) -> None:
    number, wanted, cell = line.values["room"], line.values.get("bed_number"), sheet.cell(line, "room")
    room = site.rooms.get(number)
    if room is None:
        line.refuse(cell, _("Room %(room)s is not in this building.") % {"room": number})
    elif room.state not in OPEN_TO_OCCUPANTS:
        words = _("Room %(room)s is %(state)s. Only a room that was disinfected and inspected takes anybody.")
        line.refuse(cell, words % {"room": number, "state": room.get_state_display()})
    else:
        who = _who(line)
        free = site.vacancies.free_beds(room, sex=who["sex"], party=who["party"])
        beds: list[Bed] = [bed for bed in free if wanted in (None, "", str(bed.number))]
        if beds:
            line.values["held"] = beds[0]
            site.vacancies.take(beds[0], **who)
        elif wanted and free:
            words = _("Room %(room)s has no free bed %(bed)s.")
            line.refuse(sheet.cell(line, "bed"), words % {"room": number, "bed": wanted})
        else:
            line.refuse(cell, _("Room %(room)s has no bed free for this person.") % {"room": number})


def _compare(line: Line) -> None:
    known = line.record
    if not isinstance(known, Occupant):
        line.tell(COLUMNS, _words, but={"name", "room", "bed"})
        if "held" in line.values:
            line.told.append((_("bed"), " · ".join(filter(None, [str(line.values["held"]), line.values.get("why")]))))
        return
    line.what = line.what or known.person.name
    line.compare(known.person, PERSON_FIELDS, _words)
    line.compare(known, STAY_FIELDS, _words)
    phone = line.values.get("phone")
    phones = [one.value for one in known.person.contact_points.all() if one.kind == ContactKind.PHONE]
    if phone and phone not in phones:
        line.changes.append(Change(str(ContactKind.PHONE.label), phones[0] if phones else "—", phone))


def _words(name: str, value: Any) -> str:
    choices: dict[str, Mapping[Any, Any]] = {
        "sex": dict(Sex.choices),
        "language": dict(settings.LANGUAGES),
        "reason": dict(Reason.choices),
        "diet": dict(Diet.choices),
    }
    return value.isoformat() if isinstance(value, date) else in_words(value, choices=choices.get(name, {}))


def _note(preview: Preview, site: _Site) -> None:
    days = site.protocol.days
    good = [line.values["last_exposure"] for line in preview.lines if not line.problems]
    over = sum(released_from(day, days=days) <= site.today for day in good)
    if over:
        preview.notes.append(
            _("By the protocol (%(source)s) the observation of %(count)d people in this file is over. Check the dates.")
            % {"source": site.protocol.cited, "count": over}
        )


def _write(building: Building, line: Line, by: User | None, reason: str) -> None:
    said = {key: line.values[key] for key in PERSON_FIELDS if line.values.get(key) not in (None, "")}
    stay = {key: line.values[key] for key in STAY_FIELDS if line.values.get(key) not in (None, "")}
    known = line.record
    person = known.person if isinstance(known, Occupant) else line.values["person"]
    if person is None:
        person = Person.enter(by=by, reason=reason, category=Category.RESIDENT, **said)
    else:
        person.amend(by=by, reason=reason, **said)
    phone = line.values.get("phone")
    if phone and not person.contact_points.filter(kind=ContactKind.PHONE, value=phone).exists():
        ContactPoint.enter(by=by, reason=reason, person=person, kind=ContactKind.PHONE, value=phone)
    if isinstance(known, Occupant):
        with known.change(by=by, reason=reason):
            for key, value in stay.items():
                setattr(known, key, value)
    else:
        expect(building, person=person, bed=line.values["held"], by=by, **stay)
