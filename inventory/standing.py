"""How things stand: each student and room of a building, how far they are and what blocks them.

A fixed number of queries fetches the facts of a whole building; the rest is a pure computation.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from inventory.models import (
    ALLOWS,
    Box,
    BoxState,
    Confirmation,
    ConsentState,
    Manifest,
    Objection,
    ObjectionState,
    Override,
    OverrideReach,
    Photo,
    PhotoKind,
    RoomPacking,
    Student,
    Viewpoint,
)
from rooms.models import Building, Room, RoomState

# The stages of a student's belongings, in order, with the words of the board.
STAGES = {
    "consent": gettext_lazy("consent awaited"),
    "packing": gettext_lazy("to be packed"),
    "storing": gettext_lazy("to be stored"),
    "confirming": gettext_lazy("to be confirmed"),
    "done": gettext_lazy("confirmed"),
    "protected": gettext_lazy("left untouched"),
}
# The four state colours of the face.
COLOURS = {
    "consent": "waiting",
    "packing": "going",
    "storing": "going",
    "confirming": "waiting",
    "done": "done",
    "protected": "attention",
}
CONSENT_LABELS = {"none": gettext_lazy("not asked yet"), **dict(ConsentState.choices)}


@dataclass(frozen=True)
class Blocker:
    """One thing in the way: its short name for filters, and the sentence people read."""

    code: str
    text: str


@dataclass
class StudentStanding:
    """One student: consent, boxes by state, objections, and how far things are."""

    student: Student
    consent: str
    overridden: bool = False
    half_protected: bool = False
    override_waiting: bool = False
    boxes: Counter[str] = field(default_factory=Counter)
    open_objections: int = 0
    answered_objections: int = 0
    confirmed: bool = False
    room_closed: bool = False

    @property
    def consent_label(self) -> Any:
        """The consent state in words."""
        return CONSENT_LABELS[self.consent]

    @property
    def total_boxes(self) -> int:
        """All boxes of the student."""
        return sum(self.boxes.values())

    @property
    def stage(self) -> str:
        """The first stage that is not finished yet."""
        if self.half_protected:
            return "protected"
        if self.consent not in ALLOWS and not self.overridden:
            return "consent"
        if not self.room_closed or not self.total_boxes or self.boxes[BoxState.PACKING]:
            return "packing"
        if self.boxes[BoxState.STORED] < self.total_boxes:
            return "storing"
        return "done" if self.confirmed else "confirming"

    @property
    def stage_label(self) -> Any:
        """The stage in words."""
        return STAGES[self.stage]

    @property
    def colour(self) -> str:
        """The state colour of the stage."""
        return "attention" if self.open_objections or self.consent == ConsentState.REFUSED else COLOURS[self.stage]

    @property
    def blockers(self) -> list[Blocker]:
        """What is in the way of this student's belongings."""
        found = []
        if self.stage == "consent":
            found.append(Blocker("consent", str(self.consent_label)))
        if self.override_waiting:
            found.append(Blocker("override", _("override waits for the second signature")))
        if self.open_objections:
            found.append(
                Blocker(
                    "objection",
                    ngettext("%(n)d objection to answer", "%(n)d objections to answer", self.open_objections)
                    % {"n": self.open_objections},
                )
            )
        if self.answered_objections:
            found.append(
                Blocker(
                    "answer",
                    ngettext(
                        "%(n)d answer for the student to read",
                        "%(n)d answers for the student to read",
                        self.answered_objections,
                    )
                    % {"n": self.answered_objections},
                )
            )
        return found


@dataclass
class RoomStanding:
    """One room: its residents, views and boxes, and what blocks it."""

    room: Room
    residents: list[StudentStanding] = field(default_factory=list)
    packing: RoomPacking | None = None
    views_before: int = 0
    views_after: int = 0
    views_wanted: int = len(Viewpoint)
    boxes: Counter[str] = field(default_factory=Counter)

    @property
    def total_boxes(self) -> int:
        """All boxes of the room, shared ones too."""
        return sum(self.boxes.values())

    @property
    def colour(self) -> str:
        """The state colour of the room on the board and the floor plan."""
        if self.room.state == RoomState.CLEARED:
            return "done"
        if any(standing.open_objections for standing in self.residents):
            return "attention"
        if any(not self._may_enter(standing) for standing in self.residents):
            return "waiting"
        return "going" if self.packing else "waiting"

    @staticmethod
    def _may_enter(standing: StudentStanding) -> bool:
        return standing.consent in ALLOWS or standing.overridden or standing.half_protected

    @property
    def blockers(self) -> list[Blocker]:
        """What keeps this room from its next step, first things first."""
        if not self.residents:
            return []
        found = []
        for standing in self.residents:
            found += [
                Blocker(blocker.code, f"{standing.student.person.name}: {blocker.text}")
                for blocker in standing.blockers
            ]
        if self.packing and self.room.state == RoomState.LIVED_IN:
            missing = self.views_wanted - self.views_before
            found.append(
                Blocker(
                    "views",
                    ngettext("%(n)d walk-in view missing", "%(n)d walk-in views missing", missing) % {"n": missing},
                )
            )
        if self.boxes[BoxState.PACKING]:
            found.append(
                Blocker(
                    "sealing",
                    ngettext("%(n)d box not sealed", "%(n)d boxes not sealed", self.boxes[BoxState.PACKING])
                    % {"n": self.boxes[BoxState.PACKING]},
                )
            )
        if self.room.state == RoomState.SURVEYED and not self.boxes[BoxState.PACKING]:
            missing = self.views_wanted - self.views_after
            if missing:
                found.append(
                    Blocker(
                        "views",
                        ngettext("%(n)d walk-out view missing", "%(n)d walk-out views missing", missing)
                        % {"n": missing},
                    )
                )
        carried = self.boxes[BoxState.SEALED] + self.boxes[BoxState.LOADED]
        if carried:
            found.append(
                Blocker("storing", ngettext("%(n)d box not stored", "%(n)d boxes not stored", carried) % {"n": carried})
            )
        return found


