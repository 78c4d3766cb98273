"""Looking after occupants: requests, care notes, the kitchen's orders, the roll."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.records import Fact, Record, require
from observation.models.occupant import Occupant
from people.models import Person, User
from rooms.models import Building, InBuildingQuerySet, Room


class RequestKind(models.TextChoices):
    """What somebody asks for; a parcel is a delivery to be carried up."""

    MEAL = "meal", _("meal")
    PARCEL = "parcel", _("parcel or delivery")
    MEDICINE = "medicine", _("medicine")
    LINEN = "linen", _("linen or daily things")
    REPAIR = "repair", _("repair")
    TALK = "talk", _("someone to talk to")
    OTHER = "other", _("something else")


class RequestQuerySet(InBuildingQuerySet["Request"]):
    """Words for lists of requests."""

    within = "occupant__building"
    seen_with = "rooms.view_occupants"

    def open(self) -> Self:
        """Those nobody has closed, the oldest first."""
        return self.filter(closed_at__isnull=True).order_by("entered_at", "pk")


class Request(Record):
    """An occupant needs something: what, who looks after it, and what came of it."""

    occupant = models.ForeignKey(Occupant, models.PROTECT, related_name="requests", verbose_name=_("occupant"))
    client_id = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=RequestKind)
    words = models.TextField(_("what is needed"))
    self_reported = models.BooleanField(_("asked by the occupant"), default=False)
    entered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("entered by")
    )
    responsible = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    outcome = models.TextField(_("what came of it"), blank=True, default="")

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ("occupant", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | ~Q(outcome=""),
                name="closed_request_says_what_came_of_it",
                violation_error_message=_("Say what came of it."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.occupant} · {self.get_kind_display()}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.occupant.building

    def hand_to(self, *, responsible: Person | None, by: User) -> None:
        """Name who looks after it from now on."""
        with self.change(by=by):
            require(self.closed_at is None, "request-closed", _("This request is closed already."))
            self.responsible = responsible

    def close(self, *, outcome: str, by: User) -> None:
        """It is done, or will not be; `outcome` says which."""
        with self.change(by=by):
            require(self.closed_at is None, "request-closed", _("This request is closed already."))
            self.closed_at, self.outcome = timezone.now(), outcome


class CareNoteQuerySet(InBuildingQuerySet["CareNote"]):
    """Words for lists of care notes."""

    within = "occupant__building"
    seen_with = "rooms.view_occupants"


class CareNote(Record):
    """A talk with an occupant about how they are: what was said, who calls again and when, until it is closed."""

    occupant = models.ForeignKey(Occupant, models.PROTECT, related_name="care_notes", verbose_name=_("occupant"))
    client_id = models.UUIDField(unique=True, editable=False)
    words = models.TextField(_("how they are"))
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("written by"))
    responsible = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who calls again")
    )
    again_on = models.DateField(_("call again on"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    outcome = models.TextField(_("what came of it"), blank=True, default="")

    objects = CareNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("care note")
        verbose_name_plural = _("care notes")
        ordering = ("occupant", "pk")

    def __str__(self) -> str:
        return f"{self.occupant} · {self.entered_at:%Y-%m-%d}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.occupant.building

    def close(self, *, outcome: str, by: User) -> None:
        """Nobody needs to call again about this."""
        with self.change(by=by):
            require(self.closed_at is None, "note-closed", _("This note is closed already."))
            self.closed_at, self.outcome = timezone.now(), outcome


class MealTime(models.TextChoices):
    """The kitchen's meals of a day."""

    BREAKFAST = "breakfast", _("breakfast")
    LUNCH = "lunch", _("lunch")
    SUPPER = "supper", _("supper")


class MealHoursQuerySet(InBuildingQuerySet["MealHours"]):
    """Words for lists of hours."""


class MealHours(Fact):
    """When each meal is carried up, on the building's clock, from the day it is set on; past days keep theirs."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="meal_hours", verbose_name=_("building"))
    breakfast = models.TimeField(_("breakfast"))
    lunch = models.TimeField(_("lunch"))
    supper = models.TimeField(_("supper"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = MealHoursQuerySet.as_manager()

    class Meta:
        verbose_name = _("hours of the meals")
        verbose_name_plural = _("hours of the meals")
        ordering = ("building", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(breakfast__lt=F("lunch"), lunch__lt=F("supper")),
                name="meals_follow_one_another",
                violation_error_message=_("Breakfast comes before lunch, and lunch before supper."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.building} · {self.breakfast:%H:%M} {self.lunch:%H:%M} {self.supper:%H:%M}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.building


class KitchenOrderQuerySet(InBuildingQuerySet["KitchenOrder"]):
    """Words for lists of orders."""

    seen_with = "rooms.view_occupants"


class KitchenOrder(Fact):
    """What the kitchen was told for one meal: portions by diet, as counted at that moment.

    Sent again when people came or left since; the newest one counts.
    """

    building = models.ForeignKey(Building, models.PROTECT, related_name="+", verbose_name=_("building"))
    day = models.DateField(_("day"))
    meal = models.CharField(_("meal"), max_length=20, choices=MealTime)
    portions = models.JSONField(_("portions by diet"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = KitchenOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("kitchen order")
        verbose_name_plural = _("kitchen orders")
        ordering = ("building", "day", "pk")

    def __str__(self) -> str:
        return f"{self.day} · {self.get_meal_display()}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.building


class RollCallQuerySet(InBuildingQuerySet["RollCall"]):
    """Words for lists of roll calls."""

    seen_with = "rooms.view_occupants"


class RollCall(Record):
    """Everybody in the building is looked for, room by room; what differs is a discrepancy."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="roll_calls", verbose_name=_("building"))
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("started by"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    words = models.TextField(_("what was done about the discrepancies"), blank=True, default="")

    objects = RollCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("roll call")
        verbose_name_plural = _("roll calls")
        ordering = ("building", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("building",),
                condition=Q(closed_at__isnull=True),
                name="building_has_one_open_roll_call",
                violation_error_message=_("A roll call is under way already. Go on with that one."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.building} · {self.entered_at:%Y-%m-%d %H:%M}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.building


class Found(models.TextChoices):
    """What the roll call found."""

    HERE = "here", _("here")
    MISSING = "missing", _("not here")
    UNEXPECTED = "unexpected", _("somebody who is not on the list")


class RollMarkQuerySet(InBuildingQuerySet["RollMark"]):
    """Words for lists of marks."""

    within = "roll_call__building"
    seen_with = "rooms.view_occupants"


class RollMark(Fact):
    """One person was found in a room, or not; the newest mark of an occupant counts. Somebody unexpected has a note."""

    roll_call = models.ForeignKey(RollCall, models.PROTECT, related_name="marks", verbose_name=_("roll call"))
    occupant = models.ForeignKey(
        Occupant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("occupant")
    )
    room = models.ForeignKey(Room, models.PROTECT, related_name="+", verbose_name=_("room"))
    found = models.CharField(_("found"), max_length=20, choices=Found)
    words = models.CharField(_("note"), max_length=200, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = RollMarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark of a roll call")
        verbose_name_plural = _("marks of roll calls")
        ordering = ("roll_call", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(found="unexpected", occupant__isnull=True)
                | (~Q(found="unexpected") & Q(occupant__isnull=False)),
                name="mark_names_the_occupant_or_a_stranger",
            ),
        )

    def __str__(self) -> str:
        return f"{self.room} · {self.get_found_display()}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.roll_call.building
