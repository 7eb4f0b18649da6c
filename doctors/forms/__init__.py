"""Every form of doctors: joining, places of work, the own page."""

from doctors.forms.choices import Several
from doctors.forms.joining import DocumentForm, NewFileForm, RegistrationFields
from doctors.forms.page import PageForm
from doctors.forms.places import AcceptForm, ApplicationForm, DeclineForm, ReassignForm

__all__ = [
    "AcceptForm",
    "ApplicationForm",
    "DeclineForm",
    "DocumentForm",
    "NewFileForm",
    "PageForm",
    "ReassignForm",
    "RegistrationFields",
    "Several",
]
