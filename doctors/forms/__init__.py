"""Every form of doctors: joining, places of work, the own page."""

from doctors.forms.joining import DocumentForm, NewFileForm, RegistrationFields
from doctors.forms.page import PageForm
from doctors.forms.places import AcceptForm, ApplicationForm, DeclineForm, ReassignForm
from healthstack.lib.forms import Several

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
