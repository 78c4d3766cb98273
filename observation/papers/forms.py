"""Forms to fill in by hand in a night without power: each with the code that leads back to its record.

A form that is only looked at, or that has no record yet, carries no code and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import paper
from core.codes import grouped, scan_url
from core.qr import qr_data_uri
from core.text import day_words
from observation.ending import protocol_at, today
from observation.models import FormKind, PaperForm, Protocol, Severity, Shift
from observation.papers.round_sheet import Floor, RoundSheet
from observation.rounds import zone_of
from rooms.models import Building, Room

BLANK_ROUNDS = ("__:__", "__:__")


@dataclass(frozen=True)
class Part:
    """A part of a form: words, boxes to tick, a grid (heads with their width in percent), a box to write in."""

    title: str = ""
    words: str = ""
    ticks: tuple[str, ...] = ()
    heads: tuple[tuple[str, int], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    box: str = ""

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Each head with the class of its column's width."""
        return [(head, f"w{width}") for head, width in self.heads]


@dataclass(frozen=True)
class Sheet:
    """One form as it is printed. `code` leads back to its record; without one it is a specimen."""

    kind: str
    title: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    signatures: tuple[str, ...]
    code: str = ""
    template = "observation/paper/form.html"

    @property
    def qr(self) -> str:
        """The QR of the code as a picture's address."""
        return qr_data_uri(scan_url(self.code)) if self.code else ""

    @property
    def shown_code(self) -> str:
        """The code as people read it out."""
        return grouped(self.code) if self.code else ""

    @property
    def widths(self) -> set[int]:
        """Every width of a column, in percent; the style sheet has a rule for each."""
        return {width for part in self.parts for _head, width in part.heads}


@dataclass(frozen=True)
class NamedRound:
    """The round sheet of one floor with its people, as it is carried along the corridor."""

    sheet: RoundSheet
    floor: Floor
    code: str = ""
    template = "observation/paper/round_floor.html"
    widths = frozenset[int]()
    qr = Sheet.qr
    shown_code = Sheet.shown_code


def _ruled(count: int, width: int) -> tuple[tuple[str, ...], ...]:
    return (("",) * width,) * count


def _protocol(building: Building) -> Protocol | None:
    return protocol_at(list(Protocol.objects.applying(building)), timezone.now())


def blank_round(building: Building, *, day: date | None, floor: int | None, doors: Sequence[str]) -> Sheet:
    """A round sheet that names nobody: the doors of a floor, and the hours of the protocol."""
    protocol = _protocol(building)
    hours = tuple(protocol.check_hours) if protocol else BLANK_ROUNDS
    rest = 76 // (len(hours) * 2)
    heads: list[tuple[str, int]] = [(_("Room"), 9), (_("Name"), 15)]
    for hour in hours:
        heads += [(f"{hour} °C", rest - 7), (_("Symptoms, or why not"), rest + 7)]
    rows = [(door, *("",) * (len(heads) - 1)) for door in doors] or list(_ruled(12, len(heads)))
    return Sheet(
        FormKind.ROUND,
        _("Round sheet"),
        _facts(building, (_("Day"), day_words(day) if day else ""), (_("Floor"), "" if floor is None else str(floor))),
        (
            Part(
                words=_(
                    "From %(from)s °C on: measure a second time at once, write both, and call the desk (%(source)s)."
                )
                % {"from": protocol.fever_from, "source": protocol.cited}
                if protocol
                else "",
                heads=tuple(heads),
                rows=tuple(rows),
            ),
        ),
        (_("Measured by, at"), _("Typed back by, at")),
    )


def handover(building: Building, *, shift: Shift | None) -> Sheet:
    """A handover in I-PASS form, to be written when no screen is lit."""
    when = ""
    if shift:
        start, end = (timezone.localtime(one, zone_of(building)) for one in (shift.starts_at, shift.ends_at))
        when = f"{day_words(shift.day)} · {shift.pattern.shown_name} · {start:%H:%M}–{end:%H:%M}"
    return Sheet(
        FormKind.HANDOVER,
        _("Handover sheet"),
        _facts(building, (_("Shift"), when), (_("Occupants present"), "")),
        (
            Part(_("I · Illness severity of the site as a whole"), ticks=tuple(str(one.label) for one in Severity)),
            Part(
                _("P · Occupants to know of: fevers, late checks, open alerts"),
                heads=((_("Room"), 12), (_("What, since when"), 44), (_("What was done"), 44)),
                rows=_ruled(5, 3),
            ),
            Part(
                _("A · To do"),
                heads=((_("What"), 52), (_("Who"), 20), (_("Until"), 14), (_("Done"), 14)),
                rows=_ruled(4, 4),
            ),
            Part(
                _("S · Situation: movements, keys, equipment, supplies, changes of the roster, what may happen next"),
                box=" ",
            ),
            Part(_("S · Synthesis: the receiver says the most important points in own words"), box=" "),
        ),
        (_("Handed over by, at"), _("Taken over by (somebody else), at")),
    )


