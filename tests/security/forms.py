"""Every form of the site, as somebody would fill it in: the page's own values, and what is typed over them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.urls import reverse

from billing.models import Attempt, Payment
from healthstack.lib import clock
from patients.models import Condition
from tests.factories import PASSWORD, free_slots
from tests.security.walk import form_in

NEW = "a slow train through the hills"


@dataclass(frozen=True)
class Form:
    """page: where it stands; sent_to: another address than its page's. typed: what a person fills in.

    free: fields that take any text. kinds: {kind: fields} of those that do not.
    """

    name: str
    who: str
    page: Callable
    sent_to: Callable | None = None
    typed: Callable = lambda town: {}
    free: tuple = ()
    kinds: dict = field(default_factory=dict)
    answer: tuple = (302,)
    bare: bool = False  # without a page of its own: a button somewhere
    slow: bool = False  # the page takes long to draw; its desk has tests of its own

    def address(self, town):
        return (self.sent_to or self.page)(town).partition("?")[0]

    def filled(self, browser, town):
        """{field: value} as the page gives them, with what is typed."""
        fields = {} if self.bare else dict(form_in(browser.get(self.page(town)), self.address(town))["fields"])
        fields.pop("csrfmiddlewaretoken", None)
        fields = {name: value for name, value in fields.items() if "__prefix__" not in name}
        return {**fields, **self.typed(town)}

    def send(self, browser, town, values):
        cache.clear()  # nobody is slowed down for the form before
        return browser.post(self.address(town), values)


def to(name, *parts):
    """An address that is the same in every town."""
    return lambda town: reverse(name, args=parts)


def at_visit(name, state):
    return lambda town: reverse(name, args=[town.visits[state].pk])


def act(name, state, **more):
    """A button on a visit."""
    verb = name.partition(":")[2]
    return Form(f"{verb} a visit", more.pop("who", "doctor"), at_visit(name, state), bare=True, **more)


def booking(town):
    return reverse("appointments:book", args=[town.other_doctor.slug])


def slot(town):
    return {"slot": f"{town.free.room}-{town.free.start}", "message": "A headache since Monday"}


def _later(town):
    """A time of the doctor that is free, a day or more from now."""
    slot = free_slots(town.doctor)[-1]
    return f"{slot.room}-{slot.start}"


def pad(town):
    return {
        "diagnosis": "Vertigo",
        "advice": "Rise slowly",
        "follow_up_on": "2026-04-01",
        "medicines-1-name": "Betahistine",
        "medicines-1-strength": "16 mg",
        "medicines-1-dose_quantity": "1",
        "medicines-1-dose_unit": "tablet",
        "medicines-1-often": "1-1-1",
        "medicines-1-days": "14",
    }


def new_doctor(town):
    return {
        "name": "Ila Roy",
        "email": "ila.roy@example.org",
        "gender": "female",
        "registration_number": "B777",
        "council": "Delhi Medical Council",
        "fee": "700",
        "specialties": [str(town.specialty.pk)],
        "languages": [str(town.language.pk)],
    }


SIGN_UP = {
    "name": "Kavya Rao",
    "email": "kavya@example.org",
    "password1": PASSWORD,
    "born_on": "27 3 2004",
    "consent": "on",
}
OWN = {
    "name": "Priyanka Maurya",
    "born_on": "12 4 1990",
    "gender": "female",
    "blood_group": "O+",
    "emergency_name": "Ravi Maurya",
    "emergency_phone": "98390 12345",
}
HOSPITAL = {"name": "Lake View", "city": "Pune", "street": "1 Lake Road", "region": "Maharashtra", "postcode": "411001"}
HOURS_TIMES = ("hours-0-begins", "hours-0-ends")

CHILD = {"name": "Anvi Maurya", "born_on": "20 5 2019", "gender": "female", "blood_group": "O+"}
WALK_IN = {"name": "Munna Lal", "born_on": "1970", "phone": "98390 12346", "gender": "male"}


def of_child(name):
    return lambda town: reverse(f"patients:{name}", args=[town.child.pk])


def of_patient(name):
    return lambda town: reverse(f"patients:{name}", args=[town.grant.patient_id])


def of_condition(name, *kind):
    """What the patient has said of themselves."""
    return lambda town: reverse(
        f"patients:{name}", args=[*kind, Condition.objects.filter(patient=town.grant.patient).earliest("pk").pk]
    )


BOOK_OVER = {
    "choice": ("visit_type",),
    "id": ("who", "doctor", "hospital", "request_key"),
    "day": ("day",),
    "time": ("time",),
}


def book_over(town, patient):
    """A time between two starts, two days from now."""
    there = (clock.now() + timedelta(2)).astimezone(ZoneInfo(town.hospital.zone))
    known = {"who": str(patient.pk), "doctor": str(town.doctor.pk), "hospital": str(town.hospital.pk)}
    return {**known, "visit_type": "check_up", "day": f"{there:%Y-%m-%d}", "time": "15:05", "reason": "Cannot wait"}


def desk_booking(town):
    return reverse("reception-book", args=["sahara", town.walk_in.pk])


FORMS = [
    Form(
        "sign up",
        "visitor",
        to("account_signup"),
        typed=lambda town: SIGN_UP,
        free=("name",),
        kinds={"date": ("born_on",), "email": ("email",), "secret": ("password1",)},
    ),
    Form(
        "log in",
        "visitor",
        to("account_login"),
        typed=lambda town: {"login": "patient@example.org", "password": PASSWORD},
        kinds={"email": ("login",), "secret": ("password",)},
    ),
    Form(
        "reset the password",
        "visitor",
        to("account_reset_password"),
        typed=lambda town: {"email": "patient@example.org"},
        kinds={"email": ("email",)},
    ),
    Form(
        "change the password",
        "patient",
        to("account_change_password"),
        typed=lambda town: {"oldpassword": PASSWORD, "password1": NEW},
        kinds={"secret": ("oldpassword", "password1")},
    ),
    Form(
        "change the address",
        "patient",
        to("change-email"),
        typed=lambda town: {"email": "priya@example.org", "password": PASSWORD},
        kinds={"email": ("email",), "secret": ("password",)},
    ),
    Form(
        "join as a doctor",
        "patient",
        to("account_signup_doctor"),
        typed=lambda town: (
            {name: value for name, value in new_doctor(town).items() if name not in ("name", "email")}
            | {"consent": "on", "password": PASSWORD}
        ),
        free=("registration_number", "council", "degrees"),
        kinds={
            "secret": ("password",),
            "number": ("practising_since",),
            "money": ("fee",),
            "choice": ("gender",),
            "id": ("specialties", "languages"),
        },
    ),
    Form(
        "become a patient",
        "receptionist",
        to("account_signup"),
        typed=lambda town: {"born_on": "27 3 1984", "consent": "on"},
        kinds={"date": ("born_on",)},
    ),
    Form(
        "profile of the account",
        "patient",
        to("accounts:profile"),
        typed=lambda town: {
            "name": "Priyanka Maurya",
            "phone": "98390 12345",
            "language": "hi",
            "zone": "Asia/Kolkata",
        },
        free=("name",),
        kinds={"phone": ("phone",), "choice": ("language", "zone")},
    ),
    Form(
        "details of the patient",
        "patient",
        to("patients:update_profile"),
        typed=lambda town: OWN,
        free=("name", "emergency_name"),
        kinds={"date": ("born_on",), "phone": ("emergency_phone",), "choice": ("gender", "blood_group")},
    ),
    Form(
        "list an allergy",
        "patient",
        to("patients:list_allergy"),
        typed=lambda town: {"substance": "Peanuts", "reaction": "A rash", "severity": "mild"},
        free=("substance", "reaction"),
        kinds={"choice": ("severity",)},
    ),
    Form(
        "mark an allergy as wrong",
        "patient",
        lambda town: reverse("patients:correct_allergy", args=[town.allergy.pk]),
        typed=lambda town: {"reason": "It was the other one"},
        free=("reason",),
    ),
    Form(
        "add a condition",
        "doctor",
        of_patient("list_condition"),
        typed=lambda town: {"text": "Migraine", "onset_on": "2015", "note": "With aura"},
        free=("text", "note"),
        kinds={"date": ("onset_on", "resolved_on"), "choice": ("status",), "id": ("code",)},
    ),
    Form(
        "change a condition",
        "doctor",
        of_condition("update_condition"),
        typed=lambda town: {"onset_on": "2015", "note": "In spring"},
        free=("note",),
        kinds={"date": ("onset_on", "resolved_on"), "choice": ("status",)},
    ),
    Form(
        "mark a line of the record as wrong",
        "patient",
        of_condition("mark_wrong", "condition"),
        typed=lambda town: {"reason": "It was a cold"},
        free=("reason",),
    ),
    Form(
        "write down vital signs",
        "doctor",
        of_patient("take_vitals"),
        typed=lambda town: {"systolic": "138", "diastolic": "86", "weight": "70.5"},
        kinds={"number": ("systolic", "diastolic", "weight", "pulse"), "day": ("day",), "time": ("time",)},
    ),
    Form(
        "add a vaccination",
        "patient",
        of_patient("list_immunization"),
        typed=lambda town: {"vaccine": "MMR", "dose": "2", "given_on": "4 5 2020", "lot": "A17", "place": "Sahara"},
        free=("vaccine", "lot", "place"),
        kinds={"number": ("dose",), "date": ("given_on",)},
    ),
    Form(
        "write a note",
        "doctor",
        at_visit("appointments:write_note", "in_consultation"),
        typed=lambda town: {"text": "Headache since Monday."},
        free=("text",),
    ),
    Form("end a grant", "patient", lambda town: reverse("patients:end_access", args=[town.grant.pk]), bare=True),
    Form(
        "book",
        "patient",
        booking,
        typed=slot,
        free=("message",),
        kinds={"choice": ("visit_type",), "slot": ("slot",), "id": ("request_key",), "day": ("day",)},
    ),
    Form(
        "take over a record",
        "visitor",
        to("account_claim"),
        typed=lambda town: {
            "code": town.code,
            "born_on": "1 1 1960",
            "email": "ramesh@example.org",
            "password1": PASSWORD,
            "consent": "on",
        },
        kinds={"id": ("code",), "date": ("born_on",), "email": ("email",), "secret": ("password1",)},
    ),
    Form(
        "add a child",
        "guardian",
        to("patients:add_dependant"),
        typed=lambda town: CHILD,
        free=("name",),
        kinds={"date": ("born_on",), "choice": ("gender", "blood_group")},
    ),
    Form(
        "details of a child",
        "guardian",
        of_child("update_profile-of"),
        typed=lambda town: {**OWN, "name": "Aarav K. Maurya", "born_on": "20 5 2018"},
        free=("name", "emergency_name"),
        kinds={"date": ("born_on",), "phone": ("emergency_phone",), "choice": ("gender", "blood_group")},
    ),
    Form(
        "list an allergy of a child",
        "guardian",
        of_child("list_allergy-of"),
        typed=lambda town: {"substance": "Peanuts", "reaction": "A rash", "severity": "mild"},
        free=("substance", "reaction"),
        kinds={"choice": ("severity",)},
    ),
    Form("deny allergies of a child", "guardian", of_child("deny_allergies-of"), bare=True),
    Form("stop speaking for a child", "guardian", of_child("end_guardianship"), bare=True),
    Form(
        "book for a child",
        "guardian",
        booking,
        typed=lambda town: {**slot(town), "who": str(town.child.pk)},
        free=("message",),
        kinds={"choice": ("visit_type",), "slot": ("slot",), "id": ("request_key", "who"), "day": ("day",)},
    ),
    Form(
        "register a patient at the desk",
        "receptionist",
        to("reception-register", "sahara"),
        typed=lambda town: WALK_IN,
        free=("name",),
        kinds={"date": ("born_on",), "phone": ("phone",), "choice": ("gender",)},
    ),
    Form(
        "book at the desk",
        "receptionist",
        desk_booking,
        typed=lambda town: {"doctor": town.other_doctor.slug, "slot": slot(town)["slot"]},
        kinds={
            "choice": ("visit_type", "doctor"),
            "slot": ("slot",),
            "id": ("request_key",),
            "day": ("day",),
        },
    ),
    Form(
        "book over at the desk",
        "receptionist",
        lambda town: reverse("reception-overbook", args=["sahara", town.walk_in.pk]),
        typed=lambda town: book_over(town, town.walk_in),
        free=("reason",),
        kinds=BOOK_OVER,
    ),
    Form(
        "book over",
        "doctor",
        to("appointments:overbook"),
        typed=lambda town: book_over(town, town.grant.patient),
        free=("reason",),
        kinds=BOOK_OVER,
    ),
    Form(
        "make a code",
        "receptionist",
        lambda town: reverse("patients:invite", args=[town.walk_in.pk]),
        typed=lambda town: {"email": "ramesh@example.org"},
        kinds={"email": ("email",)},
        answer=(200,),
    ),
    act("appointments:cancel", "confirmed", who="patient", typed=lambda town: {"reason": "A cold"}, free=("reason",)),
    Form(
        "move a visit",
        "doctor",
        at_visit("appointments:reschedule", "confirmed"),
        typed=lambda town: {"slot": _later(town), "reason": "An operation"},
        free=("reason",),
        kinds={"slot": ("slot",), "day": ("day",)},
    ),
    act("appointments:approve", "requested", typed=lambda town: {"next": "/appointments/requests/"}),
    act("appointments:decline", "requested", typed=lambda town: {"reason": "Not that day"}, free=("reason",)),
    Form(
        "review a visit",
        "patient",
        at_visit("appointments:write_review", "completed"),
        typed=lambda town: {"stars": "4", "text": "She listened."},
        free=("text",),
        kinds={"choice": ("stars",)},
    ),
    Form(
        "answer several requests",
        "doctor",
        to("appointments:answer"),
        typed=lambda town: {"act": "decline", "pick": [str(town.visits["requested"].pk)], "reason": "Away"},
        free=("reason",),
        kinds={"choice": ("act",), "id": ("pick",)},
        bare=True,
    ),
    act("appointments:check_in", "confirmed"),
    act("appointments:complete", "in_consultation"),
    Form(
        "publish hours",
        "doctor",
        to("appointments:schedule"),
        sent_to=to("appointments:publish"),
        kinds={
            "time": HOURS_TIMES,
            "number": (
                "hours-0-weekday",
                "hours-0-visit",
                "hours-0-id",
                "hours-0-buffer",
                "hours-0-places",
                "hours-TOTAL_FORMS",
                "hours-INITIAL_FORMS",
            ),
            "day": ("hours-0-valid_from", "hours-0-valid_until"),
            "id": ("hours-0-hospital", "version"),
        },
    ),
    Form(
        "take leave",
        "doctor",
        to("appointments:schedule"),
        sent_to=to("appointments:take_leave"),
        typed=lambda town: {
            "first": "2026-05-04",
            "last": "2026-05-05",
            "begins": "09:00",
            "ends": "12:00",
            "note": "Away",
        },
        free=("note",),
        kinds={"day": ("first", "last"), "time": ("begins", "ends")},
    ),
    Form(
        "give up a leave",
        "doctor",
        lambda town: reverse("appointments:end_leave", args=[town.leave.pk]),
        bare=True,
    ),
    Form(
        "write a prescription",
        "doctor",
        at_visit("prescriptions:draft", "in_consultation"),
        typed=pad,
        free=("diagnosis", "advice", "medicines-1-name", "medicines-1-strength"),
        kinds={
            "day": ("follow_up_on",),
            "number": ("medicines-1-days", "version", "medicines-TOTAL_FORMS", "medicines-INITIAL_FORMS"),
            "choice": ("medicines-1-often", "medicines-1-food", "medicines-1-dose_unit", "medicines-1-route"),
        },
    ),
    Form("sign a prescription", "doctor", lambda town: reverse("prescriptions:sign", args=[town.draft.pk]), bare=True),
    Form(
        "replace a prescription",
        "doctor",
        lambda town: reverse("prescriptions:replace", args=[town.signed.pk]),
        bare=True,
    ),
    Form(
        "withdraw a prescription",
        "doctor",
        lambda town: reverse("prescriptions:detail", args=[town.signed.pk]),
        lambda town: reverse("prescriptions:withdraw", args=[town.signed.pk]),
        typed=lambda town: {"reason": "The dose was wrong"},
        free=("reason",),
    ),
    Form("read all", "patient", to("accounts:read_all"), bare=True),
    Form("choose mails", "patient", to("accounts:choose_letters"), kinds={"choice": ("wanted",)}),
    Form(
        "begin a conversation",
        "patient",
        lambda town: reverse("chat:begin", args=[town.chat.patient_id, town.doctor.slug]),
        bare=True,
    ),
    Form(
        "write a message",
        "patient",
        lambda town: town.chat.get_absolute_url(),
        lambda town: reverse("chat:send", args=[town.chat.pk]),
        typed=lambda town: {"text": "How are you?"},
        free=("text",),
    ),
    Form(
        "read a conversation",
        "patient",
        lambda town: town.chat.get_absolute_url(),
        lambda town: reverse("chat:read", args=[town.chat.pk]),
    ),
    Form(
        "choose the theme", "patient", to("theme"), typed=lambda town: {"theme": "dark", "next": "/doctors/"}, bare=True
    ),
    Form(
        "enter a hospital",
        "administrator",
        to("admin:hospitals_hospital_add"),
        slow=True,
        typed=lambda town: HOSPITAL,
        free=("name", "city", "street", "region", "about"),
        kinds={"phone": ("phone",), "money": ("fee_check_up",), "choice": ("kind", "zone"), "slug": ("slug",)},
    ),
    Form(
        "change a hospital",
        "administrator",
        lambda town: reverse("admin:hospitals_hospital_change", args=[town.hospital.pk]),
        slow=True,
        free=("name", "city", "street", "region", "about"),
    ),
    Form(
        "enter a doctor",
        "administrator",
        to("admin:doctors_doctor_add"),
        slow=True,
        typed=new_doctor,
        free=("name", "degrees", "council", "about"),
        kinds={
            "email": ("email",),
            "number": (
                "practising_since",
                "minutes_check_up",
                "notice_minutes",
                "days_ahead",
                "affiliations-TOTAL_FORMS",
            ),
            "money": ("fee", "affiliations-0-fee_check_up"),
            "id": ("specialties", "languages", "affiliations-0-id", "affiliations-0-doctor", "affiliations-0-hospital"),
        },
    ),
    Form(
        "change a doctor",
        "administrator",
        lambda town: reverse("admin:doctors_doctor_change", args=[town.doctor.pk]),
        slow=True,
        free=("name", "degrees", "council", "about", "affiliations-0-room"),
    ),
    Form(
        "suspend a doctor",
        "administrator",
        lambda town: reverse("admin:doctors_doctor_suspend") + f"?pick={town.doctor.pk}",
        slow=True,
        typed=lambda town: {"reason": "The registration ran out"},
        free=("reason",),
        kinds={"id": ("pick",)},
    ),
    Form(
        "enter a specialty",
        "administrator",
        to("admin:doctors_specialty_add"),
        slow=True,
        typed=lambda town: {"name": "Oncology", "title": "Oncologist"},
        free=("name", "title"),
    ),
    Form(
        "enter a language",
        "administrator",
        to("admin:doctors_language_add"),
        slow=True,
        typed=lambda town: {"name": "Odia", "own_name": "ଓଡ଼ିଆ", "code": "or"},
        free=("name", "own_name"),
        kinds={"choice": ("code",)},
    ),
    Form(
        "enter a page of text",
        "administrator",
        to("admin:accounts_leaflet_add"),
        slow=True,
        typed=lambda town: {"slug": "imprint", "title": "Imprint", "text": "Who we are"},
        free=("title", "text"),
        kinds={"slug": ("slug",)},
    ),
    Form(
        "make a group",
        "administrator",
        to("admin:auth_group_add"),
        slow=True,
        typed=lambda town: {"name": "Porters"},
        free=("name",),
        kinds={"id": ("permissions",)},
    ),
    Form(
        "change a person",
        "administrator",
        lambda town: reverse("admin:accounts_user_change", args=[town.people["patient"].pk]),
        slow=True,
        kinds={"choice": ("groups",)},
    ),
]


def of_own(name):
    """An address of the town's hospital, for those who run it."""
    return lambda town: reverse(name, args=[town.hospital.slug])