@dataclass(frozen=True)
class Standing:
    """The building at this moment."""

    rooms: list[RoomStanding]
    students: list[StudentStanding]

    def students_by(self, key: str) -> Counter[str]:
        """How many students per `consent` or `stage`."""
        return Counter(getattr(standing, key) for standing in self.students)

    def rooms_by_state(self) -> Counter[str]:
        """How many lived-in rooms per state."""
        return Counter(standing.room.state for standing in self.rooms)

    def boxes(self) -> Counter[str]:
        """How many boxes per state."""
        return sum((standing.boxes for standing in self.rooms), Counter())


def standing_of(building: Building) -> Standing:
    """How every student and every bedroom of the building stands, in a fixed number of queries."""
    students = list(
        Student.objects.filter(building=building)
        .with_consent()
        .select_related("person__responsible", "bed__room")
        .order_by("bed__room__number", "bed__number", "pk")
    )
    rooms = list(Room.objects.filter(building=building, beds__isnull=False).distinct().order_by("floor", "number"))
    packings = {packing.room_id: packing for packing in RoomPacking.objects.filter(room__building=building)}
    by_student = _student_standings(building, students, packings)
    by_room = {room.pk: RoomStanding(room, packing=packings.get(room.pk)) for room in rooms}
    for room in rooms:
        by_room[room.pk].views_wanted = len(Viewpoint) - (0 if room.own_bathroom else 1)
    for standing in by_student.values():
        if standing.student.bed is not None and standing.student.bed.room_id in by_room:
            by_room[standing.student.bed.room_id].residents.append(standing)
    boxes = Box.objects.filter(room__building=building).values_list("room_id", "student_id", "state")
    for room_id, student_id, state, count in boxes.annotate(count=Count("pk")).order_by():
        if room_id in by_room:
            by_room[room_id].boxes[state] += count
        if student_id in by_student:
            by_student[student_id].boxes[state] += count
    views = Photo.objects.filter(
        room__building=building, kind__in=[PhotoKind.ROOM_BEFORE, PhotoKind.ROOM_AFTER]
    ).values_list("room_id", "kind")
    for room_id, kind, count in views.annotate(count=Count("viewpoint", distinct=True)).order_by():
        if room_id in by_room and kind == PhotoKind.ROOM_BEFORE:
            by_room[room_id].views_before = count
        elif room_id in by_room:
            by_room[room_id].views_after = count
    return Standing(rooms=list(by_room.values()), students=list(by_student.values()))


def _student_standings(
    building: Building, students: list[Student], packings: dict[int, RoomPacking]
) -> dict[int, StudentStanding]:
    standings = {student.pk: StudentStanding(student, consent=student.consent_state) for student in students}
    reaches: defaultdict[int, set[str]] = defaultdict(set)
    for override in Override.objects.filter(student__building=building):
        if override.student_id not in standings:
            continue
        if override.second_signer_id is None:
            standings[override.student_id].override_waiting = True
        else:
            reaches[override.student_id].add(override.reach)
    objections = Objection.objects.unsettled().filter(student__building=building).values_list("student_id", "state")
    for student_id, state in objections:
        if state == ObjectionState.OPEN:
            standings[student_id].open_objections += 1
        else:
            standings[student_id].answered_objections += 1
    newest = dict(
        Manifest.objects.filter(student__building=building).order_by("number").values_list("student_id", "pk")
    )
    confirmed = set(Confirmation.objects.filter(manifest_id__in=newest.values()).values_list("manifest_id", flat=True))
    for standing in standings.values():
        student = standing.student
        agreed = standing.consent in ALLOWS
        standing.overridden = OverrideReach.PACK in reaches[student.pk]
        standing.half_protected = not agreed and reaches[student.pk] == {OverrideReach.ENTER}
        standing.confirmed = newest.get(student.pk) in confirmed
        packing = packings.get(student.bed.room_id) if student.bed else None
        standing.room_closed = packing is not None and packing.closed_at is not None
    return standings
