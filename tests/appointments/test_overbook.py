"""Booking over what is free, with a reason: beside the places, within the hours, and never without a word."""

from datetime import datetime, timedelta

import pytest

from appointments import slots, workflow
from appointments.models import Appointment, Claim, Hours, Listing
from healthstack.lib.rules import RuleBroken
from hospitals.models import Closure
from tests.factories import DoctorFactory, PatientFactory, book, free_slots, hours_in, inbox, trail

OVERBOOK = "/schedule/overbook/"
WHY = "High fever since last night"


def nine(minute=0, *, day=2, hour=9):
    """The quantum of that time on an Indian wall."""
    return slots.quantum(datetime.fromisoformat(f"2026-03-{day:02}T{hour:02}:{minute:02}:00+05:30"))


def over(patient, doctor, start=None, *, by=None, **facts):
    return workflow.overbook(
        doctor=doctor,
        hospital=facts.pop("hospital", None) or doctor.affiliations.get().hospital,
        patient=patient,
        visit_type=facts.pop("visit_type", "check_up"),
        start=start or nine(),
        reason=facts.pop("reason", WHY),
        by=by or doctor.user,
        **facts,
    )


@pytest.fixture
def taken(other_patient, doctor):
    """Nine o'clock on Monday is another patient's."""
    return workflow.approve(appointment=book(other_patient, doctor), by=doctor.user)


@pytest.fixture
def known(patient, doctor):
    """The patient is the doctor's by a visit on another day."""
    slot = next(slot for slot in free_slots(doctor) if slot.starts_at.day == 4)
    workflow.approve(appointment=book(patient, doctor, slot=slot), by=doctor.user)
    return patient


def test_it_takes_a_seat_beside_the_places_and_keeps_the_reason(taken, patient, doctor):
    visit = over(patient, doctor)
    assert (visit.state, visit.place, visit.overbooked_reason) == ("confirmed", 1, WHY)
    assert visit.starts_at == taken.starts_at
    assert trail(visit) == ["appointments.approved", "appointments.overbooked"]
    assert inbox(patient) == ["appointments.approved"]
    assert set(Claim.objects.filter(quantum=nine()).values_list("place", "appointment")) == {
        (0, taken.pk),
        (1, visit.pk),
    }


def test_the_doctor_may_open_the_record_of_whom_they_booked(taken, patient, doctor):
    assert over(patient, doctor).grant is not None


def test_what_the_reception_books_waits_for_the_doctor_also_today(taken, patient, doctor, receptionist):
    doctor.confirms_instantly = True
    doctor.save()
    visit = over(patient, doctor, by=receptionist)
    assert (visit.state, visit.booked_by) == ("requested", receptionist)
    assert "appointments.overbooked" in inbox(doctor)
    assert workflow.approve(appointment=visit, by=doctor.user).overbooked_reason == WHY


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_not_without_a_reason(taken, patient, doctor, reason):
    with pytest.raises(RuleBroken, match="Say why"):
        over(patient, doctor, reason=reason)
    assert Appointment.objects.count() == 1


def test_at_most_two_more_at_one_time(taken, patient, doctor):
    assert [over(PatientFactory(), doctor).place for _ in range(slots.EXTRA)] == [1, 2]
    with pytest.raises(RuleBroken, match="No more patients"):
        over(patient, doctor)
    with pytest.raises(RuleBroken, match="No more patients"):
        over(patient, doctor, nine(15))
    assert over(patient, doctor, nine(20)).place == 0, "it is free then, and booked as any other"


def test_a_patient_is_never_in_two_places(taken, other_patient, other_doctor, doctor):
    with pytest.raises(RuleBroken, match="another visit at that time"):
        over(other_patient, other_doctor, nine(5))
    with pytest.raises(RuleBroken, match="another visit at that time"):
        over(other_patient, doctor, nine(10))


def test_a_time_between_the_starts_is_possible_and_the_doctor_then_has_no_time_for_others(patient, doctor):
    visit = over(patient, doctor, nine(10))
    assert (visit.place, visit.overbooked_reason, visit.busy_until) == (1, WHY, visit.ends_at)
    starts = [slot.start for slot in free_slots(doctor, days=1)]
    assert nine() not in starts and nine(20) not in starts and nine(40) in starts
    assert Listing.objects.get(doctor=doctor).next_free_at == slots.moment(nine(40))


def test_a_time_that_is_free_after_all_is_booked_as_any_other(patient, doctor):
    visit = over(patient, doctor)
    assert (visit.place, visit.overbooked_reason, visit.state) == (0, "", "confirmed")
    assert trail(visit) == ["appointments.approved", "appointments.booked"]


