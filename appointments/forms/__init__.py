"""Every form of appointments: booking, visits, reviews, hours."""

from appointments.forms.booking import SLOT, BookingForm, MoveForm, typed_day
from appointments.forms.notes import AddendumForm, NoteForm
from appointments.forms.overbooking import OverbookForm
from appointments.forms.reviews import ReviewAnswerForm, ReviewForm
from appointments.forms.schedule import ExplainForm, HoursFormSet, LeaveForm, said_once
from appointments.forms.visits import AnswerForm, DeclineForm, LinkForm, ReasonForm, SettleForm

__all__ = [
    "SLOT",
    "AddendumForm",
    "AnswerForm",
    "BookingForm",
    "DeclineForm",
    "ExplainForm",
    "HoursFormSet",
    "LeaveForm",
    "LinkForm",
    "MoveForm",
    "NoteForm",
    "OverbookForm",
    "ReasonForm",
    "ReviewAnswerForm",
    "ReviewForm",
    "SettleForm",
    "said_once",
    "typed_day",
]