def of_lab(name, what):
    """An address about an order, a sample or a result of the town's laboratory."""
    return lambda town: reverse(f"laboratory:{name}", args=[getattr(town.lab, what).pk])


def doctors_sign_up(town):
    return {
        "name": "Ila Roy",
        "email": "ila@example.org",
        "password1": PASSWORD,
        "registration_number": "DMC 4711",
        "council": "Delhi Medical Council",
        "specialties": [str(town.specialty.pk)],
        "degrees": "MBBS",
        "practising_since": "2012",
        "languages": [str(town.language.pk)],
        "gender": "female",
        "fee": "700",
        "consent": "on",
    }


FORMS += [
    Form(
        "sign up as a doctor",
        "visitor",
        to("account_signup_doctor"),
        typed=doctors_sign_up,
        free=("name", "degrees", "council"),
        kinds={
            "email": ("email",),
            "secret": ("password1",),
            "number": ("practising_since",),
            "money": ("fee",),
            "id": ("specialties", "languages"),
            "choice": ("gender",),
        },
    ),
    Form(
        "own page of a doctor",
        "doctor",
        to("doctors:page"),
        free=("about", "degrees"),
        kinds={
            "number": ("minutes_check_up", "notice_minutes", "days_ahead"),
            "money": ("fee",),
            "id": ("languages",),
        },
    ),
    Form(
        "apply to a hospital",
        "doctor",
        lambda town: reverse("doctors:apply", args=[town.stranger.hospital.slug]),
        typed=lambda town: {"message": "On Tuesdays"},
        free=("message",),
        kinds={"id": ("department",)},
    ),
    Form(
        "register a hospital",
        "patient",
        to("hospitals:register"),
        typed=lambda town: {**HOSPITAL, "kind": "clinic", "phone": "98390 12345", "zone": "Asia/Kolkata"},
        free=("name", "street", "city", "region", "about"),
        kinds={"phone": ("phone",), "choice": ("kind", "zone")},
    ),
    Form(
        "details of a hospital",
        "hospital administrator",
        of_own("hospitals:details"),
        free=("street", "city", "region", "about"),
        kinds={"phone": ("phone",), "number": ("beds", "latitude", "longitude")},
    ),
    Form(
        "fees of a hospital",
        "hospital administrator",
        of_own("hospitals:fees"),
        typed=lambda town: {"check_up": "500"},
        kinds={"money": ("check_up", "video")},
    ),
    Form(
        "add a department",
        "hospital administrator",
        of_own("hospitals:parts"),
        sent_to=of_own("hospitals:add_department"),
        typed=lambda town: {"name": "Dental"},
        free=("name",),
    ),
    Form(
        "add a service",
        "hospital administrator",
        of_own("hospitals:parts"),
        sent_to=of_own("hospitals:add_service"),
        typed=lambda town: {"name": "X-ray"},
        free=("name",),
    ),
    Form(
        "publish opening hours",
        "hospital administrator",
        of_own("hospitals:opening"),
        sent_to=of_own("hospitals:publish_opening"),
        typed=lambda town: {"begins_0_0": "09:00", "ends_0_0": "17:00"},
        kinds={"time": ("begins_0_0", "ends_0_0")},
    ),
    Form(
        "add a closure",
        "hospital administrator",
        of_own("hospitals:opening"),
        sent_to=of_own("hospitals:add_closure"),
        typed=lambda town: {"on": "2026-05-01", "name": "May Day"},
        free=("name",),
        kinds={"day": ("on",)},
    ),
    Form(
        "invite somebody",
        "hospital administrator",
        of_own("hospitals:staff"),
        sent_to=of_own("hospitals:invite"),
        typed=lambda town: {"email": "jaya@example.org", "role": "receptionist"},
        kinds={"email": ("email",), "choice": ("role",)},
    ),
    Form(
        "order tests",
        "doctor",
        lambda town: reverse("laboratory:place", args=[town.visits["confirmed"].patient_id]),
        typed=lambda town: {"tests": [str(test.pk) for test in town.lab.tests], "note": "Fasting"},
        free=("note",),
        kinds={"id": ("tests", "hospital", "request_key", "visit")},
    ),
    Form(
        "cancel an order of tests",
        "doctor",
        of_lab("report", "order"),
        sent_to=of_lab("cancel", "order"),
        typed=lambda town: {"reason": "Not needed"},
        free=("reason",),
    ),
    Form(
        "take a sample",
        "technician",
        of_lab("collect", "order"),
        typed=lambda town: {"kind": "blood"},
        kinds={"choice": ("kind", "taken")},
        bare=True,
    ),
    Form(
        "reject a sample",
        "technician",
        of_lab("order", "at_work"),
        sent_to=of_lab("reject", "specimen"),
        typed=lambda town: {"reason": "Haemolysed"},
        free=("reason",),
    ),
    Form(
        "enter results",
        "technician",
        of_lab("order", "at_work"),
        sent_to=of_lab("enter", "at_work"),
        typed=lambda town: {"text_2": "91", "text_3": "Nothing seen"},
        free=("text_3", "comment_2", "comment_3"),
        kinds={"id": ("had_2", "had_3")},
    ),
    Form(
        "verify results",
        "technician",
        of_lab("verify", "at_work"),
        typed=lambda town: {"items": []},
        kinds={"id": ("items",)},
        bare=True,
    ),
    Form("release results", "technician", of_lab("release", "at_work"), bare=True),
    Form(
        "amend a result",
        "technician",
        of_lab("amend", "released"),
        typed=lambda town: {"text": "Cloudy", "why": "Another sample", "comment": "Looked at twice"},
        free=("text", "why", "comment"),
    ),
    Form(
        "prices of tests",
        "hospital administrator",
        of_own("laboratory:prices"),
        typed=lambda town: {f"test_{town.lab.tests[0].pk}": "120"},
    ),
]


