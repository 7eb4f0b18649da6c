"""Visits that were left behind: who sees them, and what becomes of them."""

from datetime import date, timedelta

import pytest

from accounts import workflow as accounts
from accounts.models import Mail
from appointments import stranded
from appointments import workflow as appointments
from appointments.models import Appointment
from healthstack.lib.rules import RuleBroken
from hospitals import workflow as hospitals
from patients import workflow as patients
from tests.factories import DoctorFactory, book, free_slots, hours_in, inbox

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def left(patient, other_patient, doctor):
    """Two visits of a doctor who has just left the hospital."""
    visits = [book(patient, doctor), book(other_patient, doctor)]
    appointments.end_affiliation(affiliation=doctor.affiliations.get(), by=None)
    return visits


def states(visits):
    return [Appointment.objects.get(pk=visit.pk).state for visit in visits]


class TestEndAffiliation:
    def test_what_is_booked_is_kept_and_named(self, patient, doctor, hospital):
        visit = book(patient, doctor)
        kept = appointments.end_affiliation(affiliation=doctor.affiliations.get(), by=None)
        assert kept == [visit] and states([visit]) == ["requested"]
        assert free_slots(doctor) == []
        assert list(stranded.of_hospital(hospital)) == [visit]

    def test_visits_elsewhere_are_not_named(self, patient, other_hospital, hospital):
        doctor = DoctorFactory(hospitals=[other_hospital, hospital])
        book(patient, doctor)
        row = doctor.affiliations.get(hospital=hospital)
        assert appointments.end_affiliation(affiliation=row, by=None) == []


class TestStranded:
    def test_a_day_on_which_it_is_closed(self, patient, other_patient, doctor, hospital):
        today = book(patient, doctor)
        slot = next(s for s in free_slots(doctor) if s.starts_at > today.starts_at + timedelta(days=1))
        book(other_patient, doctor, slot=slot)
        assert not stranded.of_hospital(hospital).exists()
        hospitals.add_closure(hospital=hospital, on=today.starts_at.date(), by=None)
        assert list(stranded.of_hospital(hospital)) == [today]

    def test_a_suspended_doctor_and_a_suspended_hospital(self, patient, other_patient, doctor, other_doctor, hospital):
        one, other = book(patient, doctor), book(other_patient, other_doctor)
        appointments.suspend_doctor(doctor=doctor, reason="Licence", by=None)
        assert list(stranded.of_hospital(hospital)) == [one]
        appointments.suspend_hospital(hospital=hospital, reason="Fire", by=None)
        hospital.refresh_from_db()
        assert set(stranded.of_hospital(hospital)) == {one, other}

    def test_only_who_works_there_and_can_be_found_could_take_over(self, left, other_doctor, pending_doctor, hospital):
        visits = list(stranded.of_hospital(hospital))
        assert list(stranded.who_could(visits)) == [other_doctor]


class TestSettle:
    def test_they_are_cancelled_and_the_patients_read_why(self, patient, other_patient, left, administrator):
        done, refused = appointments.settle(
            appointments=left, choice="cancel", message="Dr Sharma has left", by=administrator
        )
        assert (done, refused) == (2, [])
        assert states(left) == ["cancelled", "cancelled"]
        assert Appointment.objects.get(pk=left[0].pk).reason == "Dr Sharma has left"
        for person in (patient, other_patient):
            assert "appointments.cancelled" in inbox(person)
        assert "Sharma" not in Mail.objects.filter(to=patient.user.email).latest("created_at").body

    def test_they_go_to_another_doctor_at_the_same_time(self, left, other_doctor, administrator):
        times = [visit.starts_at for visit in left]
        done, refused = appointments.settle(
            appointments=left, choice="rehome", doctor=other_doctor, message="Dr Rao sees you", by=administrator
        )
        assert (done, refused) == (2, [])
        rows = [Appointment.objects.get(pk=visit.pk) for visit in left]
        assert [row.doctor for row in rows] == [other_doctor] * 2
        assert [row.starts_at for row in rows] == times

    def test_where_that_time_is_taken_the_nearest_of_the_day(
        self, left, patient, other_doctor, administrator, hospital
    ):
        third = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, begins=11, ends=12))
        done, _refused = appointments.settle(
            appointments=left, choice="rehome", doctor=third, message="Dr X sees you", by=administrator
        )
        assert done == 2
        rows = [Appointment.objects.get(pk=visit.pk) for visit in left]
        assert len({row.starts_at for row in rows}) == 2
        assert {row.starts_at.date() for row in rows} == {left[0].starts_at.date()}

    def test_one_that_cannot_be_moved_holds_up_no_other(self, left, hospital, administrator):
        narrow = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, begins=9, ends=10, visit=60))
        narrow.offers.filter(visit_type="check_up").update(minutes=60)
        done, refused = appointments.settle(
            appointments=left, choice="rehome", doctor=narrow, message="Dr X sees you", by=administrator
        )
        assert done == 1
        assert [(visit.pk, why) for visit, why in refused] == [
            (left[1].pk, f"{narrow.name} has no free time on that day.")
        ]

    @pytest.mark.parametrize(
        ("facts", "field"),
        [({"choice": "cancel", "message": " "}, "message"), ({"choice": "rehome", "message": "x"}, "doctor")],
    )
    def test_nothing_happens_without_a_word_or_a_doctor(self, left, administrator, facts, field):
        with pytest.raises(RuleBroken) as refusal:
            appointments.settle(appointments=left, by=administrator, **facts)
        assert refusal.value.field == field
        assert states(left) == ["requested", "requested"]


