"""The pages of invoices and money, as patient, reception and hospital see them."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.urls import reverse

from appointments import workflow as appointments
from billing import workflow
from billing.lines import priced
from billing.models import Attempt, Invoice, Payment, Refund
from healthstack.lib import clock
from tests.security.walk import form_in

pytestmark = pytest.mark.usefixtures("monday_morning")


def page_of(invoice):
    return reverse("billing:detail", args=[invoice.pk])


def form_of(browser, invoice, verb, pk=None):
    """The fields of the form on the invoice's page that leads to this verb."""
    address = reverse(f"billing:{verb}", args=[pk or invoice.pk])
    return address, dict(form_in(browser.get(page_of(invoice)), address)["fields"])


def words(answer):
    return " ".join(answer.content.decode().split())


# --- the patient's


def test_a_patient_sees_what_is_owed_and_the_sum(sign_in, patient, invoice):
    page = words(sign_in(patient).get("/billing/invoices/"))
    assert "₹700.00 to pay in all" in page
    assert "Visit, Sahara Hospital" in page and "Due" in page and "INV-2026-000001" in page


def test_an_overdue_one_says_so(sign_in, patient, invoice, at):
    at(clock.now() + timedelta(days=20))
    assert "Overdue" in words(sign_in(patient).get("/billing/invoices/"))


def test_on_the_first_day_the_page_says_what_will_be_there(sign_in, patient):
    assert "What you owe and what you paid will be here." in words(sign_in(patient).get("/billing/invoices/"))


@pytest.mark.parametrize(("rate", "shown"), [(10, "(10 %)"), (18, "(18 %)"), (D("12.5"), "(12.50 %)")])
def test_a_rate_of_tax_is_a_plain_number(sign_in, patient, hospital, rate, shown):
    lines = [priced("Blood count", 100, tax_rate=rate)]
    row = workflow.open_invoice(patient=patient, hospital=hospital, kind="tests", lines=lines, by=None)
    workflow.issue(invoice=row, by=None)
    assert shown in words(sign_in(patient).get(page_of(row)))


def test_a_draft_is_on_no_page(sign_in, patient, draft):
    assert "Visit, Sahara" not in words(sign_in(patient).get("/billing/invoices/"))
    assert sign_in(patient).get(page_of(draft)).status_code == 404


def test_the_dashboard_says_what_is_to_be_paid(sign_in, patient, invoice, pay):
    assert "Pay ₹700.00" in words(sign_in(patient).get("/dashboard/"))
    pay(invoice)
    assert "Pay ₹700.00" not in words(sign_in(patient).get("/dashboard/"))


def test_a_guardian_pays_for_the_child(sign_in, guardian, dependant, hospital):
    lines = [priced("Vaccination", 250)]
    row = workflow.open_invoice(patient=dependant, hospital=hospital, kind="visit", lines=lines, by=None)
    workflow.issue(invoice=row, by=None)
    assert "for Aarav Maurya" in words(sign_in(guardian).get("/billing/invoices/"))
    assert "Pay ₹250.00" in words(sign_in(guardian).get(page_of(row)))


def test_the_visit_shows_its_invoice_to_patient_and_desk_and_not_to_the_doctor(
    sign_in, confirmed, patient, receptionist, hospital_admin, doctor
):
    number = Invoice.objects.get().number
    for person in (patient, receptionist, hospital_admin):
        assert number in words(sign_in(person).get(confirmed.get_absolute_url()))
    assert number not in words(sign_in(doctor).get(confirmed.get_absolute_url()))


def test_the_reception_sees_in_the_row_what_is_due_and_is_led_there(sign_in, confirmed, receptionist, patient, at):
    at(confirmed.starts_at - timedelta(minutes=20))
    invoice = Invoice.objects.get()
    page = words(sign_in(receptionist).get("/reception/"))
    assert f'href="{page_of(invoice)}">₹{invoice.total} due' in page
    facts = {"method": "cash", "amount": invoice.total, "key": "k", "by": receptionist}
    workflow.pay_at_desk(invoice=invoice, **facts)
    assert "due<" not in words(sign_in(receptionist).get("/reception/"))
    appointments.cancel(appointment=confirmed, by=receptionist, reason="Ill")
    assert "to give back" in words(sign_in(receptionist).get("/reception/?show=all"))


