"""The building and who serves there."""

from rooms.models.building import Building, BuildingGroupPermission, BuildingUserPermission, InBuildingQuerySet
from rooms.models.role import RIGHTS, Posting, Role, RoleKind
from rooms.models.room import Bed, Room, RoomState, RoomUse, Zone
from rooms.models.storage import StoragePlace

__all__ = [
    "RIGHTS",
    "Bed",
    "Building",
    "BuildingGroupPermission",
    "BuildingUserPermission",
    "InBuildingQuerySet",
    "Posting",
    "Role",
    "RoleKind",
    "Room",
    "RoomState",
    "RoomUse",
    "StoragePlace",
    "Zone",
]
