"""What people type about themselves, and into a record."""

from patients.forms.documents import RecordDocumentForm
from patients.forms.entries import ConditionForm, ConditionStandForm, ImmunizationForm, VitalsForm
from patients.forms.people import (
    AllergyForm,
    BirthOrYearField,
    ClaimFields,
    DependantForm,
    InviteForm,
    ProfileForm,
    RegisterForm,
    WrongForm,
)

__all__ = [
    "AllergyForm",
    "BirthOrYearField",
    "ClaimFields",
    "ConditionForm",
    "ConditionStandForm",
    "DependantForm",
    "ImmunizationForm",
    "InviteForm",
    "ProfileForm",
    "RecordDocumentForm",
    "RegisterForm",
    "VitalsForm",
    "WrongForm",
]