# --- the desk's


def test_the_desk_lists_what_is_open_and_finds_by_number_and_name(sign_in, receptionist, invoice, pay):
    browser = sign_in(receptionist)
    assert "Priyanka Maurya" in words(browser.get("/billing/desk/"))
    for asked in ("INV-2026-000001", "1", "priyanka"):
        assert "INV-2026-000001" in words(browser.get("/billing/desk/", {"q": asked})), asked
    assert "No invoice has this number" in words(browser.get("/billing/desk/", {"q": "zebra"}))
    pay(invoice)
    assert "Nothing is to be paid." in words(browser.get("/billing/desk/"))
    assert "Priyanka Maurya" in words(browser.get("/billing/desk/?show=all"))


def test_cash_is_taken_and_the_change_is_said(sign_in, receptionist, invoice):
    browser = sign_in(receptionist)
    address, fields = form_of(browser, invoice, "pay_at_desk")
    assert fields["amount"] == "700.00"
    answer = browser.post(address, {**fields, "tendered": "1,000"}, follow=True)
    page = words(answer)
    assert "₹700.00 taken, receipt RCP-2026-000001. Give ₹300.00 back." in page
    assert "₹1,000.00 handed over, ₹300.00 back" in page
    assert Invoice.objects.get().is_paid


def test_the_same_form_sent_twice_takes_the_money_once(sign_in, receptionist, invoice):
    browser = sign_in(receptionist)
    address, fields = form_of(browser, invoice, "pay_at_desk")
    fields["amount"] = "300"
    assert [browser.post(address, fields).status_code for _ in range(2)] == [302, 302]
    assert Invoice.objects.get().paid == D(300)


@pytest.mark.parametrize(
    ("typed", "status", "sentence"),
    [
        ({"amount": ""}, 422, "Enter the amount that is paid"),
        ({"amount": "seven"}, 422, "Enter an amount such as 1250.50"),
        ({"amount": "1e3"}, 409, "not more than is due"),
        ({"amount": "NaN"}, 422, "Enter an amount such as 1250.50"),
        ({"amount": "-1"}, 422, "Enter an amount above zero"),
        ({"amount": "0.001"}, 422, "at most two decimals"),
        ({"amount": "700.01"}, 409, "not more than is due"),
        ({"tendered": "500"}, 409, "less than the amount"),
        ({"method": "card"}, 409, "Enter the reference"),
        ({"method": "online"}, 422, "Choose how it is paid"),
        ({"key": ""}, 422, "Load the page again"),
    ],
)
def test_what_makes_no_sense_comes_back_with_a_sentence(sign_in, receptionist, invoice, typed, status, sentence):
    browser = sign_in(receptionist)
    address, fields = form_of(browser, invoice, "pay_at_desk")
    answer = browser.post(address, {**fields, **typed})
    assert answer.status_code == status
    assert sentence in words(answer)
    assert not Payment.objects.exists()


def test_a_price_in_the_form_counts_for_nothing(sign_in, receptionist, invoice):
    browser = sign_in(receptionist)
    address, fields = form_of(browser, invoice, "pay_at_desk")
    browser.post(address, {**fields, "total": "1", "due": "1", "paid": "700", "state": "paid", "amount": "1"})
    row = Invoice.objects.get()
    assert (row.total, row.paid, row.state) == (D(700), D(1), "part_paid")


def test_the_desk_gives_back_what_is_not_owed_any_more(sign_in, receptionist, invoice, pay):
    payment = pay(invoice)
    workflow.void(invoice=invoice, reason="Did not take place", by=None)
    browser = sign_in(receptionist)
    address, fields = form_of(browser, invoice, "refund", payment.pk)
    assert "Give ₹700.00 back." in words(browser.post(address, fields, follow=True))
    assert Refund.objects.get().by == receptionist


