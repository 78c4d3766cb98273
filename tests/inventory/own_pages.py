"""A student's phone: a client that came in through the letter's link and both factors."""

import html
import re
from typing import Any

from django.test import Client

from inventory.models import Student, StudentLink
from people.models import User


def letter_of(student: Student, *, by: User | None = None) -> tuple[StudentLink, str]:
    """The student's new link and the address path in their letter."""
    link, token = StudentLink.issue(student, by=by)
    return link, f"/s/{token}/"


def factors(link: StudentLink) -> dict[str, str]:
    """What the student types at the door."""
    return {"passport_tail": link.student.person.passport_number[-4:], "code": link.code}


def phone_of(student: Student, language: str = "en") -> Client:
    """A client inside the student's own pages."""
    link, path = letter_of(student)
    client = Client()
    answer = client.post(f"{path}{language}/", factors(link))
    assert (answer.status_code, answer["Location"]) == (302, "/my/")
    return client


def hidden(response: Any) -> dict[str, str]:
    """The hidden fields of the page's last form but the CSRF token, as the phone sends them back."""
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', response.content.decode())
    skipped = {"csrfmiddlewaretoken", "next"}
    return {name: html.unescape(value) for name, value in fields if name not in skipped}


def bare(response: Any) -> bytes:
    """The page without what is new in every answer: the CSRF token."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", response.content)
