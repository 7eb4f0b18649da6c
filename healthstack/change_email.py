"""How a person changes the address with which they log in: the password, the new address, the code that was sent there.

Until the code is typed in, nothing has changed: the old address logs in, and mails go there. An address that somebody
else has is answered as any other; its owner gets a letter, and no code that could be typed.
"""

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.internal.flows.email_verification import handle_verification_email_rate_limit
from allauth.account.utils import filter_users_by_email
from allauth.core.ratelimit import consume_or_429
from django import forms
from django.contrib import messages
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from accounts import workflow as accounts
from accounts.models import User
from healthstack.lib.forms import posted
from healthstack.lib.rules import RuleBroken
from healthstack.sign_in import CodeForm, ReauthenticateForm, by_mail

ASKED = "change_email"  # in the session


class ChangeEmailForm(ReauthenticateForm):
    """The new address, and the password: a found phone does not know it."""

    email = forms.EmailField()
    required = {**ReauthenticateForm.required, "email": _later("Enter the new e-mail address")}
    field_order = ("email", "password")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        most, email = User._meta.get_field("email").max_length, self.fields["email"]
        by_mail(email)
        email.label = _later("New e-mail")
        email.help_text = _later("We send a code there. Until you have typed it in, nothing changes.")
        email.validators.append(
            MaxLengthValidator(most, _later("Use an address of at most %(limit_value)d characters"))
        )
        self.fields["password"].label = _later("Your password")

    def clean_email(self):
        email = User.objects.normalize_email(self.cleaned_data["email"])
        if email == self.user.email:
            raise forms.ValidationError(_("This is the address that you have already."))
        return email


class Asked(AbstractCodeVerificationProcess):
    """A change that waits for its code, in the session in which it was asked for."""

    def __init__(self, request, state):
        self.request = request
        super().__init__(
            state=state,
            user=request.user,
            max_attempts=app_settings.EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS,
            timeout=app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT,
        )

    @classmethod
    def begin(cls, request, email):
        asked = cls(request, {**cls.initial_state(request.user, email), "taken": bool(filter_users_by_email(email))})
        asked.send()

    @classmethod
    def resume(cls, request):
        """-> the change that waits in this session, or None, also when it is too old."""
        state = request.session.get(ASKED)
        return cls(request, state).abort_if_invalid() if state else None

    @property
    def email(self):
        return self.state["email"]

    @property
    def can_resend(self):
        return not self.is_resend_quota_reached(app_settings.EMAIL_VERIFICATION_MAX_RESEND_COUNT)

    def send(self):
        """A code to the address, or to one that somebody has the letter that says so, once."""
        handle_verification_email_rate_limit(self.request, self.email)
        adapter, again = get_adapter(), "code" in self.state
        nobody = {"user": None}  # whose name the letter would say, to somebody who may be a stranger
        self.state["code"] = adapter.generate_email_verification_code()
        if not self.state["taken"]:
            adapter.send_mail("account/email/change_email", self.email, {"code": self.code, **nobody})
        elif not again:
            adapter.send_mail("account/email/change_email_taken", self.email, nobody)
        self.persist()

    def resend(self):
        self.record_resend()
        self.send()

    def persist(self):
        self.request.session[ASKED] = self.state

    def abort(self):
        self.request.session.pop(ASKED, None)


def change_email(request):
    if too_often := consume_or_429(request, action="manage_email", user=request.user):
        return too_often
    form = ChangeEmailForm(posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        Asked.begin(request, form.cleaned_data["email"])
        return redirect("confirm-email")
    return TemplateResponse(request, "account/change_email.html", {"form": form})


def confirm_email(request):
    asked = Asked.resume(request)
    if asked is None:
        return redirect("change-email")
    if request.POST.get("action") == "resend" and asked.can_resend:
        asked.resend()
        messages.success(request, _("A new code is on its way."))
        return redirect("confirm-email")
    form = CodeForm(posted(request), code=asked.code, user=request.user, email=asked.email)
    if request.method == "POST":
        if form.is_valid():
            return _changed(request, asked)
        if "code" in form.data and not asked.record_invalid_attempt():
            messages.error(request, _("That was wrong too often. Begin again, and we send you a new code."))
            return redirect("change-email")
    facts = {"form": form, "email": asked.email, "can_resend": asked.can_resend}
    return TemplateResponse(request, "account/change_email_code.html", facts)


def _changed(request, asked):
    asked.abort()
    try:
        accounts.change_email(user=request.user, email=asked.email, by=request.user, but=request.session.session_key)
    except (RuleBroken, IntegrityError):  # who has the code reads that mailbox: to them it may be said
        messages.error(request, _("Someone has got this e-mail address meanwhile. Nothing was changed."))
        return redirect("change-email")
    messages.success(request, _("From now on you log in with %(email)s.") % {"email": asked.email})
    return redirect("accounts:profile")