def test_more_than_is_owed_back_is_not_given(sign_in, receptionist, invoice, pay):
    payment = pay(invoice)
    workflow.credit(invoice=invoice, amount=D(100), reason="Friend", by=None)
    browser = sign_in(receptionist)
    address, fields = form_of(browser, invoice, "refund", payment.pk)
    answer = browser.post(address, {**fields, "amount": "101"})
    assert answer.status_code == 409
    assert "Take it off the invoice first" in words(answer)
    assert not Refund.objects.exists()


# --- the hospital's


def test_the_hospital_takes_off_with_a_reason_that_the_patient_reads(sign_in, hospital_admin, patient, invoice):
    browser = sign_in(hospital_admin)
    address, fields = form_of(browser, invoice, "credit")
    assert browser.post(address, {**fields, "amount": "100"}).status_code == 422
    assert "₹100.00 taken off." in words(
        browser.post(address, {**fields, "amount": "100", "reason": "Colleague"}, follow=True)
    )
    assert "Colleague" in words(sign_in(patient).get(page_of(invoice)))


def test_the_hospital_voids(sign_in, hospital_admin, patient, invoice):
    browser = sign_in(hospital_admin)
    address, _fields = form_of(browser, invoice, "void")
    assert browser.post(address, {}).status_code == 422
    assert "Nothing is owed on it." in words(browser.post(address, {"reason": "Entered twice"}, follow=True))
    page = words(sign_in(patient).get(page_of(invoice)))
    assert "Void" in page and "Entered twice" in page and "Pay ₹" not in page


def test_takings_by_day_and_way_what_went_back_taken_off(
    sign_in, hospital_admin, patient, hospital, pay, at, receptionist
):
    def sell(amount):
        lines = [priced("Visit", amount)]
        row = workflow.open_invoice(patient=patient, hospital=hospital, kind="visit", lines=lines, by=None)
        return workflow.issue(invoice=row, by=None)

    first = pay(sell(700))
    pay(sell(500), method="upi", reference="4711")
    at("2026-03-03 10:00")
    workflow.void(invoice=first.invoice, reason="Mistake", by=None)
    workflow.refund(payment=first, amount=D(200), reason="Mistake", key="k", by=receptionist)
    page = words(sign_in(hospital_admin).get("/billing/takings/"))
    assert "₹1,200.00" in page and "−₹200.00" in page and "₹500.00" in page
    assert "Nothing came in" in words(sign_in(hospital_admin).get("/billing/takings/?begins=1+1+2026&ends=2+1+2026"))


def test_days_that_run_backwards_are_told(sign_in, hospital_admin):
    answer = sign_in(hospital_admin).get("/billing/takings/?begins=3+1+2026&ends=2+1+2026")
    assert answer.status_code == 422
    assert "The last day comes before the first" in words(answer)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "=cmd|' /C calc'!A0"])
def test_nothing_in_the_csv_is_a_formula(sign_in, hospital_admin, patient, invoice, pay, name):
    import csv

    type(patient).objects.filter(pk=patient.pk).update(name=name)
    pay(invoice, method="upi", reference="=HYPERLINK()")
    answer = sign_in(hospital_admin).get("/billing/takings.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment")
    head, row = csv.reader(answer.content.decode().splitlines())
    assert dict(zip(head, row, strict=True))["patient"] == f"'{name}"
    assert not [cell for cell in row if cell.startswith(("=", "+", "@", "\t"))]
    assert row[head.index("amount")] == "700.00"


