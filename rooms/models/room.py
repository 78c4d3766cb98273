"""Rooms and beds."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Code
from core.records import Record, require
from people.models import User
from rooms.models.building import Building, InBuildingQuerySet


class Zone(models.TextChoices):
    """The three zones."""

    CLEAN = "clean", _("clean zone")
    BUFFER = "buffer", _("buffer zone")
    CONTAMINATED = "contaminated", _("contaminated zone")


class RoomUse(models.TextChoices):
    """What a room is for."""

    BEDROOM = "bedroom", _("bedroom")
    GATEHOUSE = "gatehouse", _("gatehouse")
    DUTY_OFFICE = "duty-office", _("duty office")
    MEETING_ROOM = "meeting-room", _("meeting room")
    SUPPLIES_STORE = "supplies-store", _("supplies store")
    DONNING_ROOM = "donning-room", _("donning room")
    DOFFING_ROOM = "doffing-room", _("doffing room")
    NURSE_STATION = "nurse-station", _("nurse station")
    WASTE_HOLDING = "waste-holding", _("waste holding")
    INTAKE = "intake", _("intake")
    MEAL_ROOM = "meal-room", _("meal room")
    OTHER = "other", _("other")


class RoomState(models.TextChoices):
    """A room's life: the move empties it, disinfection and a second person's inspection make it ready, people come."""

    LIVED_IN = "lived-in", _("lived in")
    SURVEYED = "surveyed", _("surveyed")
    PACKED = "packed", _("packed")
    CLEARED = "cleared", _("cleared")
    DISINFECTED = "disinfected", _("disinfected")
    READY = "ready", _("ready")
    OCCUPIED = "occupied", _("occupied")
    TO_DISINFECT = "to-disinfect", _("awaiting terminal disinfection")


ROOM_TRANSITIONS: dict[str, dict[str, str]] = {
    "survey": {RoomState.LIVED_IN: RoomState.SURVEYED},
    "pack": {RoomState.SURVEYED: RoomState.PACKED},
    "clear": {RoomState.PACKED: RoomState.CLEARED},
    "take_over": {RoomState.LIVED_IN: RoomState.CLEARED},
    "disinfect": {RoomState.CLEARED: RoomState.DISINFECTED, RoomState.TO_DISINFECT: RoomState.DISINFECTED},
    "reject": {RoomState.DISINFECTED: RoomState.TO_DISINFECT},
    "accept": {RoomState.DISINFECTED: RoomState.READY},
    "occupy": {RoomState.READY: RoomState.OCCUPIED, RoomState.OCCUPIED: RoomState.OCCUPIED},
    "vacate": {RoomState.OCCUPIED: RoomState.TO_DISINFECT},
}
# HL7 table 0116, bed status, as hospitals' boards write it: C closed, H housekeeping, K contaminated, O occupied,
# U unoccupied. I, isolated, is said of an occupied room with an open alert, which this app does not know of.
BED_STATUS: dict[str, str] = {
    RoomState.LIVED_IN: "C",
    RoomState.SURVEYED: "C",
    RoomState.PACKED: "C",
    RoomState.CLEARED: "C",
    RoomState.DISINFECTED: "H",
    RoomState.READY: "U",
    RoomState.OCCUPIED: "O",
    RoomState.TO_DISINFECT: "K",
}


class RoomQuerySet(InBuildingQuerySet["Room"]):
    """Words for lists of rooms."""

    def bedrooms(self) -> "RoomQuerySet":
        """Rooms with beds."""
        return self.filter(use=RoomUse.BEDROOM)


class Room(Record):
    """A room of the building with its place on the floor plan (metres from the floor's upper left corner)."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="rooms", verbose_name=_("building"))
    number = models.CharField(_("room"), max_length=20)
    floor = models.SmallIntegerField(_("floor"))
    use = models.CharField(_("use"), max_length=20, choices=RoomUse)
    area = models.DecimalField(_("area, m²"), max_digits=6, decimal_places=1, null=True, blank=True)
    own_bathroom = models.BooleanField(_("own bathroom"), default=False)
    zone = models.CharField(_("zone"), max_length=20, choices=Zone, blank=True, default="")
    plan_x = models.DecimalField(_("plan x, m"), max_digits=6, decimal_places=1, default=0)
    plan_y = models.DecimalField(_("plan y, m"), max_digits=6, decimal_places=1, default=0)
    plan_width = models.DecimalField(_("width, m"), max_digits=6, decimal_places=1, default=4)
    plan_depth = models.DecimalField(_("depth, m"), max_digits=6, decimal_places=1, default=5)
    state = models.CharField(_("state"), max_length=20, choices=RoomState, default=RoomState.LIVED_IN)
    code = models.OneToOneField(Code, models.PROTECT, related_name="room", verbose_name=_("code"))

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ("building", "floor", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("building", "number"),
                name="room_number_stands_once",
                violation_error_message=_("This building already has a room with this number."),
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=RoomState.values),
                name="room_state_is_known",
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building

    def survey(self, *, by: User) -> None:
        """The walk-in views are complete."""
        self._step("survey", by=by)

    def pack(self, *, by: User) -> None:
        """All that leaves is in sealed boxes and the walk-out views are complete."""
        self._step("pack", by=by)

    def clear(self, *, by: User) -> None:
        """No box stands in the room any more."""
        self._step("clear", by=by)

    def take_over(self, *, by: User) -> None:
        """Nobody lived here, so nothing has to be packed."""
        self._step("take_over", by=by)

    def disinfect(self, *, by: User) -> None:
        """Terminal disinfection is done; a second person has yet to look."""
        self._step("disinfect", by=by)

    def reject(self, *, by: User) -> None:
        """The inspection found fault: disinfect again."""
        self._step("reject", by=by)

    def accept(self, *, by: User) -> None:
        """The inspection found the room ready for the next occupant."""
        self._step("accept", by=by)

    def occupy(self, *, by: User) -> None:
        """Someone moves in."""
        self._step("occupy", by=by)

    def vacate(self, *, by: User) -> None:
        """The last occupant has left: the room awaits terminal disinfection."""
        self._step("vacate", by=by)

    def _step(self, verb: str, *, by: User) -> None:
        with self.change(by=by):
            target = ROOM_TRANSITIONS[verb].get(self.state)
            require(
                target is not None,
                "room-not-there-yet",
                _("Room %(room)s is %(state)s; this step does not follow from there.")
                % {"room": self.number, "state": self.get_state_display()},
            )
            self.state = str(target)


class BedQuerySet(InBuildingQuerySet["Bed"]):
    """Words for lists of beds."""

    within = "room__building"


class Bed(Record):
    """A bed in a room."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="beds", verbose_name=_("room"))
    number = models.PositiveSmallIntegerField(_("bed"))

    objects = BedQuerySet.as_manager()

    class Meta:
        verbose_name = _("bed")
        verbose_name_plural = _("beds")
        ordering = ("room", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("room", "number"),
                name="bed_number_stands_once",
                violation_error_message=_("This room already has a bed with this number."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.room.number}-{self.number}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.room.building
