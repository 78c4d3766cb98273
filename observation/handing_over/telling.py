"""What a line of a handover says, in the reader's language; the screen and the paper use the same sentences."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.text import listed
from observation.alert_board import clock
from observation.handing_over.naming import Names
from observation.looking_after import age
from observation.models import (
    DutyChangeKind,
    FormKind,
    HandoverLine,
    OccupantState,
    RequestKind,
    Section,
    Skip,
    Step,
    Symptom,
    TransferStepKind,
)
from rooms.models import Building, IncidentKind, RoomState, SupplyKind

MOST_WORDS = 120


@dataclass(frozen=True)
class Said:
    """A line as it is read: whom or what it is about, what is to be known, where its record is."""

    line: HandoverLine
    subject: str
    words: str
    url: str

    @property
    def aged(self) -> str:
        """Since how many handovers it stands."""
        n = self.line.age
        return ngettext("%(n)d shift old", "%(n)d shifts old", n) % {"n": n} if n else ""

    @property
    def letter(self) -> str:
        """The part of I-PASS it belongs to."""
        return LETTERS[Section(self.line.section)]


LETTERS = {Section.SEVERITY: "I", Section.PATIENTS: "P", Section.ACTIONS: "A", Section.SITUATION: "S"}


def tell(lines: Iterable[HandoverLine], *, building: Building, at: datetime) -> list[Said]:
    """Every line in words, as of `at`."""
    lines = list(lines)
    teller = Teller(Names.of(lines), ZoneInfo(building.time_zone), at, building)
    return [teller.said(line) for line in lines]


class Teller:
    """Says lines, one method a kind: each gives the subject, the parts of the sentence, and the record's address."""

    def __init__(self, names: Names, zone: ZoneInfo, at: datetime, building: Building) -> None:
        self.names, self.zone, self.at, self.building = names, zone, at, building

    def said(self, line: HandoverLine) -> Said:
        """One line."""
        kind: Callable[[HandoverLine], tuple[str, list[str], str]] = getattr(self, f"_{line.kind}")
        subject, parts, url = kind(line)
        if line.told.get("settled"):
            parts = [*parts, _("settled meanwhile")]
        return Said(line, subject, " · ".join(part for part in parts if part), url)

    # moments

    def when(self, told: Any) -> str:
        """A moment: the hour alone on the day of the handover, else with its day."""
        if not told:
            return "—"
        at = datetime.fromisoformat(told).astimezone(self.zone)
        if at.date() == self.at.astimezone(self.zone).date():
            return date_format(at, "H:i", use_l10n=False)
        return f"{self.day(at.date())} {date_format(at, 'H:i', use_l10n=False)}"

    def day(self, told: Any) -> str:
        """A day without its year."""
        day = told if isinstance(told, date) else date.fromisoformat(told)
        return date_format(day, "n月j日" if get_language() == "zh-hans" else "j M", use_l10n=False)

    def since(self, told: str) -> str:
        """How long something has been open."""
        return _("open for %(age)s") % {"age": age(datetime.fromisoformat(told), self.at)}

    def closed(self, line: HandoverLine, outcome: str) -> list[str]:
        """When it was closed in this shift, and how it ended."""
        return [_("closed %(when)s") % {"when": self.when(line.told["closed"])}, cut(outcome)]

    # the occupants

    def _alert(self, line: HandoverLine) -> tuple[str, list[str], str]:
        told, alert = line.told, self.names.row("alert", line)
        labels = dict(Symptom.choices)
        reading = [f"{told['temperature']} °C"] if told["temperature"] else []
        reading += [str(labels.get(one, one)) for one in told["symptoms"]]
        parts = [_("Alert: %(reading)s") % {"reading": listed(reading)}]
        if told["closed"]:
            parts += self.closed(line, alert.outcome if alert else "")
        else:
            due = datetime.fromisoformat(told["due"])
            parts.append(_("raised %(when)s") % {"when": self.when(told["raised"])})
            parts.append(clock(due, self.at))
            had_by = self.names.row("taken_by", line)
            parts.append(_("taken by %(name)s") % {"name": had_by} if had_by else _("nobody has taken it"))
            if told["next"]:
                parts.append(_("next: %(step)s") % {"step": Step(told["next"]).label})
        return self.names.occupant(line), parts, reverse("alert", args=[told["alert"]])

    def _fever(self, line: HandoverLine) -> tuple[str, list[str], str]:
        told = line.told
        parts = [_("Fever %(value)s °C at %(when)s") % {"value": told["temperature"], "when": self.when(told["at"])}]
        parts.append(
            _("measured again: %(value)s °C") % {"value": told["second"]}
            if told["second"]
            else _("not measured again yet")
        )
        return self.names.occupant(line), parts, reverse("occupant_temperatures", args=[told["occupant"]])

    def _late(self, line: HandoverLine) -> tuple[str, list[str], str]:
        words = _("Check of %(when)s was missed") if line.told["missed"] else _("Check of %(when)s is late")
        return self._check(line, words)

    def _skipped(self, line: HandoverLine) -> tuple[str, list[str], str]:
        subject, parts, url = self._check(line, _("Check of %(when)s was skipped"))
        return subject, [*parts, str(Skip(line.told["why"]).label)], url

    def _check(self, line: HandoverLine, words: str) -> tuple[str, list[str], str]:
        day, hour = date.fromisoformat(line.told["day"]), line.told["hour"]
        today = day == self.at.astimezone(self.zone).date()
        parts = [words % {"when": hour if today else f"{self.day(day)} {hour}"}]
        return self.names.occupant(line), parts, reverse("occupant", args=[line.told["occupant"]])

    def _request(self, line: HandoverLine) -> tuple[str, list[str], str]:
        told, asked = line.told, self.names.row("request", line)
        what = str(RequestKind(told["kind"]).label)
        if asked and asked.words:
            what = _("%(kind)s: %(words)s") % {"kind": what, "words": cut(asked.words)}
        parts = [what, self.since(told["since"]), _("overdue") if told["late"] else "", self._responsible(line)]
        return self.names.occupant(line), parts, reverse("request", args=[told["request"]])

    def _responsible(self, line: HandoverLine) -> str:
        pk = line.told["responsible"]
        return self.names.person(pk) if pk else _("nobody looks after it yet")

    def _care(self, line: HandoverLine) -> tuple[str, list[str], str]:
        told, note = line.told, self.names.row("care", line)
        again = _("Call again on %(day)s") % {"day": self.day(told["on"])} if told["on"] else _("Call again")
        parts = [again, cut(note.words) if note else ""]
        if told["responsible"]:
            parts.append(self.names.person(told["responsible"]))
        return self.names.occupant(line), parts, reverse("care_note", args=[told["care"]])

    def _hospital(self, line: HandoverLine) -> tuple[str, list[str], str]:
        told, transfer = line.told, self.names.row("transfer", line)
        parts = [_("To hospital: %(where)s") % {"where": transfer.hospital if transfer else "—"}]
        parts.append(str(TransferStepKind(told["step"]).label) if told["step"] else _("decided"))
        if told["closed"]:
            parts.append(_("closed %(when)s") % {"when": self.when(told["closed"])})
        return self.names.occupant(line), parts, reverse("hospital", args=[told["occupant"]])

    def _arrived(self, line: HandoverLine) -> tuple[str, list[str], str]:
        return self._went(line, _("Came at %(when)s") % {"when": self.when(line.told["at"])})

    def _moved(self, line: HandoverLine) -> tuple[str, list[str], str]:
        told = line.told
        words = _("Moved from room %(before)s at %(when)s") % {"before": told["from"], "when": self.when(told["at"])}
        return self._went(line, words)

    def _released(self, line: HandoverLine) -> tuple[str, list[str], str]:
        label = OccupantState(line.told["state"]).label
        return self._went(line, f"{label} · {self.when(line.told['at'])}")

    def _end(self, line: HandoverLine) -> tuple[str, list[str], str]:
        change = self.names.row("change", line)
        words = _("End changed to %(day)s") % {"day": self.day(line.told["day"])}
        return self._went(line, words, cut(change.reason) if change else "")

    def _expected(self, line: HandoverLine) -> tuple[str, list[str], str]:
        return self._went(line, _("Expected; the bed is held"))

    def _leaving(self, line: HandoverLine) -> tuple[str, list[str], str]:
        return self._went(line, _("May go home from %(day)s") % {"day": self.day(line.told["day"])})

    def _went(self, line: HandoverLine, *parts: str) -> tuple[str, list[str], str]:
        return self.names.occupant(line), list(parts), reverse("occupant", args=[line.told["occupant"]])

    # the house

    def _point(self, line: HandoverLine) -> tuple[str, list[str], str]:
        point = self.names.row("point", line)
        about = [line.told["room"]]
        parts = ["—"]
        if point:
            about += [point.occupant.person.name if point.occupant else "", point.area.shown_name if point.area else ""]
            parts = [point.words]
            parts += self.closed(line, point.outcome) if line.told["closed"] else [self.since(line.told["since"])]
        subject = " · ".join(filter(None, about)) or _("Point")
        return subject, parts, reverse("point", args=[line.told["point"]])

    def _room(self, line: HandoverLine) -> tuple[str, list[str], str]:
        words = (
            _("awaits terminal disinfection")
            if line.told["state"] == RoomState.TO_DISINFECT
            else _("disinfected, awaits inspection")
        )
        return self._in_room(line), [words], reverse("turn_over", args=[line.told["place"]])

    def _in_room(self, line: HandoverLine) -> str:
        return _("Room %(room)s") % {"room": line.told["room"]} if line.told["room"] else ""

    def _form(self, line: HandoverLine) -> tuple[str, list[str], str]:
        told = line.told
        parts = [
            _("printed form not typed back yet"),
            self.day(told["day"]) if told["day"] else "",
            self._in_room(line),
        ]
        return str(FormKind(told["kind"]).label), parts, reverse("code", args=[told["code"]])

    def _incident(self, line: HandoverLine) -> tuple[str, list[str], str]:
        told, incident = line.told, self.names.row("incident", line)
        subject = " · ".join(filter(None, [str(IncidentKind(told["kind"]).label), self._in_room(line)]))
        parts = [cut(incident.words) if incident else ""]
        if told["closed"]:
            parts += self.closed(line, incident.outcome if incident else "")
        else:
            parts += [self.since(told["since"]), _("overdue") if told["late"] else "", self._responsible(line)]
        return subject, parts, reverse("incident", args=[told["incident"]])

    def _note(self, line: HandoverLine) -> tuple[str, list[str], str]:
        told, note, area = line.told, self.names.row("note", line), self.names.row("area", line)
        subject = self.names.occupant(line) if told["occupant"] else self._in_room(line)
        subject = subject or (area.shown_name if area else _("Log"))
        parts = [cut(note.words) if note else "—", f"{self.when(told['at'])} {note.by if note else ''}".strip()]
        return subject, parts, reverse("log_entry", args=[told["note"]])

    def _supply(self, line: HandoverLine) -> tuple[str, list[str], str]:
        told, supply = line.told, self.names.row("supply", line)
        words = (
            _("%(n)s left, at least %(least)s needed")
            if told["kind"] == SupplyKind.CONSUMABLE
            else _("%(n)s counted, %(least)s there should be")
        )
        parts = [words % {"n": told["on_hand"], "least": told["least"]}]
        return supply.shown_name if supply else "—", parts, self._supplies_url()

    def _uncounted(self, line: HandoverLine) -> tuple[str, list[str], str]:
        counted = self.names.rows.get("supply", {})
        names = [counted[pk].shown_name for pk in line.told["supplies"] if pk in counted]
        words = _("%(n)d of %(of)d not counted in this shift") % {"n": len(names), "of": line.told["of"]}
        # With nothing counted at all, the names of everything would only fill the page.
        return _("Counts"), [words, listed(names) if len(names) < line.told["of"] else ""], self._supplies_url()

    def _supplies_url(self) -> str:
        return reverse("supplies", args=[self.building.pk])

    def _vacancy(self, line: HandoverLine) -> tuple[str, list[str], str]:
        parts = [
            _("nobody is down for it"),
            self._shift(line),
            _("from %(when)s") % {"when": self.when(line.told["from"])},
        ]
        return self._post(line), parts, self._roster_url(line)

    def _change(self, line: HandoverLine) -> tuple[str, list[str], str]:
        told, change = line.told, self.names.row("change", line)
        names = f"{self.names.person(told['before'])} → {self.names.person(told['after'])}"
        parts = [str(DutyChangeKind(told["kind"]).label), names, self._shift(line), cut(change.why) if change else ""]
        return self._post(line), parts, self._roster_url(line)

    def _post(self, line: HandoverLine) -> str:
        post = self.names.row("post", line)
        return post.shown_name if post else "—"

    def _shift(self, line: HandoverLine) -> str:
        shift = self.names.row("shift", line)
        return f"{self.day(shift.day)} {shift.pattern.shown_name}" if shift else ""

    def _roster_url(self, line: HandoverLine) -> str:
        """The cell of the roster; the handover's page while the site has no roster pages."""
        try:
            return reverse("duty_cell", args=[line.told["shift"], line.told["post"]])
        except NoReverseMatch:
            return reverse("handover", args=[self.building.pk])

    def _objection(self, line: HandoverLine) -> tuple[str, list[str], str]:
        told, item = line.told, self.names.row("item", line)
        parts = [_("objection to %(thing)s") % {"thing": cut(item.description) if item else "—"}]
        parts.append(
            _("waits for an answer, due %(when)s") % {"when": self.when(told["due"])}
            if told["state"] == "open"
            else _("answered, not closed by the student yet")
        )
        parts.append(_("overdue") if told["late"] else "")
        subject = " · ".join(filter(None, [_("Belongings"), self._in_room(line)]))
        return subject, parts, reverse("item", args=[told["item"]])


def cut(words: str) -> str:
    """The beginning of long words, in one line: the record has the rest."""
    line = " ".join(words.split())
    return line if len(line) <= MOST_WORDS else f"{line[:MOST_WORDS]}…"
