"""The blocks that stand in the plan's text as `@name`: tables and drawings of live data."""

from collections.abc import Callable, Iterable
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from inventory.models import ObjectionState
from plans.layout import Block, Column, Row, Table
from plans.relocation.gantt import batch_label, draw_gantt
from plans.relocation.materials import RULES
from plans.relocation.notes import Care
from plans.relocation.plan import BATCHES, SHARED, Resident
from plans.relocation.storing import Keeping
from plans.relocation.telling import Telling
from plans.relocation.words import ROLE_NAMES, roles_of
from plans.telling import DASH, SHORT_DAY
from plans.writing import live_table
from rooms.models import RoomState, RoomUse, Zone


def people(tell: Telling) -> list[Block]:
    """Members of staff by what they serve as."""
    order = list(ROLE_NAMES)
    members = sorted(tell.plan.members, key=lambda member: order.index(roles_of(member)[0]))
    return live_table(
        [(_("Role"), 18), (_("Name"), 12), (_("Department"), 22), (_("May also"), 12), (_("Available"), 36)],
        (
            (
                ROLE_NAMES[role] if (role := roles_of(member)[0]) != "other" else tell.words(member.serves_as) or DASH,
                member.name,
                tell.words(member.department) or DASH,
                tell.words(member.may_also) or DASH,
                tell.stretch(member.start, member.end),
            )
            for member in members
        ),
    )


def crews(tell: Telling) -> list[Block]:
    """The crews the proposal works with."""
    sexes = {"female": _("female"), "male": _("male")}
    rows = [
        (
            crew.number,
            tell.member[crew.mover].name,
            tell.member[crew.witness].name,
            sexes.get(crew.sex, DASH),
            tell.stretch(crew.windows[0].start, crew.windows[-1].end),
        )
        for crew in tell.plan.proposal.crews
    ]
    return live_table(
        [(_("Crew"), 12), (_("Mover"), 20), (_("Witness"), 20), (_("Sex"), 12), (_("Time in common"), 36)],
        rows,
    )


def teachers(tell: Telling) -> list[Block]:
    """Each responsible teacher with how many students, and where these live."""
    with_teacher = sorted(tell.plan.residents, key=lambda resident: (not resident.teacher, resident.teacher))
    rows = []
    for teacher, group in groupby(with_teacher, key=lambda resident: resident.teacher):
        students = list(group)
        rooms = tell.listed(sorted({resident.room for resident in students if resident.room}))
        rows.append((teacher or _("nobody yet"), len(students), rooms))
    return live_table([(_("Responsible teacher"), 27), (_("Students"), 13, "number"), (_("Rooms"), 60)], rows)


def consents(tell: Telling) -> list[Block]:
    """How many students stand in each consent state, and in which batch that puts them."""
    counted = tell.plan.consents()
    rows = [(tell.consent(state), count, batch_label(BATCHES[state])) for state, count in counted.items()]
    rows.append((_("in all"), sum(counted.values()), ""))
    return live_table([(_("Consent"), 40), (_("Students"), 20, "number"), (_("Batch"), 40)], rows)


def consent_rooms(tell: Telling) -> list[Block]:
    """Each room's beds with their consent, and whether the door may be opened."""
    rows = []
    for number, living in tell.by_room.items():
        beds = [f"{one.bed or DASH} {tell.consent(one.consent)}" for one in living]
        batch = max(BATCHES[one.consent] for one in living)
        rows.append((number or _("no bed"), "\n".join(beds), batch_label(batch), tell.opening(living)))
    return live_table(
        [(_("Room"), 14), (_("Bed and consent"), 40, "lines"), (_("Batch"), 20), (_("Door"), 26)],
        rows,
    )


def gantt(tell: Telling) -> list[Block]:
    """The timetable as a drawing."""
    drawing = draw_gantt(tell.plan.proposal, zone=tell.plan.site.zone, day_format=SHORT_DAY[tell.language])
    return [Block("gantt", body=drawing)] if drawing else []


