"""Whatever is sent to whichever address, by whomever: never a 5xx, and a no is a page with a sentence in it.

The requests are drawn from one seed, so that a failure repeats itself; each is undone before the next is sent.
"""

import json
import os
import re
from dataclasses import dataclass, field
from html import unescape
from random import Random
from typing import Any
from urllib.parse import quote, quote_plus, urljoin

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern
from django.utils.regex_helper import normalize

from config.wsgi import as_browsers_send
from core.access import access_of
from inventory.models import Student
from tests.architecture.test_access_matrix import FILLED, Furnished, client_of, furnish
from tests.architecture.test_the_house import every_view
from tests.inventory.own_pages import letter_of, phone_of
from tests.world import jpeg

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FULL = os.environ.get("GUANSHE_FULL") == "1"
REQUESTS = 10_000 if FULL else 300
SEED = 20200216
# Drawing a PDF takes a second; most of what is sent to these addresses goes by them.
SELDOM = ("pdf", "manifest", "record", "letter", "labels", "receipt", "doors", "shelves", "places", "signs")

NUMBERS = ("-1", "0", "9" * 30, "9" * 5000, "1e999", "NaN", "-Infinity", "1.5", "２", "٣", "0x10", "1_000", " 1 ")
WORDS = (
    *(
        "",
        " ",
        "\x00",
        "a\x00b",
        "\ud800",
        "a\udfffb",
        "\x1b[2J",
        "\u202e\u2066",
        "😀" * 300,
        "á" * 250,
        "\r\nX-Evil: 1",
    ),
    *("not-a-uuid", "urn:uuid:00000000-0000-0000-0000-000000000000", "{12345678123456781234567812345678}"),
    *("null", "[]", "{}", '{"$ne": 1}', "true", "2020-13-45T99:99", "../../etc/passwd", "%00", "%ED%A0%80", "%", "%zz"),
    *("<script>alert(1)</script>", "' OR 1=1 --", "{{ 7*7 }}", "{% load x %}", "%(name)s", "{0.__class__}", "%s%n"),
    *(
        "//evil.example/",
        "http://[",
        "javascript:alert(1)",
        "\\\\evil",
        "/" * 2000,
        "HTTP://LOCALHOST/Q/",
        "HTTPS://x/Q/\x00",
    ),
    *("A" * 1_000_000, "観" * 340_000),
)
CHARSETS = (
    "utf-8; x*=nonsense''a",
    "utf-7",
    "utf-16",
    "base64",
    "rot13",
    "idna",
    "punycode",
    "undefined",
    "nonsense",
    "\x00",
    "gb18030",
    '"',
)
KINDS = ("", "/", "text/plain", "application/json", "application/xml", "multipart/mixed", "image/jpeg", "a" * 5000)
HEADERS: tuple[dict[str, str], ...] = (
    *(
        {"HTTP_HX_REQUEST": "true"},
        {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://[", "HTTP_HX_TARGET": "\x00"},
    ),
    *({"HTTP_HOST": "evil.example"}, {"HTTP_HOST": "[::1"}, {"HTTP_REFERER": "http://["}, {"HTTP_ORIGIN": "null"}),
    *({"HTTP_ACCEPT_LANGUAGE": "zz-\x00;q=nan, " + "a," * 3000}, {"HTTP_ACCEPT": "\x00"}, {"HTTP_RANGE": "bytes=9-1"}),
    *(
        {"HTTP_IF_NONE_MATCH": '"' * 50},
        {"HTTP_IF_MODIFIED_SINCE": "Mon, 99 Foo 99999"},
        {"HTTP_ACCEPT_ENCODING": "gzip;q=x"},
    ),
    *({"HTTP_COOKIE": 'sessionid="aaaaaaaa\\000bbbb"; csrftoken="\\000"'}, {"HTTP_COOKIE": "sessionid=\xe9; a=\x00"}),
    *({"HTTP_COOKIE": "sessionid=" + "a" * 9000}, {"HTTP_COOKIE": 'messages="\\377\\000:x"; django_language="\\000"'}),
    *({"CONTENT_LENGTH": "-1"}, {"CONTENT_LENGTH": "abc"}, {"CONTENT_LENGTH": "9" * 30}, {"CONTENT_LENGTH": "²"}),
    *(
        {"HTTP_CONTENT_ENCODING": "gzip"},
        {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"},
        {"QUERY_STRING": "\xff=%ff&&&==&a=%"},
    ),
)
FILES = (
    b"",
    b"\x00" * 100,
    b"%PDF-1.4",
    b"<svg onload='x'/>",
    b"\xff\xd8\xff\xe0",
    b"PK\x03\x04" + b"\x00" * 40,
    b"a,b\n1,\x00\n",
)
# Names that forms know beside those found on the pages, so that an empty page is asked for more than nothing.
NAMES = (
    *(
        "client_id",
        "q",
        "page",
        "after",
        "before",
        "state",
        "next",
        "language",
        "list",
        "student",
        "file",
        "photos",
        "photo",
    ),
    *(
        "mapping",
        "token",
        "code",
        "label",
        "place",
        "number",
        "text",
        "digest",
        "close",
        "confirm",
        "username",
        "password",
    ),
)


@dataclass(frozen=True)
class Target:
    """A form (or an address without one) and what an honest sender would send there."""

    where: str
    path: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Shot:
    """One hostile request, ready to be sent and to be told of."""

    who: str
    method: str
    path: str
    body: bytes = b""
    kind: str = "application/x-www-form-urlencoded"
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        told = f"{self.who} {self.method} {self.path[:160]!r} {self.kind[:60]!r} {self.body[:300]!r}"
        return told + f" {str(self.headers)[:200]}"


def raw(text: str, *, plus: bool = True) -> str:
    """Percent-encoded as a hostile sender does it, lone surrogates included."""
    return (quote_plus if plus else quote)(text.encode("utf-8", "surrogatepass"), safe="")


class Gun:
    """Draws hostile requests from one seed."""

    def __init__(self, seed: int, targets: dict[str, list[Target]]) -> None:
        self.random = Random(seed)  # noqa: S311 - meant to repeat itself
        self.targets = targets

    def shot(self) -> Shot:
        """The next request."""
        draw = self.random
        who = draw.choice(list(self.targets))
        target = draw.choice(self.targets[who])
        if any(word in target.path for word in SELDOM) and draw.random() < 0.8:
            target = draw.choice(self.targets[who])
        path = self._path(target.path)
        method = draw.choices(["POST", "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"], [60, 28, 3, 3, 2, 2, 2])[0]
        headers = draw.choice(HEADERS) if draw.random() < 0.35 else {}
        if method in {"GET", "HEAD", "OPTIONS", "TRACE"}:
            if draw.random() < 0.7:
                path += "?" + self._form(self._fields(target))
            kind = draw.choice(["", *(f"text/plain; charset={c}" for c in CHARSETS)]) if draw.random() < 0.2 else ""
            return Shot(who, method, path, kind=kind, headers=headers)
        kind, body = self._body(self._fields(target))
        return Shot(who, method, path, body, kind, headers)

    def _word(self) -> str:
        return self.random.choice(NUMBERS if self.random.random() < 0.35 else WORDS)

    def _path(self, path: str) -> str:
        """Now and then one part of the address is something else."""
        if self.random.random() > 0.25:
            return path
        parts = path.split("/")
        spot = self.random.randrange(1, len(parts))
        parts[spot] = raw(self._word()[:3000], plus=False)
        return "/".join(parts)

    def _fields(self, target: Target) -> list[tuple[str, str]]:
        """The honest fields, some of them spoilt, dropped or sent twice, and one nobody asked for."""
        draw = self.random
        fields = list(target.fields) or [(name, "1") for name in draw.sample(NAMES, 3)]
        for _n in range(draw.choice([1, 1, 1, 2, 4])):
            spot = draw.randrange(len(fields)) if fields else 0
            how = draw.random()
            if not fields or how < 0.1:
                fields.append((draw.choice((*NAMES, self._word()[:50])), self._word()))
            elif how < 0.2:
                fields.pop(spot)
            elif how < 0.28:
                fields.append((fields[spot][0], self._word()))
            else:
                fields[spot] = (fields[spot][0], self._word())
        return fields

    @staticmethod
    def _form(fields: list[tuple[str, str]]) -> str:
        return "&".join(f"{raw(name)}={raw(value)}" for name, value in fields)

    def _body(self, fields: list[tuple[str, str]]) -> tuple[str, bytes]:
        draw, form = self.random, "application/x-www-form-urlencoded"
        plain = self._form(fields).encode()
        how = draw.randrange(12)
        if how == 0:
            return f"{form}; charset={draw.choice(CHARSETS)}", plain
        if how == 1:
            return draw.choice(KINDS), plain
        if how == 2:
            return "application/json", json.dumps(dict(fields)).encode()
        if how == 3:
            return "application/json", draw.choice([b"", b"{", b'{"a":"\\ud800\\u0000"}', b"[" * 5000, b"\xff\xfe"])
        if how == 4:
            return form, draw.choice([b"", b"&" * 5000, b"=%", b"%ff=%ff", b"\x00\xff\xfe", b"a=1&" * 1500])
        if how < 9:
            return self._parts(fields)
        return form, plain

    def _parts(self, fields: list[tuple[str, str]]) -> tuple[str, bytes]:
        """A multipart body, whole or broken, with files where text is expected and the other way round."""
        draw, edge = self.random, b"edge"
        body = b""
        for name, value in fields:
            head = b'Content-Disposition: form-data; name="%s"' % re.sub(r'["\r\n]', "_", name).encode(
                "utf-8", "surrogatepass"
            )
            content = value.encode("utf-8", "surrogatepass")
            if draw.random() < 0.3 or name in {"photos", "photo", "file"}:
                names = (
                    "a.jpg",
                    "\x00.jpg",
                    "../../x.png",
                    "a" * 900 + ".jpg",
                    "",
                    "\udc80.xlsx",
                    "r.xlsx",
                    "r.csv",
                    "\u202egpj.exe",
                )
                head += b'; filename="%s"' % draw.choice(names).encode("utf-8", "surrogatepass")
                head += b"\r\nContent-Type: " + draw.choice([b"image/jpeg", b"text/csv; charset=base64", b"/", b"\x00"])
                content = draw.choice([*FILES, jpeg(size=(40, 30)), jpeg()])
            if draw.random() < 0.05:
                head += b"\r\nContent-Transfer-Encoding: " + draw.choice([b"base64", b"quoted-printable", b"x"])
            body += b"--" + edge + b"\r\n" + head + b"\r\n\r\n" + content + b"\r\n"
        body += b"--" + edge + b"--\r\n"
        kind = "multipart/form-data; boundary=edge"
        how = draw.randrange(10)
        if how == 0:
            body = body[: draw.randrange(len(body))]
        elif how == 1:
            kind = draw.choice(
                ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\xe9"]
            )
        elif how == 2:
            kind = "multipart/form-data; boundary=other"
        elif how == 3:
            kind += f"; charset={draw.choice(CHARSETS)}"
        elif how == 4:
            body = body.replace(
                b'form-data; name="',
                draw.choice([b"attachment; ", b"form-data; name*=x''%ff", b"\xff", b'form-data; filename="']),
            )
        return kind, body


def addresses(own: Furnished, token: str) -> list[Target]:
    """Every address of the house, filled in with what stands in the own building."""
    found = []
    for where, pattern in every_view():
        access = access_of(pattern.callback)
        thing = own.things.get(access.model) if access and access.model else own.world.building
        values = {**FILLED, "token": token, "code": "7K3M9QXWA", "pk": 1, "size": "small"}
        if thing is not None:
            values["pk"] = thing.pk
            values["code"] = getattr(thing, "code_id", values["code"])
        found.append(Target(where, "/" + _filled(pattern, values)))
    return found


def _filled(pattern: URLPattern, values: dict[str, Any]) -> str:
    """The address of `pattern`, its parts taken from `values`."""
    (form, _names), *_rest = normalize(pattern.pattern.regex.pattern.replace("\\Z", ""))
    return form % {name: quote(str(values.get(name, "1"))) for name in re.findall(r"%\((\w+)\)s", form)}


def forms_on(page: str, path: str) -> list[Target]:
    """The forms of a page as an honest sender would fill them."""
    found = []
    for attributes, inner in re.findall(r"<form([^>]*)>(.*?)</form>", page, re.DOTALL):
        action = re.search(r'action="([^"]*)"', attributes)
        fields = []
        for tag in re.findall(r"<(?:input|textarea|select|button)[^>]*>", inner):
            name, value = (re.search(rf'\b{key}="([^"]*)"', tag) for key in ("name", "value"))
            if name and name[1] != "csrfmiddlewaretoken":
                fields.append((name[1], unescape(value[1]) if value and value[1] else "1"))
        where = urljoin(path, unescape(action[1]) if action else "")
        found.append(Target("form", where, tuple(dict.fromkeys(fields))))
    return found


def sentence_in(answer: Any) -> bool:
    """Whether a reader of the answer finds at least one whole sentence."""
    page = answer.content.decode("utf-8", "replace")
    text = unescape(re.sub(r"<(style|script|head|nav|footer|header)\b.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL))
    return re.search(r"\w[^.。!?]{8,}[.。!?؟]", text) is not None


def fire(client: Client, shot: Shot) -> Any:
    """Send it, look whether the database would keep what was done, and undo it."""
    cookies = client.cookies.copy()
    headers = {"CONTENT_TYPE": shot.kind, "CONTENT_LENGTH": str(len(shot.body)), **shot.headers}
    try:
        with transaction.atomic():
            answer = client.generic(shot.method, shot.path, shot.body, shot.kind, **headers)
            if answer.streaming:
                b"".join(answer.streaming_content)
            if answer.status_code < 500:
                connection.check_constraints()
            transaction.set_rollback(True)
    finally:
        client.cookies = cookies
    return answer


def test_no_request_breaks_the_house_and_every_no_says_why() -> None:
    own = furnish("North", "Ownwood")
    student = own.things[Student]
    clients = {
        "manager": client_of(own.world.manager),
        "mover": client_of(own.world.mover),
        "student": phone_of(student),
        "stranger": Client(),
    }
    _link, door = letter_of(own.world.student(own.world.room()))
    token = door.strip("/").split("/")[1]
    targets: dict[str, list[Target]] = {}
    for who, client in clients.items():
        client.raise_request_exception = False
        client.handler = as_browsers_send(client.handler)  # as the site's own server does
        targets[who] = addresses(own, token)
        for target in list(targets[who]):
            if not any(word in target.path for word in SELDOM):
                answer = client.get(target.path)
                if "html" in answer.headers.get("Content-Type", ""):
                    targets[who] += forms_on(answer.content.decode(), target.path)
    gun = Gun(int(os.environ.get("GUANSHE_SEED", SEED)), targets)
    wrong = []
    for _n in range(int(os.environ.get("GUANSHE_SHOTS", REQUESTS))):
        shot = gun.shot()
        try:
            answer = fire(clients[shot.who], shot)
        except Exception as error:
            wrong.append(f"500: {shot} {error!r}")
            continue
        if answer.status_code >= 500:
            wrong.append(f"{answer.status_code}: {shot} {getattr(answer, 'exc_info', None) and answer.exc_info[1]!r}")
        elif answer.status_code >= 400 and shot.method != "HEAD" and not sentence_in(answer):
            wrong.append(f"{answer.status_code} says nothing: {shot} → {answer.content[:80]!r}")
    assert not wrong, "\n".join(wrong)
