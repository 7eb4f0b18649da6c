"""The cast: who plays in the tests. "Other" is always the stranger."""

import gc
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from inspect import signature
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from accounts import workflow as accounts
from appointments import workflow as appointments
from healthstack.lib import clock
from hospitals import workflow as hospitals
from hospitals.models import Staff
from patients import workflow as patients
from patients.models import Patient
from tests import guard
from tests.factories import PASSWORD, DoctorFactory, HospitalFactory, PatientFactory, UserFactory, book, hours_in

guard.install()
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=ZoneInfo("Asia/Kolkata"))


def pytest_collection_finish(session):
    """What is loaded by now stays: without this, an eighth of the time goes into looking for what could be forgotten."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def _empty_cache():
    """Counts, facets and login limits are cached; no test sees those of another."""
    cache.clear()


@pytest.fixture(autouse=True)
def _only_workflows_write():
    """The guard of tests/guard.py refuses the write itself; here its test fails even if a page swallowed that."""
    guard.caught.clear()
    yield
    refused, guard.caught[:] = list(guard.caught), []
    assert not refused, refused[0]


@contextmanager
def stopping():
    """What the fixture `at` is, for what sets its stage outside of a test."""
    with ExitStack() as clocks:

        def stop(moment):
            if isinstance(moment, str):
                moment = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Kolkata"))
            clocks.enter_context(clock.at(moment))
            return moment

        yield stop


@pytest.fixture
def at():
    """at(moment) stops the clock there until the test ends, or until the next at(…).

    moment: aware, or text as the clock on an Indian wall shows it: at("2026-03-02 09:00").
    """
    with stopping() as stop:
        yield stop


@pytest.fixture
def monday_morning(at):
    """Eight o'clock on Monday, 2 March 2026, an hour before the doctors begin."""
    return at(MONDAY)


@pytest.fixture
def sign_in():
    """sign_in(person) is a browser in which that person is logged in. person: a User, a Patient or a Doctor."""

    def browser(person):
        client = Client()
        client.force_login(getattr(person, "user", person))
        return client

    return browser


@pytest.fixture(scope="module")
def once(django_db_setup, django_db_blocker):
    """once(build) writes rows that every test of the file begins with: each runs in a savepoint behind them.

    Who uses it deals out copies of what it returns, since tests change the objects as well.
    """
    with ExitStack() as written:

        def keep(build):
            with django_db_blocker.unblock():
                written.enter_context(_taken_back(django_db_blocker))
                return build()

        yield keep


@contextmanager
def _taken_back(blocker):
    with ExitStack() as block:
        block.enter_context(transaction.atomic())
        try:
            yield
        finally:
            with blocker.unblock():
                transaction.set_rollback(True)
                block.close()


MAKERS = {}


def of_the_cast(make):
    """A fixture that `gather` knows as well."""
    MAKERS[make.__name__] = make
    return pytest.fixture(make)


def gather(*names):
    """{name: who or what}: these of the cast and whom they need, for a file that sets its stage once."""
    there = {"db": None}

    def come(name):
        if name not in there:
            there[name] = MAKERS[name](*map(come, signature(MAKERS[name]).parameters))
        return there[name]

    for name in names:
        come(name)
    return there


@of_the_cast
def hospital(db):
    return HospitalFactory(name="Sahara Hospital", slug="sahara", city="Lucknow")


@of_the_cast
def other_hospital(db):
    return HospitalFactory(name="Jehangir Clinic", slug="jehangir", city="Pune")


@of_the_cast
def patient(db):
    return PatientFactory(email="patient@example.org", name="Priyanka Maurya")


@of_the_cast
def other_patient(db):
    return PatientFactory(email="other.patient@example.org", name="Kabir Anand")


@of_the_cast
def doctor(hospital):
    return DoctorFactory(email="doctor@example.org", name="Neha Sharma", hospitals=[hospital])