def waves(tell: Telling) -> list[Block]:
    """Every turn, under its wave."""
    columns = (
        Column(_("Room"), 9),
        Column(_("Students"), 13, "number"),
        Column(_("Batch"), 10, "number"),
        Column(_("Crew"), 10, "number"),
        Column(_("Mover, witness"), 20),
        Column(_("Time"), 16),
        Column(_("Door"), 22),
    )
    rows: list[Row] = []
    for wave in tell.plan.proposal.waves:
        half = _("afternoon") if wave.window.start.astimezone(tell.plan.site.zone).hour >= 12 else _("morning")
        title = _("Wave %(number)d: %(day)s, %(half)s") % {
            "number": wave.number,
            "day": tell.short_day(wave.window.start),
            "half": half,
        }
        rows.append(Row((title,), is_group=True))
        for turn in wave.turns:
            pair = (tell.member[turn.crew.mover].name, tell.member[turn.crew.witness].name)
            cells = (
                turn.room.number,
                str(turn.room.packs),
                str(turn.room.batch.value),
                str(turn.crew.number),
                tell.listed(pair),
                f"{tell.clock(turn.start)}–{tell.clock(turn.end)}",
                tell.opening(tell.by_room[turn.room.number]),
            )
            rows.append(Row(cells))
    return [Block("table", body=Table(columns, tuple(rows)))] if rows else []


def unplaced(tell: Telling) -> list[Block]:
    """Rooms in no wave, with why."""
    rows = [(left.room.number, left.room.packs, tell.obstacle(left.why)) for left in tell.plan.proposal.unplaced]
    return live_table([(_("Room"), 16), (_("Students"), 14, "number"), (_("Why"), 70)], rows)


def floors(tell: Telling) -> list[Block]:
    """One drawing a floor."""
    return [Block("floor", text=drawing.title, body=drawing) for drawing in tell.floors]


def capacity(tell: Telling) -> list[Block]:
    """Places, slots and needs by kind."""
    rows = []
    for keeping in Keeping:
        places = [place for place in tell.plan.places if place.keeps(keeping)]
        needed = sum(one.boxes for one in tell.plan.storing.allotments if one.keeping == keeping)
        lacking = sum(short.boxes for short in tell.plan.storing.shortages if short.keeping == keeping)
        slots, taken = sum(place.slots for place in places), sum(place.taken for place in places)
        rows.append((tell.keeping(keeping), len(places), slots, taken, needed + lacking, slots - taken - needed))
    heads = (_("Places"), _("Slots"), _("Taken now"), _("Still needed"), _("Left over"))
    return live_table([(_("Kind of place"), 25), *((head, 15, "number") for head in heads)], rows)


def allotments(tell: Telling) -> list[Block]:
    """For each student: what stands in storage now, and where the rest is to go."""
    names = {place.key: place.name for place in tell.plan.places}
    planned: dict[int, list[str]] = {}
    for one in tell.plan.storing.allotments:
        planned.setdefault(one.student, []).append(f"{names[one.place]} × {one.boxes}")
    rows = [
        (
            resident.room or DASH,
            resident.bed or DASH,
            tell.name(resident),
            "\n".join(f"{names[place]} × {boxes}" for _kind, place, boxes in resident.stored) or DASH,
            "\n".join(planned.get(resident.key, [])) or DASH,
        )
        for resident in tell.plan.residents
    ]
    if SHARED in planned:
        rows.append((DASH, DASH, _("shared and unclear"), DASH, "\n".join(planned[SHARED])))
    return live_table(
        [
            (_("Room"), 9),
            (_("Bed"), 7),
            (_("Student"), 36),
            (_("Stored now"), 22, "lines"),
            (_("To be stored"), 26, "lines"),
        ],
        rows,
    )


def shortages(tell: Telling) -> list[Block]:
    """Boxes without a place."""
    rows = [(tell.keeping(short.keeping), short.boxes) for short in tell.plan.storing.shortages]
    return live_table([(_("Kind of place"), 50), (_("Boxes"), 50, "number")], rows)


def materials(tell: Telling) -> list[Block]:
    """What is used up, with the formula."""
    return live_table(
        [(_("Material"), 36), (_("Formula"), 42), (_("Quantity"), 12, "number"), (_("Unit"), 10)],
        (
            (rule.name, rule.shown(tell.plan.counts), line.quantity, rule.unit)
            for line, rule in ((line, RULES[line.key]) for line in tell.plan.materials)
        ),
    )


