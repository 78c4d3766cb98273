"""The building's own data: its name, whom to call, the order it stands under."""

from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core.access import needs
from people.acting import acting
from rooms.models import Building


class BuildingDataForm(forms.Form):
    """What labels, letters and plans say of the building."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120, required=False)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=200, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Whom to call"),
        help_text=gettext_lazy("Stands on labels and letters: a name and a number."),
        max_length=120,
        required=False,
    )
    order_issuer = forms.CharField(
        label=gettext_lazy("Ordered by"),
        help_text=gettext_lazy("Who ordered the building to be cleared; stands in the plan."),
        max_length=200,
        required=False,
    )
    order_date = forms.DateField(
        label=gettext_lazy("Date of the order"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    time_zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=60)

    def clean_time_zone(self) -> str:
        """The name of a zone that exists."""
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise forms.ValidationError(_("This time zone is not known. Write it like Europe/Paris."))
        return zone


@require_http_methods(["GET", "HEAD", "POST"])
@needs("rooms.change_building", Building)
def edit_building(request: HttpRequest, building: Building) -> HttpResponseBase:
    """Correct the building's data; old and new values are kept with who changed them."""
    initial = {name: getattr(building, name) for name in BuildingDataForm.base_fields}
    form = BuildingDataForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        building.amend(by=acting(request), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("people", pk=building.pk)
    context = {"building": building, "form": form}
    return render(request, "rooms/building/edit.html", context, status=422 if form.is_bound else 200)
