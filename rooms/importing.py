"""Reading a building's workbook: rooms, storage places and crew, as the office keeps them."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from core import cells
from core.headings import Column
from core.importing import Line, Mappings, Outcome, Preview, SheetPreview, in_words, require_writable, take_sheets
from core.models import Code
from core.tables_in import Cell, UnreadableTable, read_tables, shown
from core.timeline import Change
from people.models import Category, Person, Sex, User
from rooms.models import Bed, Building, Posting, Room, RoomUse, StoragePlace, Zone

ROOM_SUFFIXES = ("号房间", "号房", "房间", "室", "房", "号")

ROOMS = (
    Column("number", ("房间", "房间号", "房号", "室号", "room", "room no.", "room number"), required=True),
    Column("floor", ("楼层", "层", "floor", "storey"), required=True),
    Column("use", ("用途", "房间用途", "use", "purpose"), required=True),
    Column("beds", ("床位数", "床位", "床数", "beds", "number of beds")),
    Column("area", ("面积", "面积m²", "面积㎡", "area", "area m²")),
    Column("own_bathroom", ("独立卫生间", "卫生间", "own bathroom", "bathroom", "private bathroom")),
    Column("zone", ("分区", "区域", "zone", "zone (planned)")),
    Column("plan_x", ("平面x", "plan x", "x")),
    Column("plan_y", ("平面y", "plan y", "y")),
    Column("plan_width", ("宽", "宽度", "width", "w")),
    Column("plan_depth", ("深", "进深", "depth", "d")),
)
STORAGE = (
    Column("name", ("位置", "存放位置", "库位", "place", "storage place"), required=True),
    Column("site", ("地点", "库房", "site")),
    Column("rack", ("货架", "架", "rack", "shelf")),
    Column("level", ("层", "level")),
    Column("slots", ("箱位", "容量", "slots", "capacity"), required=True),
    Column("secure", ("可放贵重物品", "贵重", "secure")),
    Column("cold", ("冷藏", "cold", "refrigerated")),
)
CREW = (
    Column("name", ("姓名", "name"), required=True),
    Column("sex", ("性别", "sex", "gender")),
    Column("department", ("部门", "department")),
    Column("serves_as", ("角色", "岗位", "role"), required=True),
    Column("may_also", ("可任", "兼任", "may also act as")),
    Column("available_from", ("可用", "可用自", "available from", "from")),
    Column("available_until", ("至", "until", "available until")),
)
KINDS: dict[str, tuple[Column, ...]] = {"rooms": ROOMS, "storage": STORAGE, "crew": CREW}

YES_NO = {True: ("有", "是", "yes", "y", "√", "✓"), False: ("无", "否", "没有", "no", "n", "×")}
SEXES = {Sex.FEMALE: ("女", "female", "f"), Sex.MALE: ("男", "male", "m")}
ZONES = {
    Zone.CLEAN: ("清洁区", "清洁", "clean", "clean zone"),
    Zone.BUFFER: ("缓冲区", "缓冲", "半污染区", "buffer", "buffer zone"),
    Zone.CONTAMINATED: ("污染区", "污染", "contaminated", "contaminated zone"),
}
USES = {
    RoomUse.BEDROOM: ("宿舍", "寝室", "bedroom"),
    RoomUse.GATEHOUSE: ("门卫", "gatehouse"),
    RoomUse.DUTY_OFFICE: ("值班室", "duty office"),
    RoomUse.MEETING_ROOM: ("会议室", "meeting room"),
    RoomUse.SUPPLIES_STORE: ("物资库", "supplies store"),
    RoomUse.DONNING_ROOM: ("穿衣间", "donning room"),
    RoomUse.DOFFING_ROOM: ("脱衣间", "doffing room"),
    RoomUse.NURSE_STATION: ("医护室", "nurse station"),
    RoomUse.WASTE_HOLDING: ("医废暂存", "waste holding"),
    RoomUse.INTAKE: ("入住登记", "intake"),
    RoomUse.MEAL_ROOM: ("配餐间", "meal room"),
    RoomUse.OTHER: ("其他", "other"),
}
# As they stand when full-width characters have become plain ones.
FLOORS = ("层", "楼", "F", "f")
SQUARE_METRES = ("m2", "m²", "平方米", "平米")
# No building has more beds in a room or more slots on a level; beyond that a digit has slipped.
MOST_BEDS = 20
MOST_SLOTS = 1000


def preview_building(building: Building | None, data: bytes, *, name: str, mappings: Mappings | None = None) -> Preview:
    """What the workbook would make of the building (None: one that does not exist yet); writes nothing.

    `mappings` is what a person said about its sheets; with None nobody can be asked, and a file of which no sheet is a
    list we know raises UnreadableTable, as every file does that cannot be read.
    """
    preview = take_sheets(read_tables(data, name=name), KINDS, mappings)
    if not preview.sheets and mappings is None:
        raise UnreadableTable(
            "no-building-sheet",
            _("%(name)s holds no list of rooms, storage or crew. Choose the building's workbook.") % {"name": name},
        )
    for sheet in preview.sheets:
        for line in sheet.lines:
            _READ[sheet.kind](line, sheet, _zone(building))
    for kind in KINDS:
        _refuse_twins([sheet for sheet in preview.sheets if sheet.kind == kind], KEYS[kind])
    for sheet in preview.sheets:
        _COMPARE[sheet.kind](sheet, building)
    return preview


@transaction.atomic
def import_building(
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
    preview = preview_building(building, data, name=name, mappings=mappings)
    require_writable(preview, good_rows=good_rows)
    reason = _("imported from %(file)s") % {"file": shown(name)}
    for sheet in preview.sheets:
        lines = [line for line in sheet.lines if line.outcome in {Outcome.CREATED, Outcome.CHANGED}]
        _WRITE[sheet.kind](building, lines, by, reason)
    return preview


def _zone(building: Building | None) -> ZoneInfo:
    return ZoneInfo(building.time_zone if building else str(Building._meta.get_field("time_zone").get_default()))


def _read_room(line: Line, sheet: SheetPreview, _zone: ZoneInfo) -> None:
    cell = partial(sheet.cell, line)
    line.what = (
        line.need("number", cell("number"), cells.stripped, ROOM_SUFFIXES, missing=_("Type the room's number.")) or ""
    )
    if len(line.what) > 20:
        line.refuse(cell("number"), _("A room's number has at most 20 characters."))
    line.need("floor", cell("floor"), cells.integer, least=-9, most=200, suffixes=FLOORS, missing=_("Type the floor."))
    line.need("use", cell("use"), cells.one_of, USES, missing=_("Say what the room is for."))
    line.read("beds", cell("beds"), cells.integer, least=0, most=MOST_BEDS, suffixes=("张", "个"))
    line.read("own_bathroom", cell("own_bathroom"), cells.one_of, YES_NO)
    line.read("zone", cell("zone"), cells.one_of, ZONES)
    for key in ("area", "plan_x", "plan_y", "plan_width", "plan_depth"):
        value = line.read(key, cell(key), cells.number, suffixes=SQUARE_METRES if key == "area" else ("m", "米"))
        if value is not None and not 0 <= value < 10_000:
            line.refuse(cell(key), _("Type metres between 0 and 10,000."))
        elif value is not None:
            line.values[key] = round(value, 1)


def _read_place(line: Line, sheet: SheetPreview, _zone: ZoneInfo) -> None:
    cell = partial(sheet.cell, line)
    line.what = line.need("name", cell("name"), cells.folded, missing=_("Type the place's name.")) or ""
    _refuse_longer(line, cell("name"), line.what, 40)
    for key, most in (("site", 120), ("rack", 40)):
        _refuse_longer(line, cell(key), line.read(key, cell(key), cells.text), most)
    line.read("level", cell("level"), cells.integer, least=-9, most=99, suffixes=("层",))
    line.need(
        "slots",
        cell("slots"),
        cells.integer,
        least=1,
        most=MOST_SLOTS,
        suffixes=("箱", "个"),
        missing=_("Type how many boxes fit."),
    )
    line.read("secure", cell("secure"), cells.one_of, YES_NO)
    line.read("cold", cell("cold"), cells.one_of, YES_NO)


def _read_crew(line: Line, sheet: SheetPreview, zone: ZoneInfo) -> None:
    cell = partial(sheet.cell, line)
    line.what = line.need("name", cell("name"), cells.name, missing=_("Type the person's name.")) or ""
    _refuse_longer(line, cell("name"), line.what, 120)
    line.read("sex", cell("sex"), cells.one_of, SEXES)
    for key, most in (("department", 120), ("serves_as", 80), ("may_also", 80)):
        _refuse_longer(line, cell(key), line.read(key, cell(key), cells.text), most)
    starts = line.read("available_from", cell("available_from"), cells.moment, zone)
    ends = line.read("available_until", cell("available_until"), cells.moment, zone)
    if starts and ends and ends <= starts:
        line.refuse(cell("available_until"), _("The end comes before the beginning."))


def _refuse_longer(line: Line, cell: Cell, value: str | None, most: int) -> None:
    if len(value or "") > most:
        line.refuse(cell, _("At most %(most)d characters fit here.") % {"most": most})


def _refuse_twins(sheets: list[SheetPreview], key: str) -> None:
    """The same thing twice, in one sheet or in two: the later rows are refused and name the first."""
    first: dict[Any, Cell] = {}
    for sheet in sheets:
        for line in sheet.lines:
            value, cell = line.values.get(key), sheet.cell(line, key)
            if value in first:
                line.refuse(
                    cell,
                    _("“%(value)s” stands here a second time; the first: %(where)s.")
                    % {"value": value, "where": cells.where(first[value])},
                )
            elif value:
                first[value] = cell


ROOM_FIELDS = ("floor", "use", "area", "own_bathroom", "zone", "plan_x", "plan_y", "plan_width", "plan_depth")
PLACE_FIELDS = ("site", "rack", "level", "slots", "secure", "cold")
POSTING_FIELDS = ("department", "serves_as", "may_also", "available_from", "available_until")


def _words(zone: ZoneInfo | None = None) -> Callable[[str, Any], str]:
    choices = {"use": dict(RoomUse.choices), "zone": dict(Zone.choices), "sex": dict(Sex.choices)}
    return lambda name, value: in_words(value, choices=choices.get(name, {}), zone=zone)


def _compare_rooms(sheet: SheetPreview, building: Building | None) -> None:
    known = {room.number: room for room in Room.objects.filter(building=building)} if building else {}
    beds = Counter(Bed.objects.filter(room__building=building).values_list("room_id", flat=True)) if building else {}
    for line in sheet.lines:
        room = known.get(line.values.get("number", ""))
        if room is None:
            line.tell(ROOMS, _words(), but={"number"})
            continue
        line.record = room
        line.compare(room, ROOM_FIELDS, _words())
        wanted, there = line.values.get("beds"), beds.get(room.pk, 0)
        if wanted is not None and wanted != there:
            line.changes.append(Change(_("beds"), str(there), str(wanted)))
            if wanted < there:
                line.refuse(
                    sheet.cell(line, "beds"), _("Beds are not removed by an import: the room has %(n)d.") % {"n": there}
                )


def _compare_places(sheet: SheetPreview, building: Building | None) -> None:
    known = {place.name: place for place in StoragePlace.objects.filter(building=building)} if building else {}
    for line in sheet.lines:
        place = known.get(line.values.get("name", ""))
        if place is None:
            line.tell(STORAGE, _words(), but={"name"})
        else:
            line.record = place
            line.compare(place, PLACE_FIELDS, _words())


def _compare_crew(sheet: SheetPreview, building: Building | None) -> None:
    postings = Posting.objects.filter(building=building).select_related("person") if building else []
    known = {posting.person.name: posting for posting in postings}
    words = _words(_zone(building))
    for line in sheet.lines:
        posting = known.get(line.values.get("name", ""))
        if posting is None:
            line.tell(CREW, words, but={"name"})
        else:
            line.record = posting
            line.compare(posting, POSTING_FIELDS, words)
            line.compare(posting.person, ("sex",), words)


KEYS = {"rooms": "number", "storage": "name", "crew": "name"}
_READ = {"rooms": _read_room, "storage": _read_place, "crew": _read_crew}
_COMPARE = {"rooms": _compare_rooms, "storage": _compare_places, "crew": _compare_crew}


def _given(line: Line, fields: tuple[str, ...]) -> dict[str, Any]:
    return {name: line.values[name] for name in fields if line.values.get(name) not in (None, "")}


def _write_rooms(building: Building, lines: list[Line], by: User | None, reason: str) -> None:
    fresh = [line for line in lines if line.record is None]
    codes = Code.issue_many(len(fresh), "room")
    rooms = Room.enter_many(
        [
            Room(building=building, number=line.values["number"], code=code, **_given(line, ROOM_FIELDS))
            for line, code in zip(fresh, codes, strict=True)
        ],
        by=by,
        reason=reason,
    )
    wanted = [(room, line.values.get("beds") or 0) for room, line in zip(rooms, fresh, strict=True)]
    for line in lines:
        if isinstance(line.record, Room):
            line.record.amend(by=by, reason=reason, **_given(line, ROOM_FIELDS))
            wanted.append((line.record, line.values.get("beds") or 0))
    there = Counter(Bed.objects.filter(room__building=building).values_list("room_id", flat=True))
    Bed.enter_many(
        [Bed(room=room, number=n) for room, count in wanted for n in range(there[room.pk] + 1, count + 1)],
        by=by,
        reason=reason,
    )


def _write_places(building: Building, lines: list[Line], by: User | None, reason: str) -> None:
    fresh = [line for line in lines if line.record is None]
    codes = Code.issue_many(len(fresh), "place")
    StoragePlace.enter_many(
        [
            StoragePlace(building=building, name=line.values["name"], code=code, **_given(line, PLACE_FIELDS))
            for line, code in zip(fresh, codes, strict=True)
        ],
        by=by,
        reason=reason,
    )
    for line in lines:
        if line.record is not None:
            line.record.amend(by=by, reason=reason, **_given(line, PLACE_FIELDS))


def _write_crew(building: Building, lines: list[Line], by: User | None, reason: str) -> None:
    for line in lines:
        posting = line.record
        if posting is None:
            person = Person.enter(
                by=by, reason=reason, category=Category.STAFF, name=line.values["name"], **_given(line, ("sex",))
            )
            Posting.enter(by=by, reason=reason, building=building, person=person, **_given(line, POSTING_FIELDS))
        elif isinstance(posting, Posting):
            posting.amend(by=by, reason=reason, **_given(line, POSTING_FIELDS))
            posting.person.amend(by=by, reason=reason, **_given(line, ("sex",)))


_WRITE = {"rooms": _write_rooms, "storage": _write_places, "crew": _write_crew}
