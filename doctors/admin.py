"""What administrators see and type of doctors. Registered on the roof, which adds what moves bookings and listings."""

import re
from decimal import Decimal

from django import forms
from django.contrib import admin
from django.core.cache import cache
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.forms.models import BaseInlineFormSet, ModelForm
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import format_lazy, slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doctors import workflow
from doctors.forms import Several
from doctors.models import Affiliation, Doctor, Language, Specialty
from healthstack.lib.forms import HouseForm, NameField
from healthstack.lib.transactions import one_transaction
from healthstack.lib.validators import multiple_of_five
from hospitals.models import Hospital, VisitType

MOST_PLACES = 20  # hospitals of one doctor
TICKED = ("specialties", "languages")  # of a doctor; each is fetched once, its choices and its ticks together
SUGGESTED = 100  # hospitals that a form offers before anything is typed
KEPT = 300  # seconds that these stay in the cache

# One field for each kind of visit: how long it takes. Left empty, the doctor does not offer it.
Minutes = type(
    "Minutes",
    (forms.Form,),
    {
        f"minutes_{value}": forms.IntegerField(
            label=label, required=False, min_value=5, max_value=240, validators=[multiple_of_five]
        )
        for value, label in VisitType.choices
    },
)
Fees = type(
    "Fees",
    (forms.Form,),
    {
        f"fee_{value}": forms.DecimalField(
            label=format_lazy(gettext_lazy("{visit} fee"), visit=label),
            required=False,
            min_value=Decimal(0),
            max_digits=10,
            decimal_places=2,
        )
        for value, label in VisitType.choices
    },
)


def typed_numbers(form, parts):
    """Numbers are typed into plain fields: the wheel of a mouse must not change a fee.

    parts: the fields that stand under a sentence which says that they may stay empty.
    """
    for field in form.fields.values():
        if isinstance(field, forms.IntegerField):
            kind = "decimal" if isinstance(field, forms.DecimalField) else "numeric"
            field.widget = forms.TextInput(attrs={"inputmode": kind})
    for name, field in parts.items():
        form.fields[name].label = field.label


