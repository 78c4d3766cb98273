"""The codes on doors, boxes, places and files: random, printed in capitals, read back whoever wrote or scanned them.

A code is eight characters of Crockford's base 32 (no I, L, O, U) and a check character from the same 32. The check is
the value of a polynomial over the field of 32 elements, so that it catches every single wrong character and every two
characters that changed places, wherever they stand; a check modulo 31, 32 or 37 either misses some of these or needs
signs that a QR code's short alphabet does not have.
"""

import re
import secrets
import unicodedata

from django.conf import settings

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8  # random characters, 40 bits; the check character follows
MAX_TEXT = 300  # characters of anything typed or scanned; an address of ours is far shorter

VALUES = {sign: value for value, sign in enumerate(ALPHABET)}
# What people write for what they see.
LOOKALIKES = str.maketrans("OIL", "011")
# An address ends after the code, or goes on with what a messenger app hung on to it.
ADDRESS = re.compile(r"(?:HTTPS?://)?[^?#]*/Q/([^/?#]+)/?(?:[?#].*)?", re.DOTALL)
# Spaces, hyphens and dashes, and the marks of direction that copying from a right-to-left page brings along.
SEPARATORS = re.compile("[\\s\\-\u2010-\u2015\u2212\u200e\u200f\u2066-\u2069]+")


def _remainder(signs: str) -> int:
    """The value of `signs` as a polynomial at the field's generator; 0 for a whole code."""
    total = 0
    for sign in signs:
        # Times the generator, modulo x^5 + x^2 + 1; addition in this field is exclusive or.
        total <<= 1
        if total > 31:
            total ^= 0b100101
        total ^= VALUES[sign]
    return total


def new_code() -> str:
    """A fresh random code with its check character; hard to guess, as a label should be, but no secret."""
    signs = "".join(secrets.choice(ALPHABET) for _position in range(LENGTH))
    # Over "0" stands what the last character must cancel.
    return signs + ALPHABET[_remainder(signs + "0")]


def normalise(text: str) -> str | None:
    """The code in `text`, typed or scanned, in the one way it is stored; None when there is none or its check fails.

    Takes lower case, spaces and hyphens, O for 0 and I or L for 1, full-width signs, and the whole address of a label.
    """
    if len(text) > MAX_TEXT:
        return None
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    address = ADDRESS.fullmatch(plain)
    signs = SEPARATORS.sub("", address[1] if address else plain).translate(LOOKALIKES)
    if len(signs) != LENGTH + 1 or not VALUES.keys() >= set(signs) or _remainder(signs):
        return None
    return signs


def grouped(code: str) -> str:
    """The code as people read it out: four characters, a space, and the rest."""
    return f"{code[:4]} {code[4:]}"


def scan_url(code: str) -> str:
    """The address in the QR of `code`, in capitals only, which makes the QR small; routes take any case."""
    return f"{settings.PUBLIC_URL.upper()}/Q/{code}"
