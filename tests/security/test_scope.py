"""Nobody sees what belongs to others: not by a parameter, not by another day, not by a key; and what is taken away is gone."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts import workflow as accounts
from accounts.models import Notification
from accounts.notify import notify
from appointments import workflow as appointments
from appointments.models import Appointment
from doctors import workflow as doctors
from healthstack.lib import clock
from healthstack.lib.paging import page_by_key
from hospitals import workflow as hospitals
from hospitals.models import Staff
from patients import workflow as patients
from tests.factories import PatientFactory
from tests.security.conftest import NEEDLE, soon

LISTS = {
    "patient": [
        "/appointments/",
        "/prescriptions/",
        "/record/",
        "/record/access/",
        "/notifications/",
        "/dashboard/",
        "/billing/invoices/",
    ],
    "doctor": [
        "/schedule/overbook/",
        "/appointments/day/",
        "/appointments/requests/",
        "/patients/",
        "/prescriptions/written/",
        "/dashboard/",
    ],
    "guardian": ["/appointments/", "/record/dependants/", "/prescriptions/", "/record/", "/dashboard/"],
    "hospital administrator": [
        "/appointments/hospital/",
        "/dashboard/",
        "/hospital/sahara/details/",
        "/hospital/sahara/parts/",
        "/hospital/sahara/opening/",
        "/hospital/sahara/fees/",
        "/hospital/sahara/staff/",
        "/hospital/sahara/doctors/",
        "/hospital/sahara/stranded/",
        "/billing/desk/",
        "/billing/takings/",
    ],
    "receptionist": [
        "/reception/",
        "/reception/sahara/day/",
        "/billing/desk/",
        "/reception/sahara/patients/",
        "/reception/sahara/patients/?q=a",
        "/appointments/hospital/",
    ],
    "many hats": ["/appointments/", "/appointments/day/", "/appointments/hospital/", "/dashboard/?as=hospital"],
}


def wider(town):
    """Parameters that would widen a list, if a page listened to them."""
    stranger = town.stranger
    values = {
        "patient": stranger.patient_id,
        "patient_id": stranger.patient_id,
        "patient__user": stranger.patient.user_id,
        "doctor": stranger.doctor_id,
        "doctor_id": stranger.doctor_id,
        "hospital": stranger.hospital_id,
        "hospital_id": stranger.hospital_id,
        "user": stranger.patient.user_id,
        "recipient": stranger.patient.user_id,
        "carer": stranger.doctor.user_id,
        "pk": stranger.pk,
        "id": stranger.pk,
        "state": "confirmed",
        "all": "1",
        "limit": "100000",
        "size": "100000",
    }
    return {name: str(value) for name, value in values.items()}


@pytest.mark.parametrize("role", LISTS)
def test_no_parameter_widens_a_list(town, as_everyone, role):
    browser = as_everyone[role]
    for address in LISTS[role]:
        path, _mark, query = address.partition("?")
        plain = browser.get(address)
        assert plain.status_code == 200, address
        wide = browser.get(path, {**wider(town), **({"as": "hospital"} if query else {})})
        assert NEEDLE not in plain.content.decode() + wide.content.decode(), address
        assert wide.content.count(b"<li") == plain.content.count(b"<li"), address


@pytest.fixture
def crowd(town):
    """Thirty more visits in the needle's hospital, and thirty in the other one, so that both lists have pages."""
    for n in range(30):
        for visit, name in ((town.stranger, f"{NEEDLE} {n}"), (town.visits["confirmed"], f"Neighbour {n}")):
            patient = PatientFactory(email=f"{n}.{visit.doctor_id}@example.org", name=name)
            row = Appointment.objects.get(pk=visit.pk)
            row.pk, row.patient, row.booked_by, row.grant = uuid4(), patient, patient.user, None
            row.starts_at += timedelta(seconds=n)
            row.save(force_insert=True)
    return town


def test_a_hospital_never_sees_a_patient_of_another(crowd, as_everyone, sign_in, other_hospital_admin):
    desk, other_desk = as_everyone["hospital administrator"], sign_in(other_hospital_admin)
    days = [(clock.now() + timedelta(days=n)).date().isoformat() for n in (-1, 0, 1, 2)]
    everything = page_by_key(Appointment.objects.all(), ("starts_at", "id"), size=20)
    asked = [
        {},
        *({"day": day} for day in days),
        {"after": everything.next},
        {"day": days[1], "after": everything.next},
    ]
    for address in ("/appointments/hospital/", "/dashboard/", "/appointments/", "/notifications/"):
        for query in asked:
            assert NEEDLE not in desk.get(address, query).content.decode(), (address, query)
    theirs = Appointment.objects.filter(hospital=crowd.stranger.hospital_id)
    for visit in theirs:
        answer = desk.get(visit.get_absolute_url())
        assert answer.status_code == 404 and NEEDLE not in answer.content.decode()
    # The needle is there to be found.
    assert NEEDLE in other_desk.get("/appointments/hospital/").content.decode()
    assert other_desk.get(crowd.stranger.get_absolute_url()).status_code == 200


