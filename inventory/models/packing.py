"""Packing a room: two people, the roster's notes answered for, walk-in views, boxes, walk-out views."""

from datetime import datetime, timedelta
from secrets import randbelow
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access import may
from core.records import Fact, Record, require
from inventory.models.student import Student
from people.models import User
from rooms.models import Building, InBuildingQuerySet, Room

PAIR_TRIES = 5  # wrong codes or passwords, after which a session takes no witness any more
PACKER_TRIES = 30  # the same over all sessions that one packer began within the hour


class PairSessionQuerySet(InBuildingQuerySet["PairSession"]):
    """Words for lists of pair sessions."""

    def alive(self) -> Self:
        """Not ended, and with an act within the last minutes."""
        newest = timezone.now() - timedelta(minutes=settings.PAIR_SESSION_MINUTES)
        return self.filter(ended_at__isnull=True, last_act_at__gte=newest)


class PairSession(Record):
    """Two different people working together, each by own log-in; quiet minutes end it (PAIR_SESSION_MINUTES)."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="pair_sessions", verbose_name=_("building"))
    packer = models.ForeignKey(User, models.PROTECT, related_name="packing_sessions", verbose_name=_("packer"))
    witness = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="witness_sessions", verbose_name=_("witness")
    )
    join_code = models.CharField(_("code to join"), max_length=6)
    failures = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    last_act_at = models.DateTimeField(_("last act at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = PairSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair session")
        verbose_name_plural = _("pair sessions")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(witness=F("packer")),
                name="witness_is_not_the_packer",
                violation_error_message=_("The witness must be someone other than the packer."),
            ),
            models.UniqueConstraint(
                fields=("packer",), condition=Q(ended_at__isnull=True), name="packer_has_one_open_session"
            ),
        )

    def __str__(self) -> str:
        return f"{self.packer} + {self.witness or '…'}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building

    @classmethod
    def of(cls, packer: User, building: Building) -> "PairSession | None":
        """The packer's living session in this building, joined or not."""
        return cls.objects.alive().filter(packer=packer, building=building).select_related("packer", "witness").first()

    @classmethod
    def start(cls, building: Building, *, by: User) -> Self:
        """Begin a session and show its code to the witness; ends the packer's earlier one."""
        with transaction.atomic():
            # One person's two taps come one after the other.
            User.objects.select_for_update(no_key=True).get(pk=by.pk)
            lately = cls.objects.filter(packer=by, entered_at__gte=timezone.now() - timedelta(hours=1))
            require(
                (lately.aggregate(tries=models.Sum("failures"))["tries"] or 0) < PACKER_TRIES,
                "pair-tries-used-up",
                _("Too many wrong codes or passwords were tried with your sessions. Start again in an hour."),
            )
            for old in cls.objects.filter(packer=by, ended_at__isnull=True).locked():
                old.end(by=by)
            in_use = set(cls.objects.alive().values_list("join_code", flat=True))
            return cls.enter(
                by=by,
                building=building,
                packer=by,
                join_code=next(code for code in iter(_six_digits, "") if code not in in_use),
                last_act_at=timezone.now(),
            )

    def join(self, *, by: User) -> None:
        """Stand witness in this session, by own log-in."""
        with self.change(by=by):
            require(self.is_alive, "pair-session-ended", _("This pair session has ended. Start a new one."))
            require(
                by.pk != self.packer_id,
                "witness-is-packer",
                _("The witness must be someone other than the packer."),
            )
            require(
                may(by, "rooms.witness_packing", self.building),
                "witness-without-right",
                _("%(name)s may not witness packing in this building. Ask the manager for the role.")
                % {"name": by.shown_name},
            )
            require(
                self.witness_id in {None, by.pk},
                "pair-session-full",
                _("Someone else is already the witness of this session."),
            )
            self.witness, self.last_act_at = by, timezone.now()

    def count_try(self, *, by: User) -> None:
        """Count a try before it is looked at, so that tries sent at the same time are all counted."""
        with self.change(by=by):
            require(
                self.failures < PAIR_TRIES,
                "pair-tries-used-up",
                _("Too many wrong tries. Start a new pair session."),
            )
            self.failures += 1

    def forgive_try(self, *, by: User) -> None:
        """The try counted before was a right one."""
        with self.change(by=by):
            self.failures -= 1

    def touch(self) -> None:
        """Note an act of the pair; raises Refused when the session is over or has no witness."""
        with self.change(by=self.packer):
            require(
                self.is_alive and self.witness_id is not None,
                "no-witness",
                _("Two people stand behind this step. Ask your witness to join first."),
            )
            self.last_act_at = timezone.now()

    def end(self, *, by: User) -> None:
        """End the session now."""
        with self.change(by=by):
            if self.ended_at is None:
                self.ended_at = timezone.now()

    @property
    def ends_at(self) -> datetime:
        """When the session ends by itself, unless an act comes before."""
        return self.last_act_at + timedelta(minutes=settings.PAIR_SESSION_MINUTES)

    @property
    def minutes_left(self) -> int:
        """Whole minutes until then, the one that has begun included."""
        return max(0, -int((timezone.now() - self.ends_at) // timedelta(minutes=1)))

    @property
    def is_alive(self) -> bool:
        """Whether the session may still carry an act."""
        return self.ended_at is None and timezone.now() <= self.ends_at

    @property
    def takes_witness(self) -> bool:
        """Whether a witness may still be tried for."""
        return self.is_alive and self.witness_id is None and self.failures < PAIR_TRIES


def _six_digits() -> str:
    return f"{randbelow(1_000_000):06d}"


class RoomPackingQuerySet(InBuildingQuerySet["RoomPacking"]):
    """Words for lists of room packings."""

    within = "room__building"


class RoomPacking(Record):
    """The packing of one room, from the door's opening to the walk-out views."""

    room = models.OneToOneField(Room, models.PROTECT, related_name="packing", verbose_name=_("room"))
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("opened by"))
    witness = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("witness"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    closing_witness = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closing witness")
    )

    objects = RoomPackingQuerySet.as_manager()

    class Meta:
        verbose_name = _("room packing")
        verbose_name_plural = _("room packings")
        ordering = ("room",)
        constraints = (
            models.CheckConstraint(condition=~Q(witness=F("opened_by")), name="room_is_opened_by_two_people"),
            models.CheckConstraint(condition=~Q(closing_witness=F("closed_by")), name="room_is_closed_by_two_people"),
        )

    def __str__(self) -> str:
        return str(self.room)

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.room.building


class NoteAnswer(Fact):
    """What the pair did about one student's note in the roster (insulin in the fridge, cash, a plant)."""

    packing = models.ForeignKey(RoomPacking, models.PROTECT, related_name="answers", verbose_name=_("room packing"))
    student = models.ForeignKey(Student, models.PROTECT, related_name="note_answers", verbose_name=_("student"))
    note = models.TextField(_("note"), max_length=2000)
    answer = models.TextField(_("answer"), max_length=2000)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("answer to a note")
        verbose_name_plural = _("answers to notes")
        ordering = ("packing", "pk")
        constraints = (
            models.UniqueConstraint(fields=("packing", "student"), name="note_is_answered_once"),
            models.CheckConstraint(condition=~Q(answer=""), name="note_answer_is_not_empty"),
        )

    def __str__(self) -> str:
        return self.answer
