"""Who is in charge: shifts, the duties that people hold in them, and how a duty comes to somebody else."""

from datetime import datetime
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.frozen import Rule, never_overlap
from core.records import Fact, Record
from observation.models.roster import Post, ShiftPattern
from people.models import Person, User
from rooms.models import Building, InBuildingQuerySet


class ShiftQuerySet(InBuildingQuerySet["Shift"]):
    """Words for lists of shifts."""

    def at(self, moment: datetime) -> Self:
        """The shift of the roster that `moment` lies in, whoever really leads then."""
        return self.filter(starts_at__lte=moment, ends_at__gt=moment)

    def under_way(self) -> Self:
        """The one that has begun and is not handed over."""
        return self.filter(began_at__isnull=False, over_at__isnull=True)


class Shift(Record):
    """One shift of one day. It begins when its lead takes it over and is over when the next lead has."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="shifts", verbose_name=_("building"))
    pattern = models.ForeignKey(ShiftPattern, models.PROTECT, related_name="shifts", verbose_name=_("shift pattern"))
    day = models.DateField(_("day"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    began_at = models.DateTimeField(_("taken over at"), null=True, blank=True)
    over_at = models.DateTimeField(_("handed over at"), null=True, blank=True)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ("building", "starts_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("building", "pattern", "day"),
                name="shift_stands_once_a_day",
                violation_error_message=_("This shift of this day is in the roster already."),
            ),
            models.UniqueConstraint(
                fields=("building",),
                condition=Q(began_at__isnull=False, over_at__isnull=True),
                name="one_shift_is_under_way",
                violation_error_message=_("Another shift is under way. It is handed over first."),
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(over_at__isnull=True) | Q(began_at__isnull=False), name="only_what_began_is_handed_over"
            ),
        )

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.pattern}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building


never_overlap(
    Rule(
        name="shifts_of_a_building_never_overlap",
        table="observation_shift",
        of="building_id",
        start="starts_at",
        end="ends_at",
        message=_("Another shift of the roster lies in these hours."),
    )
)


class DutyQuerySet(InBuildingQuerySet["Duty"]):
    """Words for lists of duties."""

    within = "shift__building"

    def at(self, moment: datetime) -> Self:
        """The duties that are held, or stand vacant, at `moment`."""
        return self.filter(starts_at__lte=moment, ends_at__gt=moment)

    def held(self) -> Self:
        """Those that somebody holds."""
        return self.filter(person__isnull=False)


class Duty(Record):
    """Somebody holds a post from a moment until another; without a person the post stands vacant then.

    It follows the shift's hours until somebody takes over or stays on: the row says who held the post, when.
    """

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="duties", verbose_name=_("shift"))
    post = models.ForeignKey(Post, models.PROTECT, related_name="duties", verbose_name=_("post"))
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="duties", verbose_name=_("person")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        ordering = ("starts_at", "post", "pk")
        indexes = (models.Index(fields=("post", "starts_at"), name="duties_by_post"),)
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_ends_after_it_begins"),
        )

    def __str__(self) -> str:
        return f"{self.shift} · {self.post} · {self.person or '—'}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.shift.building

    @property
    def hours(self) -> Decimal:
        """How long it takes, by the sun: a night of a clock change counts what it really lasts."""
        return Decimal(int((self.ends_at - self.starts_at).total_seconds())) / 3600


never_overlap(
    Rule(
        name="post_is_held_by_one_person",
        table="observation_duty",
        of="post_id",
        start="starts_at",
        end="ends_at",
        message=_("Somebody else is down for this post in these hours."),
    )
)
never_overlap(
    Rule(
        name="duties_of_a_person_never_overlap",
        table="observation_duty",
        of="person_id",
        start="starts_at",
        end="ends_at",
        message=_("This person has another duty in these hours."),
    )
)


class DutyChangeKind(models.TextChoices):
    """How a duty came to somebody else than the roster said."""

    EDITED = "edited", _("changed by hand")
    SWAPPED = "swapped", _("swapped")
    TAKEN_OVER = "taken-over", _("taken over")
    ABSENT = "absent", _("absent")
    STAYED_ON = "stayed-on", _("stayed on")


class DutyChangeQuerySet(InBuildingQuerySet["DutyChange"]):
    """Words for lists of changes."""

    within = "shift__building"


class DutyChange(Fact):
    """The roster was changed after it was drawn: which post, from when, from whom to whom, by whom and why."""

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="changes", verbose_name=_("shift"))
    post = models.ForeignKey(Post, models.PROTECT, related_name="changes", verbose_name=_("post"))
    kind = models.CharField(_("kind"), max_length=20, choices=DutyChangeKind)
    applies_from = models.DateTimeField(_("applies from"))
    before = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("held by")
    )
    after = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("now held by")
    )
    why = models.CharField(_("why"), max_length=200, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"))

    objects = DutyChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of the roster")
        verbose_name_plural = _("changes of the roster")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.shift} · {self.post} · {self.get_kind_display()}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.shift.building


class SwapState(models.TextChoices):
    """How a swap stands."""

    ASKED = "asked", _("asked")
    AGREED = "agreed", _("agreed, waits for approval")
    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


SWAP_TRANSITIONS: dict[str, dict[str, str]] = {
    "agree": {SwapState.ASKED: SwapState.AGREED},
    "approve": {SwapState.AGREED: SwapState.APPROVED},
    "decline": {SwapState.ASKED: SwapState.DECLINED, SwapState.AGREED: SwapState.DECLINED},
    "withdraw": {SwapState.ASKED: SwapState.WITHDRAWN, SwapState.AGREED: SwapState.WITHDRAWN},
}


class SwapQuerySet(InBuildingQuerySet["Swap"]):
    """Words for lists of swaps."""

    def open(self) -> Self:
        """Those that wait for somebody."""
        return self.filter(state__in=[SwapState.ASKED, SwapState.AGREED])


class Swap(Record):
    """Two people exchange two duties: one asks, the other agrees, a third approves."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="swaps", verbose_name=_("building"))
    client_id = models.UUIDField(unique=True, editable=False)
    gives = models.ForeignKey(Duty, models.PROTECT, related_name="given", verbose_name=_("gives"))
    takes = models.ForeignKey(Duty, models.PROTECT, related_name="taken", verbose_name=_("takes"))
    # Whom it was asked of and by: the duties change hands later.
    asker = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("asked of"))
    why = models.CharField(_("why"), max_length=200, blank=True, default="")
    state = models.CharField(_("state"), max_length=20, choices=SwapState, default=SwapState.ASKED)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)

    objects = SwapQuerySet.as_manager()

    class Meta:
        verbose_name = _("swap")
        verbose_name_plural = _("swaps")
        ordering = ("building", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=SwapState.values), name="swap_state_is_known"),
            models.CheckConstraint(
                condition=~Q(asker=F("asked")),
                name="swap_is_between_two_people",
                violation_error_message=_("A swap is between two people."),
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="approved_swap_says_by_whom",
            ),
        )

    def __str__(self) -> str:
        return f"{self.asker} ⇄ {self.asked}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building


class AbsenceQuerySet(InBuildingQuerySet["Absence"]):
    """Words for lists of absences."""

    def touching(self, start: datetime, end: datetime) -> Self:
        """Those that share a moment with the time from `start` to `end`."""
        return self.filter(starts_at__lt=end, ends_at__gt=start, ended_at__isnull=True)


class Absence(Record):
    """A member of staff cannot serve from a moment until another; a substitute may take their duties."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="absences", verbose_name=_("building"))
    client_id = models.UUIDField(unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="absences", verbose_name=_("person"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    why = models.CharField(_("why"), max_length=200, blank=True, default="")
    substitute = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("substitute")
    )
    ended_at = models.DateTimeField(_("called off at"), null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ("building", "-starts_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="absence_ends_after_it_begins",
                violation_error_message=_("An absence ends after it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(substitute=F("person")),
                name="substitute_is_somebody_else",
                violation_error_message=_("The substitute is somebody else than the absent person."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} · {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building
