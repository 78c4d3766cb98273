"""Writing the plan's document: the clauses with their figures, and the live blocks where the clauses call them."""

from collections.abc import Iterator
from functools import cached_property

from django.conf import settings
from django.utils import translation

from inventory.models import Viewpoint
from plans.layout import Block, Document, Section
from plans.relocation.clauses import ANNEXES, FORMS, SECTIONS, clauses
from plans.relocation.plan import RelocationPlan
from plans.relocation.proposal import Batch
from plans.relocation.storing import BOXES_A_STUDENT
from plans.relocation.tables import BLOCKS
from plans.relocation.telling import Telling
from plans.writing import Writer, blank_form


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


def _summary(plan: RelocationPlan) -> str:
    """The sentence that says how the timetable stands."""
    if plan.is_finished:
        return "timetable.finished"
    return "timetable.summary" if plan.proposal.turns else "timetable.summary-none"


class _Writer(Writer):
    def __init__(self, plan: RelocationPlan, language: str) -> None:
        self.plan = plan
        self.tell = Telling(plan, language=language)
        super().__init__(self.tell, clauses(language))

    @property
    def sections(self) -> tuple[Section, ...]:
        """Every section, then every annex."""
        return self.numbered(SECTIONS, ANNEXES)

    def fill(self, text: str) -> str:
        """The text with its figures."""
        return text.format_map(self.figures)

    def blocks(self, key: str, place: int) -> Iterator[Block]:
        """The blocks of one section; the annex of forms has a page each."""
        if key != "annex-forms":
            yield from super().blocks(key, place)
            return
        for form in FORMS:
            yield Block("form", text=self.clauses[form].heading, body=blank_form(self.clauses[form]))

    def live(self, name: str) -> Iterator[Block]:
        """A block of live data, with the sentence that belongs before it or says that there is nothing."""
        plan = self.plan
        before = {
            "summary": _summary(plan),
            "gantt": "timetable.past" if plan.windows_are_past and plan.proposal.turns else "",
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
            **{f"section_{key}": self.numeral(place) for place, key in enumerate(SECTIONS, start=1)},
        }
        order = self.clauses["purpose.order" if plan.site.is_ordered else "purpose.order-missing"]
        return {**figures, "order": order.heading.format_map(figures)}
