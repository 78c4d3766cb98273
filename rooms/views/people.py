"""Who serves at a building, and who may do what there."""

from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from core.access import needs
from core.records import require
from people.models import User
from rooms.models import Building, Posting, Role, RoleKind


class AdmissionForm(forms.Form):
    """Whom to let act in which role: somebody with a log-in, or a new log-in with a first password."""

    kind = forms.ChoiceField(label=gettext_lazy("Role"), choices=RoleKind)
    username = forms.CharField(label=gettext_lazy("Log-in name"), max_length=150)


class NewUserForm(forms.Form):
    """A new log-in."""

    username = forms.SlugField(label=gettext_lazy("Log-in name"), max_length=150, allow_unicode=False)
    full_name = forms.CharField(label=gettext_lazy("Name others know them by"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Role"), choices=RoleKind)
    password = forms.CharField(
        label=gettext_lazy("First password"),
        help_text=gettext_lazy("At least ten characters; tell it to the person yourself."),
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_username(self) -> str:
        """A name nobody has yet."""
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username=name).exists():
            raise forms.ValidationError(_("This log-in name is taken. To give that person a role, use the other form."))
        return name

    def clean_password(self) -> str:
        """A password nobody guesses, by the site's rules."""
        password: str = self.cleaned_data["password"]
        named = User(username=self.data.get("username", ""), first_name=self.data.get("full_name", ""))
        validate_password(password, named)
        return password


@require_http_methods(["GET", "HEAD", "POST"])
@needs("rooms.grant_roles", Building)
def people(request: HttpRequest, building: Building) -> HttpResponseBase:
    """Roles with their users, postings, and the forms to grant a role."""
    form = AdmissionForm(request.POST if request.POST.get("act") == "admit" else None)
    new = NewUserForm(request.POST if request.POST.get("act") == "new" else None, prefix=None)
    if form.is_bound and form.is_valid():
        user = User.objects.filter(username=form.cleaned_data["username"], is_active=True).first()
        if user is None:
            form.add_error("username", _("Nobody has this log-in name. Make the log-in with the other form."))
        else:
            Role.of(building, form.cleaned_data["kind"]).admit(user)
            messages.success(request, _("%(user)s now acts in this role.") % {"user": user})
            return redirect("people", pk=building.pk)
    if new.is_bound and new.is_valid():
        data = new.cleaned_data
        with transaction.atomic():
            user = User.objects.create_user(
                username=data["username"], password=data["password"], first_name=data["full_name"]
            )
            Role.of(building, data["kind"]).admit(user)
        messages.success(request, _("%(user)s can log in now.") % {"user": user})
        return redirect("people", pk=building.pk)
    context = {
        "building": building,
        "roles": Role.objects.in_building(building).prefetch_related("group__user_set"),
        "postings": Posting.objects.in_building(building).select_related("person"),
        "form": form,
        "new": new,
    }
    bound = form.is_bound or new.is_bound
    return render(request, "rooms/people/people.html", context, status=422 if bound else 200)


@require_POST
@needs("rooms.grant_roles", Role)
def dismiss(request: HttpRequest, role: Role, user_pk: int) -> HttpResponse:
    """Withdraw a role from a user; the last manager of a building stays."""
    user = role.group.user_set.filter(pk=user_pk).first()
    require(user is not None, "role-not-held", _("This person does not act in this role."))
    assert user is not None  # noqa: S101 - required above
    role.dismiss(user)
    messages.success(request, _("%(user)s no longer acts in this role.") % {"user": user})
    return redirect("people", pk=role.building_id)
