"""Checking doctors and hospitals in the panel: papers one by one, more, no, yes; and the bookings that are left behind."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from appointments import workflow as appointments
from appointments.models import Appointment
from doctors import workflow as doctors
from doctors.models import Doctor
from hospitals.models import Hospital
from tests.factories import DoctorFactory, HospitalFactory, book, picture, send_document
from tests.hospitals.test_register import register


def change(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def act(row, verb):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{verb}")


def judge(desk, paper, verdict, reason="", **more):
    url = reverse("admin:doctors_doctor_judge_document", args=[paper.doctor.pk])
    return desk.post(url, {"document": paper.pk, "verdict": verdict, "reason": reason, **more})


@pytest.fixture
def paper(pending_doctor):
    return send_document(pending_doctor, "degree", picture("degree.png"))


@pytest.fixture
def waiting(patient):
    return register(patient.user)


class TestDocuments:
    def test_each_is_seen_and_judged(self, desk, pending_doctor, paper):
        page = desk.get(change(pending_doctor)).content.decode()
        assert "degree.png" in page and "Not looked at yet" in page and f"/doctor/documents/{paper.pk}/?look=1" in page
        assert desk.get(f"/doctor/documents/{paper.pk}/?look=1")["Content-Disposition"].startswith("inline")
        assert judge(desk, paper, "refused", "Blurred").url == change(pending_doctor)
        assert "“Blurred”" in desk.get(change(pending_doctor)).content.decode()
        judge(desk, paper, "accepted")
        paper.refresh_from_db()
        assert (paper.verdict, paper.verdict_reason) == ("accepted", "")

    def test_a_refusal_needs_a_reason(self, desk, paper):
        assert judge(desk, paper, "refused", " ").status_code == 409
        paper.refresh_from_db()
        assert paper.verdict == "waiting"

    def test_another_doctors_paper_is_not_judged_through_this_one(self, desk, paper, doctor):
        url = reverse("admin:doctors_doctor_judge_document", args=[doctor.pk])
        for key in (paper.pk, "x", 10**30):
            assert desk.post(url, {"document": key, "verdict": "accepted"}).status_code == 404
        paper.refresh_from_db()
        assert paper.verdict == "waiting"

    def test_nobody_else_judges(self, sign_in, hospital_admin, paper):
        assert judge(sign_in(hospital_admin), paper, "accepted").status_code == 403
        assert judge(sign_in(paper.doctor), paper, "accepted").status_code == 403


class TestDoctors:
    def test_more_is_asked_with_a_reason_and_the_history_shows_it(self, desk, pending_doctor):
        url = act(pending_doctor, "ask_more")
        assert "What do you need from Dr Tara Bose?" in desk.get(f"{url}?pick={pending_doctor.pk}").content.decode()
        assert desk.post(url, {"pick": pending_doctor.pk, "sure": "1", "reason": " "}).status_code == 422
        desk.post(url, {"pick": pending_doctor.pk, "sure": "1", "reason": "Your degree"})
        assert Doctor.objects.get(pk=pending_doctor.pk).state == "more_needed"
        page = desk.get(change(pending_doctor)).content.decode()
        assert "doctors.asked_more" in page and "“Your degree”" in page

    def test_one_is_rejected_and_one_who_was_asked_is_approved(self, desk, pending_doctor):
        other = DoctorFactory(approved=False)
        desk.post(act(other, "reject"), {"pick": other.pk, "sure": "1", "reason": "No such number"})
        doctors.ask_more_doctor(doctor=pending_doctor, reason="x", by=None)
        desk.post(act(pending_doctor, "approve"), {"only": pending_doctor.pk})
        states = dict(Doctor.objects.values_list("pk", "state"))
        assert states == {other.pk: "rejected", pending_doctor.pk: "approved"}
        assert AuditEntry.objects.about(pending_doctor).latest("id").code == "doctors.approved"

    def test_those_with_papers_come_first_and_the_next_one_is_a_click_away(self, desk, pending_doctor):
        ready = DoctorFactory(name="Zoya Khan", approved=False)
        send_document(ready)
        page = desk.get("/admin/").content.decode()
        assert page.index("Zoya Khan") < page.index("Tara Bose") and "No documents yet" in page
        assert f'href="{change(ready)}">Review next doctor' in page


class TestHospitals:
    def test_one_that_waits_is_in_the_queue_and_is_approved(self, desk, waiting, patient):
        assert "See the one that waits" in desk.get("/admin/").content.decode()
        assert waiting.name in desk.get("/admin/hospitals/hospital/?state=pending").content.decode()
        page = desk.get(change(waiting)).content.decode()
        assert patient.user.email in page and "Registered by" in page
        desk.post(act(waiting, "approve"), {"only": waiting.pk})
        assert Hospital.objects.findable().get() == waiting

    def test_more_is_asked_and_it_is_rejected(self, desk, waiting):
        for verb, state in (("ask_more", "more_needed"), ("reject", "rejected")):
            desk.post(act(waiting, verb), {"pick": waiting.pk, "sure": "1", "reason": "Which floor?"})
            assert Hospital.objects.get().state == state
        assert "Which floor?" in desk.get(change(waiting)).content.decode()

    def test_a_likely_double_is_pointed_out(self, desk, patient, waiting):
        there = HospitalFactory(name=waiting.name.upper(), postcode=waiting.postcode)
        page = desk.get(change(waiting)).content.decode()
        assert "Of the same name and PIN code:" in page and change(there) in page


class TestLeftBehind:
    @pytest.fixture
    def kept(self, monday_morning, patient, doctor):
        visit = book(patient, doctor)
        appointments.suspend_doctor(doctor=doctor, reason="Licence", by=None)
        return visit

    def url(self, doctor):
        return reverse("admin:doctors_doctor_kept") + f"?pick={doctor.pk}"

    def state(self, visit):
        return Appointment.objects.get(pk=visit.pk).state

    def test_they_are_cancelled_with_a_message(self, desk, doctor, kept):
        answer = desk.post(self.url(doctor), {"everyone": "on", "choice": "cancel", "message": "Dr Sharma is away"})
        assert answer.status_code == 302 and self.state(kept) == "cancelled"
        assert "No bookings have to be moved." in desk.get(self.url(doctor)).content.decode()

    def test_or_go_to_another_doctor(self, desk, doctor, other_doctor, kept):
        desk.post(
            self.url(doctor),
            {"visits": str(kept.pk), "choice": "rehome", "doctor": other_doctor.pk, "message": "Dr Rao sees you"},
        )
        row = Appointment.objects.get(pk=kept.pk)
        assert (row.doctor, row.state) == (other_doctor, "requested")

    def test_or_are_left(self, desk, doctor, kept):
        answer = desk.post(self.url(doctor), {})
        assert answer.status_code == 422 and self.state(kept) == "requested"
        assert "Leave them booked" in answer.content.decode()

    def test_a_visit_of_somebody_else_cannot_be_named(self, desk, doctor, other_doctor, other_patient, kept):
        other = book(other_patient, other_doctor)
        answer = desk.post(self.url(doctor), {"visits": str(other.pk), "choice": "cancel", "message": "x"})
        assert answer.status_code == 422 and self.state(other) == "requested"

    def test_the_same_for_a_hospital(self, desk, patient, other_patient, monday_morning, doctor, hospital):
        visit = book(patient, doctor)
        appointments.suspend_hospital(hospital=hospital, reason="Fire safety", by=None)
        url = reverse("admin:hospitals_hospital_kept") + f"?pick={hospital.pk}"
        assert patient.name in desk.get(url).content.decode()
        desk.post(url, {"everyone": "on", "choice": "cancel", "message": "Closed"})
        assert self.state(visit) == "cancelled"
