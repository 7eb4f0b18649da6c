"""How a patient without a login takes the own record over: with a code, the date of birth, and a new or the own account."""

from allauth.account.utils import setup_user_email
from allauth.account.views import SignupView
from allauth.core.ratelimit import consume_or_429
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from healthstack.lib.forms import posted
from healthstack.lib.rules import RuleBroken
from healthstack.sign_in import PatientSignUpForm
from patients import workflow as patients
from patients.forms import ClaimFields
from patients.models import Patient


class ClaimForm(ClaimFields, PatientSignUpForm):
    """Makes an account for the patient of the code, and for nobody else, whatever else is posted. The name is the
    record's, and comes with it once the address is confirmed (`sign_in.Adapter.confirm_email`).
    """

    name = None
    field_order = ("code", "born_on", "email", "password1", "consent")
    required = {**PatientSignUpForm.required, **ClaimFields.required}

    def try_save(self, request):
        # The code first: else a wrong one would tell whether the address has an account.
        patients.check_code(code=self.cleaned_data["code"], born_on=self.cleaned_data["born_on"])
        return super().try_save(request)

    def save(self, request):
        data = self.cleaned_data
        user = patients.begin_claim(
            code=data["code"], born_on=data["born_on"], email=data["email"], password=data["password1"]
        )
        setup_user_email(request, user, [])
        return user


class ClaimSignUp(SignupView):
    """allauth's own page with our form: the same limits, the same silence about addresses that are known."""

    template_name = "account/claim.html"

    def get_form_class(self):
        return ClaimForm

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except RuleBroken as refusal:
            form.add_error(None, refusal.sentence)
            return self.form_invalid(form)


sign_up = ClaimSignUp.as_view()


@login_not_required
def claim(request):
    return with_own_account(request) if request.user.is_authenticated else sign_up(request)


def with_own_account(request):
    """Somebody who works here may come with a code too. Two records are never joined by one."""
    if too_often := consume_or_429(request, action="signup"):
        return too_often
    has_record = Patient.objects.of(request.user).exists()
    form = ClaimFields(posted(request))
    if request.method == "POST" and not has_record and form.is_valid():
        try:
            patients.claim(**form.cleaned_data, user=request.user)
            messages.success(request, _("This record is yours now."))
            return redirect("record")
        except RuleBroken as refusal:
            form.add_error(None, refusal.sentence)
    facts = {"form": form, "has_record": has_record}
    return render(request, "account/claim_own.html", facts, status=422 if form.is_bound else 200)
