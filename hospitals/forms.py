"""What those who register and run a hospital type."""

from datetime import date
from decimal import Decimal

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.passwords import LEAST_FOR_STAFF
from healthstack.lib.forms import HandDrawn, HouseForm, NameField, TimeField
from healthstack.lib.stamps import stamp_field
from healthstack.lib.uploads import PHOTO, UploadField
from hospitals.models import Hospital, Staff, VisitType
from hospitals.workflow.running import DETAILS, UNTIL_CHECKED, details_of, details_stamp, fees_stamp, opening_stamp

POSTCODE = RegexValidator(r"^[0-9A-Za-z][0-9A-Za-z -]{2,10}\Z", _("Enter a PIN code such as 226001"))
RANGES = 3  # of one day
DAY_NAMES = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))


class PlaceForm(HouseForm, forms.ModelForm):
    """What two forms of a hospital share: the words about its columns."""

    required = {
        "name": _("Enter the name"),
        "kind": _("Choose one"),
        "street": _("Enter the street and area"),
        "city": _("Enter the city"),
        "postcode": _("Enter the PIN code"),
        "phone": _("Enter the phone number"),
        "zone": _("Enter the time zone, such as Asia/Kolkata"),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        if "postcode" in fields:
            fields["postcode"].validators.append(POSTCODE)
            fields["postcode"].widget.attrs.update(autocomplete="off", inputmode="numeric")
        if "phone" in fields:
            fields["phone"].error_messages["invalid"] = _("Enter a phone number such as 98390 12345")
            fields["phone"].widget.attrs.update(inputmode="tel", autocomplete="off")
        if "about" in fields:
            fields["about"].widget = forms.Textarea(attrs={"rows": 4, "maxlength": 2000})
            fields["about"].help_text = _("What patients read. At most 2,000 characters.")

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        if not any(c.isalpha() for c in name):
            raise forms.ValidationError(gettext("Enter a name with letters"))
        return name


class RegisterForm(PlaceForm):
    """A hospital that registers itself."""

    sure = forms.BooleanField(label=_("It is another one"), required=False)

    class Meta:
        model = Hospital
        fields = ("name", "kind", "street", "city", "region", "postcode", "phone", "about", "zone")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("street", "postcode", "phone"):
            self.fields[name].required = True
            self.fields[name].label = Hospital._meta.get_field(name).verbose_name.capitalize()
            self.fields[name].error_messages["required"] = self.required[name]
        self.fields["name"].label = _("Name of the hospital, clinic or practice")
        self.fields["zone"].help_text = _("Times are shown in it.")
        self.fields["phone"].help_text = _("We may call it to check.")


class DetailsForm(PlaceForm):
    """What those who run a hospital may change of its row."""

    stamp = stamp_field()

    class Meta:
        model = Hospital
        fields = (*UNTIL_CHECKED, *DETAILS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        may = details_of(self.instance)
        for name in self.Meta.fields:
            if name not in may:
                del self.fields[name]
        self.initial["stamp"] = details_stamp(self.instance)
        on_the_map(self)

    def clean(self):
        data = super().clean()
        both_or_neither(self, data)
        return data

    @property
    def values(self):
        return {name: value for name, value in self.cleaned_data.items() if name != "stamp"}


def on_the_map(form):
    """The fields for beds and degrees, in whichever form of a hospital they stand."""
    for name, mode in (("beds", "numeric"), ("latitude", "text"), ("longitude", "text")):
        form.fields[name].widget = forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"})
    for name, edge in (("latitude", 90), ("longitude", 180)):
        form.fields[name].error_messages["invalid"] = _("Enter degrees such as 26.846700")
        form.fields[name].validators.append(_between(-edge, edge))
    form.fields["latitude"].help_text = _("Both together show patients where you are on a map.")
    form.fields["beds"].error_messages["invalid"] = _("Enter a number of beds")


def both_or_neither(form, data):
    """One of two degrees alone is no place."""
    if (data.get("latitude") is None) != (data.get("longitude") is None) and not (
        {"latitude", "longitude"} & set(form.errors)
    ):
        missing = "latitude" if data.get("latitude") is None else "longitude"
        form.add_error(missing, gettext("Enter both, or neither of them"))


def _between(least, most):
    def check(value):
        if not least <= value <= most:
            raise forms.ValidationError(gettext("Enter degrees such as 26.846700"))

    return check


class FeesForm(HouseForm, forms.Form):
    """What each kind of visit costs here. Left empty, the doctor's own fee counts."""

    stamp = stamp_field()

    def __init__(self, *args, hospital, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["stamp"] = fees_stamp(hospital)
        had = dict(hospital.fees.values_list("visit_type", "amount"))
        for value, label in VisitType.choices:
            self.fields[value] = forms.DecimalField(
                label=label,
                required=False,
                min_value=Decimal(0),
                max_digits=10,
                decimal_places=2,
                initial=had.get(value),
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
                error_messages={
                    "invalid": _("Enter an amount such as 500"),
                    "min_value": _("Enter an amount of 0 or more"),
                },
            )

    @property
    def fees(self):
        """{visit type: amount} of what was filled in."""
        typed = {value: self.cleaned_data.get(value) for value in VisitType.values}
        return {value: amount for value, amount in typed.items() if amount is not None}


class PhotoForm(HouseForm, forms.Form):
    """A picture of the hospital."""

    photo = UploadField(label=_("Picture"), kinds=PHOTO)


class PartForm(HouseForm, forms.Form):
    """The name of a department or of a service."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        error_messages={"required": _("Enter the name"), "max_length": _("Use at most 80 characters")},
    )

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        if not any(c.isalnum() for c in name):
            raise forms.ValidationError(gettext("Enter a name with letters"))
        return name


class RenameForm(PartForm):
    """Another name of a department."""

    stamp = stamp_field()


class OpeningForm(HandDrawn, forms.Form):
    """The week of a hospital: up to three times of each day, or day and night."""

    stamp = stamp_field()

    def __init__(self, *args, hospital, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["stamp"] = opening_stamp(hospital)
        had = {}
        for row in hospital.opening_hours.all():
            had.setdefault(row.weekday, []).append((row.from_minute, row.to_minute))
        self.initial["always"] = had == {day: [(0, 1440)] for day in range(7)}
        self.fields["always"] = forms.BooleanField(
            label=_("Day and night, every day"), required=False, initial=self.initial["always"]
        )
        for day in range(7):
            rows = [] if self.initial["always"] else had.get(day, [])
            for n in range(RANGES):
                begins, ends = rows[n] if n < len(rows) else (None, None)
                for end, label, minute in (("begins", _("From"), begins), ("ends", _("To"), ends)):
                    field = TimeField(label=label, required=False, initial=minute)
                    field.widget.attrs["class"] = "form-control"
                    self.fields[f"{end}_{day}_{n}"] = field

    @property
    def week(self):
        """[(name of the day, [(from, to) as fields])]"""
        return [
            (name, [(self[f"begins_{day}_{n}"], self[f"ends_{day}_{n}"]) for n in range(RANGES)])
            for day, name in enumerate(DAY_NAMES)
        ]

    def clean(self):
        data = super().clean()
        self.ranges = [(day, 0, 1440) for day in range(7)] if data.get("always") else []
        for day in () if data.get("always") else range(7):
            for n in range(RANGES):
                self._range(data, day, n)
        return data

    def _range(self, data, day, n):
        names = (f"begins_{day}_{n}", f"ends_{day}_{n}")
        begins, ends = (data.get(name) for name in names)
        if set(names) & set(self.errors) or (begins is None and ends is None):
            return
        if begins is None:
            self.add_error(names[0], gettext("Enter when it opens"))
        elif ends is None:
            self.add_error(names[1], gettext("Enter when it closes"))
        elif begins >= 1440 or begins == ends:
            self.add_error(names[1], gettext("It closes when it opens. Enter another time"))
        else:
            self.ranges.append((day, begins, ends if ends > begins else ends + 1440))


class ClosureForm(HouseForm, forms.Form):
    """A day on which nobody is seen by appointment."""

    on = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d %m %Y"],
        error_messages={"required": _("Enter the day"), "invalid": _("Enter a date")},
    )
    name = forms.CharField(label=_("What for"), max_length=80, required=False, help_text=_("For example, Diwali"))

    def clean_on(self):
        on = self.cleaned_data["on"]
        if not date(2000, 1, 1) <= on < date(2200, 1, 1):
            raise forms.ValidationError(gettext("Enter a date"))
        return on


class InviteForm(HouseForm, forms.Form):
    """Whom to ask to work here, and as what."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
        help_text=_("The person gets a link that works for seven days."),
        error_messages={
            "required": _("Enter the e-mail address"),
            "invalid": _("Enter an e-mail address such as name@example.org"),
            "max_length": _("Use an address of at most 254 characters"),
        },
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=Staff.Role.choices[::-1], initial=Staff.Role.RECEPTIONIST, widget=forms.RadioSelect
    )
    required = {"role": _("Choose a role")}


class JoinForm(HouseForm, forms.Form):
    """A new person, by an invitation: the address is known already."""

    name = NameField(label=_("Your name"), error_messages={"required": _("Enter your name")})
    password = forms.CharField(
        label=_("Password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. A few words are easy to remember."),
        error_messages={"required": _("Choose a password")},
    )

    def __init__(self, *args, email="", **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self):
        data = super().clean()
        password = data.get("password")
        if password:
            try:
                if len(password) < LEAST_FOR_STAFF:
                    raise forms.ValidationError(
                        gettext("Use at least %(least)d characters.") % {"least": LEAST_FOR_STAFF}
                    )
                validate_password(password, User(email=self.email, name=data.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data
