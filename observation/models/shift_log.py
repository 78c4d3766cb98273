"""The shift log: quick notes about a person, a room or an area, as they happen."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.records import Fact
from observation.models.duty import Shift
from observation.models.occupant import Occupant
from people.models import User
from rooms.models import Area, Building, InBuildingQuerySet, Room


class LogEntryQuerySet(InBuildingQuerySet["LogEntry"]):
    """Words for lists of notes."""

    seen_with = "rooms.view_occupants"


class LogEntry(Fact):
    """One note of the log: what, where or about whom, when, by whom. A wrong one is answered by a new one."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="log", verbose_name=_("building"))
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="log", verbose_name=_("shift"))
    words = models.TextField(_("note"))
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("room"))
    occupant = models.ForeignKey(
        Occupant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("occupant")
    )
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area"))
    attention = models.BooleanField(_("the next shift must know"), default=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = LogEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("note of the log")
        verbose_name_plural = _("notes of the log")
        ordering = ("building", "-at", "-pk")
        indexes = (models.Index(fields=("building", "at"), name="log_by_time"),)

    def __str__(self) -> str:
        return self.words[:60]

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building


class LogPhotoQuerySet(InBuildingQuerySet["LogPhoto"]):
    """Words for lists of photos."""

    within = "entry__building"
    seen_with = "rooms.view_occupants"


class LogPhoto(Fact):
    """A photo of a note. Files stand under MEDIA_ROOT with generated names, as all photos do."""

    entry = models.ForeignKey(LogEntry, models.PROTECT, related_name="photos", verbose_name=_("note of the log"))
    original = models.CharField(max_length=200, editable=False)
    large = models.CharField(max_length=200, editable=False)
    small = models.CharField(max_length=200, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    size = models.PositiveIntegerField(_("bytes"))
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))

    objects = LogPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo of a note")
        verbose_name_plural = _("photos of notes")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.entry} {self.pk}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.entry.building