def bill_of(state, name=None):
    """The page of a visit's invoice, or an act on it."""
    return lambda town: reverse(f"billing:{name or 'detail'}", args=[town.visits[state].invoice_id])


def of_payment(name):
    return lambda town: reverse(f"billing:{name}", args=[Payment.objects.get(key="before").pk])


FORMS += [
    Form(
        "pay online",
        "patient",
        bill_of("confirmed", "pay"),
        typed=lambda town: {"key": "this click"},
        answer=(200,),
    ),
    Form(
        "say at the bank that it is paid",
        "patient",
        lambda town: reverse("billing:bank", args=[Attempt.objects.get(key="begun").pk]),
        typed=lambda town: {"says": "paid"},
        kinds={"choice": ("says",)},
        bare=True,
    ),
    Form(
        "pay at the desk",
        "receptionist",
        bill_of("confirmed"),
        sent_to=bill_of("confirmed", "pay_at_desk"),
        typed=lambda town: {"amount": "100", "method": "upi", "reference": "4711", "key": "this click"},
        free=("reference",),
        kinds={"money": ("amount", "tendered"), "choice": ("method",)},
    ),
    Form(
        "give money back",
        "receptionist",
        bill_of("completed"),
        sent_to=of_payment("refund"),
        typed=lambda town: {"amount": "50", "reason": "Colleague", "key": "this click"},
        free=("reason",),
        kinds={"money": ("amount",)},
    ),
    Form(
        "take something off an invoice",
        "hospital administrator",
        bill_of("confirmed"),
        sent_to=bill_of("confirmed", "credit"),
        typed=lambda town: {"amount": "50", "reason": "Colleague"},
        free=("reason",),
        kinds={"money": ("amount",)},
    ),
    Form(
        "void an invoice",
        "hospital administrator",
        bill_of("confirmed"),
        sent_to=bill_of("confirmed", "void"),
        typed=lambda town: {"reason": "Entered twice"},
        free=("reason",),
    ),
]
BY_NAME = {form.name: form for form in FORMS}
