"""How people get in: allauth's adapter, forms and code page, in our words, with our limits, through our outbox."""

import ipaddress

from allauth.account import app_settings
from allauth.account import forms as allauth_forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.stages import EmailVerificationStage, LoginStageController
from allauth.account.utils import get_login_redirect_url, setup_user_email
from allauth.account.views import email_verification_sent
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.contrib.auth.password_validation import validate_password
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import workflow as accounts
from accounts.models import User
from accounts.notify import post
from healthstack.lib.forms import BirthDateField, HouseForm, NameField
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from healthstack.middleware import client_address
from patients import workflow as patients

# What the next page says anyway; a message about it would only be noise.
QUIET = {
    "account/messages/logged_in.txt",
    "account/messages/email_confirmation_sent.txt",
    "account/messages/email_confirmed.txt",
    "mfa/messages/recovery_codes_generated.txt",
}
PASSWORD_CHANGED = "account/messages/password_changed.txt"  # noqa: S105 - a template
TOO_MANY = "too_many_login_attempts"
CONSENT = {
    "label": _("I agree that HealthStack keeps my health data, for my care only"),
    "error_messages": {"required": _("Agree to how we keep your data to continue")},
}


class Backend(AuthenticationBackend):
    """Log in by e-mail; permissions come from groups alone, never from a person's row."""

    def _get_user_permissions(self, user_obj):
        return Permission.objects.none()

    def get_user(self, user_id):
        """The person of a session, with what every request asks of them, in one query."""
        user = User.objects.with_standing().filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None


class Adapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This e-mail address and this password do not belong together."),
        TOO_MANY: _("Too many tries. Wait fifteen minutes, or reset your password."),
        "email_taken": _("Someone already has this e-mail address."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_password": _("This is not your password."),
        "incorrect_code": _("This code is not right. Look at the newest mail from us."),
        "invalid_password_reset": _("This link is used up or too old. Ask for a new one."),
        "rate_limited": _("That was too quick. Wait a moment, then try again."),
    }

    def _get_login_attempts_cache_key(self, request, **credentials):
        # Account and address together: guessing from elsewhere does not lock the owner out (security 2).
        login = (credentials.get("email") or "").strip().lower()
        return f"{_network(client_address(request))}:{login}"

    def get_client_ip(self, request):
        return client_address(request) or "unknown"

    def is_safe_url(self, url):
        """Only this very host; allauth would trust every allowed one (security 11)."""
        return url_has_allowed_host_and_scheme(url, {self.request.get_host()}, require_https=self.request.is_secure())

    def is_ajax(self, request):
        """Every answer is a page, with its own status; allauth's second, JSON way in stays shut."""
        return False

    def get_password_change_redirect_url(self, request):
        return reverse("accounts:profile")

    def get_reset_password_from_key_url(self, key):
        """The link names the site of the settings, whatever host the request named (security 6)."""
        uid, _dash, secret = key.partition("-")
        return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": secret})

    def set_password(self, user, password):
        here = self.request.session.session_key if self.request.user.is_authenticated else None
        accounts.set_password(user=user, password=password, but=here, by=user)

    def confirm_email(self, request, email_address):
        """An address is known to be its person's: a record that was asked for with it is joined now, and not before."""
        try:
            return one_transaction(self._confirm)(request, email_address)
        except RuleBroken as refusal:
            confirmed = super().confirm_email(request, email_address)
            messages.error(request, refusal.sentence)
            return confirmed

    def _confirm(self, request, email_address):
        confirmed = super().confirm_email(request, email_address)
        if confirmed:
            patients.finish_claim(user=email_address.user)
        return confirmed

    def get_reauthentication_methods(self, user):
        """Before the second step is changed, the password is asked: it is the half that a found phone does not know."""
        if not (user.is_authenticated and user.has_usable_password()):
            return []
        return [{"id": "reauthenticate", "description": "", "url": reverse("account_reauthenticate")}]

    def send_mail(self, template_prefix, email, context):
        """Letters of allauth leave through the outbox like all others."""
        facts = {
            "request": self.request,
            "email": email,
            "site": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
            "code_minutes": app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT // 60,
            "reset_minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
        }
        letter = self.render_mail(template_prefix, email, {**facts, **context})
        html = next((body for body, kind in letter.alternatives if kind == "text/html"), "")
        post(letter.to[0], letter.subject, letter.body, html=html)

    def add_message(self, request, level, message_template=None, message_context=None, extra_tags="", message=None):
        if message_template in QUIET:
            return
        if message_template == PASSWORD_CHANGED and not request.user.is_authenticated:
            return  # the page behind a reset says it
        if message is not None and message == self.error_messages[TOO_MANY]:
            # Only the code page says it as a message, and there the remedy is another one.
            message = _("That was wrong too often. Log in, and we send you a new code.")
        super().add_message(request, level, message_template, message_context, extra_tags, message)


