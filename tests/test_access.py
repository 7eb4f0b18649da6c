"""Who may open what and who may do what, on one page. An address that is not in this table fails.

Every address is asked by every person, by GET and by POST. A stranger is sent to the login; a role that has no key gets
403; a person whom the thing does not concern gets 404, as for a thing that does not exist. A refused act changes nothing.
"""

from copy import deepcopy
from datetime import date, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from accounts import workflow as accounts
from accounts.notify import notify
from appointments import workflow as appointments
from appointments.models import Appointment, Leave
from billing import workflow as billing
from chat import workflow as chat
from doctors import workflow as doctors
from healthstack.lib import clock
from hospitals import workflow as hospitals
from hospitals.models import Staff
from patients import workflow as patients
from patients.models import AccessGrant
from prescriptions import workflow as prescriptions
from prescriptions.models import Medicine
from tests import guard
from tests.conftest import MONDAY, gather
from tests.factories import book, laboratory_order, pdf, picture, send_document

PEOPLE = (
    "visitor",
    "patient",
    "other_patient",
    "doctor",
    "other_doctor",
    "pending_doctor",
    "guardian",  # of a child, for whom the scene has a visit as well
    "grown_up",  # whose guardian that was
    "hospital_admin",
    "other_hospital_admin",
    "receptionist",
    "other_receptionist",
    "technician",
    "other_technician",
    "administrator",
    "many_hats",  # doctor, staff of the hospital, and a patient
    "disabled",
)
SIGNED_IN = set(PEOPLE) - {"visitor", "disabled"}
PATIENTS = {"patient", "other_patient", "guardian", "grown_up", "many_hats"}
DOCTORS = {"doctor", "other_doctor", "many_hats"}
SCHEDULED = DOCTORS | {"pending_doctor"}
DESK = {"receptionist", "other_receptionist"}
LAB = {"technician", "other_technician"}
SEE_VISITS = PATIENTS | DOCTORS | DESK | {"hospital_admin", "other_hospital_admin"}
SEE_INVOICES = PATIENTS | DESK | {"hospital_admin", "other_hospital_admin"}
AT_INVOICE = {"patient", "receptionist", "hospital_admin", "many_hats"}
READ_PRESCRIPTIONS = PATIENTS | DOCTORS
RUN_IT = {"hospital_admin", "many_hats"}
RUN = RUN_IT | {"other_hospital_admin"}
NAMED = {"name": "Dental"}
NOBODY = set()


class Page:
    """Opened by GET. opens: who sees it; keys: who has the permission (the rest of them gets 404). Never by POST."""

    def __init__(self, opens, *, keys=None, public=False, post=405, instead=None):
        self.opens, self.keys, self.public, self.post = opens, keys or opens, public, post
        self.instead = instead or {}

    def expected(self, person, method):
        if method == "GET" and person in self.instead:
            return self.instead[person]
        if not self.public and person not in SIGNED_IN:
            return "login"
        if not self.public and person not in self.keys:
            return 403
        if method == "POST" and self.post:
            return self.post
        return 200 if self.public or person in self.opens else 404


class Form(Page):
    """A page with a form of its own: an empty POST is answered 422, and changes nothing."""

    def __init__(self, opens, *, keys=None, empty=422):
        super().__init__(opens, keys=keys, post=None)
        self.empty = empty

    def expected(self, person, method):
        answer = super().expected(person, method)
        return self.empty if method == "POST" and answer == 200 else answer


class Act:
    """By POST alone. acts: whom the relationship carries; keys: who has the permission. acted: the answer to them.

    once: the row is spent by the first of them. refused: the answer to the others who have the permission.
    """

    def __init__(self, acts, *, keys, data=None, acted=302, once=False, refused=404):
        self.acts, self.keys, self.data, self.acted, self.once = acts, keys, data or {}, acted, once
        self.refused = refused

    def expected(self, person, method):
        if person not in SIGNED_IN:
            return "login"
        if person not in self.keys:
            return 403
        if method == "GET":
            return 405
        return self.acted if person in self.acts else self.refused


class Ask(Act):
    """A page that asks whether one is sure, and then acts by POST."""

    def expected(self, person, method):
        answer = super().expected(person, "POST")
        return 200 if method == "GET" and answer in (self.acted, 409) else answer


class Door(Page):
    """Open to all; only who is not logged in has something to fill in there."""

    def __init__(self):
        super().__init__(SIGNED_IN, public=True, post=None)

    def expected(self, person, method):
        return 422 if method == "POST" and person not in SIGNED_IN else 200


