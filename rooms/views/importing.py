"""Importing a workbook in three steps: choose, look at the preview, write. Both imports share these pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from openpyxl.utils import get_column_letter

from core.access import needs, signed_in
from core.importing import LEFT_OUT, Outcome, Preview, SheetPreview
from core.tables_in import UnreadableTable
from core.text import listed
from people.acting import acting
from rooms import uploading
from rooms.importing import import_building, preview_building
from rooms.models import Building, Role, RoleKind

PAGES = require_http_methods(["GET", "HEAD", "POST"])
SHOWN_LINES = 500


class WorkbookForm(forms.Form):
    """The file to import."""

    file = forms.FileField(
        label=gettext_lazy("Workbook"),
        help_text=gettext_lazy("Excel (.xlsx, .xls), OpenDocument (.ods) or CSV, as the office keeps it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}),
        allow_empty_file=True,
    )


class BuildingForm(forms.Form):
    """A new building."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120, required=False)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=200, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Whom to call"),
        help_text=gettext_lazy("Stands on labels and letters: a name and a number."),
        max_length=120,
        required=False,
    )

    def clean_name(self) -> str:
        """A name no building has yet."""
        name: str = self.cleaned_data["name"]
        if Building.objects.filter(name=name).exists():
            raise forms.ValidationError(_("There is already a building of this name."))
        return name


Previewer = Callable[..., Preview]


@dataclass(frozen=True)
class Import:
    """What is imported on these pages, and how."""

    kind: str
    kinds: Mapping[str, Any]
    """What a sheet may be, in words."""
    preview: Previewer
    write: Previewer
    then: str = "board"
    """The page of the building that shows what was imported."""
    template: str = "rooms/importing/importing.html"


def import_pages(request: HttpRequest, building: Building, what: Import) -> HttpResponseBase:
    """Choose a file → preview (again after naming columns) → write; nothing is written before the last step."""
    context: dict[str, Any] = {"building": building, "kind": what.kind, "form": WorkbookForm()}
    context["template"] = what.template
    if request.method != "POST":
        return _page(request, context)
    ticket = request.POST.get("ticket", "")
    mappings = uploading.said_by_hand(request.POST)
    try:
        if not ticket:
            form = WorkbookForm(request.POST, request.FILES)
            if not form.is_valid():
                return _page(request, {**context, "form": form}, status=422)
            ticket = uploading.keep(request, building, form.cleaned_data["file"])
        data, name = uploading.take(request, building, ticket)
        act = request.POST.get("act", "")
        if act in {"all", "good"}:
            done = what.write(building, data, name=name, by=acting(request), good_rows=act == "good", mappings=mappings)
            uploading.forget(ticket)
            messages.success(request, _("Imported: %(counts)s.") % {"counts": _in_words(done)})
            return redirect(what.then, pk=building.pk)
        found = what.preview(building, data, name=name, mappings=mappings)
    except UnreadableTable as unreadable:
        return _page(request, {**context, "unreadable": unreadable.message}, status=422)
    return _page(request, {**context, **_preview_context(found, what), "ticket": ticket, "name": name})


def _page(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return render(request, context["template"], context, status=status)


def _in_words(done: Preview) -> str:
    counts = done.counts
    return _("%(created)d new, %(changed)d changed, %(unchanged)d unchanged, %(refused)d refused") % counts


ORDER = [Outcome.REFUSED, Outcome.CHANGED, Outcome.CREATED, Outcome.UNCHANGED]


def _preview_context(found: Preview, what: Import) -> dict[str, Any]:
    lines = sorted(found.lines, key=lambda line: ORDER.index(line.outcome))
    columns = [one for sheet in found.sheets for one in _columns(sheet)]
    counts = found.counts
    return {
        "preview": found,
        "lines": lines[:SHOWN_LINES],
        "more": max(0, len(lines) - SHOWN_LINES),
        "sheets": _sheets(found, what),
        # What somebody should look at stands first.
        "columns": sorted(columns, key=lambda one: not one["guessed"]),
        "columns_out": listed(one["text"] or one["letters"] for one in columns if not one["chosen"]),
        "sheets_out": listed(found.left_out),
        "guessed": [one for one in columns if one["guessed"]],
        "several": len(found.sheets) > 1,
        "in_words": _in_words(found),
        "refused": counts["refused"],
        "to_write": counts["created"] + counts["changed"],
    }


def _sheets(found: Preview, what: Import) -> list[dict[str, Any]]:
    """What each sheet is, to be corrected; nothing where there is nothing to choose from."""
    taken = [(sheet.sheet, sheet.kind) for sheet in found.sheets]
    others = [(sheet, LEFT_OUT) for sheet in found.left_out]
    if len(taken) == 1 and not others and len(what.kinds) == 1:
        return []
    return [
        {"field": f"kind|{sheet}", "sheet": sheet, "chosen": kind, "choices": what.kinds.items()}
        for sheet, kind in taken + others
    ]


def _columns(sheet: SheetPreview) -> list[dict[str, Any]]:
    """Each column of the sheet with what it was taken for, to be corrected."""
    keys = {index: key for key, index in sheet.heading.mapping.items()}
    return [
        {
            "field": f"column|{sheet.sheet}|{index}",
            "sheet": sheet.sheet,
            "letters": get_column_letter(index + 1),
            "text": sheet.heading.texts.get(index, ""),
            "chosen": keys.get(index, ""),
            "guessed": keys.get(index) in sheet.heading.guessed,
            "choices": [(column.key, column.title) for column in sheet.columns],
        }
        for index in sorted(sheet.heading.texts.keys() | keys.keys())
    ]


@PAGES
@needs("rooms.import_workbook", Building)
def building_workbook(request: HttpRequest, building: Building) -> HttpResponseBase:
    """Import rooms, storage places and crew."""
    kinds = {"rooms": _("rooms"), "storage": _("storage places"), "crew": _("crew")}
    return import_pages(request, building, Import("building", kinds, preview_building, import_building))


@PAGES
@signed_in("only those who may set up the whole site come past the first line; it shows no building's data")
def new_building(request: HttpRequest) -> HttpResponseBase:
    """Enter a building; whoever enters it becomes its first manager."""
    if not acting(request).is_superuser:
        raise PermissionDenied
    form = BuildingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        building = Building.enter(by=acting(request), **form.cleaned_data)
        for kind in RoleKind:
            Role.of(building, kind)
        Role.of(building, RoleKind.MANAGER).admit(acting(request))
        return redirect("import_building", pk=building.pk)
    return render(request, "rooms/importing/new_building.html", {"form": form}, status=422 if form.is_bound else 200)