def test_another_hospital_s_takings_are_not_shown(sign_in, other_hospital_admin, hospital, invoice, pay):
    pay(invoice)
    browser = sign_in(other_hospital_admin)
    for address in ("/billing/takings/", f"/billing/takings/?hospital={hospital.slug}", "/billing/takings.csv"):
        answer = browser.get(address, follow=True)
        assert answer.status_code == 200
        assert "700.00" not in words(answer)
    assert "Maurya" not in words(browser.get("/billing/desk/?show=all&q=Priyanka"))


# --- paying online


@pytest.fixture
def attempt(invoice, patient):
    return workflow.pay(invoice=invoice, provider="sandbox", key="one click", by=patient.user)


def test_the_page_repeats_amount_and_payee_and_leads_on_by_a_link(sign_in, patient, invoice):
    browser, address = sign_in(patient), reverse("billing:pay", args=[invoice.pk])
    page = browser.get(address)
    assert "₹700.00" in words(page) and "Sahara Hospital" in words(page)
    fields = form_in(page, address)["fields"]
    answer = browser.post(address, fields)
    attempt = Attempt.objects.get()
    assert answer.status_code == 200
    assert f'href="{reverse("billing:bank", args=[attempt.pk])}"' in words(answer)
    assert words(browser.post(address, fields)).count(str(attempt.pk)) == words(answer).count(str(attempt.pk))
    assert not Payment.objects.exists()


def test_the_bank_says_paid_and_the_receipt_is_there(sign_in, patient, attempt, books):
    browser = sign_in(patient)
    assert "No money moves here" in words(browser.get(reverse("billing:bank", args=[attempt.pk])))
    answer = browser.post(reverse("billing:bank", args=[attempt.pk]), {"says": "paid"}, follow=True)
    assert "₹700.00 paid" in words(answer) and "RCP-2026-000001" in words(answer)
    assert "hx-trigger" not in words(answer).split("paying")[1].split("</section>")[0]
    assert books() == []


def test_the_bank_says_declined_and_the_page_says_that_no_money_moved(sign_in, patient, attempt):
    browser = sign_in(patient)
    answer = browser.post(reverse("billing:bank", args=[attempt.pk]), {"says": "declined"}, follow=True)
    assert "No money has moved" in words(answer) and "Try again" in words(answer)
    assert not Payment.objects.exists()


def test_coming_back_pays_nothing(sign_in, patient, attempt):
    """However often, and whatever the address says."""
    browser = sign_in(patient)
    for query in ("", "?success=1", "?status=VALID&paid=1"):
        page = words(browser.get(attempt.get_absolute_url() + query))
        assert "Waiting for the payment service" in page and "every 3s" in page and "Refresh" in page
    assert browser.post(attempt.get_absolute_url(), {"status": "VALID"}).status_code == 405
    assert Invoice.objects.get().state == "issued"


def test_only_who_began_it_sees_it(sign_in, other_patient, receptionist, attempt):
    for name in ("paying", "bank"):
        address = reverse(f"billing:{name}", args=[attempt.pk])
        assert sign_in(other_patient).get(address).status_code == 404
        assert sign_in(receptionist).get(address).status_code == 403


def test_what_is_paid_cannot_be_paid_again(sign_in, patient, invoice, pay):
    browser, address = sign_in(patient), reverse("billing:pay", args=[invoice.pk])
    fields = form_in(browser.get(address), address)["fields"]
    pay(invoice)
    answer = browser.post(address, fields)
    assert answer.status_code == 409
    assert "Nothing is due" in words(answer)
    assert "Go on" not in words(browser.get(address))


def test_without_a_provider_one_pays_at_the_reception(sign_in, patient, invoice, settings, attempt):
    settings.PAYMENT_VARIANTS = {}
    browser, address = sign_in(patient), reverse("billing:pay", args=[invoice.pk])
    assert "Pay ₹700.00 at the reception of Sahara Hospital." in words(browser.get(address))
    assert browser.post(address, {"key": "x"}).status_code == 409
    assert browser.get(reverse("billing:bank", args=[attempt.pk])).status_code == 404
    assert "Pay ₹" not in words(browser.get(page_of(invoice))).split("<main")[1]