OPEN_TO_ALL = Page(SIGNED_IN, public=True)
HOURS = {
    "hours-TOTAL_FORMS": "1",
    "hours-INITIAL_FORMS": "0",
    "hours-0-weekday": "0",
    "hours-0-visit": "20",
    "hours-0-begins": "09:00",
    "hours-0-ends": "12:00",
}
WHY = {"reason": "Not needed"}
LEAVE = {"first": "2026-03-20", "last": "2026-03-21"}

# Name: (what it is, how its address is made from the scene).
TABLE = {
    "home": (OPEN_TO_ALL, None),
    "find": (OPEN_TO_ALL, None),
    "find-counts": (OPEN_TO_ALL, None),
    "search": (OPEN_TO_ALL, None),
    "doctor": (OPEN_TO_ALL, lambda s: [s.doctor.slug]),
    "hospitals": (OPEN_TO_ALL, None),
    "hospital": (OPEN_TO_ALL, lambda s: [s.hospital.slug]),
    "leaflet": (OPEN_TO_ALL, lambda s: ["privacy"]),
    "health-live": (OPEN_TO_ALL, None),
    "health-ready": (OPEN_TO_ALL, None),
    "mails": (OPEN_TO_ALL, None),
    "dashboard": (
        Page(SIGNED_IN, instead=dict.fromkeys(("administrator", *DESK, *LAB), 302)),
        None,
    ),
    "switch": (Act(PATIENTS, keys=SIGNED_IN, data={"role": "patient"}, refused=409), None),
    "visit": (
        Page({"patient", "doctor", "hospital_admin", "receptionist", "many_hats"}, keys=SEE_VISITS),
        lambda s: [s.confirmed.pk],
    ),
    "record": (Page(PATIENTS), None),
    "record-access": (Page(PATIENTS), None),
    "reception": (Page(DESK), None),
    "reception-at": (Page({"receptionist"}, keys=DESK), lambda s: [s.hospital.slug]),
    "reception-day": (Page({"receptionist"}, keys=DESK), lambda s: [s.hospital.slug]),
    "reception-register": (Form({"receptionist"}, keys=DESK), lambda s: [s.hospital.slug]),
    "reception-patients": (Page({"receptionist"}, keys=DESK), lambda s: [s.hospital.slug]),
    "reception-patient": (Page({"receptionist"}, keys=DESK), lambda s: [s.hospital.slug, s.walk_in.pk]),
    "reception-book": (Form({"receptionist"}, keys=DESK), lambda s: [s.hospital.slug, s.walk_in.pk]),
    "reception-overbook": (Form({"receptionist"}, keys=DOCTORS | DESK), lambda s: [s.hospital.slug, s.walk_in.pk]),
    "record-of": (Page({"guardian"}, keys=PATIENTS), lambda s: [s.dependant.pk]),
    "record-access-of": (Page({"guardian"}, keys=PATIENTS), lambda s: [s.dependant.pk]),
    "patients": (Page(DOCTORS), None),
    "patient": (Page({"doctor"}, keys=DOCTORS), lambda s: [s.patient.pk]),
    "patient-timeline": (Page({"doctor"}, keys=DOCTORS), lambda s: [s.patient.pk]),
    "accounts:profile": (Form(SIGNED_IN), None),
    "accounts:set_photo": (Act(SIGNED_IN, keys=SIGNED_IN, acted=422), None),
    "accounts:remove_photo": (Act(SIGNED_IN, keys=SIGNED_IN), None),
    "photo": (Page({"patient", "doctor", "administrator"}, keys=SIGNED_IN), lambda s: [s.patient.user.photo_id]),
    "portrait": (OPEN_TO_ALL, lambda s: [s.doctor.user.photo_id]),
    "change-email": (Form(SIGNED_IN), None),
    # Nobody of them has asked for a change: they are sent to where one asks.
    "confirm-email": (Page(SIGNED_IN, post=302, instead=dict.fromkeys(SIGNED_IN, 302)), None),
    "accounts:sessions": (Page(SIGNED_IN), None),
    "accounts:end_session": (Act({"patient"}, keys=SIGNED_IN), lambda s: [s.session.pk]),
    "accounts:end_sessions": (Act(SIGNED_IN, keys=SIGNED_IN), None),
    "accounts:inbox": (Page(SIGNED_IN), None),
    "accounts:read": (Act({"patient"}, keys=SIGNED_IN), lambda s: [s.notification.pk]),
    "accounts:choose_letters": (Form(SIGNED_IN, empty=302), None),
    "accounts:read_all": (Act(SIGNED_IN, keys=SIGNED_IN), None),
    "doctors:verification": (Page(SCHEDULED), None),
    "doctors:send_document": (Form(SCHEDULED), None),
    "doctors:replace_document": (Form({"pending_doctor"}, keys=SCHEDULED), lambda s: [s.document.pk]),
    "doctors:withdraw_document": (Act({"pending_doctor"}, keys=SCHEDULED), lambda s: [s.document.pk]),
    # Nobody of the scene was asked for more: the rule says so.
    "doctors:send_for_checking": (Act(SCHEDULED, keys=SCHEDULED, acted=409), None),
    "doctors:document": (Page({"pending_doctor", "administrator"}, keys=SIGNED_IN), lambda s: [s.document.pk]),
    "doctors:page": (Form(SCHEDULED), None),
    "doctors:hospitals": (Page(SCHEDULED), None),
    # All of them work there already.
    "doctors:apply": (Form(SCHEDULED, empty=409), lambda s: [s.hospital.slug]),
    "doctors:withdraw": (Act({"doctor"}, keys=SCHEDULED), lambda s: [s.application.pk]),
    "doctors:of_hospital": (Page(RUN_IT, keys=RUN), lambda s: [s.hospital.slug]),
    "doctors:reassign": (Form(RUN_IT, keys=RUN, empty=302), lambda s: [s.hospital.slug, s.affiliation.pk]),
    "doctors:accept": (Ask({"other_hospital_admin"}, keys=RUN), lambda s: [s.application.pk]),
    "doctors:decline": (Form({"other_hospital_admin"}, keys=RUN), lambda s: [s.application.pk]),
    # An administrator of the site settles what a suspension strands, in the panel; here only who runs the hospital.
    "hospital-stranded": (Form(RUN_IT, keys=RUN | {"administrator"}), lambda s: [s.hospital.slug]),
    "hospital-end-affiliation": (Ask(RUN_IT, keys=RUN, once=True), lambda s: [s.hospital.slug, s.affiliation.pk]),
    "hospitals:register": (Form(SIGNED_IN), None),
    "hospitals:ask_administrator": (
        Ask(SIGNED_IN - RUN_IT, keys=SIGNED_IN, refused=409),
        lambda s: [s.hospital.slug],
    ),
    "hospitals:photo": (OPEN_TO_ALL, lambda s: [s.hospital.slug]),
    "hospitals:mine": (Page(RUN, instead=dict.fromkeys(RUN, 302)), None),
    "hospitals:details": (Form(RUN_IT, keys=RUN), lambda s: [s.hospital.slug]),
    # It is approved: there is nothing to send.
    "hospitals:send_for_checking": (Act(RUN_IT, keys=RUN, acted=409), lambda s: [s.hospital.slug]),
    "hospitals:set_photo": (Form(RUN_IT, keys=RUN), lambda s: [s.hospital.slug]),
    "hospitals:remove_photo": (Act(RUN_IT, keys=RUN, once=True), lambda s: [s.hospital.slug]),
    "hospitals:fees": (Form(RUN_IT, keys=RUN, empty=302), lambda s: [s.hospital.slug]),
    "hospitals:parts": (Page(RUN_IT, keys=RUN), lambda s: [s.hospital.slug]),
    "hospitals:add_department": (Act(RUN_IT, keys=RUN, data=NAMED, once=True), lambda s: [s.hospital.slug]),
    "hospitals:rename_department": (Form(RUN_IT, keys=RUN), lambda s: [s.hospital.slug, s.department.pk]),
    "hospitals:close_department": (Act(RUN_IT, keys=RUN, once=True), lambda s: [s.hospital.slug, s.department.pk]),
    "hospitals:add_service": (Act(RUN_IT, keys=RUN, data=NAMED, once=True), lambda s: [s.hospital.slug]),
    "hospitals:remove_service": (Act(RUN_IT, keys=RUN, once=True), lambda s: [s.hospital.slug, s.service.pk]),
    "hospitals:opening": (Page(RUN_IT, keys=RUN), lambda s: [s.hospital.slug]),
    "hospitals:publish_opening": (Act(RUN_IT, keys=RUN), lambda s: [s.hospital.slug]),
    "hospitals:add_closure": (
        Act(RUN_IT, keys=RUN, data={"on": "2026-04-03"}, once=True),
        lambda s: [s.hospital.slug],
    ),
    "hospitals:remove_closure": (Act(RUN_IT, keys=RUN, once=True), lambda s: [s.hospital.slug, s.closure.pk]),
    "hospitals:staff": (Page(RUN_IT, keys=RUN), lambda s: [s.hospital.slug]),
    "hospitals:invite": (
        Act(RUN_IT, keys=RUN, data={"email": "new@example.org", "role": "receptionist"}, once=True),
        lambda s: [s.hospital.slug],
    ),
    "hospitals:dismiss": (Act(RUN_IT, keys=RUN, once=True), lambda s: [s.hospital.slug, s.staff.pk]),
    "hospitals:withdraw_invitation": (
        Act(RUN_IT, keys=RUN, once=True),
        lambda s: [s.hospital.slug, s.invitation.pk],
    ),
    "hospitals:invitation": (Door(), lambda s: [s.token]),
    # Sent to nobody of them.
    "hospitals:accept_invitation": (Act(SIGNED_IN, keys=SIGNED_IN, acted=409), lambda s: [s.token]),
    "patients:update_profile": (Form(PATIENTS), None),
    "patients:list_allergy": (Form(PATIENTS), None),
    "patients:deny_allergies": (Act(PATIENTS, keys=PATIENTS), None),
    "patients:update_profile-of": (Form({"guardian"}, keys=PATIENTS), lambda s: [s.dependant.pk]),
    "patients:list_allergy-of": (Form({"guardian"}, keys=PATIENTS), lambda s: [s.dependant.pk]),
    "patients:deny_allergies-of": (Act({"guardian"}, keys=PATIENTS), lambda s: [s.dependant.pk]),
    "patients:dependants": (Page(PATIENTS), None),
    "patients:add_dependant": (Form(PATIENTS), None),
    "patients:invite": (Form({"receptionist"}, keys=PATIENTS | DESK, empty=200), lambda s: [s.walk_in.pk]),
    "patients:end_guardianship": (Act({"guardian"}, keys=PATIENTS), lambda s: [s.dependant.pk]),
    "patients:correct_allergy": (Form({"patient"}, keys=PATIENTS), lambda s: [s.allergy.pk]),
    "patients:list_condition": (Form({"patient", "doctor"}, keys=READ_PRESCRIPTIONS), lambda s: [s.patient.pk]),
    "patients:update_condition": (Form({"patient", "doctor"}, keys=READ_PRESCRIPTIONS), lambda s: [s.condition.pk]),
    "patients:list_immunization": (Form({"patient", "doctor"}, keys=READ_PRESCRIPTIONS), lambda s: [s.patient.pk]),
    "patients:keep_document": (Form({"patient", "doctor"}, keys=READ_PRESCRIPTIONS), lambda s: [s.patient.pk]),
    "patients:document": (Page({"patient", "doctor"}, keys=READ_PRESCRIPTIONS), lambda s: [s.paper.pk]),
    "patients:vitals": (Page({"patient", "doctor"}, keys=READ_PRESCRIPTIONS), lambda s: [s.patient.pk]),
    "patients:take_vitals": (Form({"patient", "doctor"}, keys=READ_PRESCRIPTIONS), lambda s: [s.patient.pk]),
    "patients:mark_wrong": (
        Form({"patient", "doctor"}, keys=READ_PRESCRIPTIONS),
        lambda s: ["condition", s.condition.pk],
    ),
    "patients:end_access": (Act({"patient"}, keys=PATIENTS), lambda s: [s.grant.pk]),
    "appointments:index": (Page(PATIENTS), None),
    "appointments:hospital": (Page(DESK | {"hospital_admin", "other_hospital_admin", "many_hats"}), None),
    "appointments:day": (Page(DOCTORS), None),
    "appointments:requests": (Page(DOCTORS), None),
    "appointments:answer": (Act(DOCTORS, keys=DOCTORS, acted=422), None),
    "appointments:book": (Form(PATIENTS), lambda s: [s.doctor.slug]),
    "appointments:approve": (Act({"doctor"}, keys=DOCTORS), lambda s: [s.requested.pk]),
    "appointments:decline": (Act({"doctor"}, keys=DOCTORS, data={"reason": "Full"}), lambda s: [s.requested.pk]),
    "appointments:cancel": (
        Act(
            {"patient", "doctor", "receptionist"},
            keys=PATIENTS | DOCTORS | DESK,
            data={"reason": "Not that day"},
            once=True,
        ),
        lambda s: [s.confirmed.pk],
    ),
    "appointments:calendar": (
        Page({"patient", "doctor", "hospital_admin", "receptionist", "many_hats"}, keys=SEE_VISITS),
        lambda s: [s.confirmed.pk],
    ),
    "appointments:reschedule": (
        Form({"patient", "doctor", "receptionist"}, keys=PATIENTS | DOCTORS | DESK),
        lambda s: [s.confirmed.pk],
    ),
    "appointments:check_in": (
        Act({"doctor", "receptionist"}, keys=DOCTORS | DESK, once=True),
        lambda s: [s.confirmed.pk],
    ),
    "appointments:share_link": (
        Act({"doctor"}, keys=DOCTORS, data={"join_url": "https://video.example/room"}),
        lambda s: [s.by_video.pk],
    ),
    "appointments:start": (Act({"doctor"}, keys=DOCTORS), lambda s: [s.checked_in.pk]),
    "appointments:complete": (Act({"doctor"}, keys=DOCTORS), lambda s: [s.started.pk]),
    "appointments:no_show": (Act({"doctor", "receptionist"}, keys=DOCTORS | DESK, once=True), lambda s: [s.missed.pk]),
    "appointments:explain": (Page(DOCTORS | DESK | {"hospital_admin", "other_hospital_admin"}), None),
    "appointments:overbook": (Form(DOCTORS, keys=DOCTORS | DESK), None),
    "appointments:write_review": (Form({"patient"}, keys=PATIENTS), lambda s: [s.seen.pk]),
    "appointments:note": (Page({"patient", "doctor"}, keys=READ_PRESCRIPTIONS), lambda s: [s.seen.pk]),
    "appointments:write_note": (Form({"doctor"}, keys=DOCTORS), lambda s: [s.started.pk]),
    "appointments:sign_note": (Act({"doctor"}, keys=DOCTORS, once=True), lambda s: [s.started.pk]),
    "appointments:amend_note": (Form({"doctor"}, keys=DOCTORS), lambda s: [s.seen.pk]),
    "appointments:reviews": (Page(DOCTORS), None),
    "appointments:answer_review": (
        Act({"doctor"}, keys=DOCTORS, data={"answer": "Thank you."}, once=True),
        lambda s: [s.review.pk],
    ),
    "appointments:schedule": (Page(SCHEDULED), None),
    "appointments:publish": (Act(SCHEDULED, keys=SCHEDULED, data=HOURS), None),
    "appointments:take_leave": (Act(SCHEDULED, keys=SCHEDULED, data=LEAVE), None),
    "appointments:end_leave": (Act({"doctor"}, keys=SCHEDULED), lambda s: [s.leave.pk]),
    "billing:index": (Page(PATIENTS), None),
    "billing:detail": (Page(AT_INVOICE, keys=SEE_INVOICES), lambda s: [s.invoice.pk]),
    "billing:invoice_pdf": (Page(AT_INVOICE, keys=SEE_INVOICES), lambda s: [s.invoice.pk]),
    "billing:receipt_pdf": (Page(AT_INVOICE, keys=SEE_INVOICES), lambda s: [s.payment.pk]),
    "billing:pay": (Form({"patient"}, keys=PATIENTS), lambda s: [s.invoice.pk]),
    "billing:paying": (Page({"patient"}, keys=PATIENTS), lambda s: [s.attempt.pk]),
    "billing:bank": (Form({"patient"}, keys=PATIENTS), lambda s: [s.attempt.pk]),
    "billing:pay_at_desk": (
        Act(
            {"receptionist"},
            keys=DESK,
            data={"amount": "1", "method": "cash", "key": "one click"},
            once=True,
        ),
        lambda s: [s.invoice.pk],
    ),
    "billing:credit": (Act(RUN_IT, keys=RUN, data={"amount": "1", "reason": "Friend"}), lambda s: [s.invoice.pk]),
    "billing:void": (Act(RUN_IT, keys=RUN, data={"reason": "Mistake"}, once=True), lambda s: [s.invoice.pk]),
    # Nothing of it is owed back: the rule says so.
    "billing:refund": (
        Act(
            RUN_IT | {"receptionist"},
            keys=RUN | DESK,
            data={"amount": "1", "reason": "Friend", "key": "one click"},
            acted=409,
        ),
        lambda s: [s.payment.pk],
    ),
    "billing:desk": (Page(SEE_INVOICES), None),
    "billing:takings": (Page(RUN), None),
    "billing:takings_csv": (Page(RUN), None),
    "laboratory:tests": (OPEN_TO_ALL, None),
    "laboratory:test": (OPEN_TO_ALL, lambda s: [s.lab.tests[0].slug]),
    "laboratory:prices": (Form(RUN_IT, keys=RUN, empty=302), lambda s: [s.hospital.slug]),
    "laboratory:place": (Form({"doctor"}, keys=DOCTORS), lambda s: [s.patient.pk]),
    "laboratory:orders": (Page(LAB), None),
    "laboratory:order": (Page({"technician"}, keys=LAB), lambda s: [s.lab.order.pk]),
    "laboratory:cancel": (Act({"doctor"}, keys=DOCTORS, data=WHY, once=True), lambda s: [s.lab.order.pk]),
    "laboratory:collect": (
        Act({"technician"}, keys=LAB, data={"kind": "blood"}, once=True),
        lambda s: [s.lab.order.pk],
    ),
    "laboratory:enter": (Act({"technician"}, keys=LAB, data={"text_3": "Clear"}), lambda s: [s.lab.at_work.pk]),
    "laboratory:verify": (Act({"technician"}, keys=LAB), lambda s: [s.lab.at_work.pk]),
    "laboratory:release": (Act({"technician"}, keys=LAB, once=True), lambda s: [s.lab.at_work.pk]),
    "laboratory:label": (Page({"technician"}, keys=LAB), lambda s: [s.lab.specimen.pk]),
    "laboratory:reject": (Act({"technician"}, keys=LAB, data=WHY, once=True), lambda s: [s.lab.specimen.pk]),
    "laboratory:amend": (Form({"technician"}, keys=LAB), lambda s: [s.lab.released.pk]),
    "laboratory:index": (Page(PATIENTS), None),
    "laboratory:report": (
        Page({"patient", "doctor", "technician"}, keys=PATIENTS | DOCTORS | LAB),
        lambda s: [s.lab.at_work.pk],
    ),
    "laboratory:report_pdf": (
        Page({"patient", "doctor", "technician"}, keys=PATIENTS | DOCTORS | LAB),
        lambda s: [s.lab.at_work.pk],
    ),
    "laboratory:trend": (
        Page({"patient", "doctor"}, keys=PATIENTS | DOCTORS | LAB),
        lambda s: [s.patient.pk, s.lab.tests[0].slug],
    ),
    "chat:index": (Page(READ_PRESCRIPTIONS), None),
    "chat:detail": (Page({"patient", "doctor"}, keys=READ_PRESCRIPTIONS), lambda s: [s.chat.pk]),
    "chat:begin": (
        Act({"patient", "doctor"}, keys=READ_PRESCRIPTIONS),
        lambda s: [s.patient.pk, s.doctor.slug],
    ),
    "chat:send": (
        Act(
            {"patient", "doctor"}, keys=READ_PRESCRIPTIONS, data={"client_id": "one-click", "text": "Hello"}, once=True
        ),
        lambda s: [s.chat.pk],
    ),
    "chat:read": (Act({"patient", "doctor"}, keys=READ_PRESCRIPTIONS, data={"seen": "1"}), lambda s: [s.chat.pk]),
    "chat:file": (Page({"patient", "doctor"}, keys=READ_PRESCRIPTIONS), lambda s: [s.written.pk]),
    "prescriptions:index": (Page(PATIENTS), None),
    "prescriptions:written": (Page(DOCTORS), None),
    "prescriptions:detail": (Page({"patient", "doctor"}, keys=READ_PRESCRIPTIONS), lambda s: [s.signed.pk]),
    "prescriptions:draft": (Form({"doctor"}, keys=DOCTORS), lambda s: [s.started.pk]),
    "prescriptions:sign": (Act({"doctor"}, keys=DOCTORS), lambda s: [s.drafted.pk]),
    "prescriptions:pdf": (Page({"patient", "doctor"}, keys=READ_PRESCRIPTIONS), lambda s: [s.signed.pk]),
    "prescriptions:suggest": (Page(DOCTORS), lambda s: [0]),
    "prescriptions:replace": (Act({"doctor"}, keys=DOCTORS, once=True), lambda s: [s.signed.pk]),
    "prescriptions:withdraw": (Act({"doctor"}, keys=DOCTORS, data={"reason": "Wrong dose"}), lambda s: [s.signed.pk]),
    "prescriptions:verify": (OPEN_TO_ALL, lambda s: [s.signed.code]),
}
# Tested elsewhere: logging in, the second step and staying logged in (tests/entrance), the panel (tests/panel), the theme (a
# cookie), what a payment service says (tests/billing).
ELSEWHERE = ("account_", "mfa_", "admin:", "theme", "stay", "billing:callback")


