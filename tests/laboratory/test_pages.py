"""The pages: Test Information, ordering, the technicians' desk, reports and trends."""

import subprocess
from decimal import Decimal as D

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from laboratory import workflow
from laboratory.models import Order, Price, Result, Specimen
from laboratory.workflow.catalogue import prices_stamp
from patients import workflow as patients
from patients.models import AccessGrant
from tests.factories import inbox


def words(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


# --- Test Information


def test_a_visitor_sees_what_a_test_costs_and_where(client, tests):
    page = words(client.get("/laboratory/tests/?q=haemo"))
    assert "from ₹250.00" in page
    assert "Random Blood Sugar" not in page
    page = words(client.get("/laboratory/tests/haemoglobin/"))
    assert "Sahara Hospital" in page
    assert "12 to 15" in page
    assert "Demonstration" in page


def test_a_hospital_that_cannot_be_found_is_not_where_a_test_is_done(client, tests, hospital):
    type(hospital).objects.filter(pk=hospital.pk).update(state="suspended")
    assert "Sahara" not in words(client.get("/laboratory/tests/haemoglobin/"))
    assert "from ₹" not in words(client.get("/laboratory/tests/"))


def test_nothing_found_says_so(client, tests):
    assert "No test fits that" in words(client.get("/laboratory/tests/?q=zebra%00"))


def test_tests_are_paged_by_key(client, tests):
    rows = [{"name": f"Test {n:02}", "kind": "text", "specimen": "blood", "group": "G"} for n in range(30)]
    workflow.import_tests(rows=rows, source="s", by=None)
    page = words(client.get("/laboratory/tests/?group=G"))
    assert "Test 19" in page and "Test 20" not in page
    assert 'rel="next"' in page


# --- prices


def test_who_runs_the_hospital_sets_its_prices(sign_in, tests, hospital, hospital_admin):
    haemoglobin = tests[0]
    browser, address = sign_in(hospital_admin), f"{reverse('laboratory:prices', args=['sahara'])}?group=Haematology"
    assert 'value="250.00"' in words(browser.get(address))
    stamp = prices_stamp(hospital, [haemoglobin])
    name = f"test_{haemoglobin.pk}"
    assert "0 or more" in words(browser.post(address, {"stamp": stamp, name: "-5"}), 422)
    assert browser.post(address, {"stamp": stamp, name: "275"}).status_code == 302
    assert Price.objects.get(test=haemoglobin).amount == D(275)
    page = words(browser.post(address, {"stamp": stamp, name: "300"}), 409)
    assert "stored now: 275" in page and 'value="300"' in page


# --- ordering


@pytest.fixture
def ordering(confirmed, doctor, sign_in):
    """(browser of the doctor, address of the slip)"""
    return sign_in(doctor), reverse("laboratory:place", args=[confirmed.patient_id])


def test_the_doctor_orders_from_the_visit(ordering, tests, confirmed, patient):
    browser, address = ordering
    assert address in words(browser.get(confirmed.get_absolute_url()))
    page = words(browser.get(f"{address}?visit={confirmed.pk}"))
    assert "Haemoglobin" in page and "₹250.00" in page
    slip = {"visit": confirmed.pk, "hospital": "sahara", "tests": [tests[0].pk, tests[2].pk], "request_key": "k1"}
    for _twice in range(2):
        assert browser.post(address, {**slip, "note": "Fasting"}).url == confirmed.get_absolute_url()
    order = Order.objects.get()
    assert (order.note, order.appointment, order.doctor) == ("Fasting", confirmed, confirmed.doctor)
    assert "Haemoglobin, Urine colour" in words(browser.get(confirmed.get_absolute_url()))
    assert "laboratory.placed" in inbox(patient)


def test_looking_for_a_test_keeps_what_is_ticked(ordering, tests):
    browser, address = ordering
    page = words(browser.post(address, {"hospital": "sahara", "tests": [tests[0].pk], "q": "urine", "find": "1"}))
    assert f'value="{tests[0].pk}" id="t{tests[0].pk}" checked' in page
    assert "Random Blood Sugar" not in page
    assert not Order.objects.exists()


@pytest.mark.parametrize("picked", [[], ["x"], ["999999"]])
def test_what_cannot_be_ordered_is_refused(ordering, tests, picked):
    browser, address = ordering
    page = words(browser.post(address, {"hospital": "sahara", "tests": picked, "note": "kept"}), 422)
    assert "There is a problem" in page and 'value="kept"' in page
    assert not Order.objects.exists()


def test_where_no_tests_are_done_the_page_says_so(ordering):
    browser, address = ordering
    assert "has entered tests and prices" in words(browser.get(address))


def test_the_doctor_calls_an_order_off_and_says_why(order, doctor, patient, sign_in):
    browser, address = sign_in(doctor), reverse("laboratory:cancel", args=[order.pk])
    assert "Cancel the order" in words(browser.get(order.get_absolute_url()))
    assert "Say why" in words(browser.post(address, {"reason": " "}), 422)
    assert browser.post(address, {"reason": "Had it last week"}).status_code == 302
    assert "Had it last week" in words(sign_in(patient).get("/laboratory/reports/"))


# --- the technicians' desk


@pytest.fixture
def desk(sign_in, technician):
    return sign_in(technician)


def at(name, row):
    return reverse(f"laboratory:{name}", args=[row.pk])


def test_the_dashboard_of_a_technician_is_the_queue(desk, order):
    assert desk.get("/dashboard/").url == "/laboratory/orders/"
    page = words(desk.get("/laboratory/orders/"))
    assert "Priyanka Maurya" in page and "Haemoglobin" in page
    assert "Nothing waits" in words(desk.get("/laboratory/orders/?show=verify"))


def test_an_order_goes_from_the_queue_to_the_report(desk, order, item, second_technician, sign_in, patient):
    desk.post(at("collect", order), {"kind": "blood"})
    specimen = Specimen.objects.get()
    label = words(desk.get(at("label", specimen)))
    assert specimen.accession in label and "<svg" in label
    desk.post(at("enter", order), {"text_1": "14", "text_2": "<99"})
    page = words(desk.get(at("order", order)))
    assert "somebody else verifies" in page
    other = sign_in(second_technician)
    answer = other.post(at("verify", order), {"items": [item("Haemoglobin").pk, item("Random Blood Sugar").pk]})
    assert answer.status_code == 302
    other.post(at("release", order))
    report = words(sign_in(patient).get(order.get_absolute_url()))
    assert "&lt;99" in report and "12 to 15" not in report  # of an unknown sex, nothing is compared by sex
    assert "Not ready yet:" in report and "Urine colour" in report


def test_a_result_outside_its_range_asks_and_keeps_what_was_typed(desk, order):
    desk.post(at("collect", order), {"kind": "blood"})
    page = words(desk.post(at("enter", order), {"text_1": "14", "text_2": "400", "comment_2": "Twice"}), 409)
    assert "outside 70 to 140" in page
    assert 'value="400"' in page and 'value="Twice"' in page and 'value="14"' in page
    assert 'name="sure_2"' in page and 'name="sure_1"' not in page
    assert not Result.objects.exists()
    answer = desk.post(at("enter", order), {"text_1": "14", "text_2": "400", "comment_2": "Twice", "sure_2": "on"})
    assert answer.status_code == 302
    assert [row.text for row in Result.objects.order_by("item__position")] == ["14", "400"]


@pytest.mark.parametrize(
    ("typed", "status"), [({"text_1": "lots"}, 409), ({"text_1": "1" * 300}, 422), ({"text_1": "1\x00"}, 422)]
)
def test_what_is_no_result_stands_in_its_line(desk, order, typed, status):
    desk.post(at("collect", order), {"kind": "blood"})
    assert "There is a problem" in words(desk.post(at("enter", order), typed), status)
    assert not Result.objects.exists()


def test_a_line_that_somebody_else_filled_meanwhile_is_told(desk, order, item, second_technician):
    desk.post(at("collect", order), {"kind": "blood"})
    workflow.enter(item=item("Random Blood Sugar"), text="100", by=second_technician)
    page = words(desk.post(at("enter", order), {"text_2": "90", "had_2": ""}), 409)
    assert "Somebody else entered 100" in page and 'value="90"' in page


def test_empty_lines_stay_as_they_are(desk, order):
    desk.post(at("collect", order), {"kind": "blood"})
    answer = desk.post(at("enter", order), {"text_1": " "}, follow=True)
    assert "Nothing was typed in" in words(answer)


def test_a_sample_is_rejected_with_a_reason_that_the_patient_reads(desk, order, sign_in, patient):
    desk.post(at("collect", order), {"kind": "blood"})
    specimen = Specimen.objects.get()
    assert "Say why" in words(desk.post(at("reject", specimen), {"reason": ""}), 422)
    desk.post(at("reject", specimen), {"reason": "Haemolysed"})
    assert "Re-collection needed:</b> Haemolysed" in words(sign_in(patient).get("/laboratory/reports/"))
    assert "Do not use its label" in words(desk.get(at("label", specimen)))


def test_what_nobody_ticked_is_not_verified(desk, order):
    answer = desk.post(at("verify", order), {"items": ["x" * 50, "7"]}, follow=True)
    assert "Tick the results" in words(answer)


def test_a_technician_verifies_no_result_of_their_own(desk, order, item, second_technician):
    desk.post(at("collect", order), {"kind": "blood"})
    desk.post(at("enter", order), {"text_2": "100"})
    answer = desk.post(at("verify", order), {"items": [item("Random Blood Sugar").pk]}, follow=True)
    assert "Somebody else verifies it" in words(answer)


def test_an_amended_report_shows_what_changed(desk, order, released, item, second_technician, sign_in, patient):
    released({"Random Blood Sugar": "100"})
    address = at("amend", item("Random Blood Sugar"))
    assert "100" in words(desk.get(address))
    assert "Say why it is amended" in words(desk.post(address, {"text": "110"}), 422)
    assert "outside" in words(desk.post(address, {"text": "410", "why": "Wrong tube"}), 409)
    assert desk.post(address, {"text": "110", "why": "Wrong tube"}).status_code == 302
    reader = sign_in(patient)
    assert "Wrong tube" not in words(reader.get(order.get_absolute_url()))
    workflow.verify(item=item("Random Blood Sugar"), by=second_technician)
    workflow.release(order=order, by=second_technician)
    page = words(reader.get(order.get_absolute_url()))
    assert "Before: 100 mg/dl" in page and "Wrong tube" in page and "amended" in page


def test_a_technician_sees_no_record(desk, order, released, patient):
    released({"Random Blood Sugar": "100"})
    opened = AuditEntry.objects.filter(code="patients.record_opened").count()
    for address in (
        reverse("patient", args=[patient.pk]),
        reverse("laboratory:trend", args=[patient.pk, "sugar"]),
        order.appointment.get_absolute_url(),
        "/laboratory/reports/",
    ):
        assert desk.get(address).status_code in (403, 404), address
    page = words(desk.get(at("order", order)))
    assert patient.user.email not in page
    assert "Random Blood Sugar" in words(desk.get(order.get_absolute_url()))
    assert AuditEntry.objects.filter(code="patients.record_opened").count() == opened


# --- reports


def test_the_patient_follows_an_order(sign_in, patient, order, technician):
    browser = sign_in(patient)
    page = words(browser.get("/laboratory/reports/"))
    assert "Sample taken" in page and "In the lab" in page and "Ready" in page
    workflow.collect(order=order, kind="blood", by=technician)
    workflow.collect(order=order, kind="urine", by=technician)
    assert 'aria-current="step"><span>Sample taken' in words(browser.get(order.get_absolute_url()))


def test_a_result_that_is_not_released_is_read_by_nobody_else(sign_in, patient, doctor, order, item, technician):
    workflow.collect(order=order, kind="blood", by=technician)
    workflow.enter(item=item("Random Blood Sugar"), text="133", by=technician)
    for person in (patient, doctor):
        assert "133" not in words(sign_in(person).get(order.get_absolute_url()))


def test_a_flag_is_a_word_with_a_sign(sign_in, patient, order, released):
    type(patient).objects.filter(pk=patient.pk).update(gender="female")
    released({"Haemoglobin": "6.5", "Random Blood Sugar": "400", "Urine colour": "Red"})
    page = words(sign_in(patient).get(order.get_absolute_url()))
    assert "Critical, too low" in page and "↑</span>High" in page and "Not compared" in page


def test_the_report_on_paper(sign_in, patient, order, released, tmp_path):
    released({"Random Blood Sugar": "<99", "Urine colour": "Yellow"})
    answer = sign_in(patient).get(reverse("laboratory:report_pdf", args=[order.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    file = tmp_path / "report.pdf"
    file.write_bytes(answer.content)
    assert subprocess.run(["qpdf", "--check", file], capture_output=True).returncode == 0
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True).stdout
    for part in (
        "Laboratory report",
        "Priyanka Maurya",
        "<99 mg/dl",
        "70 to 140",
        "Not compared",
        "Not ready yet: Haemoglobin",
    ):
        assert part in text, part


def test_values_over_time(sign_in, patient, order, released):
    released({"Random Blood Sugar": "100", "Urine colour": "Red"})
    browser = sign_in(patient)
    page = words(browser.get(reverse("laboratory:trend", args=[patient.pk, "sugar"])))
    assert "<polyline" not in page and "chart-band" in page and "100 mg/dl" in page
    assert 'class="chart"' not in words(browser.get(reverse("laboratory:trend", args=[patient.pk, "colour"])))
    assert browser.get(reverse("laboratory:trend", args=[patient.pk, "haemoglobin"])).status_code == 404


def test_a_doctor_who_reads_results_has_opened_the_record(sign_in, doctor, patient, order, released):
    released({"Random Blood Sugar": "100"})
    before = AuditEntry.objects.about(patient).filter(code="patients.record_opened").count()
    browser = sign_in(doctor)
    assert "100" in words(browser.get(order.get_absolute_url()))
    browser.get(reverse("laboratory:trend", args=[patient.pk, "sugar"]))
    assert AuditEntry.objects.about(patient).filter(code="patients.record_opened").count() == before + 2
    page = words(browser.get(reverse("patient", args=[patient.pk])))
    assert "Random Blood Sugar" in page and "100 mg/dl" in page


def test_who_ordered_reads_the_report_when_access_has_ended_and_it_is_noted(sign_in, doctor, patient, order, released):
    released({"Random Blood Sugar": "100"})
    for grant in AccessGrant.objects.filter(patient=patient):
        patients.end_access(grant=grant, by=patient.user)
    before = AuditEntry.objects.about(patient).filter(code="patients.record_opened").count()
    browser = sign_in(doctor)
    assert "100" in words(browser.get(order.get_absolute_url()))
    assert AuditEntry.objects.about(patient).filter(code="patients.record_opened").count() == before + 1
    assert browser.get(reverse("laboratory:trend", args=[patient.pk, "sugar"])).status_code == 404
