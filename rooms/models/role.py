"""Who serves at a building: postings say as what, roles say with which rights."""

from django.contrib.auth.models import Group
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from core.access import allow, withdraw
from core.records import Record, require
from people.models import Person, User
from rooms.models.building import Building, InBuildingQuerySet


class RoleKind(models.TextChoices):
    """A role: one group per role and building."""

    MANAGER = "manager", _("manager")
    MOVER = "mover", _("mover")
    WITNESS = "witness", _("witness")
    SITE_LEAD = "site-lead", _("site lead")
    AUDITOR = "auditor", _("auditor")
    READER = "reader", _("reader")
    NURSE = "nurse", _("nurse")
    DUTY_OFFICER = "duty-officer", _("duty officer")


# Minimum necessary: who does not need contact points or passports does not see them.
RIGHTS: dict[str, tuple[str, ...]] = {
    RoleKind.MANAGER: (
        "view_building",
        "change_building",
        "import_workbook",
        "edit_people",
        "view_contacts",
        "record_consent",
        "sign_override",
        "issue_link",
        "answer_objection",
        "print_papers",
        "export_lists",
        "view_history",
        "grant_roles",
        "view_occupants",
        "admit_occupant",
        "answer_request",
        "call_roll",
        "set_protocol",
        "keep_roster",
        "swap_duty",
        "write_log",
        "count_supplies",
        "edit_clauses",
    ),
    RoleKind.MOVER: ("view_building", "pack_room", "witness_packing", "print_papers"),
    RoleKind.WITNESS: ("view_building", "witness_packing", "record_consent", "answer_objection"),
    RoleKind.SITE_LEAD: (
        "view_building",
        "view_contacts",
        "sign_override",
        "answer_objection",
        "print_papers",
        "export_lists",
        "view_history",
        "view_occupants",
        "admit_occupant",
        "release_occupant",
        "answer_alert",
        "answer_request",
        "inspect_room",
        "call_roll",
        "set_protocol",
        "keep_roster",
        "swap_duty",
        "lead_shift",
        "write_log",
        "count_supplies",
        "edit_clauses",
    ),
    RoleKind.AUDITOR: ("view_building", "view_contacts", "export_lists", "view_history", "view_occupants"),
    RoleKind.READER: ("view_building",),
    RoleKind.NURSE: (
        "view_building",
        "view_occupants",
        "check_health",
        "answer_alert",
        "answer_request",
        "disinfect_room",
        "inspect_room",
        "call_roll",
        "print_papers",
        "swap_duty",
        "write_log",
        "count_supplies",
    ),
    RoleKind.DUTY_OFFICER: (
        "view_building",
        "view_contacts",
        "view_occupants",
        "admit_occupant",
        "release_occupant",
        "answer_alert",
        "answer_request",
        "disinfect_room",
        "inspect_room",
        "call_roll",
        "print_papers",
        "view_history",
        "swap_duty",
        "lead_shift",
        "write_log",
        "count_supplies",
    ),
}


class RoleQuerySet(InBuildingQuerySet["Role"]):
    """Words for lists of roles."""


class Role(Record):
    """A role at one building: a group of users that holds the role's rights there."""

    building = models.ForeignKey(Building, models.CASCADE, related_name="roles", verbose_name=_("building"))
    kind = models.CharField(_("role"), max_length=20, choices=RoleKind)
    group = models.OneToOneField(Group, models.PROTECT, related_name="role", verbose_name=_("group"))

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ("building", "pk")
        constraints = (models.UniqueConstraint(fields=("building", "kind"), name="role_stands_once_per_building"),)

    def __str__(self) -> str:
        return f"{self.building} · {self.get_kind_display()}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building

    @classmethod
    def of(cls, building: Building, kind: str) -> "Role":
        """The building's role of this kind, made with its group and rights when it is not there yet."""
        with transaction.atomic():
            found = cls.objects.filter(building=building, kind=kind).first()
            if found is None:
                group = Group.objects.create(name=f"building {building.pk} · {kind}")
                found = cls.enter(by=None, building=building, kind=kind, group=group)
                found.open()
        return found

    def open(self) -> None:
        """Grant the role's rights on its building to its group."""
        for right in RIGHTS[self.kind]:
            allow(self.group, f"rooms.{right}", self.building)

    def close(self) -> None:
        """Withdraw every right of the role on its building."""
        for right in RIGHTS[self.kind]:
            withdraw(self.group, f"rooms.{right}", self.building)

    def admit(self, user: User) -> None:
        """Let the user act in this role."""
        user.groups.add(self.group)

    def dismiss(self, user: User) -> None:
        """The user no longer acts in this role; a building keeps one manager who can log in."""
        with transaction.atomic():
            self.hold()
            others = self.group.user_set.filter(is_active=True).exclude(pk=user.pk)
            require(
                self.kind != RoleKind.MANAGER or others.exists(),
                "last-manager",
                _("A building keeps at least one manager. Name another one first."),
            )
            user.groups.remove(self.group)


class PostingQuerySet(InBuildingQuerySet["Posting"]):
    """Words for lists of postings."""


class Posting(Record):
    """A member of staff at a building: department, what they serve as, and from when until when."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="postings", verbose_name=_("building"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="postings", verbose_name=_("person"))
    department = models.CharField(_("department"), max_length=120, blank=True, default="")
    serves_as = models.CharField(_("role"), max_length=80, blank=True, default="")
    may_also = models.CharField(_("may also act as"), max_length=80, blank=True, default="")
    available_from = models.DateTimeField(_("available from"), null=True, blank=True)
    available_until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ("building", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("building", "person"),
                name="person_has_one_posting_per_building",
                violation_error_message=_("This person is already posted at this building."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} · {self.serves_as}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building
