"""How doctors get in: allauth's sign-up with what a council knows of them. They are checked before anyone finds them."""

from allauth.account.utils import setup_user_email
from allauth.account.views import SignupView
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.passwords import LEAST_FOR_STAFF
from doctors import workflow as doctors
from doctors.forms import RegistrationFields
from healthstack.sign_in import PatientSignUpForm

CONSENT = {
    "label": _("I agree that HealthStack keeps these details and my documents, to check my registration"),
    "error_messages": {"required": _("Agree to how we keep your details to continue")},
}


class DoctorSignUpForm(RegistrationFields, PatientSignUpForm):
    """Signs up a doctor who is still to be checked, and nothing else, whatever else is posted."""

    born_on = None
    consent = forms.BooleanField(**CONSENT)
    field_order = (
        "name",
        "email",
        "password1",
        "registration_number",
        "council",
        "specialties",
        "degrees",
        "practising_since",
        "languages",
        "gender",
        "fee",
        "consent",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("Without “Dr”: the pages add it.")
        self.fields["password1"].help_text = _("At least 12 characters, since you will see other people's data here.")

    def clean_password1(self):
        password = self.cleaned_data["password1"]
        if len(password) < LEAST_FOR_STAFF:
            raise forms.ValidationError(_("Use at least %(least)d characters.") % {"least": LEAST_FOR_STAFF})
        return password

    def save(self, request):
        data = self.cleaned_data
        doctor = doctors.sign_up(
            email=data["email"],
            password=data["password1"],
            name=data["name"],
            doctor=self.doctor,
            specialties=data["specialties"],
            languages=data["languages"],
        )
        setup_user_email(request, doctor.user, [])
        return doctor.user


class DoctorSignUp(SignupView):
    """allauth's own page with our form: the same limits, the same silence about addresses that are known."""

    template_name = "account/signup_doctor.html"

    def get_form_class(self):
        return DoctorSignUpForm


sign_up = DoctorSignUp.as_view()
