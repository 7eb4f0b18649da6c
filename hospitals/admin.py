"""What administrators see and type of hospitals. Registered on the roof, which adds what moves bookings."""

from decimal import Decimal

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.forms.models import ModelForm
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from healthstack.lib.forms import HouseForm
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from hospitals import workflow
from hospitals.forms import both_or_neither, on_the_map
from hospitals.models import Hospital, Staff, VisitType

SUGGESTED = 20  # names that are offered while someone types

# One field for each kind of visit: what it costs here. Left empty, the doctor's own fee counts.
Fees = type(
    "Fees",
    (forms.Form,),
    {
        f"fee_{value}": forms.DecimalField(
            label=label, required=False, min_value=Decimal(0), max_digits=10, decimal_places=2
        )
        for value, label in VisitType.choices
    },
)


class HospitalForm(HouseForm, Fees, ModelForm):
    required = {"name": gettext_lazy("Enter the name"), "city": gettext_lazy("Enter the city")}

    class Meta:
        model = Hospital
        fields = (
            "name",
            "slug",
            "kind",
            "street",
            "city",
            "region",
            "postcode",
            "phone",
            "latitude",
            "longitude",
            "emergency",
            "beds",
            "about",
            "zone",
        )
        error_messages = {"slug": {"unique": gettext_lazy("Another hospital has this address on the site.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _("Small letters, numbers and hyphens. Left empty, it is made from the name.")
        self.fields["phone"].error_messages["invalid"] = _("Enter a phone number such as 98390 12345")
        self.fields["phone"].widget.attrs.update(inputmode="tel", autocomplete="off")
        self.fields["zone"].help_text = _("Times of this hospital are shown in it. For example Asia/Kolkata.")
        on_the_map(self)
        had = dict(self.instance.fees.values_list("visit_type", "amount")) if self.instance.pk else {}
        for value in VisitType.values:
            field = self.fields[f"fee_{value}"]
            field.widget, field.label = (
                forms.TextInput(attrs={"inputmode": "decimal"}),
                Fees.base_fields[f"fee_{value}"].label,
            )
            self.initial[f"fee_{value}"] = had.get(value)

    @property
    def fees(self):
        """{visit type: amount} of what was filled in."""
        typed = {value: self.cleaned_data[f"fee_{value}"] for value in VisitType.values}
        return {value: amount for value, amount in typed.items() if amount is not None}

    def clean(self):
        data = super().clean()
        if data.get("name") and not data.get("slug") and "slug" not in self.errors:
            data["slug"] = self.instance.slug or workflow.free_slug(data["name"])
        both_or_neither(self, data)
        return data


class InState(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("State"), "state"

    def lookups(self, request, model_admin):
        return Hospital.State.choices

    def queryset(self, request, queryset):
        return queryset.filter(state=self.value()) if self.value() else queryset


class OfKind(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("Kind"), "kind"

    def lookups(self, request, model_admin):
        return Hospital.Kind.choices

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


class InCity(admin.SimpleListFilter):
    """A city by its beginning, typed; the cities that there are stand below as suggestions."""

    title, parameter_name, kind = gettext_lazy("City"), "city", "text"

    def lookups(self, request, model_admin):
        names = Hospital.objects.order_by("city").values_list("city", flat=True).distinct()[:200]
        return [(name, name) for name in names] or [("", "")]

    def value(self):
        return (super().value() or "").replace("\x00", "").strip()[:80]

    def queryset(self, request, queryset):
        return queryset.filter(city__istartswith=self.value()) if self.value() else queryset


class HospitalAdmin(admin.ModelAdmin):
    """Hospitals, clinics and practices, their fees, and who runs them."""

    form = HospitalForm
    fieldsets = (
        (None, {"fields": ("name", ("kind", "slug"))}),
        (
            gettext_lazy("Where it is"),
            {"fields": ("street", ("city", "postcode"), ("region", "zone"), ("latitude", "longitude"), "phone")},
        ),
        (gettext_lazy("What patients read"), {"fields": ("emergency", "beds", "about")}),
        (
            gettext_lazy("What a visit costs here"),
            {
                "fields": (tuple(f"fee_{value}" for value in VisitType.values),),
                "description": gettext_lazy("Left empty, the doctor’s own fee counts. A booked visit keeps its fee."),
            },
        ),
    )
    list_display = ("label", "state_badge", "kind_word", "place", "telephone")
    list_filter = (InState, OfKind, InCity)
    search_fields = ("name", "city")
    search_help_text = gettext_lazy("Name or city")
    ordering = ("name", "pk")
    named_in_trail = True

    @admin.display(description=gettext_lazy("Name"), ordering="name")
    def label(self, hospital):
        return format_html("{}{}", self.face(hospital), hospital.name)

    @admin.display(description=gettext_lazy("Kind"), ordering="kind")
    def kind_word(self, hospital):
        return hospital.get_kind_display()

    @admin.display(description=gettext_lazy("City"), ordering="city")
    def place(self, hospital):
        return hospital.city

    @admin.display(description=gettext_lazy("Phone"))
    def telephone(self, hospital):
        return format_html('<span class="nowrap">{}</span>', hospital.phone.as_national) if hospital.phone else ""

    def keep(self, request, form, formsets, change):
        keep_hospital(form=form, by=request.user, new=not change)

    def get_urls(self):
        view = self.admin_site.admin_view
        more = [
            path("names/", view(self.names_view), name=self.url_name("names")),
            path("<path:object_id>/appoint/", view(self.appoint_view), name=self.url_name("appoint")),
            path("<path:object_id>/end-staff/", view(self.end_staff_view), name=self.url_name("end_staff")),
        ]
        return [*more, *super().get_urls()]

    def render_change_form(self, request, context, **kwargs):
        hospital = context.get("original")
        if hospital and request.user.has_perm("hospitals.view_staff"):
            context["staff"] = hospital.staff.select_related("user").order_by("ended_at", "started_at", "pk")[:50]
        return super().render_change_form(request, context, **kwargs)

    def names_view(self, request):
        """What hospitals begin so, for a field that suggests them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        text = request.GET.get("q", "").replace("\x00", "")[:160].strip()
        rows = Hospital.objects.filter(name__icontains=text.rpartition(",")[0] or text).order_by("name", "pk")
        return JsonResponse({"names": suggestions(rows[:SUGGESTED])})

    def appoint_view(self, request, object_id):
        """A person with an account runs the hospital from now on."""
        hospital = self._hospital(request, object_id, "hospitals.add_staff")
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        email = User.objects.normalize_email(request.POST.get("email", "").replace("\x00", "")[:254])
        user = User.objects.active().filter(email=email).first()
        if user is None:
            raise RuleBroken(
                _("Nobody has an account with the address “%(email)s”. They sign up first.") % {"email": email}
            )
        workflow.appoint(hospital=hospital, user=user, by=request.user)
        messages.success(request, _("%(who)s runs %(hospital)s from now on.") % {"who": user, "hospital": hospital})
        return HttpResponseRedirect(self.url_of(hospital))

    def end_staff_view(self, request, object_id):
        """A person no longer runs the hospital."""
        hospital = self._hospital(request, object_id, "hospitals.end_staff")
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        key = request.POST.get("staff", "")
        staff = get_object_or_404(
            Staff.objects.current().select_related("user", "hospital"),
            hospital=hospital,
            pk=int(key) if key.isdecimal() and len(key) < 19 else 0,
        )
        workflow.end_staff(staff=staff, by=request.user)
        messages.success(
            request, _("%(who)s no longer works for %(hospital)s.") % {"who": staff.user, "hospital": hospital}
        )
        return HttpResponseRedirect(self.url_of(hospital))

    def _hospital(self, request, object_id, permission):
        if not request.user.has_perm(permission):
            raise PermissionDenied
        hospital = self.get_object(request, unquote(object_id))
        if hospital is None:
            raise Http404
        return hospital


def suggestions(hospitals):
    """["Max Hospital, Lucknow"], with the number behind it where two are called the same."""
    texts = [(f"{hospital.name}, {hospital.city}", hospital.pk) for hospital in hospitals]
    known = [text for text, _pk in texts]
    return [f"{text} #{pk}" if known.count(text) > 1 else text for text, pk in texts]


@one_transaction
def keep_hospital(*, form, by, new):
    """The form's columns go onto the row as it is now, so that nothing else of it is turned back."""
    hospital = form.instance
    if new:
        hospital.pk = None  # in case a lost race runs this again
    else:
        hospital = workflow.lock(hospital)
        for name in HospitalForm.Meta.fields:
            setattr(hospital, name, form.cleaned_data[name])
    hospital.slug = form.cleaned_data["slug"]
    workflow.save_hospital(hospital=hospital, fees=form.fees, by=by)