class TestPages:
    def test_a_doctor_leaves_and_the_visits_are_decided_on(
        self, patient, doctor, other_doctor, hospital, hospital_admin, sign_in
    ):
        visit, browser = book(patient, doctor), sign_in(hospital_admin)
        row = doctor.affiliations.get()
        url = f"/hospital/{hospital.slug}/doctors/{row.pk}/end-affiliation/"
        page = browser.get(url).content.decode()
        assert "1 visit is booked" in page
        row.refresh_from_db()
        assert row.ended_on is None
        there = browser.post(url).url
        assert there == f"/hospital/{hospital.slug}/stranded/"
        page = browser.get(there).content.decode()
        assert patient.name in page and f"{other_doctor.name}, Cardiologist" in page
        assert browser.post(there, {"choice": "cancel", "message": "Sorry"}).status_code == 422
        answer = browser.post(
            there,
            {"visits": [str(visit.pk)], "choice": "rehome", "doctor": other_doctor.pk, "message": "Dr Rao sees you"},
        )
        assert answer.status_code == 302
        assert Appointment.objects.get(pk=visit.pk).doctor == other_doctor
        assert "No bookings have to be moved." in browser.get(there).content.decode()

    def test_who_decides_reads_how_to_reach_the_patient(
        self, doctor, dependant, guardian, hospital, hospital_admin, receptionist, sign_in
    ):
        accounts.update_profile(user=guardian.user, name="Sunita Maurya", phone="+919839012345", by=guardian.user)
        facts = {"born_on": date(1960, 1, 1), "hospital": hospital, "by": receptionist}
        for name, phone in (("Ramesh Yadav", "+919839054321"), ("Munna Lal", "")):
            book(patients.register(name=name, phone=phone, **facts), doctor, by=receptionist, at_desk=True)
        book(dependant, doctor, by=guardian.user)
        appointments.end_affiliation(affiliation=doctor.affiliations.get(), by=None)
        page = sign_in(hospital_admin).get(f"/hospital/{hospital.slug}/stranded/").content.decode()
        assert 'href="tel:+919839054321"' in page and "not known" in page
        assert 'href="tel:+919839012345"' in page and "Sunita Maurya" in page

    def test_all_at_once(self, left, hospital, hospital_admin, sign_in):
        answer = sign_in(hospital_admin).post(
            f"/hospital/{hospital.slug}/stranded/", {"everyone": "on", "choice": "cancel", "message": "Sorry"}
        )
        assert answer.status_code == 302 and states(left) == ["cancelled", "cancelled"]

    def test_visits_that_are_not_stranded_or_not_theirs_cannot_be_named(
        self, patient, other_patient, other_doctor, other_hospital, left, hospital, hospital_admin, sign_in
    ):
        mine = book(patient, other_doctor, slot=free_slots(other_doctor)[10])
        elsewhere = DoctorFactory(hospitals=[other_hospital])
        theirs = book(other_patient, elsewhere, slot=free_slots(elsewhere)[20])
        for key in (mine.pk, theirs.pk, "x", 10**30):
            answer = sign_in(hospital_admin).post(
                f"/hospital/{hospital.slug}/stranded/", {"visits": [str(key)], "choice": "cancel", "message": "x"}
            )
            assert answer.status_code == 422
        assert states([mine, theirs]) == ["requested", "requested"]

    def test_another_hospital_sees_no_name(self, left, patient, hospital, other_hospital_admin, sign_in):
        browser = sign_in(other_hospital_admin)
        assert browser.get(f"/hospital/{hospital.slug}/stranded/").status_code == 404
        assert patient.name not in browser.get("/hospital/jehangir/stranded/").content.decode()
