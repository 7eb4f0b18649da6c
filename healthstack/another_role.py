"""How somebody who has an account takes on another role: a doctor becomes a patient as well, a patient joins as a doctor.

The addresses are those of the sign-up. Who is logged in finds its form without name, address and password.
"""

from allauth.account import views as allauth_views
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from accounts.passwords import LEAST_FOR_STAFF
from doctors import workflow as doctors
from doctors.forms import RegistrationFields
from doctors.models import Doctor
from healthstack import sign_in, sign_up_doctor
from healthstack.frame import ROLE
from healthstack.lib.forms import BirthDateField, HouseForm, attempt, posted
from patients import workflow as patients
from patients.models import Patient


class JoinAsPatientForm(HouseForm, forms.Form):
    """What a record begins with."""

    born_on = BirthDateField()
    consent = forms.BooleanField(**sign_in.CONSENT)


class JoinAsDoctorForm(RegistrationFields, sign_in.ReauthenticateForm):
    """What a council knows of the person; and their password, which must do for somebody who sees other people's data."""

    consent = forms.BooleanField(**sign_up_doctor.CONSENT)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name not in ("password", "consent")])
        self.fields["password"].label = _later("Your password")

    def clean_password(self):
        password = super().clean_password()
        if password and len(password) < LEAST_FOR_STAFF:
            raise forms.ValidationError(
                _("A doctor's password has at least %(least)d characters. Change yours first, then come back.")
                % {"least": LEAST_FOR_STAFF}
            )
        return password


@login_not_required
def join_patient(request):
    return as_patient(request) if request.user.is_authenticated else allauth_views.signup(request)


@login_not_required
def join_doctor(request):
    return as_doctor(request) if request.user.is_authenticated else sign_up_doctor.sign_up(request)


def as_patient(request):
    if Patient.objects.of(request.user).exists():
        return redirect("record")
    form = JoinAsPatientForm(posted(request))
    status = attempt(form, lambda data: patients.join(user=request.user, born_on=data["born_on"], by=request.user))
    if status is None:
        messages.success(request, _("You are a patient here as well now."))
        return _begin(request, "patient", "dashboard")
    return render(request, "account/join_patient.html", {"form": form}, status=status)


def as_doctor(request):
    if Doctor.objects.filter(user=request.user).exists():
        return redirect("doctors:page" if request.user.has_perm("doctors.update_own_doctor") else "dashboard")
    form = JoinAsDoctorForm(posted(request), user=request.user)
    status = attempt(form, lambda data: _join_as_doctor(request.user, form.doctor, data))
    if status is None:
        messages.success(request, _("Now add the papers that show your registration."))
        return _begin(request, "pending", "doctors:verification")
    return render(request, "account/join_doctor.html", {"form": form}, status=status)


def _join_as_doctor(user, doctor, data):
    doctors.join(user=user, doctor=doctor, specialties=data["specialties"], languages=data["languages"], by=user)


def _begin(request, role, page):
    """The role is looked at from now on, in a session with another key: what may be done in it has grown."""
    request.session.cycle_key()
    request.session.pop("seen_at", None)  # so that the next page lists this session under its new key
    request.session[ROLE] = role
    return redirect(page)