def test_a_stranger_is_told_the_same_as_of_what_does_not_exist(town, as_everyone):
    browser = as_everyone["patient"]
    for name, key in (("visit", town.stranger.pk), ("prescriptions:detail", town.draft.pk)):
        theirs, nothing = browser.get(reverse(name, args=[key])), browser.get(reverse(name, args=[uuid4()]))
        assert theirs.status_code == nothing.status_code == 404
        assert _said(theirs) == _said(nothing)


def _said(answer):
    """The page from its main part on, without what differs each time: address and number of the request, the
    forms' token."""
    text = answer.content.decode().replace(answer["X-Request-ID"], "").split("<main")[1]
    text = text.replace(answer.request["PATH_INFO"], "")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def test_a_role_that_was_taken_away_is_gone_with_the_next_request(town, as_everyone):
    browser = as_everyone["patient"]
    assert browser.get("/record/").status_code == 200
    accounts.change_groups(user=town.people["patient"], remove=["Patients"], by=None)
    assert browser.get("/record/").status_code == 403
    assert browser.get(reverse("appointments:book", args=[town.doctor.slug])).status_code == 403
    accounts.change_groups(user=town.people["patient"], add=["Patients"], by=None)
    assert browser.get("/record/").status_code == 200


def test_a_permission_that_a_group_lost_is_gone_with_the_next_request(town, as_everyone):
    browser = as_everyone["doctor"]
    assert browser.get("/patients/").status_code == 200
    group = Group.objects.get(name="Doctors")
    group.permissions.remove(group.permissions.get(codename="open_record"))
    assert browser.get("/patients/").status_code == 403


def test_a_desk_that_was_left_shows_nothing_any_more(town, as_everyone, hospital_admin):
    browser = as_everyone["hospital administrator"]
    visit = town.visits["confirmed"]
    assert browser.get(visit.get_absolute_url()).status_code == 200
    hospitals.end_staff(staff=Staff.objects.of(hospital_admin).get(), by=None)
    assert browser.get("/appointments/hospital/").status_code == 403
    assert browser.get(visit.get_absolute_url()).status_code == 403


def test_a_desk_that_moved_sees_the_new_hospital_alone(town, as_everyone, hospital_admin, other_hospital):
    browser = as_everyone["hospital administrator"]
    hospitals.appoint(hospital=other_hospital, user=hospital_admin, by=None)
    hospitals.end_staff(staff=Staff.objects.of(hospital_admin).get(hospital=town.hospital), by=None)
    html = browser.get("/appointments/hospital/").content.decode()
    assert NEEDLE in html and "Priyanka" not in html
    assert browser.get(town.visits["confirmed"].get_absolute_url()).status_code == 404


def test_a_doctor_who_left_a_hospital_is_not_booked_there_any_more(town, as_everyone):
    browser = as_everyone["patient"]
    page = reverse("appointments:book", args=[town.other_doctor.slug])
    times = {"slot": f"{town.free.room}-{town.free.start}", "visit_type": "check_up"}
    assert times["slot"] in browser.get(page, times).content.decode()
    doctors.change_doctor(doctor=town.other_doctor, affiliations=[], by=None)
    assert times["slot"] not in browser.get(page, times).content.decode()
    assert browser.post(page, times).status_code in (409, 422)
    assert not Appointment.objects.filter(doctor=town.other_doctor, patient__user=town.people["patient"]).exists()


def test_a_suspended_doctor_is_out_of_the_practice_with_the_next_request(town, as_everyone, patient):
    browser = as_everyone["doctor"]
    assert browser.get(reverse("patient", args=[patient.pk])).status_code == 200
    appointments.suspend_doctor(doctor=town.doctor, reason="Not registered any more", by=None)
    for address in (
        "/patients/",
        "/appointments/day/",
        reverse("patient", args=[patient.pk]),
        town.signed.get_absolute_url(),
    ):
        assert browser.get(address).status_code == 403, address
    assert browser.post(reverse("appointments:approve", args=[town.visits["requested"].pk])).status_code == 403


def test_a_grant_that_the_patient_ended_is_over_with_the_next_request(town, as_everyone, patient):
    browser = as_everyone["doctor"]
    page = reverse("patient", args=[patient.pk])
    assert browser.get(page).status_code == 200
    patients.end_access(grant=town.grant, by=patient.user)
    assert browser.get(page).status_code == 404
    assert b"Penicillin" not in browser.get(town.visits["confirmed"].get_absolute_url()).content


def test_a_closed_account_is_out_with_the_next_request(town, as_everyone):
    for role, browser in as_everyone.items():
        if town.people[role]:
            assert browser.get("/accounts/profile/").status_code == 200
            accounts.disable_user(user=town.people[role], by=None)
            answer = browser.get("/accounts/profile/")
            assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"), role


def test_nobody_reads_the_inbox_of_another(town, as_everyone, other_patient):
    soon(other_patient, town.doctor)
    notify(other_patient.user, "test", f"A line for {NEEDLE}", mail=False)
    line = Notification.objects.get(text__contains=NEEDLE)
    for role, browser in as_everyone.items():
        if town.people[role]:
            assert NEEDLE not in browser.get("/notifications/").content.decode()
            assert browser.post(reverse("accounts:read", args=[line.pk])).status_code == 404
    line.refresh_from_db()
    assert line.read_at is None
