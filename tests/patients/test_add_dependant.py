"""A child is added: somebody speaks for it until the birthday that makes it of age."""

from datetime import date

import pytest

from healthstack.lib.dates import birthday
from healthstack.lib.rules import RuleBroken
from patients import workflow
from patients.models import Patient
from tests.factories import PatientFactory, trail

BORN = date(2018, 5, 20)


@pytest.fixture(autouse=True)
def _monday(monday_morning):
    """It is Monday, 2 March 2026."""


def add(guardian, name="Aarav Maurya", born_on=BORN, **facts):
    return workflow.add_dependant(guardian=guardian.user, name=name, born_on=born_on, by=guardian.user, **facts)


def test_the_guardian_speaks_for_the_child_until_it_is_of_age(patient):
    child = add(patient, gender="male", blood_group="B+")
    assert child.guardian_until == date(2036, 5, 20)
    assert (child.user, child.added_by, child.gender, child.blood_group) == (None, patient.user, "male", "B+")
    assert child in Patient.objects.as_patient(patient.user)
    assert trail(child) == ["patients.dependant_added"]


def test_nobody_else_speaks_for_it(patient, other_patient, doctor):
    child = add(patient)
    for person in (other_patient, doctor):
        assert child not in Patient.objects.as_patient(person.user)
        assert not child.speaks_for_it(person.user)


def test_somebody_of_age_is_refused(patient):
    with pytest.raises(RuleBroken, match="of age") as refusal:
        add(patient, born_on=date(2008, 3, 2))  # eighteen today
    assert refusal.value.field == "born_on"
    assert add(patient, born_on=date(2008, 3, 3)).guardian_until == date(2026, 3, 3)


def test_the_age_is_a_setting(patient, settings):
    settings.AGE_OF_MAJORITY = 21
    assert add(patient, born_on=date(2006, 1, 1)).guardian_until == date(2027, 1, 1)


def test_a_child_of_29_february_is_of_age_on_1_march():
    assert birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert birthday(date(2008, 2, 29), 20) == date(2028, 2, 29)


def test_the_same_child_twice_is_asked_about_and_added_only_when_told(patient):
    child = add(patient)
    with pytest.raises(RuleBroken, match="already") as refusal:
        add(patient, name=" aarav MAURYA ")
    assert refusal.value.offers == [child]
    assert add(patient, name="Aarav Maurya", anyway=True) != child


def test_twins_with_names_of_their_own_are_no_question(patient):
    assert add(patient) != add(patient, name="Anvi Maurya")


def test_the_child_of_another_is_no_reason_to_ask(patient):
    add(patient)
    assert add(PatientFactory()).name == "Aarav Maurya"


def test_nobody_collects_children(patient):
    for n in range(workflow.MOST_DEPENDANTS):
        add(patient, name=f"Child {'abcdefghijklmnopqrst'[n]}")
    with pytest.raises(RuleBroken, match="More cannot be added"):
        add(patient, name="One more")


class TestPage:
    def test_the_list_is_empty_at_first_and_shows_the_way(self, guardian, sign_in):
        workflow.end_guardianship(patient=Patient.objects.dependants_of(guardian.user).get(), by=guardian.user)
        page = sign_in(guardian).get("/record/dependants/").content.decode()
        assert "Add your children" in page and "/record/dependants/add-dependant/" in page

    def test_a_child_is_added_and_its_record_opens(self, guardian, sign_in):
        browser = sign_in(guardian)
        typed = {"name": "Anvi Maurya", "born_on": "20 5 2019", "gender": "female", "blood_group": ""}
        answer = browser.post("/record/dependants/add-dependant/", typed)
        child = Patient.objects.get(name="Anvi Maurya")
        assert answer.url == f"/record/{child.pk}/"
        page = browser.get(answer.url).content.decode()
        assert "Record of Anvi Maurya" in page and "20 May 2037" in page
        assert "Anvi Maurya" in browser.get("/record/dependants/").content.decode()
        assert "Anvi Maurya" in browser.get("/dashboard/").content.decode()

    def test_a_second_one_of_the_name_is_asked_about(self, guardian, dependant, sign_in):
        browser = sign_in(guardian)
        typed = {"name": dependant.name, "born_on": "20 5 2018", "gender": "unknown", "blood_group": ""}
        answer = browser.post("/record/dependants/add-dependant/", typed)
        page = answer.content.decode()
        assert answer.status_code == 409 and "Is it this child?" in page and f"/record/{dependant.pk}/" in page
        assert f'value="{dependant.name}"' in page  # what was typed is still there
        assert browser.post("/record/dependants/add-dependant/", {**typed, "anyway": "1"}).status_code == 302
        assert Patient.objects.dependants_of(guardian.user).count() == 2

    def test_a_grown_up_is_refused_beside_the_date(self, guardian, sign_in):
        typed = {"name": "Old Enough", "born_on": "2 3 2008", "gender": "unknown", "blood_group": ""}
        answer = sign_in(guardian).post("/record/dependants/add-dependant/", typed)
        assert answer.status_code == 409 and 'href="#id_born_on"' in answer.content.decode()
