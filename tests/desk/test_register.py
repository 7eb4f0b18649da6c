"""Somebody comes in from the street and is registered, once."""

from datetime import date

import pytest

from healthstack.lib.rules import RuleBroken
from patients import workflow
from patients.models import Patient, Registration
from tests.factories import PatientFactory, book, trail

PAGE = "/reception/sahara/register/"
TYPED = {"name": "Ramesh Yadav", "born_on": "1 1 1960", "phone": "98390 12345", "gender": "male"}


def register(hospital, by, **changed):
    facts = {"name": "Ramesh Yadav", "born_on": date(1960, 1, 1), "phone": "+919839012345", **changed}
    return workflow.register(hospital=hospital, by=by, **facts)


def test_the_hospital_knows_the_patient_from_then_on(hospital, other_hospital, receptionist):
    person = register(hospital, receptionist, gender="male")
    assert (person.user, person.guardian, person.added_by) == (None, None, receptionist)
    known = Registration.objects.get()
    assert (known.hospital, known.patient, known.registered_by) == (hospital, person, receptionist)
    assert list(Patient.objects.known_to(hospital)) == [person]
    assert not Patient.objects.known_to(other_hospital).exists()
    assert trail(person) == ["patients.registered"]


@pytest.mark.parametrize("changed", [{}, {"name": "RAMESH yadav", "phone": ""}, {"name": "R. Yadav"}])
def test_the_same_name_or_phone_with_the_same_birthday_is_asked_about(hospital, receptionist, walk_in, changed):
    with pytest.raises(RuleBroken, match="registered here already") as refusal:
        register(hospital, receptionist, **changed)
    assert refusal.value.offers == [walk_in]


@pytest.mark.parametrize("changed", [{"born_on": date(1961, 1, 1)}, {"name": "Suresh Yadav", "phone": "+919839012346"}])
def test_another_birthday_or_another_name_and_phone_is_another_person(hospital, receptionist, walk_in, changed):
    assert register(hospital, receptionist, **changed) != walk_in


def test_the_phone_of_an_account_counts_too(hospital, receptionist, doctor):
    member = PatientFactory(name="Ramesh K. Yadav", born_on=date(1960, 1, 1))
    member.user.phone = "+919839012345"
    member.user.save()
    book(member, doctor)
    with pytest.raises(RuleBroken) as refusal:
        register(hospital, receptionist)
    assert refusal.value.offers == [member]


def test_whom_another_hospital_knows_is_no_reason_to_ask(hospital, receptionist, needle):
    assert register(hospital, receptionist).name == "Ramesh Yadav"


def test_a_new_person_all_the_same_when_told(hospital, receptionist, walk_in):
    assert register(hospital, receptionist, anyway=True) != walk_in


class TestPage:
    def test_register_then_book(self, desk, hospital):
        answer = desk.post(PAGE, TYPED)
        person = Patient.objects.get()
        assert answer.url == f"/reception/sahara/patients/{person.pk}/book/"
        assert (person.phone, person.gender) == ("+919839012345", "male")

    def test_the_year_alone_will_do(self, desk, hospital):
        desk.post(PAGE, {**TYPED, "born_on": "1960"})
        assert Patient.objects.get().born_on == date(1960, 1, 1)

    @pytest.mark.parametrize("wrong", ["3000", "1850", "31 2 1990", "196", "１９６０", "0001", "9" * 400])
    def test_an_impossible_date_or_year_is_refused_in_words(self, desk, hospital, wrong):
        answer = desk.post(PAGE, {**TYPED, "born_on": wrong})
        assert answer.status_code == 422 and "born_on" in answer.context["form"].errors
        assert not Patient.objects.exists()

    def test_the_desk_is_asked_which_one_it_is(self, desk, walk_in):
        answer = desk.post(PAGE, TYPED)
        html = answer.content.decode()
        assert answer.status_code == 409
        assert "Is it one of them?" in html and "born 1 Jan 1960" in html
        assert f"/reception/sahara/patients/{walk_in.pk}/book/" in html and "Use this one" in html
        assert 'value="Ramesh Yadav"' in html and 'value="1 1 1960"' in html  # what was typed is still there
        assert desk.post(PAGE, {**TYPED, "anyway": "1"}).status_code == 302
        assert Patient.objects.count() == 2

    def test_more_fields_than_the_form_has_are_not_listened_to(self, desk, hospital, other_hospital, patient):
        desk.post(PAGE, {**TYPED, "user": patient.user.pk, "guardian": patient.user.pk, "hospital": other_hospital.pk})
        person = Patient.objects.get(name="Ramesh Yadav")
        assert (person.user, person.guardian) == (None, None)
        assert list(Patient.objects.known_to(other_hospital)) == []
