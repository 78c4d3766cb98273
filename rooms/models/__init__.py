"""The building and who serves there."""

from rooms.models.area import Area, AreaKind
from rooms.models.building import Building, BuildingGroupPermission, BuildingUserPermission, InBuildingQuerySet
from rooms.models.incident import Incident, IncidentKind
from rooms.models.role import RIGHTS, Posting, Role, RoleKind
from rooms.models.room import BED_STATUS, ROOM_TRANSITIONS, Bed, Room, RoomState, RoomUse, Zone
from rooms.models.storage import StoragePlace
from rooms.models.supply import Supply, SupplyCount, SupplyKind
from rooms.models.turnover import Agent, Disinfection, RoomInspection, WasteCollection, WasteKind

__all__ = [
    "BED_STATUS",
    "RIGHTS",
    "ROOM_TRANSITIONS",
    "Agent",
    "Area",
    "AreaKind",
    "Bed",
    "Building",
    "BuildingGroupPermission",
    "BuildingUserPermission",
    "Disinfection",
    "InBuildingQuerySet",
    "Incident",
    "IncidentKind",
    "Posting",
    "Role",
    "RoleKind",
    "Room",
    "RoomInspection",
    "RoomState",
    "RoomUse",
    "StoragePlace",
    "Supply",
    "SupplyCount",
    "SupplyKind",
    "WasteCollection",
    "WasteKind",
    "Zone",
]