@of_the_cast
def other_doctor(hospital):
    return DoctorFactory(
        email="other.doctor@example.org", name="Vikram Rao", hospitals=[hospital], specialties=["Cardiology"]
    )


@of_the_cast
def pending_doctor(hospital):
    return DoctorFactory(email="pending@example.org", name="Tara Bose", hospitals=[hospital], approved=False)


@of_the_cast
def hospital_admin(hospital):
    user = UserFactory(email="front.desk@example.org", name="Farah Ali")
    hospitals.appoint(hospital=hospital, user=user, by=None)
    return user


@of_the_cast
def other_hospital_admin(other_hospital):
    user = UserFactory(email="other.desk@example.org", name="Gita Kulkarni")
    hospitals.appoint(hospital=other_hospital, user=user, by=None)
    return user


@of_the_cast
def receptionist(hospital):
    user = UserFactory(email="reception@example.org", name="Jaya Thomas")
    hospitals.appoint(hospital=hospital, user=user, role=Staff.Role.RECEPTIONIST, by=None)
    return user


@of_the_cast
def other_receptionist(other_hospital):
    user = UserFactory(email="other.reception@example.org", name="Dev Naik")
    hospitals.appoint(hospital=other_hospital, user=user, role=Staff.Role.RECEPTIONIST, by=None)
    return user


@of_the_cast
def technician(hospital):
    user = UserFactory(email="lab@example.org", name="Lata Rane")
    hospitals.appoint(hospital=hospital, user=user, role=Staff.Role.TECHNICIAN, by=None)
    return user


@of_the_cast
def other_technician(other_hospital):
    user = UserFactory(email="other.lab@example.org", name="Omar Shaikh")
    hospitals.appoint(hospital=other_hospital, user=user, role=Staff.Role.TECHNICIAN, by=None)
    return user


@of_the_cast
def guardian(db):
    """A patient who has a child under age."""
    guardian = PatientFactory(email="guardian@example.org", name="Sunita Maurya")
    patients.add_dependant(guardian=guardian.user, name="Aarav Maurya", born_on=date(2018, 5, 20), by=guardian.user)
    return guardian


@of_the_cast
def dependant(guardian):
    """The child of the guardian, without a login."""
    return Patient.objects.get(guardian=guardian.user, name="Aarav Maurya")


@of_the_cast
def grown_up(guardian):
    """A child of the guardian's who has come of age, and has taken the record over."""
    monday = MONDAY - timedelta(hours=1)
    with clock.at(monday - timedelta(days=9)):
        child = patients.add_dependant(
            guardian=guardian.user, name="Kiran Maurya", born_on=date(2008, 3, 1), by=guardian.user
        )
        code, _made = patients.invite(patient=child, by=guardian.user)
    with clock.at(monday):
        user = patients.begin_claim(code=code, born_on=child.born_on, email="grown.up@example.org", password=PASSWORD)
        user.emailaddress_set.create(email=user.email, verified=True, primary=True)
        return patients.finish_claim(user=user)


@of_the_cast
def administrator(db):
    return UserFactory(email="admin@example.org", name="Anil Joshi", groups=["Administrators"])


@of_the_cast
def many_hats(hospital):
    """One person who is a doctor, works for the hospital, and is a patient."""
    user = PatientFactory(email="many.hats@example.org", name="Maya Pillai").user
    DoctorFactory(email=user.email, name=user.name, hospitals=[hospital], hours=hours_in(hospital, begins=10, ends=12))
    hospitals.appoint(hospital=hospital, user=user, by=None)
    return user


@of_the_cast
def disabled(db):
    """A patient whose account an administrator has closed."""
    user = PatientFactory(email="closed@example.org", name="Ila Sen").user
    accounts.disable_user(user=user, by=None)
    return user


@of_the_cast
def appointment(patient, doctor):
    """A visit that the patient has asked for: the soonest one."""
    return book(patient, doctor)


@of_the_cast
def confirmed(appointment, doctor):
    """The same visit, approved."""
    return appointments.approve(appointment=appointment, by=doctor.user)
