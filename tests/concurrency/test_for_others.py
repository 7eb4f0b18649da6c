"""One code for many, one person at several desks, one form sent twice: each of them counts once."""

from datetime import date

import pytest

from accounts.models import User
from patients import workflow
from patients.models import ClaimCode, Patient, Registration
from tests.concurrency.race import at_once, sort_out
from tests.factories import PASSWORD, PatientFactory, UserFactory

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
BORN = date(1960, 1, 1)


@pytest.fixture
def walk_in(hospital, receptionist):
    return workflow.register(hospital=hospital, name="Ramesh Yadav", born_on=BORN, by=receptionist)


def test_ten_people_with_one_code_and_one_takes_the_record_over(walk_in, receptionist):
    code, _made = workflow.invite(patient=walk_in, by=receptionist)
    people = [UserFactory(email=f"person{n}@race.example", groups=["Administrators"]) for n in range(10)]
    won, refused = sort_out(at_once([lambda u=u: workflow.claim(code=code, born_on=BORN, user=u) for u in people]))
    assert (len(won), len(refused)) == (1, 9)
    walk_in.refresh_from_db()
    assert walk_in.user in people and won == [walk_in]


def test_ten_new_accounts_ask_with_one_code_and_the_last_one_gets_the_record(walk_in, receptionist):
    code, _made = workflow.invite(patient=walk_in, by=receptionist)
    emails = [f"person{n}@race.example" for n in range(10)]
    asked = [lambda e=e: workflow.begin_claim(code=code, born_on=BORN, email=e, password=PASSWORD) for e in emails]
    people, refused = sort_out(at_once(asked))
    assert (len(people), len(refused)) == (10, 0)
    for user in people:
        user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    # Each confirms the address at the same moment, and twice.
    done, _refused = sort_out(at_once([lambda u=u: workflow.finish_claim(user=u) for u in people * 2]))
    assert [patient for patient in done if patient] == [walk_in]
    code = ClaimCode.objects.get()
    walk_in.refresh_from_db()
    assert code.used_at and walk_in.user == code.claimant
    assert User.objects.filter(groups__name="Patients").get() == code.claimant


def test_every_wrong_date_of_birth_is_counted(walk_in, receptionist):
    code, _made = workflow.invite(patient=walk_in, by=receptionist)
    guesses = [lambda n=n: workflow.check_code(code=code, born_on=date(1961, 1, 1 + n)) for n in range(12)]
    _right, refused = sort_out(at_once(guesses))
    assert len(refused) == 12
    assert ClaimCode.objects.get().tries == ClaimCode.TRIES


def test_ten_desks_register_one_person(hospital, receptionist):
    facts = {"hospital": hospital, "name": "Ramesh Yadav", "born_on": BORN, "by": receptionist}
    won, refused = sort_out(at_once([lambda: workflow.register(**facts)] * 10))
    assert (len(won), len(refused)) == (1, 9)
    assert Patient.objects.count() == Registration.objects.count() == 1


def test_a_child_that_is_sent_ten_times_is_added_once(db):
    guardian = PatientFactory().user
    facts = {"guardian": guardian, "name": "Anvi Maurya", "born_on": date(2019, 5, 20), "by": guardian}
    won, refused = sort_out(at_once([lambda: workflow.add_dependant(**facts)] * 10))
    assert (len(won), len(refused)) == (1, 9)
    assert Patient.objects.dependants_of(guardian).count() == 1


def test_a_hospital_that_is_told_ten_times_knows_a_patient_once(hospital, patient):
    sort_out(at_once([lambda: workflow.know(hospital=hospital, patient=patient, by=None)] * 10))
    assert Registration.objects.get().patient == patient
