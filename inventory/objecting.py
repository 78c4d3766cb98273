"""Objecting: a student says what is not right with a thing on their list."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.records import require
from inventory.models import Item, Manifest, Objection, Student


def object_to(item: Item, *, student: Student, text: str, client_id: UUID) -> Objection:
    """Open the student's objection to an item of their newest manifest."""
    manifest = Manifest.of(student)
    require(manifest, "item-not-listed", _("This is not on your list yet. Look again once its box is sealed."))
    assert manifest is not None  # noqa: S101 - required above
    return Objection.open(item, manifest=manifest, text=text, client_id=client_id)
