"""What a roster is made of: its rules, the shifts of every day, the posts, and who may hold them."""

from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.records import Record
from core.text import NamedInTwo
from people.models import Person
from rooms.models import Area, Building, InBuildingQuerySet


class DutyRole(models.TextChoices):
    """What a post is: one of the four roles of the site, or the post of an area."""

    LEADERSHIP = "leadership", _("leadership")
    TASK_FORCE = "task-force", _("task force")
    SECTION_HEAD = "section-head", _("section head")
    MANAGER_ON_DUTY = "manager-on-duty", _("manager on duty")
    AREA = "area", _("post of an area")


FOUR_ROLES = (DutyRole.LEADERSHIP, DutyRole.TASK_FORCE, DutyRole.SECTION_HEAD, DutyRole.MANAGER_ON_DUTY)


class DutyRulesQuerySet(InBuildingQuerySet["DutyRules"]):
    """Words for lists of rules."""


class DutyRules(Record):
    """What a roster of this building keeps to. No figure has a national source: each is the site's own setting."""

    building = models.OneToOneField(Building, models.PROTECT, related_name="duty_rules", verbose_name=_("building"))
    rest_hours = models.PositiveSmallIntegerField(_("hours of rest between two duties"), default=11)
    most_hours_a_week = models.PositiveSmallIntegerField(_("hours in seven days, at most"), default=60)
    answer_minutes = models.PositiveSmallIntegerField(_("minutes in which a handover is answered"), default=30)
    source = models.CharField(_("source"), max_length=200, blank=True, default="")

    objects = DutyRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("rules of the roster")
        verbose_name_plural = _("rules of the roster")
        ordering = ("building",)
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    rest_hours__lte=24, most_hours_a_week__gte=1, most_hours_a_week__lte=168, answer_minutes__gte=1
                ),
                name="rules_of_the_roster_are_sane",
                violation_error_message=_("Rest is at most 24 hours, a week has 168, and an answer takes a minute."),
            ),
        )

    def __str__(self) -> str:
        return str(self.building)

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building

    @classmethod
    def of(cls, building: Building) -> "DutyRules":
        """The building's rules; the defaults, unsaved, where nobody has set any."""
        return cls.objects.filter(building=building).first() or cls(building=building)


class ShiftPatternQuerySet(InBuildingQuerySet["ShiftPattern"]):
    """Words for lists of patterns."""

    def in_use(self) -> Self:
        """Those that new shifts are made from, by the hour at which they begin."""
        return self.filter(retired_at__isnull=True).order_by("starts", "pk")


class ShiftPattern(NamedInTwo, Record):
    """A shift of every day, by the clock on the wall: one that ends at or before its beginning ends the next day."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="shift_patterns", verbose_name=_("building"))
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=40, blank=True, default="")
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    night = models.BooleanField(_("counts as a night"), default=False)
    retired_at = models.DateTimeField(_("no longer used since"), null=True, blank=True)

    objects = ShiftPatternQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift pattern")
        verbose_name_plural = _("shift patterns")
        ordering = ("building", "starts", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("building", "name"),
                condition=Q(retired_at__isnull=True),
                name="shift_pattern_name_stands_once",
                violation_error_message=_("This building already has a shift with this name."),
            ),
        )

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building

    def moments(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When the shift of this day begins and ends, in UTC: over a clock change it is an hour shorter or longer."""
        last = day if self.ends > self.starts else day + timedelta(days=1)
        starts, ends = datetime.combine(day, self.starts, zone), datetime.combine(last, self.ends, zone)
        # Python subtracts two times of one zone by the clock on the wall, not by what lies between them.
        return starts.astimezone(UTC), ends.astimezone(UTC)


class PostQuerySet(InBuildingQuerySet["Post"]):
    """Words for lists of posts."""

    def in_use(self) -> Self:
        """Those that are to be held now, the four roles first."""
        return self.filter(retired_at__isnull=True).order_by("position", "pk")


class Post(NamedInTwo, Record):
    """A post that somebody holds at every hour, or in every shift of the day: a role of the site or an area's post."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="posts", verbose_name=_("building"))
    role = models.CharField(_("duty role"), max_length=20, choices=DutyRole)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("area"))
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True, default="")
    by_night = models.BooleanField(_("held by night too"), default=True)
    leads = models.BooleanField(_("leads the shift and hands it over"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    retired_at = models.DateTimeField(_("no longer used since"), null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ("building", "position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("building", "name"),
                condition=Q(retired_at__isnull=True),
                name="post_name_stands_once",
                violation_error_message=_("This building already has a post with this name."),
            ),
            models.UniqueConstraint(
                fields=("building",),
                condition=Q(leads=True, retired_at__isnull=True),
                name="one_post_leads_the_shift",
                violation_error_message=_("Another post leads the shift already."),
            ),
            models.CheckConstraint(
                condition=Q(role="area", area__isnull=False) | (~Q(role="area") & Q(area__isnull=True)),
                name="post_of_an_area_names_it",
                violation_error_message=_("Only the post of an area has an area, and it needs one."),
            ),
            models.CheckConstraint(
                condition=Q(role="area") | Q(by_night=True),
                name="four_roles_are_held_by_night",
                violation_error_message=_("The four roles are held by night too."),
            ),
        )

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building

    def held_in(self, pattern: ShiftPattern) -> bool:
        """Whether somebody must hold it in shifts of this pattern."""
        return self.by_night or not pattern.night


class EligibilityQuerySet(InBuildingQuerySet["Eligibility"]):
    """Words for lists of eligibilities."""

    within = "post__building"


class Eligibility(Record):
    """A member of staff may hold a post, until it is withdrawn."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="eligibilities", verbose_name=_("post"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="eligibilities", verbose_name=_("person"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = EligibilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("who may hold a post")
        verbose_name_plural = _("who may hold a post")
        ordering = ("post", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("post", "person"),
                condition=Q(withdrawn_at__isnull=True),
                name="person_may_hold_a_post_once",
                violation_error_message=_("This person may hold this post already."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.post} · {self.person}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.post.building


class DutyFeedQuerySet(InBuildingQuerySet["DutyFeed"]):
    """Words for lists of feeds."""

    def alive(self) -> Self:
        """Those that still answer."""
        return self.filter(ended_at__isnull=True)


class DutyFeed(Record):
    """A calendar address for one person's or one area's duties; only the digest of its token is kept."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="duty_feeds", verbose_name=_("building"))
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area"))
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = DutyFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        ordering = ("building", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(person__isnull=False, area__isnull=True) | Q(person__isnull=True, area__isnull=False),
                name="feed_is_a_persons_or_an_areas",
            ),
        )

    def __str__(self) -> str:
        return str(self.person or self.area)

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building