def divided(tell: Telling) -> list[Block]:
    """Shared rooms whose residents do not all agree."""
    rows = []
    for number in tell.divided_rooms:
        living = tell.by_room[number]
        beds = [f"{one.bed or DASH} {tell.consent(one.consent)}" for one in living]
        rows.append((number, "\n".join(beds), tell.opening(living)))
    return live_table([(_("Room"), 20), (_("Bed and consent"), 50, "lines"), (_("Door"), 30)], rows)


def _notes(tell: Telling, residents: Iterable[Resident]) -> list[Block]:
    return live_table(
        [(_("Room"), 10), (_("Bed"), 9), (_("Note in the roster"), 45), (_("Asks for"), 22), (_("Answer"), 14)],
        (
            (
                resident.room or DASH,
                resident.bed or DASH,
                resident.note,
                tell.cares(resident.cares),
                _("answered") if resident.note_answered else pgettext("a note", "open"),
            )
            for resident in residents
        ),
    )


def valuables(tell: Telling) -> list[Block]:
    """The notes of valuables."""
    return _notes(tell, tell.plan.noted_with(Care.VALUABLE))


def notes(tell: Telling) -> list[Block]:
    """Every note of the roster."""
    return _notes(tell, tell.plan.noted)


def objections(tell: Telling) -> list[Block]:
    """Objections by state, with the oldest one's age."""
    if not tell.plan.objections:
        return []
    rows = []
    for state in ObjectionState:
        ones = tell.plan.objections_in(state)
        rows.append((state.label, len(ones), tell.age(max(map(tell.plan.age, ones))) if ones else DASH))
    return live_table([(_("State"), 46), (_("Objections"), 20, "number"), (_("Longest wait"), 34)], rows)


def objection_rooms(tell: Telling) -> list[Block]:
    """The unsettled objections by room."""
    rows = [
        (one.room, ObjectionState(one.state).label, tell.short_moment(one.opened_at), tell.short_moment(one.due_at))
        for one in tell.plan.objections
        if one.state != ObjectionState.CLOSED
    ]
    return live_table([(_("Room"), 16), (_("State"), 32), (_("Raised"), 26), (_("Answer due"), 26)], rows)


def roster(tell: Telling) -> list[Block]:
    """The students with what the move needs to know."""
    return live_table(
        [(_("Room"), 8), (_("Bed"), 7), (_("Name"), 33), (_("Language"), 13), (_("Teacher"), 12), (_("Consent"), 27)],
        (
            (
                resident.room or DASH,
                resident.bed or DASH,
                tell.name(resident),
                tell.spoken_language(resident.language),
                resident.teacher or DASH,
                tell.consent(resident.consent),
            )
            for resident in tell.plan.residents
        ),
    )


def room_list(tell: Telling) -> list[Block]:
    """Every room of the building."""
    zones = dict(Zone.choices)
    return live_table(
        [
            (_("Room"), 8),
            (_("Floor"), 9, "number"),
            (_("Use"), 20),
            (_("Beds"), 8, "number"),
            (_("Students"), 12, "number"),
            ("m²", 8, "number"),
            (_("Planned zone"), 23),
            (_("State"), 12),
        ],
        (
            (
                room.number,
                room.floor,
                RoomUse(room.use).label,
                len(room.beds) or DASH,
                len(tell.by_room.get(room.number, ())) or DASH,
                room.area or DASH,
                zones.get(room.zone, DASH),
                RoomState(room.state).label if room.is_bedroom else DASH,
            )
            for room in tell.plan.rooms
        ),
    )


BLOCKS: dict[str, Callable[[Telling], list[Block]]] = {
    "people": people,
    "crews": crews,
    "teachers": teachers,
    "consents": consents,
    "consent-rooms": consent_rooms,
    "gantt": gantt,
    "waves": waves,
    "unplaced": unplaced,
    "floors": floors,
    "capacity": capacity,
    "allotments": allotments,
    "shortages": shortages,
    "materials": materials,
    "divided": divided,
    "valuables": valuables,
    "notes": notes,
    "objections": objections,
    "objection-rooms": objection_rooms,
    "roster": roster,
    "room-list": room_list,
}
