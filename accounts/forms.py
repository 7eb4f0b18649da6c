"""What people type about their account."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import kinds
from accounts.models import MailChoice, User
from accounts.workflow.people import own_stamp
from healthstack.lib.forms import HouseForm, NameField
from healthstack.lib.stamps import stamp_field
from healthstack.lib.uploads import PORTRAIT, UploadField
from healthstack.lib.zones import spelled, zone_choices


class ProfileForm(HouseForm, forms.ModelForm):
    """Name and phone of an account, and in which language and zone pages speak to the person."""

    name = NameField(label=_("Name"), error_messages={"required": _("Enter your name")})

    language = forms.ChoiceField(label=_("Language"), required=False)
    zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("For what happened and when. The times of visits are always those of the hospital."),
    )
    stamp = stamp_field()

    class Meta:
        model = User
        fields = ("name", "phone", "language", "zone")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["stamp"] = own_stamp(self.instance)
        self.fields["language"].label, self.fields["zone"].label = _("Language"), _("Time zone")
        self.fields["language"].choices = [
            ("", _as_the_site(dict(settings.LANGUAGES).get(settings.LANGUAGE_CODE, settings.LANGUAGE_CODE))),
            *settings.LANGUAGES,
        ]
        self.fields["zone"].choices = [("", _as_the_site(spelled(settings.TIME_ZONE))), *zone_choices()]
        for name in ("language", "zone"):
            self.fields[name].error_messages["invalid_choice"] = _("Choose one of the list")
        self.fields["phone"].widget.attrs.update(inputmode="tel", autocomplete="tel")
        self.fields["phone"].error_messages["invalid"] = _("Enter a phone number such as 98390 12345")


class LettersForm(HouseForm, forms.Form):
    """Of which kinds letters come. Those that cannot be switched off are not among them."""

    wanted = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, user, **kwargs):
        chosen = dict(MailChoice.objects.filter(user=user).values_list("kind", "wanted"))
        wanted = [name for name, kind in kinds.TABLE.items() if chosen.get(name, kind.mail)]
        kwargs.setdefault("initial", {"wanted": wanted})
        super().__init__(*args, **kwargs)
        offered = kinds.offered(user).items()
        field = self.fields["wanted"]
        field.label = _("Send me mails about")
        field.choices = [(name, kind.words) for name, kind in offered if not kind.fixed]
        field.error_messages["invalid_choice"] = _("Choose among those that are listed")
        self.always = [kind.words for _name, kind in offered if kind.fixed]


class PhotoForm(HouseForm, forms.Form):
    """A picture of oneself."""

    photo = UploadField(label=_("Photo"), kinds=PORTRAIT)


def _as_the_site(words):
    return gettext("As the site: %(words)s") % {"words": words}
