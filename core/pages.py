"""Pages that belong to no noun: what is said when something is wrong, and the living style page."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.access import signed_in
from core.timeline import Change, Entry


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what came could not be read."""
    return render(request, "core/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the role does not include the act. The exception's own words are for us, not for the page."""
    return render(request, "core/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was open too long, or came from elsewhere."""
    return render(request, "core/stale.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing is here, or nothing this person may know of; both look alike."""
    return render(request, "core/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: said without asking the database or the session, which may be what broke."""
    return HttpResponse(render_to_string("core/500.html"), status=500)


class SeveralFiles(forms.ClearableFileInput):
    """A file input that takes several at once."""

    allow_multiple_selected = True


class Sample(forms.Form):
    """One field of each kind, for the style page."""

    description = forms.CharField(
        label=_("Description"), max_length=200, help_text=_("What it is, as the owner would recognise it.")
    )
    category = forms.ChoiceField(
        label=_("Category"), choices=[("clothes", _("Clothes")), ("books", _("Books")), ("device", _("Device"))]
    )
    temperature = forms.DecimalField(label=_("Temperature, °C"), max_digits=4, decimal_places=1)
    answer = forms.ChoiceField(
        label=_("Answer"),
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes")), ("wishes", _("Yes, with wishes")), ("no", _("No"))],
    )
    handling = forms.MultipleChoiceField(
        label=_("Handling"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("fragile", _("Fragile")), ("cold", _("Keep cold")), ("battery", _("Battery"))],
        help_text=_("Tick all that apply."),
    )
    words = forms.CharField(label=_("In their own words"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    photos = forms.FileField(
        label=_("Photos"), required=False, widget=SeveralFiles(attrs={"accept": "image/*"}), help_text=_("Up to 20.")
    )
    agreed = forms.BooleanField(label=_("I have read this aloud and the owner agreed."))


SAMPLE_PHOTO = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 320 240'%3E%3Crect width='320' "
    "height='240' fill='%23d8d2c2'/%3E%3Cpath d='M60 190V90l100-45 100 45v100z' fill='%23b7ad96'/%3E%3C/svg%3E"
)


def specimens() -> dict[str, Any]:
    """Fictional content for the style page: long names, long codes, every state."""
    at = datetime(2020, 2, 3, 6, 5, tzinfo=UTC)
    long_name = "Muhammad Abdurrahman Al-Khwarizmi bin Yusuf Abdulkarimov"
    return {
        "at": at,
        "long_name": long_name,
        "chinese_name": "欧阳明月",
        "digest": "9f2c41d07ab85e6630c1d94be27f8a15",
        "states": [
            ("waiting", _("Waiting for consent")),
            ("going", _("Packing")),
            ("done", _("Stored")),
            ("attention", _("Objection open")),
        ],
        "zones": [
            ("clean", _("clean zone")),
            ("buffer", _("buffer zone")),
            ("contaminated", _("contaminated zone")),
        ],
        "links": [
            {"label": _("All"), "url": "#tables", "count": 48, "current": True},
            {"label": _("Waiting"), "url": "#states", "count": 12},
            {"label": _("Needs attention"), "url": "#states", "count": 3},
        ],
        "nav_items": [
            {"label": label, "url": f"#{anchor}", "current": anchor == "tables"}
            for anchor, label in (
                ("figures", _("Figures and progress")),
                ("tables", _("Lists")),
                ("forms", _("Forms")),
                ("plans", _("Floor plan")),
            )
        ],
        "rows": [
            ("0312", "waiting", _("Waiting for consent"), long_name, "7K3M9QXWA", 0, ""),
            ("0314", "going", _("Packing"), "Нурбек Асанов", "B2CDE4F6G", 4, ""),
            ("0316", "attention", _("Objection open"), "محمد العلي", "H8JKM1NPQ", 11, "attention"),
            ("0318", "done", _("Stored"), "欧阳明月", "R3STV5WXY", 7, ""),
        ],
        "entries": [
            Entry(
                at,
                "李卫东",
                gettext("Moved to another room"),
                gettext("The roster had the old room."),
                [Change(gettext("Room"), "0312", "0314"), Change(gettext("Bed"), "—", "2")],
            ),
            Entry(at, long_name, gettext("Objected to one item"), attention=True),
            Entry(at, "", gettext("Read from the roster")),
        ],
        "photos": [
            {"url": "#photos", "thumb": SAMPLE_PHOTO, "alt": alt, "at": at, "by": "李卫东"}
            for alt in (_("From the door"), _("Desk, left drawer"), _("Wardrobe"), _("Box, sealed"))
        ],
        "rooms": [
            (20, "0311", "lived-in", _("lived in"), "clean"),
            (200, "0313", "surveyed", _("surveyed"), "clean"),
            (380, "0315", "packed", _("packed"), "buffer"),
            (560, "0317", "cleared", _("cleared"), "contaminated"),
        ],
        "photo": SAMPLE_PHOTO,
    }


@signed_in("The style page shows fictional content only.")
def design(request: HttpRequest) -> HttpResponse:
    """The living style page: every component once, as it is."""
    wrong = Sample({"wrong-temperature": "warm"}, prefix="wrong")
    return render(request, "core/design.html", {"form": Sample(), "wrong": wrong, **specimens()})