def test_when_the_first_visit_is_called_off_its_time_is_not_offered_while_the_other_stands(taken, patient, doctor):
    visit = over(patient, doctor)
    workflow.cancel(appointment=taken, by=doctor.user, reason="Ill")
    assert nine() not in [slot.start for slot in free_slots(doctor)]
    workflow.cancel(appointment=visit, by=doctor.user, reason="Ill")
    assert nine() in [slot.start for slot in free_slots(doctor)]


def test_moved_to_a_free_time_it_is_overbooked_no_more(taken, patient, doctor, hospital):
    visit = over(patient, doctor)
    visit = workflow.reschedule(appointment=visit, hospital=hospital, start=nine(40), by=doctor.user)
    assert (visit.place, visit.overbooked_reason) == (0, "")


class TestWhereTheDoctorIsNot:
    def refused(self, patient, doctor, start, words="is not there", **facts):
        with pytest.raises(RuleBroken, match=words):
            over(patient, doctor, start, **facts)
        assert not Appointment.objects.filter(patient=patient).exists()

    def test_outside_of_the_hours(self, patient, doctor):
        self.refused(patient, doctor, nine(hour=20))
        self.refused(patient, doctor, nine(50, hour=16))

    def test_in_leave(self, patient, doctor):
        away = slots.moment(nine(10))
        workflow.take_leave(doctor=doctor, starts_at=away, ends_at=away + timedelta(hours=1), by=doctor.user)
        self.refused(patient, doctor, nine())

    def test_on_a_holiday(self, patient, doctor, hospital):
        Closure.objects.create(hospital=hospital, on=datetime(2026, 3, 2).date(), name="Holi")
        self.refused(patient, doctor, nine())

    def test_in_hours_for_video(self, patient, doctor):
        Hours.objects.filter(doctor=doctor).update(video=True)
        self.refused(patient, doctor, nine())

    def test_in_another_hospital(self, patient, hospital, other_hospital, other_patient):
        rows = hours_in(hospital, ends=12) + hours_in(other_hospital, begins=14)
        doctor = DoctorFactory(hospitals=[hospital, other_hospital], hours=rows)
        self.refused(patient, doctor, nine(hour=10), hospital=other_hospital)
        self.refused(patient, doctor, nine(hour=14), hospital=hospital)

    def test_in_the_past_and_far_away(self, patient, doctor, at):
        at("2026-03-02 09:05")
        self.refused(patient, doctor, nine(), "from now on")
        self.refused(patient, doctor, nine() + 400 * 288, "at most a year")
        self.refused(patient, doctor, 2**31, "at most a year")

    def test_a_kind_that_is_not_offered(self, patient, doctor):
        self.refused(patient, doctor, nine(), "does not offer", visit_type="video")

    def test_a_doctor_who_cannot_be_booked(self, patient, doctor, hospital):
        workflow.suspend_doctor(doctor=doctor, reason="Under review", by=None)
        self.refused(patient, doctor, nine(), "cannot be booked")


def test_beyond_what_patients_may_book_and_sooner_than_the_notice(patient, doctor, at):
    doctor.notice_minutes = 240
    doctor.save()
    assert over(patient, doctor, nine() + 90 * 288).overbooked_reason == WHY
    at("2026-03-02 09:50")
    assert over(PatientFactory(), doctor, nine(hour=10)).overbooked_reason == "", "the notice is for patients"


