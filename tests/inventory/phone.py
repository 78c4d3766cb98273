"""A phone in someone's hand: a logged-in client, photos to send, and what a page says."""

import io
import re
from itertools import count
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from people.models import User

_photos = count(1)


def phone_of(user: User) -> Client:
    """A client logged in as this user."""
    client = Client()
    client.force_login(user)
    return client


def photo_file(name: str = "IMG_1.jpg") -> SimpleUploadedFile:
    """A photo as a phone sends it, each with bytes of its own."""
    n = next(_photos)
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (n % 256, n // 256 % 256, 77)).save(out, "JPEG", comment=f"photo {n}")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def cut_photo(name: str = "IMG_cut.jpg") -> SimpleUploadedFile:
    """A photo whose transfer was cut short."""
    whole = photo_file().read()
    return SimpleUploadedFile(name, whole[: len(whole) // 2], "image/jpeg")


def said(response: Any) -> str:
    """The page's words: tags away, spaces single."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(text.replace("&#x27;", "'").replace("&quot;", '"').split())


def thing(student: Any, **more: Any) -> dict[str, Any]:
    """What the item form sends for a plain blue coat."""
    return {
        "client_id": str(uuid4()),
        "description": "Blue coat",
        "quantity": "1",
        "category": "clothing",
        "whose": str(student.pk),
        **more,
    }
