"""The manifest of one box: what was sealed in it, under which seal, by which two, and where it has stood since."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import paper
from core.codes import scan_url
from core.qr import qr_data_uri
from core.records import require
from inventory.models import Box, BoxState, CustodyEvent, CustodyKind, Item, Photo


@dataclass(frozen=True)
class Line:
    """One thing in the box, numbered as its photos are, with how many photos show it."""

    number: int
    item: Item
    photos: int


@dataclass(frozen=True)
class Shot:
    """A photo on the manifest; `line` is the number of the thing it shows, 0 for the contents or the sealed box."""

    photo: Photo
    line: int

    @property
    def check_mark(self) -> str:
        """The beginning of the original's SHA-256."""
        return self.photo.sha256[:8].upper()


@dataclass(frozen=True)
class BoxManifest:
    """What stands on the manifest of a box that was sealed."""

    box: Box
    lines: list[Line]
    shots: list[Shot]
    events: list[CustodyEvent]
    matches: bool  # whether the contents still have the digest they were sealed with
    printed_at: datetime

    @classmethod
    def of(cls, box: Box) -> "BoxManifest":
        """The manifest as of now, in a fixed number of queries; Refused while the box is being packed."""
        require(
            box.state != BoxState.PACKING,
            "box-not-sealed",
            _("Box %(code)s is still being packed. Seal it, then print its manifest.") % {"code": box.code_id},
        )
        box = Box.objects.select_related("room__building", "student__person", "place").get(pk=box.pk)
        shown: defaultdict[int | None, list[Photo]] = defaultdict(list)
        for photo in Photo.objects.filter(box=box).order_by("pk"):
            shown[photo.item_id].append(photo)
        items = box.items.select_related("owner__person").order_by("pk")
        lines = [Line(n, item, photos=len(shown[item.pk])) for n, item in enumerate(items, 1)]
        shots = [Shot(photo, line.number) for line in lines for photo in shown[line.item.pk]]
        people_and_places = ("by", "witness", "from_room", "from_place", "to_room", "to_place")
        events = list(box.events.select_related(*people_and_places).order_by("number"))
        sealed = [event for event in events if event.kind == CustodyKind.SEALED]
        return cls(
            box=box,
            lines=lines,
            shots=shots + [Shot(photo, 0) for photo in shown[None]],
            events=events,
            matches=sealed[-1].contents_digest == box.contents_digest(),
            printed_at=timezone.now(),
        )

    @property
    def packed(self) -> CustodyEvent:
        """When the label became this box, and by whom."""
        return self.events[0]

    @property
    def sealed(self) -> CustodyEvent:
        """The newest sealing: its two people, its number and the contents' digest."""
        return [event for event in self.events if event.kind == CustodyKind.SEALED][-1]

    @property
    def where(self) -> str:
        """Where the box is now, in words."""
        return self.events[-1].whither

    @property
    def digest(self) -> str:
        """The beginning of the contents' digest in groups of four."""
        return paper.Imprint(digest=self.sealed.contents_digest).shown_digest

    @property
    def handling(self) -> list[str]:
        """How the box wants to be treated: every flag of a thing in it, once."""
        return list(dict.fromkeys(flag for line in self.lines for flag in line.item.handling))

    @property
    def pieces(self) -> int:
        """Things by quantity."""
        return sum(line.item.quantity for line in self.lines)

    @property
    def qr(self) -> str:
        """The box's QR, the same as on its label."""
        return qr_data_uri(scan_url(self.box.code_id))


def draw(manifest: BoxManifest, *, photos: bool = True) -> bytes:
    """The manifest as a PDF in the language of the page; with `photos`, each small and with its check mark.

    A photo that is gone from the disk is a PaperFault, never a gap.
    """
    return paper.pdf(
        "inventory/paper/manifest.html",
        {"manifest": manifest, "box": manifest.box, "with_photos": photos and manifest.shots},
        language=translation.get_language() or settings.LANGUAGE_CODE,
        title=_("Manifest of box %(code)s") % {"code": manifest.box.code_id},
        imprint=paper.Imprint(on=timezone.localtime(manifest.printed_at).date()),
    )
