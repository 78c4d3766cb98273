"""Belongings in custody, from consent to confirmation."""

from inventory.models.box import Box, BoxState, Category, ConditionCode, Handling, Item, Ownership, Seal
from inventory.models.consent import ALLOWS, Channel, Consent, ConsentState, Override, OverrideReach
from inventory.models.custody import CustodyEvent, CustodyKind, CustodyNote
from inventory.models.link import StudentLink
from inventory.models.manifest import Confirmation, Manifest, Objection, ObjectionEntry, ObjectionState
from inventory.models.packing import NoteAnswer, PairSession, RoomPacking
from inventory.models.photo import Photo, PhotoKind, Viewpoint
from inventory.models.student import Student

__all__ = [
    "ALLOWS",
    "Box",
    "BoxState",
    "Category",
    "Channel",
    "ConditionCode",
    "Confirmation",
    "Consent",
    "ConsentState",
    "CustodyEvent",
    "CustodyKind",
    "CustodyNote",
    "Handling",
    "Item",
    "Manifest",
    "NoteAnswer",
    "Objection",
    "ObjectionEntry",
    "ObjectionState",
    "Override",
    "OverrideReach",
    "Ownership",
    "PairSession",
    "Photo",
    "PhotoKind",
    "RoomPacking",
    "Seal",
    "Student",
    "StudentLink",
    "Viewpoint",
]
