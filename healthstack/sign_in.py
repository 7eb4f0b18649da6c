"""How people get in: allauth's adapter and forms, in our words, with our limits, through our outbox."""

from allauth.account import forms as allauth_forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.utils import setup_user_email
from django import forms
from django.contrib.auth.models import Permission
from django.utils.translation import gettext_lazy as _

from accounts.notify import post
from healthstack.lib.forms import BirthDateField, HouseForm, NameField
from healthstack.middleware import client_address
from patients import workflow as patients


class Backend(AuthenticationBackend):
    """Log in by e-mail; permissions come from groups alone, never from a person's row."""

    def _get_user_permissions(self, user_obj):
        return Permission.objects.none()


class Adapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This e-mail address and this password do not belong together."),
        "too_many_login_attempts": _("Too many tries. Wait fifteen minutes, or reset your password."),
        "invalid_password_reset": _("This link is used up or too old. Ask for a new one."),
        "incorrect_code": _("This code is not right. Look at the newest mail from us."),
    }

    def _get_login_attempts_cache_key(self, request, **credentials):
        # Account and address together: guessing from elsewhere does not lock the owner out (security 2).
        login = (credentials.get("email") or "").strip().lower()
        return f"{client_address(request)}:{login}"

    def get_client_ip(self, request):
        return client_address(request) or "unknown"

    def send_mail(self, template_prefix, email, context):
        """Letters of allauth leave through the outbox like all others."""
        letter = self.render_mail(template_prefix, email, {"request": self.request, **context})
        html = next((body for body, kind in getattr(letter, "alternatives", []) if kind == "text/html"), "")
        post(letter.to[0], letter.subject, letter.body, html=html)

    def add_message(self, request, level, message_template=None, message_context=None, extra_tags="", message=None):
        """The pages say what happened; a second message about it would only be noise."""
        if message_template in QUIET:
            return
        super().add_message(request, level, message_template, message_context, extra_tags, message)


QUIET = {
    "account/messages/logged_in.txt",
    "account/messages/email_confirmation_sent.txt",
    "account/messages/email_confirmed.txt",
}


class LoginForm(HouseForm, allauth_forms.LoginForm):
    required = {"login": _("Enter your e-mail address"), "password": _("Enter your password")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs = {"autocomplete": "username", "inputmode": "email"}
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}
        self.fields["password"].help_text = ""
        self.fields.pop("remember", None)


class PatientSignUpForm(HouseForm, allauth_forms.SignupForm):
    """Signs up a patient, and nothing but a patient, whatever else is posted."""

    name = NameField(label=_("Your name"), error_messages={"required": _("Enter your name")})
    born_on = BirthDateField()
    consent = forms.BooleanField(
        label=_("I agree that HealthStack keeps my health data, for my care only"),
        error_messages={"required": _("Agree to how we keep your data to continue")},
    )
    field_order = ("name", "email", "password1", "born_on", "consent")
    required = {"email": _("Enter your e-mail address"), "password1": _("Choose a password")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["email"].widget.attrs = {"autocomplete": "email", "inputmode": "email"}
        self.fields["email"].help_text = _("We send you a code to check it.")
        self.fields["password1"].widget.attrs = {"autocomplete": "new-password"}
        self.fields["password1"].help_text = _("At least 8 characters. A few words are easy to remember.")

    def save(self, request):
        data = self.cleaned_data
        patient = patients.sign_up(
            email=data["email"], password=data["password1"], name=data["name"], born_on=data["born_on"]
        )
        setup_user_email(request, patient.user, [])
        return patient.user


class ResetForm(HouseForm, allauth_forms.ResetPasswordForm):
    required = {"email": _("Enter your e-mail address")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["email"].widget.attrs = {"autocomplete": "email", "inputmode": "email"}


class NewPasswordForm(HouseForm, allauth_forms.ResetPasswordKeyForm):
    required = {"password1": _("Choose a new password")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _only_once(self)


class ChangePasswordForm(HouseForm, allauth_forms.ChangePasswordForm):
    required = {"oldpassword": _("Enter your present password"), "password1": _("Choose a new password")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _only_once(self)
        self.fields["oldpassword"].label = _("Present password")
        self.fields["oldpassword"].widget.attrs = {"autocomplete": "current-password"}


def _only_once(form):
    """One field with a button to look at it, not two to type blindly into."""
    del form.fields["password2"]
    field = form.fields["password1"]
    field.label = _("New password")
    field.widget.attrs = {"autocomplete": "new-password"}
    field.help_text = _("At least 8 characters; 12 if you see other people's data here.")


class CodeForm(HouseForm, allauth_forms.ConfirmEmailVerificationCodeForm):
    required = {"code": _("Enter the code from our mail")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].widget.attrs = {
            "autocomplete": "one-time-code",
            "autocapitalize": "characters",
            "spellcheck": "false",
        }
        self.fields["code"].widget.attrs.pop("placeholder", None)