def disinfection(building: Building, *, room: Room | None) -> Sheet:
    """The record of one room's terminal disinfection and of the inspection by another person."""
    protocol = _protocol(building)
    return Sheet(
        FormKind.DISINFECTION,
        _("Disinfection record"),
        _facts(building, (_("Room"), room.number if room else ""), (_("Floor"), str(room.floor) if room else "")),
        (
            Part(
                words=_("At least %(mg)s mg/L for %(minutes)s minutes (%(source)s). Write what was really done.")
                % {
                    "mg": protocol.mg_per_litre,
                    "minutes": protocol.disinfection_minutes,
                    "source": protocol.cited,
                }
                if protocol
                else "",
                heads=(
                    (_("Step"), 34),
                    (_("Agent"), 16),
                    (_("mg/L"), 10),
                    (_("From"), 12),
                    (_("Until"), 12),
                    (_("By"), 16),
                ),
                rows=tuple(
                    (step, "", "", "", "", "")
                    for step in (
                        _("Waste and linen bagged, closed, tagged"),
                        _("Air and surfaces sprayed"),
                        _("Surfaces, switches, handles wiped"),
                        _("Bathroom and drains"),
                        _("Floor and skirting"),
                        _("Aired"),
                    )
                ),
            ),
            Part(_("Waste taken away: kind, bags, tag number"), box=" "),
            Part(
                _("Inspection by another person"), ticks=(_("in order"), _("not in order")), box=_("What is not right")
            ),
        ),
        (_("Disinfected by, at"), _("Inspected by (somebody else), at")),
    )


def visitors(building: Building, *, day: date | None) -> Sheet:
    """The log of one day at the gate."""
    protocol = _protocol(building)
    return Sheet(
        FormKind.VISITORS,
        _("Visitor log"),
        _facts(building, (_("Day"), day_words(day) if day else "")),
        (
            Part(
                words=_("From %(from)s °C on nobody comes in (%(source)s); call the lead.")
                % {"from": protocol.fever_from, "source": protocol.cited}
                if protocol
                else "",
                heads=(
                    (_("Came"), 9),
                    (_("Name"), 15),
                    (_("From which office or firm"), 18),
                    (_("What for"), 18),
                    (_("Area"), 12),
                    ("°C", 8),
                    (_("Left"), 9),
                    (_("Guard"), 11),
                ),
                rows=_ruled(16, 8),
            ),
        ),
        (_("Guard at the gate"), _("Typed back by, at")),
    )


def _facts(building: Building, *facts: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    name = building.name if (translation.get_language() or "").startswith("zh") else building.name_en or building.name
    return ((_("Building"), name), *facts)


def sheets_of(building: Building, forms: Sequence[PaperForm]) -> list[Sheet | NamedRound]:
    """What is printed for these forms: a round with its people, the rest to be filled in."""
    found: list[Sheet | NamedRound] = []
    rounds: dict[date, RoundSheet] = {}
    for form in forms:
        code = form.code_id
        if form.kind == FormKind.ROUND and form.day:
            sheet = rounds.setdefault(form.day, RoundSheet.of(building, form.day))
            floor = next((one for one in sheet.floors if one.number == form.floor), None)
            if floor is not None:
                found.append(NamedRound(sheet, floor, code))
                continue
        found.append(replace(blank(building, form), code=code))
    return found


def blank(building: Building, form: PaperForm, *, doors: Sequence[str] = ()) -> Sheet:
    """The form of one record, naming nobody."""
    if form.kind == FormKind.ROUND:
        return blank_round(building, day=form.day, floor=form.floor, doors=doors)
    if form.kind == FormKind.HANDOVER:
        return handover(building, shift=form.shift)
    if form.kind == FormKind.DISINFECTION:
        return disinfection(building, room=form.room)
    return visitors(building, day=form.day)


def draw_round(sheet: RoundSheet) -> bytes:
    """The round sheet of a day without codes, to be looked at."""
    return draw(sheet.building, [NamedRound(sheet, floor) for floor in sheet.floors], title=_("Round sheet"))


def draw(building: Building, sheets: Sequence[Sheet | NamedRound], *, title: str = "") -> bytes:
    """The forms as one PDF in the language of the page, a form a page."""
    return paper.pdf(
        "observation/paper/forms.html",
        {
            "sheets": sheets,
            "building": building,
            "widths": sorted({width for sheet in sheets for width in sheet.widths}),
        },
        language=translation.get_language() or settings.LANGUAGE_CODE,
        title=title or _("Printed forms"),
        imprint=paper.Imprint(on=today(building)),
    )