def names(resolver=None, namespace=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if hasattr(entry, "url_patterns"):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from names(entry, inner)
        elif entry.name:
            yield namespace + entry.name


def test_every_address_is_in_the_table():
    assert {name for name in names() if not name.startswith(ELSEWHERE)} == set(TABLE)


@pytest.fixture(scope="module")
def first_scene(once):
    with clock.at(MONDAY):
        return once(set_scene)


@pytest.fixture
def scene(db, first_scene, monday_morning):
    """A patient in the care of a doctor, with one of everything: each act finds the row that it needs."""
    return deepcopy(first_scene)


def set_scene():
    cast = gather(*PEOPLE[1:], "dependant", "other_hospital")
    people = {name: cast[name] for name in PEOPLE[1:]}
    hospital, patient, doctor = cast["hospital"], cast["patient"], cast["doctor"]
    scene = SimpleNamespace(hospital=hospital, patient=patient, doctor=doctor, people=people)
    scene.walk_in = patients.register(
        hospital=hospital, name="Ramesh Yadav", born_on=date(1960, 1, 1), by=people["receptionist"]
    )
    scene.dependant = cast["dependant"]
    scene.allergy = patients.list_allergy(patient=patient, substance="Penicillin", by=patient.user)
    scene.paper = patients.keep_document(
        patient=patient, kind="letter", title="Letter", dated_on=date(2026, 2, 1), upload=pdf(), by=patient.user
    )
    scene.condition = patients.list_condition(patient=patient, text="Hay fever", by=patient.user)
    notify(patient.user, "test", "Something happened.", path="/dashboard/", mail=False)
    for someone in (patient.user, doctor.user):
        accounts.set_photo(user=someone, upload=picture(), by=someone)
    scene.session = UserSession.objects.create(user=patient.user, session_key="elsewhere", ip="192.0.2.7")
    scene.notification = patient.user.notifications.get(kind="test")
    scene.requested = book(patient, doctor)
    scene.document = send_document(people["pending_doctor"])
    scene.application = doctors.apply(doctor=doctor, hospital=cast["other_hospital"], by=doctor.user)
    _run(scene, hospital, people["hospital_admin"])
    scene.confirmed = _approved(patient, doctor)
    scene.grant = AccessGrant.objects.filter(patient=patient).first()
    scene.invoice = scene.confirmed.invoice
    facts = {"method": "cash", "amount": 100, "key": "before", "by": people["receptionist"]}
    scene.payment = billing.pay_at_desk(invoice=scene.invoice, **facts)
    scene.attempt = billing.pay(invoice=scene.invoice, provider="sandbox", key="begun", by=patient.user)
    scene.lab = laboratory_order(scene.confirmed, hospital, people["technician"])
    scene.missed = _approved(patient, doctor)
    scene.by_video = _approved(patient, doctor)
    scene.checked_in = appointments.check_in(appointment=_approved(patient, doctor), by=doctor.user)
    scene.chat = chat.begin(patient=patient, doctor=doctor, by=doctor.user)
    scene.written = chat.send(conversation=scene.chat, client_id="before", upload=picture(), by=patient.user)
    scene.leave = Leave.objects.create(
        doctor=doctor, starts_at=clock.now() + timedelta(20), ends_at=clock.now() + timedelta(21)
    )
    scene.sessions = {name: _session(getattr(someone, "user", someone)) for name, someone in people.items()}
    return scene


def _session(user):
    """What stands in the cookie of somebody who is logged in."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _run(scene, hospital, admin):
    """What those who run the hospital have made of it."""
    scene.affiliation = scene.doctor.affiliations.get()
    scene.department = hospitals.add_department(hospital=hospital, name="Cardiology", by=admin)
    scene.service = hospitals.add_service(hospital=hospital, name="X-ray", by=admin)
    scene.closure = hospitals.add_closure(hospital=hospital, on=date(2026, 5, 1), by=admin)
    hospitals.set_photo(hospital=hospital, upload=picture(), by=admin)
    scene.staff = Staff.objects.get(user=scene.people["receptionist"])
    scene.invitation, scene.token = hospitals.invite(
        hospital=hospital, email="invited@example.org", role="receptionist", by=admin
    )


def _approved(patient, doctor):
    return appointments.approve(appointment=book(patient, doctor), by=doctor.user)


@pytest.fixture
def consulting(scene):
    """One visit of the scene is going on, with a signed prescription of the visit before and a draft of this one."""

    def begin(*, draft):
        if hasattr(scene, "started"):
            return
        doctor = scene.doctor.user
        before = appointments.check_in(appointment=_approved(scene.patient, scene.doctor), by=doctor)
        before = appointments.start(appointment=before, by=doctor)
        scene.signed = prescriptions.sign(prescription=_written(before, doctor), by=doctor)
        scene.seen = appointments.complete(appointment=before, by=doctor)
        scene.review = appointments.write_review(appointment=scene.seen, stars=5, by=scene.patient.user)
        scene.started = appointments.start(appointment=scene.checked_in, by=doctor)
        for visit in (scene.seen, scene.started):
            appointments.write_note(appointment=visit, text="Headache, no fever.", by=doctor)
        appointments.sign_note(appointment=scene.seen, by=doctor)
        scene.drafted = _written(scene.started, doctor) if draft else None

    return begin


def _written(visit, doctor):
    medicine = Medicine(name="Paracetamol", dose_quantity=1, dose_unit="tablet", pattern="1-0-1", days=3)
    return prescriptions.draft(appointment=visit, diagnosis="Fever", medicines=[medicine], by=doctor)


def browser(scene, person):
    client = Client()
    if person != "visitor":
        client.cookies[settings.SESSION_COOKIE_NAME] = scene.sessions[person]
    return client


def ask(scene, person, method, url, data):
    """-> the status, "login" for being sent there; and the house's tables that were written to."""
    client = browser(scene, person)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(url) if method == "GET" else client.post(url, data)
    status = answer.status_code
    if status == 302 and answer.url.startswith(reverse("account_login")):
        status = "login"
    written = {match[1] for query in queries if (match := guard.WRITE.match(query["sql"]))}
    return status, (written & guard.tables()) - {"accounts_auditentry"}


NEED_A_VISIT = {
    "prescriptions:detail",
    "prescriptions:draft",
    "prescriptions:sign",
    "prescriptions:pdf",
    "prescriptions:replace",
    "prescriptions:withdraw",
    "prescriptions:verify",
    "appointments:complete",
    "appointments:write_review",
    "appointments:answer_review",
    "appointments:note",
    "appointments:write_note",
    "appointments:sign_note",
    "appointments:amend_note",
}


@pytest.mark.parametrize("name", TABLE)
def test_each_person_gets_what_is_theirs(name, scene, consulting, at):
    rule, arguments = TABLE[name]
    if name in NEED_A_VISIT:
        consulting(draft=name == "prescriptions:sign")
    url = reverse(name, args=arguments(scene) if arguments else [])
    data = dict(getattr(rule, "data", {}))
    if name == "appointments:publish":
        data["hours-0-hospital"] = scene.hospital.pk
    if name == "appointments:no_show":
        at(scene.missed.ends_at)
    if name == "appointments:share_link":
        Appointment.objects.filter(pk=scene.by_video.pk).update(visit_type="video")
    if name == "patients:deny_allergies":
        patients.correct_allergy(allergy=scene.allergy, reason="Not mine", by=scene.patient.user)
    # Those who may act come last: until then, nothing has changed.
    order = sorted(PEOPLE, key=lambda person: person in getattr(rule, "acts", ()))
    wrong = []
    for method in ("GET", "POST"):
        acted = 0
        for person in order:
            expected = rule.expected(person, method)
            if isinstance(rule, Act) and expected == rule.acted and rule.once:
                acted += 1
                if acted > 1:
                    continue  # the row is spent: what a second one gets is in the verb's own test
            status, written = ask(scene, person, method, url, data)
            if status != expected:
                wrong.append(f"{person} {method} {url}: {status}, not {expected}")
            if written and (method == "GET" or expected not in (302, 200)):
                wrong.append(f"{person} {method} {url} wrote to {written}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", [name for name, (_rule, arguments) in TABLE.items() if arguments])
def test_what_is_not_yours_looks_like_what_does_not_exist(name, scene, consulting):
    """The same status and the same words for another's thing and for none at all."""
    rule, arguments = TABLE[name]
    if name in NEED_A_VISIT:
        consulting(draft=name == "prescriptions:sign")
    *before, key = arguments(scene)
    method = "POST" if isinstance(rule, Act) else "GET"
    strangers = [p for p in SIGNED_IN if not getattr(rule, "public", False) and rule.expected(p, method) == 404]
    nothing = UUID(int=7) if isinstance(key, UUID) else 10**9 if isinstance(key, int) else "no-such-thing"
    for person in strangers:
        client = browser(scene, person)
        send = client.post if method == "POST" else client.get
        theirs, none = send(reverse(name, args=[*before, key])), send(reverse(name, args=[*before, nothing]))
        assert (theirs.status_code, none.status_code) == (404, 404)
        assert _words(theirs) == _words(none)


def _words(answer):
    text = answer.content.decode()
    start = text.index("<h1")
    return text[start : text.index("Reference", start)]
