"""Writing the plan's document: the clauses with their figures, and the live blocks where the clauses call them."""

from collections.abc import Iterator
from functools import cached_property

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from inventory.models import Viewpoint
from plans.relocation.clauses import ANNEXES, FORMS, SECTIONS, Clause, clauses
from plans.relocation.layout import Block, Column, Document, Form, Row, Section, Table
from plans.relocation.plan import RelocationPlan
from plans.relocation.proposal import Batch
from plans.relocation.storing import BOXES_A_STUDENT
from plans.relocation.tables import BLOCKS
from plans.relocation.telling import Telling

NUMERALS = "一二三四五六七八九十"


def write(plan: RelocationPlan, *, language: str) -> Document:
    """The plan's document in `language`, one of clauses.LANGUAGES."""
    with translation.override(language):
        writer = _Writer(plan, language)
        return Document(
            title=writer.fill(writer.clauses["title"].heading),
            short_title=writer.clauses["short"].heading,
            building=writer.tell.building,
            made_at=writer.tell.moment(plan.made_at),
            sections=writer.sections,
        )


class _Writer:
    def __init__(self, plan: RelocationPlan, language: str) -> None:
        self.plan = plan
        self.tell = Telling(plan, language=language)
        self.clauses = clauses(language)

    @property
    def sections(self) -> tuple[Section, ...]:
        """Every section, then every annex."""
        sections = [
            Section(key, self._before(place), self.clauses[key].heading, tuple(self._blocks(key, place)))
            for place, key in enumerate(SECTIONS, start=1)
        ]
        annexes = [
            Section(
                key,
                _("Annex %(number)d. ") % {"number": place},
                self.clauses[key].heading,
                tuple(self._forms() if key == "annex-forms" else self._blocks(key, place)),
                is_annex=True,
            )
            for place, key in enumerate(ANNEXES, start=1)
        ]
        return (*sections, *annexes)

    def fill(self, text: str) -> str:
        """The text with its figures."""
        return text.format_map(self.figures)

    def _numeral(self, place: int) -> str:
        """A number as the Chinese official layout counts, up to 19; else as it is."""
        if not self.tell.is_chinese:
            return str(place)
        tens, ones = divmod(place, 10)
        return ("十" if tens else "") + (NUMERALS[ones - 1] if ones else "")

    def _before(self, place: int) -> str:
        return f"{self._numeral(place)}、" if self.tell.is_chinese else f"{place}. "

    def _blocks(self, key: str, place: int) -> Iterator[Block]:
        """The blocks of one clause; sub-headings are counted (一) or 1.1, items from 1 under each sub-heading."""
        heading = item = 0
        rows: list[list[str]] = []
        for line in self.clauses[key].lines:
            text = self.fill(line.text)
            if rows and line.mark != "|":
                yield _written_table(rows)
                rows = []
            if line.mark == "#":
                heading, item = heading + 1, 0
                before = f"（{self._numeral(heading)}）" if self.tell.is_chinese else f"{place}.{heading} "
                yield Block("heading", text=f"{before}{text}")
            elif line.mark == "-":
                item += 1
                yield Block("item", text=text, mark=f"{item}.")
            elif line.mark == "@":
                yield from self._live(line.text)
            elif line.mark == "|":
                rows.append([self.fill(cell) for cell in line.cells])
            else:
                yield Block("paragraph", text=text)
        if rows:
            yield _written_table(rows)

    def _live(self, name: str) -> Iterator[Block]:
        """A block of live data, with the sentence that belongs before it or says that there is nothing."""
        plan = self.plan
        before = {
            "summary": "timetable.summary" if plan.proposal.turns else "timetable.summary-none",
            "gantt": "timetable.past" if plan.windows_are_past else "",
            "unplaced": "timetable.unplaced" if plan.proposal.unplaced else "",
            "shortages": "storage.shortage" if plan.storing.shortages else "",
            "crews": "" if plan.proposal.crews else "organisation.crews-none",
            "notes": "" if plan.noted else "special.none",
            "objections": "" if plan.objections else "objections.none",
        }.get(name, "")
        if name == "allotments" and plan.storing.split():
            yield Block("paragraph", text=self.fill(self.clauses["storage.split"].heading))
        if before:
            yield Block("paragraph", text=self.fill(self.clauses[before].heading))
        if name in BLOCKS:
            yield from BLOCKS[name](self.tell)

    def _forms(self) -> Iterator[Block]:
        for key in FORMS:
            yield Block("form", text=self.clauses[key].heading, body=_form(self.clauses[key]))

    @cached_property
    def figures(self) -> dict[str, object]:
        """Every figure the clauses may name."""
        plan, tell = self.plan, self.tell
        turns = plan.proposal.turns
        rooms = [turn.room for turn in turns] + [left.room for left in plan.proposal.unplaced]
        named = {resident.key: tell.name(resident) for resident in plan.residents}
        figures: dict[str, object] = {
            **{state.replace("-", "_"): count for state, count in plan.consents().items()},
            "not_asked": plan.consents()["none"],
            "building": tell.building,
            "issuer": tell.words(plan.site.order_issuer),
            "order_date": tell.day(plan.site.order_date) if plan.site.order_date else "",
            "made_at": tell.moment(plan.made_at),
            "students": len(plan.residents),
            "rooms": len(plan.bedrooms),
            "agreed": plan.agreed,
            "boxes": plan.boxes,
            "boxes_a_student": BOXES_A_STUDENT,
            "waves": len(plan.proposal.waves),
            "crews": len(plan.proposal.crews),
            "starts": tell.moment(min((turn.start for turn in turns), default=plan.made_at)),
            "finishes": tell.moment(plan.proposal.finish or plan.made_at),
            "packed": sum(room.is_packed for room in plan.bedrooms),
            "shared_rooms": len(tell.shared_rooms),
            "divided_rooms": len(tell.divided_rooms),
            "students_split": tell.listed(named.get(key, "") for key in sorted(plan.storing.split()) if key in named),
            "viewpoints": tell.listed(str(view.label) for view in Viewpoint),
            "pair_minutes": settings.PAIR_SESSION_MINUTES,
            "answer_hours": settings.OBJECTION_ANSWER_HOURS,
            "phone": plan.site.phone or "________",
            **{f"batch_{batch.value}": sum(room.batch == batch for room in rooms) for batch in Batch},
            **{f"section_{key}": self._numeral(place) for place, key in enumerate(SECTIONS, start=1)},
        }
        dated = plan.site.order_issuer and plan.site.order_date
        order = self.clauses["purpose.order" if dated else "purpose.order-missing"]
        return {**figures, "order": order.heading.format_map(figures)}


def _written_table(rows: list[list[str]]) -> Block:
    """A table written in the clause itself: a narrow first column, the others share the rest."""
    heads, *body = rows
    rest = 78 // (len(heads) - 1)
    columns = [Column(head, 22 if place == 0 else rest) for place, head in enumerate(heads)]
    return Block("table", body=Table.of(columns, body))


def _form(clause: Clause) -> Form:
    """A form from its clause: `?` fields, `|` heads with widths, `~` blank rows, `>` boxes, `!` signatures."""
    by_mark = {mark: [line for line in clause.lines if line.mark == mark] for mark in ("", "?", "|", "~", ">", "!")}
    heads = [cell.rpartition(" ") for line in by_mark["|"] for cell in line.cells]
    columns = tuple(Column(head, int(width)) for head, _space, width in heads)
    blank = int(by_mark["~"][0].text)
    return Form(
        title=clause.heading,
        notes=tuple(line.text for line in by_mark[""]),
        fields=tuple(tuple(line.cells) for line in by_mark["?"]),
        table=Table(columns, (Row(("",) * len(columns)),) * blank),
        boxes=tuple(line.text for line in by_mark[">"]),
        signatures=tuple(cell for line in by_mark["!"] for cell in line.cells),
    )
