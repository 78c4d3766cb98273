"""What the move uses up, each line by a formula from the plan's own counts, shown beside its result.

The rates are planning figures of the office, not norms: change them here, and figure and formula follow.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import ceil

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plans.relocation.proposal import PEOPLE_A_CREW

RATES = {
    "reserve": 10,  # percent
    "boxes_a_roll": 10,
    "metres": 3,  # of bubble wrap
    "pairs": 2,  # of gloves a person and half-day
    "people": PEOPLE_A_CREW,
}


@dataclass(frozen=True)
class Counts:
    """The counts the formulas use; `half_days` are half-days of one crew."""

    students: int
    rooms: int
    boxes: int
    crews: int
    half_days: int
    valuable: int
    cold: int
    battery: int
    fragile: int


@dataclass(frozen=True)
class Material:
    """One line of the list: so much of the thing that RULES describes under `key`."""

    key: str
    quantity: int


@dataclass(frozen=True)
class Rule:
    """How much of a thing: its name, its unit, the formula as read and as reckoned."""

    name: Promise
    unit: Promise
    formula: Promise
    reckon: Callable[[Counts], int]

    def shown(self, counts: Counts) -> str:
        """The formula with its figures, in the active language."""
        return str(self.formula) % {**asdict(counts), **RATES}


def _with_reserve(number: int) -> int:
    return ceil(number * (100 + RATES["reserve"]) / 100)


_BOXES = _("boxes %(boxes)d + %(reserve)d %%")
_CREWS = _("crews %(crews)d × 1")
RULES: dict[str, Rule] = {
    "boxes": Rule(_("Strong carton, 60 × 40 × 40 cm"), _("pieces"), _BOXES, lambda n: _with_reserve(n.boxes)),
    "seals": Rule(_("Numbered seal"), _("pieces"), _BOXES, lambda n: _with_reserve(n.boxes)),
    "labels": Rule(_("Box label with code"), _("pieces"), _BOXES, lambda n: _with_reserve(n.boxes)),
    "tape": Rule(
        _("Packing tape, 100 m"),
        _("rolls"),
        _("boxes %(boxes)d ÷ %(boxes_a_roll)d"),
        lambda n: ceil(n.boxes / RATES["boxes_a_roll"]),
    ),
    "wrap": Rule(
        _("Bubble wrap, 50 cm wide"),
        _("metres"),
        _("(students %(students)d + notes of fragile things %(fragile)d) × %(metres)d"),
        lambda n: RATES["metres"] * (n.students + n.fragile),
    ),
    "bags": Rule(
        _("Tamper-evident bag for valuables and documents"),
        _("pieces"),
        _("students %(students)d + notes of valuables %(valuable)d × 2"),
        lambda n: n.students + 2 * n.valuable,
    ),
    "cool": Rule(
        _("Cool box with ice packs and thermometer"),
        _("pieces"),
        _("notes of cold things %(cold)d × 1"),
        lambda n: n.cold,
    ),
    "fireproof": Rule(
        _("Fireproof bag for batteries"),
        _("pieces"),
        _("notes of batteries %(battery)d × 1"),
        lambda n: n.battery,
    ),
    "gloves": Rule(
        _("Disposable gloves"),
        _("pairs"),
        _("half-days of crews %(half_days)d × people %(people)d × %(pairs)d"),
        lambda n: n.half_days * RATES["people"] * RATES["pairs"],
    ),
    "masks": Rule(
        _("Mask"),
        _("pieces"),
        _("half-days of crews %(half_days)d × people %(people)d"),
        lambda n: n.half_days * RATES["people"],
    ),
    "wipes": Rule(_("Disinfectant wipes"), _("packs"), _("rooms %(rooms)d × 1"), lambda n: n.rooms),
    "phones": Rule(_("Phone with power bank, for photos and scans"), _("sets"), _CREWS, lambda n: n.crews),
    "trolleys": Rule(_("Trolley"), _("pieces"), _CREWS, lambda n: n.crews),
    "tools": Rule(_("Box cutter, scissors, markers"), _("sets"), _CREWS, lambda n: n.crews),
    "records": Rule(_("Form: packing record"), _("sheets"), _("rooms %(rooms)d × 2"), lambda n: n.rooms * 2),
    "handovers": Rule(
        _("Form: handover sheet"), _("sheets"), _("half-days of crews %(half_days)d × 2"), lambda n: n.half_days * 2
    ),
}


def materials(counts: Counts) -> tuple[Material, ...]:
    """Everything the move uses up, in the order of the list."""
    return tuple(Material(key, rule.reckon(counts)) for key, rule in RULES.items())
