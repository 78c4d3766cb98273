"""The building: the one object on which rights are granted."""

from typing import Any, Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.access import GroupObjectPermissionBase, UserObjectPermissionBase, visible_scopes
from core.records import Record, RecordQuerySet

M = TypeVar("M", bound=models.Model)


class BuildingQuerySet(RecordQuerySet["Building"]):
    """Words for lists of buildings."""

    def visible_to(self, user: Any) -> Self:
        """The buildings of this user's groups."""
        return self.filter(pk__in=visible_scopes(user, Building, "rooms.view_building"))


class Building(Record):
    """A building ordered to become an observation site."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True, default="")
    address = models.CharField(_("address"), max_length=200, blank=True, default="")
    phone = models.CharField(_("whom to call"), max_length=120, blank=True, default="")
    time_zone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai")
    order_issuer = models.CharField(_("ordered by"), max_length=200, blank=True, default="")
    order_date = models.DateField(_("date of the order"), null=True, blank=True)

    objects = BuildingQuerySet.as_manager()

    class Meta:
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        ordering = ("name",)
        permissions = (
            ("import_workbook", _("Import workbooks")),
            ("edit_people", _("Edit persons and their contact points")),
            ("view_contacts", _("See contact points and passports")),
            ("record_consent", _("Record consent spoken with staff")),
            ("sign_override", _("Sign overrides")),
            ("issue_link", _("Issue students' links and letters")),
            ("pack_room", _("Pack, seal, load and store")),
            ("witness_packing", _("Witness packing")),
            ("answer_objection", _("Answer objections")),
            ("print_papers", _("Print labels, lists and plans")),
            ("export_lists", _("Export lists")),
            ("view_history", _("See who did what when")),
            ("grant_roles", _("Grant and withdraw roles")),
            ("view_occupants", _("See occupants and their health")),
            ("admit_occupant", _("Admit, move and transfer occupants")),
            ("release_occupant", _("Release occupants and change the end of their stay")),
            ("check_health", _("Measure temperatures on rounds")),
            ("answer_alert", _("Take and close alerts")),
            ("answer_request", _("Look after requests, incidents and care notes")),
            ("disinfect_room", _("Disinfect rooms and log waste")),
            ("inspect_room", _("Inspect disinfected rooms")),
            ("call_roll", _("Call the roll")),
            ("set_protocol", _("Set the observation protocol")),
            ("keep_roster", _("Draw and change the duty roster, approve swaps")),
            ("swap_duty", _("Ask for swaps, agree to them, take over")),
            ("lead_shift", _("Write, sign and take over handovers")),
            ("write_log", _("Write the shift log and the visitor log")),
            ("count_supplies", _("Count supplies, equipment and keys")),
            ("edit_clauses", _("Edit the clauses of plans")),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> "Building":
        """Rights are granted on the building itself."""
        return self


class BuildingGroupPermission(GroupObjectPermissionBase):
    """A group's right on one building."""

    content_object = models.ForeignKey(Building, models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        pass


class BuildingUserPermission(UserObjectPermissionBase):
    """Guardian's other half; the house grants to groups only."""

    content_object = models.ForeignKey(Building, models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        pass


class InBuildingQuerySet(RecordQuerySet[M]):
    """Rows that stand in a building, `within` being the path to it, `seen_with` the right to see them."""

    within = "building"
    seen_with = "rooms.view_building"

    def visible_to(self, user: Any) -> Self:
        """The rows of the buildings on which this user may see such rows."""
        buildings = visible_scopes(user, Building, self.seen_with)
        return self.filter(**{f"{self.within}__in": buildings})

    def with_scope(self) -> Self:
        """Each row with its building, in the same query."""
        return self.select_related(self.within)

    def in_building(self, building: Building) -> Self:
        """The rows of one building."""
        return self.filter(**{self.within: building})