class DoctorForm(HouseForm, Minutes, ModelForm):
    name = NameField(label=gettext_lazy("Name"), help_text=gettext_lazy("Without “Dr”: the pages add it."))
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        help_text=gettext_lazy("The doctor logs in with it. Who has an account already keeps it, and their password."),
    )
    specialties = Several(
        Specialty.objects.all(), label=gettext_lazy("Specialties"), widget=forms.CheckboxSelectMultiple
    )
    languages = Several(Language.objects.all(), label=gettext_lazy("Languages"), widget=forms.CheckboxSelectMultiple)
    required = {
        "name": gettext_lazy("Enter the doctor’s name"),
        "email": gettext_lazy("Enter the doctor’s e-mail address"),
        "gender": gettext_lazy("Choose one"),
        "registration_number": gettext_lazy("Enter the registration number"),
        "council": gettext_lazy("Enter the medical council"),
        "fee": gettext_lazy("Enter the fee"),
        "notice_minutes": gettext_lazy("Enter a number of minutes; 0 is none"),
        "days_ahead": gettext_lazy("Enter a number of days"),
        "specialties": gettext_lazy("Choose at least one specialty"),
        "languages": gettext_lazy("Choose at least one language"),
    }

    class Meta:
        model = Doctor
        fields = (
            "gender",
            "registration_number",
            "council",
            "degrees",
            "practising_since",
            "about",
            "fee",
            "confirms_instantly",
            "notice_minutes",
            "days_ahead",
        )
        error_messages = {
            NON_FIELD_ERRORS: {"unique_together": gettext_lazy("Another doctor has this number of this council.")}
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        typed_numbers(self, Minutes.base_fields)
        self.fields["fee"].label = _("Usual fee")
        self.fields["notice_minutes"].label = _("Notice in minutes")
        self.fields["days_ahead"].label = _("Days ahead")
        self.fields["practising_since"].label = _("Practising since (optional)")
        self.fields["degrees"].help_text = _("As on the door sign: MBBS, MD (Neurology)")
        self.fields["about"].help_text = _("What patients read on the profile.")
        self.fields["confirms_instantly"].label = _("Bookings are confirmed at once, without being asked")
        for name in TICKED:
            having = getattr(Doctor, name).through.objects.filter(doctor=self.instance.pk or 0)
            key = Doctor._meta.get_field(name).m2m_reverse_field_name()
            self.initial[name] = self.fields[name].offer(having.filter(**{key: OuterRef("pk")}))
        if self.instance.pk:
            del self.fields["email"]
            self.initial["name"] = self.instance.user.name
            offers = dict(self.instance.offers.values_list("visit_type", "minutes"))
        else:
            offers = workflow.USUAL_MINUTES
        for value in VisitType.values:
            self.initial[f"minutes_{value}"] = offers.get(value)

    def clean(self):
        data = super().clean()
        if not self.offers and not any(f"minutes_{value}" in self.errors for value in VisitType.values):
            self.add_error(f"minutes_{VisitType.values[0]}", _("Enter the minutes of at least one kind of visit"))
        return data

    @property
    def offers(self):
        """{visit type: minutes} of what was filled in."""
        typed = {value: self.cleaned_data.get(f"minutes_{value}") for value in VisitType.values}
        return {value: minutes for value, minutes in typed.items() if minutes}


class HospitalField(forms.CharField):
    """A hospital by name and city, typed or taken from the suggestions: a list of them all would be too long."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", 260)
        super().__init__(**kwargs)
        self.widget.attrs.update({"list": "hospital-names", "autocomplete": "off", "data-hospital": ""})

    def prepare_value(self, value):
        return f"{value.name}, {value.city}" if isinstance(value, Hospital) else value

    def has_changed(self, initial, data):
        return (self.prepare_value(initial) or "") != (data or "").strip()

    def clean(self, value):
        text = " ".join(super().clean(value).split())
        return self.find(text) if text else None

    def find(self, text):
        numbered = re.search(r"#(\d{1,18})$", text)
        if numbered:
            rows = Hospital.objects.filter(pk=int(numbered[1]))
        else:
            name, _comma, city = text.rpartition(",")
            both = Q(name__iexact=name.strip(), city__iexact=city.strip())
            rows = Hospital.objects.filter(both | Q(name__iexact=text))
        found = list(rows.order_by("pk")[:4])
        if not found:
            raise forms.ValidationError(_("No hospital is called so. Choose one that is suggested, or add it first."))
        if len(found) > 1:
            ways = ", ".join(f"{row.name}, {row.city} #{row.pk}" for row in found)
            raise forms.ValidationError(_("More than one is called so. Enter one of: %(ways)s") % {"ways": ways})
        return found[0]


class PlaceForm(HouseForm, Fees, ModelForm):
    """A hospital in which the doctor works, the room, and what a visit with this doctor costs there."""

    hospital = HospitalField(label=gettext_lazy("Hospital"))
    required = {"hospital": gettext_lazy("Enter the hospital")}

    class Meta:
        model = Affiliation
        fields = ("hospital", "room")

    def __init__(self, *args, fees, **kwargs):
        super().__init__(*args, **kwargs)
        typed_numbers(self, Fees.base_fields)
        if self.instance.hospital_id:
            self.initial["hospital"] = self.instance.hospital
        for value in VisitType.values:
            self.initial[f"fee_{value}"] = fees.get((self.instance.hospital_id, value))

    def clean_hospital(self):
        return self.cleaned_data["hospital"]

    def validate_unique(self):
        """A hospital that was left some time ago may come back; the set looks at doubles."""

    validate_constraints = validate_unique


class PlaceFormSet(BaseInlineFormSet):
    @cached_property
    def fees(self):
        rows = self.instance.fees.values_list("hospital", "visit_type", "amount") if self.instance.pk else ()
        return {(hospital, visit_type): amount for hospital, visit_type, amount in rows}

    def get_form_kwargs(self, index):
        return {**super().get_form_kwargs(index), "fees": self.fees}

    def get_unique_error_message(self, unique_check):
        return _("Enter each hospital once.")

    def get_form_error(self):
        return _("This hospital is there twice.")

    @property
    def places(self):
        """[(hospital, room, {visit type: amount})] of the rows that stay."""
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data.get("hospital")]
        return [
            (row["hospital"], row["room"].strip(), {v: row[f"fee_{v}"] for v in VisitType.values})
            for row in kept
            if not row.get("DELETE")
        ]


class PlaceInline(admin.StackedInline):
    """The hospitals of a doctor: whoever may change the doctor may change them."""

    model = Affiliation
    form = PlaceForm
    formset = PlaceFormSet
    fields = ("hospital", "room", *Fees.base_fields)
    verbose_name = gettext_lazy("hospital")
    verbose_name_plural = gettext_lazy("Hospitals")
    about = gettext_lazy("Where a fee is left empty, the hospital’s counts; where that has none, the usual fee.")
    max_num = MOST_PLACES
    extra = 1

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return db_field.formfield(**kwargs)

    def get_formset(self, request, obj=None, **kwargs):
        """At most twice as many rows as anyone needs, whatever the form says about its size."""
        return super().get_formset(request, obj, **{**kwargs, "absolute_max": MOST_PLACES * 2, "validate_max": True})

    def get_queryset(self, request):
        rows = super().get_queryset(request).filter(ended_on=None)
        return rows.select_related("hospital", "doctor__user").order_by("pk")

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("doctors.view_doctor")

    def has_add_permission(self, request, obj=None):
        return request.user.has_perm("doctors.change_doctor" if obj else "doctors.add_doctor")

    has_change_permission = has_delete_permission = has_add_permission


class InState(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("State"), "state"

    def lookups(self, request, model_admin):
        return Doctor.State.choices

    def queryset(self, request, queryset):
        return queryset.filter(state=self.value()) if self.value() else queryset


class OfSpecialty(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("Specialty"), "specialty"

    def lookups(self, request, model_admin):
        return Specialty.objects.values_list("pk", "name")

    def queryset(self, request, queryset):
        has = Doctor.specialties.through.objects.filter(doctor=OuterRef("pk"), specialty=self.value())
        return queryset.filter(Exists(has)) if self.value() else queryset


class AtPlace(admin.SimpleListFilter):
    """A city by its beginning or a hospital by its name, typed; the cities stand below as suggestions."""

    title, parameter_name, kind = gettext_lazy("City or hospital"), "place", "text"

    def lookups(self, request, model_admin):
        names = Hospital.objects.order_by("city").values_list("city", flat=True).distinct()[:200]
        return [(name, name) for name in names] or [("", "")]

    def value(self):
        return (super().value() or "").replace("\x00", "").strip()[:160]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        here = Q(hospital__city__istartswith=self.value()) | Q(hospital__name__icontains=self.value())
        return queryset.filter(Exists(Affiliation.objects.current().filter(here, doctor=OuterRef("pk"))))


class DoctorAdmin(admin.ModelAdmin):
    """Doctors. One who is entered here counts as checked."""

    form = DoctorForm
    exclude = TICKED
    inlines = (PlaceInline,)
    list_display = ("person", "state_badge", "places", "registration")
    list_filter = (InState, OfSpecialty, AtPlace)
    list_select_related = ("user",)
    list_prefetch = (
        "specialties",
        Prefetch("affiliations", Affiliation.objects.current().select_related("hospital").order_by("pk")),
    )
    search_fields = ("user__name", "user__email", "registration_number")
    search_help_text = gettext_lazy("Name, e-mail or registration number")
    ordering = ("user__name", "pk")
    named_in_trail = True

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("user")

    def get_fieldsets(self, request, obj=None):
        who = ("name", "gender") if obj else ("name", ("email", "gender"))
        return (
            (_("Who"), {"fields": (who,) if obj else who}),
            (
                _("Registration"),
                {"fields": (("registration_number", "council"), ("degrees", "practising_since"))},
            ),
            (_("For patients"), {"fields": ("specialties", "languages", "about")}),
            (
                _("Minutes of a visit"),
                {
                    "fields": (tuple(Minutes.base_fields),),
                    "description": _("In steps of five. What is left empty is not offered."),
                },
            ),
            (
                _("Booking"),
                {"fields": (("fee", "notice_minutes", "days_ahead"), "confirms_instantly")},
            ),
        )

    @admin.display(description=gettext_lazy("Name"), ordering="user__name")
    def person(self, doctor):
        return format_html("{}{}", self.face(doctor.user), doctor.name)

    def under(self, doctor):
        return ", ".join(specialty.name for specialty in doctor.specialties.all())

    @admin.display(description=gettext_lazy("Hospitals"))
    def places(self, doctor):
        by_city = {}
        for row in doctor.affiliations.all():
            by_city.setdefault(row.hospital.city, []).append(row.hospital.name)
        return "; ".join(f"{', '.join(names)}, {city}" for city, names in by_city.items())

    @admin.display(description=gettext_lazy("Registration"), ordering="registration_number")
    def registration(self, doctor):
        return format_html('<span class="keep">{}</span>', doctor.registration_number)

    def render_change_form(self, request, context, **kwargs):
        context["hospital_names"] = cache.get_or_set("hospital-names", first_names, KEPT)
        return super().render_change_form(request, context, **kwargs)

    def keep(self, request, form, formsets, change):
        keep_doctor(form=form, places=formsets[0].places if formsets else None, by=request.user, new=not change)


def first_names():
    """["Max Hospital, Lucknow"]: what a form offers before anything is typed; then it asks again."""
    hospitals = Hospital.objects.order_by("name", "pk").values_list("name", "city")[:SUGGESTED]
    return [f"{name}, {city}" for name, city in hospitals]


@one_transaction
def keep_doctor(*, form, places, by, new):
    """Enter or change a doctor. The form's columns go onto the row as it is now: its state is not turned back."""
    data = form.cleaned_data
    many = {"specialties": data["specialties"], "languages": data["languages"]}
    doctor = form.instance
    if new:
        doctor.pk = None  # in case a lost race runs this again
        workflow.add_doctor(email=data["email"], name=data["name"], doctor=doctor, by=by, **many)
    else:
        doctor = Doctor.objects.select_for_update().get(pk=doctor.pk)
        for name in DoctorForm.Meta.fields:
            setattr(doctor, name, data[name])
    workflow.change_doctor(
        doctor=doctor,
        name=None if new else data["name"],
        affiliations=None if places is None else [(hospital, room) for hospital, room, _fees in places],
        offers=form.offers,
        fees=None
        if places is None
        else {
            (hospital.pk, visit_type): amount
            for hospital, _room, fees in places
            for visit_type, amount in fees.items()
            if amount is not None
        },
        by=by,
        **many,
    )


class SpecialtyForm(HouseForm, ModelForm):
    required = {"name": gettext_lazy("Enter the name"), "title": gettext_lazy("Enter what its doctor is called")}

    class Meta:
        model = Specialty
        fields = ("name", "title")
        error_messages = {"name": {"unique": gettext_lazy("This specialty is there already.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("The field of medicine: Neurology")
        self.fields["title"].help_text = _("Neurologist")

    def save(self, commit=True):
        self.instance.slug = self.instance.slug or free_slug(self.instance.name)
        return super().save(commit)


def free_slug(name):
    """A word for the address of a search that no specialty has yet."""
    base = slugify(name)[:70] or "specialty"
    taken = set(Specialty.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return base if base not in taken else next(s for n in range(2, 10**6) if (s := f"{base}-{n}") not in taken)


class LanguageForm(HouseForm, ModelForm):
    required = {
        "name": gettext_lazy("Enter the name"),
        "own_name": gettext_lazy("Enter what it calls itself"),
        "code": gettext_lazy("Enter the code"),
    }

    class Meta:
        model = Language
        fields = ("name", "own_name", "code")
        error_messages = {"code": {"unique": gettext_lazy("A language with this code is there already.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["own_name"].help_text = _("As its speakers write it: हिन्दी")
        self.fields["code"].help_text = _("The IETF tag: hi, en, ta")


class SpecialtyAdmin(admin.ModelAdmin):
    """Fields of medicine. None is deleted: doctors and searches hang on them."""

    form = SpecialtyForm
    fieldsets = ((None, {"fields": (("name", "title"),)}),)
    list_display = ("label", "called")
    search_fields = ("name", "title")
    search_help_text = gettext_lazy("Name")

    @admin.display(description=gettext_lazy("Name"), ordering="name")
    def label(self, specialty):
        return specialty.name

    @admin.display(description=gettext_lazy("Its doctor"), ordering="title")
    def called(self, specialty):
        return specialty.title


class LanguageAdmin(admin.ModelAdmin):
    """Spoken languages. None is deleted: doctors hang on them."""

    form = LanguageForm
    fieldsets = ((None, {"fields": (("name", "own_name", "code"),)}),)
    list_display = ("label", "own", "tag")
    search_fields = ("name", "own_name", "code")
    search_help_text = gettext_lazy("Name or code")

    @admin.display(description=gettext_lazy("Name"), ordering="name")
    def label(self, language):
        return language.name

    @admin.display(description=gettext_lazy("Own name"))
    def own(self, language):
        return format_html('<span lang="{}">{}</span>', language.code, language.own_name)

    @admin.display(description=gettext_lazy("Code"), ordering="code")
    def tag(self, language):
        return language.code
