"""What a visit costs is owed once it is confirmed, and not any more when it does not take place."""

from datetime import timedelta
from decimal import Decimal as D

import pytest

from appointments import workflow
from billing import ledger
from billing import workflow as billing
from billing.models import Invoice
from healthstack.lib import clock
from hospitals import workflow as hospitals
from tests.factories import DoctorFactory, book, free_slots


@pytest.fixture(autouse=True)
def _books_agree(db):
    yield
    assert list(ledger.faults()) == []


def pay(visit, amount=None):
    invoice = Invoice.objects.get(pk=visit.invoice_id)
    facts = {"method": "cash", "amount": amount or invoice.due, "key": f"k{invoice.pk}"}
    return billing.pay_at_desk(invoice=invoice, by=None, **facts)


def invoice_of(visit):
    visit.refresh_from_db()
    return visit.invoice


def test_a_request_owes_nothing(appointment):
    assert appointment.invoice is None


def test_a_confirmed_visit_owes_the_fee_that_was_agreed(confirmed):
    invoice = invoice_of(confirmed)
    assert (invoice.state, invoice.total, invoice.patient) == ("issued", confirmed.fee, confirmed.patient)
    assert "Check-up with Dr Neha Sharma" in invoice.lines.get().text


def test_a_visit_without_a_fee_has_no_invoice(patient, hospital):
    doctor = DoctorFactory(hospitals=[hospital], fee=D(0), confirms_instantly=True)
    assert book(patient, doctor).invoice is None


def test_a_cancelled_visit_is_not_owed(confirmed, patient):
    workflow.cancel(appointment=confirmed, by=patient.user)
    assert invoice_of(confirmed).state == "void"


def test_what_was_paid_for_a_cancelled_visit_is_owed_back(confirmed, patient):
    pay(confirmed)
    workflow.cancel(appointment=confirmed, by=patient.user)
    assert invoice_of(confirmed).owed_back == confirmed.fee


def test_who_does_not_come_owes_no_more_and_gets_nothing_back_by_itself(confirmed, doctor, at):
    pay(confirmed, D(100))
    at(confirmed.starts_at + timedelta(hours=1))
    workflow.no_show(appointment=confirmed, by=doctor.user)
    invoice = invoice_of(confirmed)
    assert (invoice.due, invoice.owed_back, invoice.paid) == (D(0), D(0), D(100))


def test_another_time_at_the_same_fee_keeps_the_invoice(confirmed, doctor):
    before = invoice_of(confirmed)
    slot = free_slots(doctor)[5]
    workflow.reschedule(appointment=confirmed, hospital=confirmed.hospital, start=slot.start, by=doctor.user)
    assert invoice_of(confirmed) == before


def test_asked_anew_and_approved_it_is_owed_once(confirmed, doctor, patient):
    slot = free_slots(doctor)[5]
    workflow.reschedule(appointment=confirmed, hospital=confirmed.hospital, start=slot.start, by=patient.user)
    confirmed.refresh_from_db()
    assert confirmed.state == "requested"
    workflow.approve(appointment=confirmed, by=doctor.user)
    assert Invoice.objects.exclude(state="void").count() == 1


def test_a_cheaper_doctor_makes_a_new_invoice(confirmed, hospital, hospital_admin):
    other = DoctorFactory(hospitals=[hospital], fee=confirmed.fee - 100)
    slot = free_slots(other)[9]
    workflow.rehome(appointment=confirmed, doctor=other, start=slot.start, by=hospital_admin, reason="On leave")
    confirmed.refresh_from_db()
    assert confirmed.invoice.total == confirmed.fee == other.fee
    assert sorted(Invoice.objects.values_list("state", flat=True)) == ["issued", "void"]


def test_a_request_that_expires_owes_nothing(appointment, at):
    at(appointment.starts_at + timedelta(minutes=1))
    workflow.expire(appointment=appointment)
    assert not Invoice.objects.exists()


def test_a_second_visit_of_a_hospital_has_the_next_number(confirmed, other_patient, doctor, hospital):
    hospitals.save_hospital(hospital=hospital, fees=None, by=None)
    second = workflow.approve(appointment=book(other_patient, doctor), by=doctor.user)
    year = clock.local(clock.now()).year
    assert [invoice_of(v).number for v in (confirmed, second)] == [f"INV-{year}-000001", f"INV-{year}-000002"]
