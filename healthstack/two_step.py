"""The second step of logging in: allauth's codes and keys, with our words, our sealing, and pages of ours alone."""

import base64
import hashlib
import logging
from io import BytesIO

import qrcode
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as base_forms
from allauth.mfa.base import views as base_views
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import forms as code_forms
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import forms as key_forms
from allauth.mfa.webauthn import views as key_views
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.urls import reverse_lazy
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from qrcode.image.svg import SvgPathImage

from accounts import workflow as accounts
from accounts.models import User
from healthstack.lib.forms import HouseForm

log = logging.getLogger(__name__)
TOO_MANY = "too_many_login_attempts"
STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# A code is good for three periods, since clocks differ; a used one is remembered longer than that.
REMEMBERED = 5 * 60


class Adapter(DefaultMFAAdapter):
    """Secrets lie sealed in the database: whoever reads a copy of it cannot make codes."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "This code is not right. Take the one that your app shows now; each works once."
        ),
        "unverified_email": gettext_lazy("Confirm your e-mail address first."),
        "cannot_generate_recovery_codes": gettext_lazy("Turn on a second step first."),
    }

    def get_totp_issuer(self):
        return settings.SITE_NAME

    def _get_site_name(self):
        return settings.SITE_NAME

    def encrypt(self, text):
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        try:
            return _seal().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # Another SECRET_KEY wrote it. Nothing may be made of an empty secret: no code is right.
            log.error("a second step cannot be read: was SECRET_KEY changed without SECRET_KEY_FALLBACKS?")
            raise self.validation_error("incorrect_code") from None

    def build_totp_svg(self, url):
        """A drawing for the page itself: our content security policy takes no picture from a data: address."""
        out = BytesIO()
        qrcode.make(url, image_factory=SvgPathImage, border=3).save(out)
        drawing = out.getvalue().decode().partition("?>")[2].strip()
        words = f'<svg class="qr" role="img" aria-label="{escape(_("Code to scan with your app"))}" '
        ground = '<rect width="100%" height="100%" fill="#fff"/><path '
        # What was typed is in it only as dark and light fields: the library draws no text.
        return mark_safe(drawing.replace("<svg ", words, 1).replace("<path ", ground, 1))  # noqa: S308

    def generate_authenticator_name(self, user, type):
        n = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(n)d") % {"n": n + 1}


def _seal():
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"second step:{key}".encode()).digest())) for key in keys]
    )


# --- what is typed ---------------------------------------------------------------------------------------------------


class _Code:
    """A code typed in: six digits of an app, or one of the recovery codes; never the same one twice."""

    required = {"code": gettext_lazy("Enter the code")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = gettext_lazy("Code")
        self.fields["code"].widget.attrs = {
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "spellcheck": "false",
        }

    def clean_code(self):
        digits = "".join(c for c in self.cleaned_data["code"] if c.isdecimal() and c.isascii())[:20]
        used = f"second-step:{self.user.pk}:{digits}"
        try:
            if cache.get(used):
                raise Adapter().validation_error("incorrect_code")
            self.cleaned_data["code"] = digits
            code = super().clean_code()
            if not cache.add(used, True, REMEMBERED):
                raise Adapter().validation_error("incorrect_code")
        except forms.ValidationError as error:
            if error.code not in (TOO_MANY, "rate_limited"):
                raise
            self.add_error(None, forms.ValidationError(_("Too many tries. Wait fifteen minutes."), TOO_MANY))
            return ""
        return code


class AuthenticateForm(_Code, HouseForm, base_forms.AuthenticateForm):
    pass


class ActivateForm(_Code, HouseForm, totp_forms.ActivateTOTPForm):
    @property
    def spoken_secret(self):
        """The secret in fours, to be typed by hand."""
        return " ".join(self.secret[n : n + 4] for n in range(0, len(self.secret), 4))


class DeactivateForm(HouseForm, totp_forms.DeactivateTOTPForm):
    pass


class CodesForm(HouseForm, code_forms.GenerateRecoveryCodesForm):
    pass


class _Key:
    """What a browser says of a key. A stranger may post anything: whatever cannot be read is simply not right."""

    def full_clean(self):
        try:
            super().full_clean()
        except Exception:
            log.info("a key could not be read", exc_info=settings.DEBUG)
            self.cleaned_data = {}
            self._errors = forms.utils.ErrorDict()
            self.add_error(None, _("This key did not answer as it should. Try again."))
        if "credential" in self.errors and self.is_bound:
            limited = any(error.code == TOO_MANY for error in self.errors["credential"].as_data())
            del self._errors["credential"]
            words = _("Too many tries. Wait fifteen minutes.") if limited else _("This key did not answer. Try again.")
            self.add_error(None, forms.ValidationError(words, TOO_MANY if limited else "key"))


class AddKeyForm(_Key, HouseForm, key_forms.AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext_lazy("What you call it")
        self.fields["name"].validators.append(MaxLengthValidator(60))


class AuthenticateKeyForm(_Key, HouseForm, key_forms.AuthenticateWebAuthnForm):
    pass


# --- pages -----------------------------------------------------------------------------------------------------------


def _alone(view, *, of=STEPS):
    """The view, for one request of a person at a time; a step that came or went is written down, and ends what else of
    theirs is open.
    """

    def changing(request, *args, **kwargs):
        if request.method != "POST" or not request.user.is_authenticated:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            User.objects.select_for_update().get(pk=request.user.pk)
            before = _steps(request.user)
            response = view(request, *args, **kwargs)
            if _steps(request.user) != before:
                accounts.change_second_step(
                    user=request.user,
                    steps=len(_steps(request.user)),
                    but=request.session.session_key,
                    by=request.user,
                )
        return response

    return changing


def _steps(user):
    return set(Authenticator.objects.filter(user=user, type__in=STEPS).values_list("pk", flat=True))


index = base_views.index
authenticate = base_views.authenticate
activate = _alone(totp_views.activate_totp)
deactivate = _alone(totp_views.deactivate_totp)
show_codes = code_views.view_recovery_codes
make_codes = _alone(code_views.generate_recovery_codes)
add_key = _alone(key_views.add_webauthn)
remove_key = _alone(key_views.RemoveWebAuthnView.as_view(success_url=reverse_lazy("mfa_index")))