class TestPage:
    def typed(self, patient, **facts):
        return {
            "who": patient.pk,
            "visit_type": "check_up",
            "day": "2026-03-02",
            "time": "09:00",
            "reason": WHY,
        } | facts

    @pytest.fixture
    def typing(self, known, doctor, hospital):
        return self.typed(known, doctor=doctor.pk, hospital=hospital.pk)

    def test_the_doctor_books_an_own_patient(self, sign_in, taken, known, doctor, typing):
        answer = sign_in(doctor).post(OVERBOOK, typing, follow=True)
        visit = Appointment.objects.get(patient=known, starts_at=taken.starts_at)
        assert visit.overbooked_reason == WHY
        assert f"Booked for {known.name}." in answer.content.decode() and WHY in answer.content.decode()

    def test_twice_the_same_form_is_one_visit(self, sign_in, taken, doctor, typing):
        typing["request_key"] = "019cac61-8c40-7bf3-9a76-4789170cea92"
        for _ in range(2):
            assert sign_in(doctor).post(OVERBOOK, typing).status_code == 302
        assert Appointment.objects.exclude(overbooked_reason="").count() == 1

    def test_nobody_else_can_be_chosen(self, sign_in, taken, doctor, other_doctor, hospital, typing):
        stranger = PatientFactory()
        answer = sign_in(doctor).post(OVERBOOK, {**typing, "who": stranger.pk})
        assert answer.status_code == 422 and "Choose a patient" in answer.content.decode()
        assert stranger.name not in answer.content.decode()
        answer = sign_in(doctor).post(OVERBOOK, {**typing, "doctor": other_doctor.pk})
        assert answer.status_code == 422
        assert not Appointment.objects.exclude(overbooked_reason="").exists()

    def test_a_refusal_keeps_what_was_typed(self, sign_in, taken, doctor, typing):
        answer = sign_in(doctor).post(OVERBOOK, {**typing, "time": "20:00"})
        assert answer.status_code == 409
        html = answer.content.decode()
        assert "is not there for the whole" in html and WHY in html and 'value="20:00"' in html

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("day", "0001-01-01"),
            ("day", "9999-12-31"),
            ("day", "2026-02-29"),
            ("day", ""),
            ("time", "25:00"),
            ("time", "09:03"),
            ("time", "NaN"),
            ("who", "9" * 31),
            ("who", "-1"),
            ("hospital", "9" * 31),
            ("hospital", "-1"),
            ("visit_type", "surgery"),
            ("reason", ""),
            ("reason", "x" * 241),
            ("request_key", "1e30"),
        ],
    )
    def test_nonsense_is_answered_in_words(self, sign_in, taken, doctor, typing, field, value):
        answer = sign_in(doctor).post(OVERBOOK, {**typing, field: value})
        assert answer.status_code == 422 and "There is a problem" in answer.content.decode()
        assert not Appointment.objects.exclude(overbooked_reason="").exists()

    def test_fields_that_nobody_asked_for_count_for_nothing(self, sign_in, taken, known, doctor, typing):
        sign_in(doctor).post(OVERBOOK, {**typing, "state": "completed", "fee": "0", "place": "0", "message": "x"})
        visit = Appointment.objects.exclude(overbooked_reason="").get()
        assert (visit.state, visit.fee, visit.place, visit.message) == ("confirmed", doctor.fee, 1, "")

    def test_the_hour_that_the_clocks_jump_over(self, sign_in, hospital, doctor, known, typing, at):
        type(hospital).objects.filter(pk=hospital.pk).update(zone="America/New_York")
        answer = sign_in(doctor).post(OVERBOOK, {**typing, "day": "2026-03-08", "time": "02:30"})
        assert answer.status_code == 422 and "the clocks go forward" in answer.content.decode()

    def test_who_has_no_patients_reads_so(self, sign_in, other_doctor):
        assert "Nobody is your patient at the moment" in sign_in(other_doctor).get(OVERBOOK).content.decode()


class TestWhyIsThisTimeNotOffered:
    ASK = "/schedule/explain/"

    def ask(self, sign_in, person, doctor, time="09:00"):
        query = {"doctor": doctor.pk, "visit_type": "check_up", "day": "2026-03-02", "time": time}
        return sign_in(person).get(self.ASK, query)

    def test_it_leads_the_doctor_to_a_form_that_knows_the_time(self, sign_in, taken, known, doctor):
        answer = self.ask(sign_in, doctor, doctor)
        link = f"{OVERBOOK}?{answer.context['question'].book_over}"
        assert link.replace("&", "&amp;") in answer.content.decode()
        html = sign_in(doctor).get(link).content.decode()
        assert 'value="2026-03-02"' in html and 'value="09:00"' in html

    def test_it_leads_the_reception_to_its_patients(self, sign_in, taken, doctor, receptionist, hospital_admin):
        assert "/reception/sahara/patients/" in self.ask(sign_in, receptionist, doctor).content.decode()
        assert "one more patient" not in self.ask(sign_in, hospital_admin, doctor).content.decode()

    def test_not_where_the_doctor_is_not_there_or_the_time_is_free(self, sign_in, taken, doctor):
        for time in ("20:00", "10:00", "07:00"):
            assert OVERBOOK not in self.ask(sign_in, doctor, doctor, time).content.decode()

    def test_it_names_who_is_there(self, sign_in, patient, doctor):
        over(patient, doctor, nine(10))
        reasons = self.ask(sign_in, doctor, doctor).context["question"].reasons
        assert reasons == ["Taken by Priyanka Maurya, from 09:10 to 09:30."]


class TestBadge:
    def test_doctor_and_hospital_see_it_with_the_reason(
        self, sign_in, taken, patient, doctor, receptionist, hospital_admin
    ):
        visit = over(patient, doctor, by=receptionist)
        for person, page in (
            (doctor, "/appointments/day/"),
            (doctor, "/appointments/requests/"),
            (doctor, "/dashboard/"),
            (doctor, visit.get_absolute_url()),
            (receptionist, "/reception/sahara/"),
            (hospital_admin, "/appointments/hospital/"),
        ):
            html = sign_in(person).get(page).content.decode()
            assert "Overbooked" in html and WHY in html, page

    def test_the_patient_does_not(self, sign_in, taken, patient, doctor):
        visit = over(patient, doctor)
        for page in (visit.get_absolute_url(), "/appointments/", "/dashboard/"):
            html = sign_in(patient).get(page).content.decode()
            assert "Overbooked" not in html and WHY not in html, page
