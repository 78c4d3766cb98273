"""Writing the management plan's document: its clauses, or what the building says instead, with figures and blocks."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from django.utils import translation
from django.utils.translation import gettext as _

from observation.papers.forms import Sheet
from plans.clauses import Line
from plans.layout import Block, Document, Section
from plans.managing.clauses import ANNEXES, REFERENCE, SECTIONS, clauses, keys_of, lines_of, references
from plans.managing.figures import figures, source_of
from plans.managing.plan import ManagementPlan
from plans.managing.tables import BLOCKS
from plans.managing.telling import Telling
from plans.writing import Writer


def write(plan: ManagementPlan, *, language: str, sheets: Sequence[Sheet] = ()) -> Document:
    """The plan's document in `language`, with `sheets` as the forms of its annex."""
    with translation.override(language):
        writer = _Writer(plan, language, sheets)
        return Document(
            title=writer.fill(writer.clauses["title"].heading),
            short_title=writer.clauses["short"].heading,
            building=writer.tell.building,
            made_at=writer.tell.moment(plan.made_at),
            sections=writer.sections,
        )


class _Writer(Writer):
    def __init__(self, plan: ManagementPlan, language: str, sheets: Sequence[Sheet]) -> None:
        self.plan = plan
        self.language = language
        self.sheets = sheets
        self.tell = Telling(plan, language=language)
        super().__init__(self.tell, clauses(language))

    @property
    def sections(self) -> tuple[Section, ...]:
        """Every section, then every annex."""
        return self.numbered(SECTIONS, ANNEXES)

    @cached_property
    def figures(self) -> dict[str, str]:
        """Every figure that is known."""
        return {name: figure.value for name, figure in figures(self.tell).items()}

    def fill(self, text: str) -> str:
        """The text with its figures; braces that name none stay as they are."""
        return REFERENCE.sub(lambda found: self.figures.get(found[1], found[0]), text)

    def blocks(self, key: str, place: int) -> Iterator[Block]:
        """The clauses of one section, each under its heading."""
        heading = 0
        for clause in keys_of(key):
            wording = self.clauses[clause]
            if clause != key:
                heading += 1
                yield self.heading(wording.heading, place=place, heading=heading)
            own = self.plan.own_text(clause, self.language)
            said = lines_of(own) if own else tuple(line for line in wording.lines if line.mark != "@")
            yield from self._said(said, place=place)
            for line in wording.lines:
                if line.mark == "@":
                    yield from self.live(line.text)

    def _said(self, said: tuple[Line, ...], *, place: int) -> Iterator[Block]:
        """The lines whose figures are known, what is still to be entered for the others, and the figures' source."""
        known = figures(self.tell)
        whole = [line for line in said if all(known[name].value for name in references([line]) if name in known)]
        yield from self.lines(whole, place=place)
        wanted = [known[name].wanted for name in sorted(references(said)) if name in known and not known[name].value]
        if wanted:
            yield Block(
                "note",
                text=_("Still to be entered before this clause is whole: %(what)s.")
                % {"what": self.tell.listed(dict.fromkeys(wanted))},
            )
        sources = {known[name].source for name in references(whole) if name in known} - {""}
        for source in sorted(sources):
            yield Block("note", text=source_of(self.tell, source))

    def live(self, name: str) -> Iterator[Block]:
        """A block of live data."""
        if name == "forms":
            for sheet in self.sheets:
                yield Block("sheet", text=sheet.title, body=sheet)
        else:
            yield from BLOCKS[name](self.tell)
