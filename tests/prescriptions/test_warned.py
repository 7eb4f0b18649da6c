"""A warning asks for a reason, which stays; and what is not checked is said."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from appointments import workflow as appointments
from healthstack.lib import clock
from patients import workflow as patients
from prescriptions import workflow
from prescriptions.checking import warnings_of
from prescriptions.formulary import Item
from prescriptions.models import Ingredient, Medication, Medicine, Override, Prescription
from prescriptions.workflow import Warned
from tests.factories import book, free_slots

REASON = {"allergy:amoxicillin": "Tolerated it twice in hospital."}


@pytest.fixture(autouse=True)
def formulary(db):
    rows = [
        "Amoxycillin Capsules IP 500 mg",
        "Paracetamol Tablets IP 500mg",
        "Ibuprofen 400mg and Paracetamol 325mg Tablets",
    ]
    items = [Item(n, name, "10's", Decimal(9), "x") for n, name in enumerate(rows, 1)]
    workflow.import_formulary(items=items, source="a list", by=None)
    return {row.row: row for row in Medication.objects.all()}


@pytest.fixture
def chosen(formulary, medicine):
    """chosen(1) is a line with the first medicine of the list."""
    return lambda n, **more: medicine(
        formulary[n].name, strength=formulary[n].strength, medication=formulary[n], **more
    )


@pytest.fixture
def allergic(patient):
    patients.list_allergy(patient=patient, substance="Penicillin", severity="severe", by=patient.user)
    patient.refresh_from_db()


def write(visit, lines, **facts):
    return workflow.draft(
        **{"appointment": visit, "diagnosis": "Fever", "medicines": lines, "by": visit.doctor.user, **facts}
    )


def said(visit, *lines):
    visit.patient.refresh_from_db()
    return " ".join(warning.sentence for warning in warnings_of(visit.patient, list(lines), visit=visit))


def test_an_allergy_is_not_saved_over_without_a_reason(allergic, visit, chosen):
    with pytest.raises(Warned, match="why it is given") as refusal:
        write(visit, [chosen(1)])
    assert [warning.key for warning in refusal.value.warnings if warning.needs_reason] == ["allergy:amoxicillin"]
    assert not Prescription.objects.exists()
    with pytest.raises(Warned):
        write(visit, [chosen(1)], reasons={"allergy:amoxicillin": "   "})


def test_the_reason_stays_with_the_line(allergic, visit, chosen, doctor):
    row = write(visit, [chosen(2), chosen(1)], reasons=REASON)
    override = Override.objects.get()
    assert (override.medicine.name, override.kind, override.ingredient) == ("Amoxycillin", "allergy", "amoxicillin")
    assert (override.reason, override.by, override.at) == (REASON["allergy:amoxicillin"], doctor.user, clock.now())
    assert "Penicillin" in override.sentence
    assert workflow.sign(prescription=row, by=doctor.user).is_signed


def test_a_typed_name_is_checked_when_it_names_an_ingredient(allergic, visit, medicine):
    for name in ("Amoxicillin", "amoxycillin capsules", "Amoxicillin with paracetamol"):
        with pytest.raises(Warned):
            write(visit, [medicine(name)])
    assert "Tonic of mine 50 mg NOT CHECKED" in said(visit, medicine("Tonic of mine"))


def test_the_same_ingredient_twice_asks_for_a_reason(visit, chosen):
    with pytest.raises(Warned, match="why it is given"):
        write(visit, [chosen(2), chosen(3)])
    write(visit, [chosen(2), chosen(3)], reasons={"double:paracetamol": "One by day, one by night."})
    assert Override.objects.get().medicine.position == 2


def test_what_somebody_else_prescribed_counts_as_taken_already(visit, chosen, other_doctor, patient, doctor):
    other = appointments.approve(
        appointment=book(patient, other_doctor, slot=free_slots(other_doctor)[3]), by=other_doctor.user
    )
    appointments.check_in(appointment=other, by=other_doctor.user)
    other = appointments.start(appointment=other, by=other_doctor.user)
    draft = write(visit, [chosen(2)])
    workflow.sign(prescription=write(other, [chosen(2, days=3)]), by=other_doctor.user)
    with pytest.raises(Warned):  # it was right when it was drafted, and is not any more
        workflow.sign(prescription=draft, by=doctor.user)
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert "should be taking Paracetamol 500 mg already" in said(visit, chosen(2))
    with clock.at(clock.now() + timedelta(days=3)):
        assert "already" not in said(visit, chosen(2))


def test_until_further_notice_goes_on(visit, chosen, patient, doctor):
    row = write(visit, [chosen(2, until_further_notice=True, days=365)])
    workflow.sign(prescription=row, by=doctor.user)
    with clock.at(clock.now() + timedelta(days=900)):
        assert [str(line) for line in Medicine.objects.current(patient)] == ["Paracetamol 500 mg"]


def test_the_last_day_is_a_day_on_which_it_is_taken(visit, chosen, patient, doctor):
    workflow.sign(prescription=write(visit, [chosen(2, days=3)]), by=doctor.user)
    for days, taken in ((0, 1), (2, 1), (3, 0)):
        with clock.at(clock.now() + timedelta(days=days)):
            assert Medicine.objects.current(patient).count() == taken


def test_the_visits_own_prescription_is_no_double_of_itself(visit, chosen, doctor):
    row = workflow.sign(prescription=write(visit, [chosen(2)]), by=doctor.user)
    new = workflow.replace(prescription=row, by=doctor.user)
    assert "already" not in said(visit, *new.medicines.all())


def test_nobody_asked_about_allergies_is_said(visit, chosen):
    assert "Allergies NOT CHECKED" in said(visit, chosen(2))
    patients.deny_allergies(patient=visit.patient, by=visit.patient.user)
    assert "Allergies NOT CHECKED" not in said(visit, chosen(2))
    assert "Interactions between medicines NOT CHECKED" in said(visit, chosen(1), chosen(2))


def test_checking_takes_three_questions(visit, chosen, medicine, django_assert_num_queries):
    lines = [chosen(1), chosen(2), chosen(3), medicine("Ibuprofen")]
    with django_assert_num_queries(3):
        warnings_of(visit.patient, lines, visit=visit)


# --- the pad


def pad(lines, **more):
    fields = {
        "diagnosis": "Fever",
        "version": "0",
        "medicines-TOTAL_FORMS": str(len(lines)),
        "medicines-INITIAL_FORMS": "0",
    }
    for n, line in enumerate(lines):
        usual = {"dose_quantity": "1", "dose_unit": "capsule", "often": "1-0-1", "days": "5"}
        fields |= {f"medicines-{n}-{name}": str(value) for name, value in {**usual, **line}.items()}
    return {**fields, **more}


@pytest.fixture
def send(sign_in, visit, doctor):
    browser = sign_in(doctor)
    return lambda lines, **more: browser.post(reverse("prescriptions:draft", args=[visit.pk]), pad(lines, **more))


def line_of(medication):
    return {"name": medication.name, "strength": medication.strength, "medication": medication.pk}


def test_the_pad_asks_why_and_keeps_what_was_typed(allergic, send, formulary):
    answer = send([line_of(formulary[1])], advice="Drink.")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Allergy: the patient must not get Penicillin" in page
    assert 'name="reason-allergy:amoxicillin"' in page
    assert "Drink." in page
    answer = send([line_of(formulary[1])], **{"reason-allergy:amoxicillin": "Tolerated it."})
    assert answer.status_code == 302
    assert Override.objects.get().reason == "Tolerated it."


def test_the_doctor_reads_the_reason_and_the_patient_does_not(allergic, send, formulary, sign_in, doctor, patient):
    send([line_of(formulary[1])], **{"reason-allergy:amoxicillin": "Tolerated it."})
    row = Prescription.objects.get()
    assert "Tolerated it." in sign_in(doctor).get(row.get_absolute_url()).content.decode()
    workflow.sign(prescription=row, by=doctor.user)
    assert "Tolerated it." in sign_in(doctor).get(row.get_absolute_url()).content.decode()
    assert "Tolerated it." not in sign_in(patient).get(row.get_absolute_url()).content.decode()


def test_checking_saves_nothing(allergic, send, formulary):
    answer = send([line_of(formulary[1])], check="1")
    assert answer.status_code == 200
    assert "must not get Penicillin" in answer.content.decode()
    assert not Prescription.objects.exists()


def test_typing_over_a_chosen_medicine_makes_it_free_text(send, formulary):
    line = {**line_of(formulary[2]), "name": "Something else"}
    assert send([line]).status_code == 302
    assert Medicine.objects.get().medication is None


def test_what_is_chosen_is_kept_and_comes_back(send, formulary, sign_in, doctor, visit):
    send([line_of(formulary[2])])
    assert Medicine.objects.get().medication == formulary[2]
    page = sign_in(doctor).get(reverse("prescriptions:draft", args=[visit.pk])).content.decode()
    assert f'name="medicines-0-medication" value="{formulary[2].pk}"' in page


def test_a_medicine_that_is_none_is_free_text(send):
    assert send([{"name": "Paracetamol", "medication": 10**15}]).status_code == 302
    assert Medicine.objects.get().medication is None


def test_without_javascript_the_list_is_looked_up_by_a_button(send, formulary):
    page = send([{"name": "para"}], find="0").content.decode()
    assert f'value="0-{formulary[2].pk}"' in page
    page = send([{"name": "para", "dose_unit": ""}], pick=f"0-{formulary[2].pk}").content.decode()
    assert 'value="Paracetamol"' in page and 'value="500 mg"' in page
    assert '<option value="tablet" selected>' in page and '<option value="oral" selected>' in page


@pytest.mark.parametrize(
    "button", [{"find": "99"}, {"find": "x"}, {"pick": "0-0"}, {"pick": "zebra"}, {"pick": ""}, {"add": ""}]
)
def test_a_button_that_is_none_saves_nothing(send, button):
    assert send([{"name": "para"}], **button).status_code == 200
    assert not Prescription.objects.exists()


def test_suggestions_while_typing(sign_in, doctor, formulary, django_assert_max_num_queries):
    browser = sign_in(doctor)
    with django_assert_max_num_queries(12):
        page = browser.get("/prescriptions/suggest/0/", {"medicines-0-name": "para"}).content.decode()
    assert f'value="0-{formulary[2].pk}"' in page
    assert "<html" not in page
    assert "Not on the list" in browser.get("/prescriptions/suggest/0/", {"medicines-0-name": "zebra"}).content.decode()
    assert not browser.get("/prescriptions/suggest/0/").content.strip()


def test_signing_over_a_new_warning_leads_back_to_the_pad(visit, chosen, sign_in, doctor, patient):
    row = write(visit, [chosen(1)])
    patients.list_allergy(patient=patient, substance="Amoxicillin", by=patient.user)
    answer = sign_in(doctor).post(reverse("prescriptions:sign", args=[row.pk]), follow=True)
    page = answer.content.decode()
    assert "the patient must not get Amoxicillin" in page
    assert 'name="reason-allergy:amoxicillin"' in page
    row.refresh_from_db()
    assert row.state == "draft"


def test_ingredients_are_one_whatever_their_name():
    assert Ingredient.objects.filter(slug="paracetamol").count() == 1