def _network(address):
    """What one person has: an IPv4 address, or all of an IPv6 /64."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))


@login_not_required
def confirm_code(request):
    """Where the code is typed in. Open only to somebody on the way in, whether or not the address had an account."""
    if request.user.is_authenticated:
        return redirect(get_login_redirect_url(request))
    if not LoginStageController.enter(request, EmailVerificationStage.key):
        return redirect("account_login")
    return email_verification_sent(request)


class LoginForm(HouseForm, allauth_forms.LoginForm):
    required = {"login": _("Enter your e-mail address"), "password": _("Enter your password")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        by_mail(self.fields["login"], autocomplete="username")
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}
        self.fields["password"].help_text = ""
        self.fields.pop("remember", None)


class PatientSignUpForm(HouseForm, allauth_forms.SignupForm):
    """Signs up a patient, and nothing but a patient, whatever else is posted."""

    name = NameField(label=_("Your name"), error_messages={"required": _("Enter your name")})
    born_on = BirthDateField()
    consent = forms.BooleanField(**CONSENT)
    field_order = ("name", "email", "password1", "born_on", "consent")
    required = {"email": _("Enter your e-mail address"), "password1": _("Choose a password")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        most = User._meta.get_field("email").max_length
        by_mail(self.fields["email"])
        self.fields["email"].validators.append(
            MaxLengthValidator(most, _("Use an address of at most %(limit_value)d characters"))
        )
        self.fields["email"].help_text = _("We send you a code to check it.")
        self.fields["password1"].widget.attrs = {"autocomplete": "new-password"}
        self.fields["password1"].help_text = _("At least 8 characters. A few words are easy to remember.")

    def clean(self):
        data = super().clean()
        if "password1" in data and "password1" not in self.errors:
            # allauth compares the password with the address only, we with the name as well.
            try:
                validate_password(data["password1"], User(email=data.get("email", ""), name=data.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return data

    def try_save(self, request):
        if not self.account_already_exists:
            try:
                return super().try_save(request)
            except (RuleBroken, IntegrityError):
                self.account_already_exists = True  # another request was quicker with this address
        make_password(self.cleaned_data["password1"])  # the same work as for a new account, so the clock tells nothing
        return super().try_save(request)

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
        by_mail(self.fields["email"])


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
        self.fields["oldpassword"].help_text = ""
        self.fields["oldpassword"].widget.attrs = {"autocomplete": "current-password"}


class ReauthenticateForm(HouseForm, allauth_forms.ReauthenticateForm):
    required = {"password": _("Enter your password")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}

    def clean_password(self):
        try:
            return super().clean_password()
        except forms.ValidationError as error:
            if error.code != TOO_MANY:
                raise
            self.add_error(None, error)  # not a fault of what was typed
            return ""


class CodeForm(HouseForm, allauth_forms.ConfirmEmailVerificationCodeForm):
    required = {"code": _("Enter the code from our mail")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].help_text = _("For example, BCDF-GHJK. Small letters will do.")
        self.fields["code"].widget.attrs = {
            "autocomplete": "one-time-code",
            "autocapitalize": "characters",
            "spellcheck": "false",
        }


def by_mail(field, autocomplete="email"):
    """A field for an e-mail address."""
    field.label = _("E-mail")
    field.widget.attrs = {"autocomplete": autocomplete, "inputmode": "email"}
    field.error_messages["invalid"] = _("Enter an e-mail address such as name@example.org")


def _only_once(form):
    """One field with a button to look at it, not two to type blindly into."""
    del form.fields["password2"]
    field = form.fields["password1"]
    field.label = _("New password")
    field.widget.attrs = {"autocomplete": "new-password"}
    field.help_text = _("At least 8 characters; 12 if you see other people's data here.")
