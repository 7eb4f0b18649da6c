"""The cast: who plays in the tests. "Other" is always the stranger."""

from contextlib import ExitStack
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
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


@pytest.fixture
def at():
    """at(moment) stops the clock there until the test ends, or until the next at(…).

    moment: aware, or text as the clock on an Indian wall shows it: at("2026-03-02 09:00").
    """
    with ExitStack() as clocks:

        def stop(moment):
            if isinstance(moment, str):
                moment = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Kolkata"))
            clocks.enter_context(clock.at(moment))
            return moment

        yield stop


@pytest.fixture
def monday_morning(at):
    """Eight o'clock on Monday, 2 March 2026, an hour before the doctors begin."""
    return at("2026-03-02 08:00")


@pytest.fixture
def sign_in():
    """sign_in(person) is a browser in which that person is logged in. person: a User, a Patient or a Doctor."""

    def browser(person):
        client = Client()
        client.force_login(getattr(person, "user", person))
        return client

    return browser


@pytest.fixture
def hospital(db):
    return HospitalFactory(name="Sahara Hospital", slug="sahara", city="Lucknow")


@pytest.fixture
def other_hospital(db):
    return HospitalFactory(name="Jehangir Clinic", slug="jehangir", city="Pune")


@pytest.fixture
def patient(db):
    return PatientFactory(email="patient@example.org", name="Priyanka Maurya")


@pytest.fixture
def other_patient(db):
    return PatientFactory(email="other.patient@example.org", name="Kabir Anand")


@pytest.fixture
def doctor(hospital):
    return DoctorFactory(email="doctor@example.org", name="Neha Sharma", hospitals=[hospital])


@pytest.fixture
def other_doctor(hospital):
    return DoctorFactory(
        email="other.doctor@example.org", name="Vikram Rao", hospitals=[hospital], specialties=["Cardiology"]
    )


@pytest.fixture
def pending_doctor(hospital):
    return DoctorFactory(email="pending@example.org", name="Tara Bose", hospitals=[hospital], approved=False)


@pytest.fixture
def hospital_admin(hospital):
    user = UserFactory(email="front.desk@example.org", name="Farah Ali")
    hospitals.appoint(hospital=hospital, user=user, by=None)
    return user


@pytest.fixture
def other_hospital_admin(other_hospital):
    user = UserFactory(email="other.desk@example.org", name="Gita Kulkarni")
    hospitals.appoint(hospital=other_hospital, user=user, by=None)
    return user


@pytest.fixture
def receptionist(hospital):
    user = UserFactory(email="reception@example.org", name="Jaya Thomas")
    hospitals.appoint(hospital=hospital, user=user, role=Staff.Role.RECEPTIONIST, by=None)
    return user


@pytest.fixture
def other_receptionist(other_hospital):
    user = UserFactory(email="other.reception@example.org", name="Dev Naik")
    hospitals.appoint(hospital=other_hospital, user=user, role=Staff.Role.RECEPTIONIST, by=None)
    return user


@pytest.fixture
def guardian(db):
    """A patient who has a child under age."""
    guardian = PatientFactory(email="guardian@example.org", name="Sunita Maurya")
    patients.add_dependant(guardian=guardian.user, name="Aarav Maurya", born_on=date(2018, 5, 20), by=guardian.user)
    return guardian


@pytest.fixture
def dependant(guardian):
    """The child of the guardian, without a login."""
    return Patient.objects.get(guardian=guardian.user, name="Aarav Maurya")


@pytest.fixture
def grown_up(guardian):
    """A child of the guardian's who has come of age, and has taken the record over."""
    monday = datetime(2026, 3, 2, 7, 0, tzinfo=ZoneInfo("Asia/Kolkata"))
    with clock.at(monday - timedelta(days=9)):
        child = patients.add_dependant(
            guardian=guardian.user, name="Kiran Maurya", born_on=date(2008, 3, 1), by=guardian.user
        )
        code, _made = patients.invite(patient=child, by=guardian.user)
    with clock.at(monday):
        user = patients.begin_claim(code=code, born_on=child.born_on, email="grown.up@example.org", password=PASSWORD)
        user.emailaddress_set.create(email=user.email, verified=True, primary=True)
        return patients.finish_claim(user=user)


@pytest.fixture
def administrator(db):
    return UserFactory(email="admin@example.org", name="Anil Joshi", groups=["Administrators"])


@pytest.fixture
def many_hats(hospital):
    """One person who is a doctor, works for the hospital, and is a patient."""
    user = PatientFactory(email="many.hats@example.org", name="Maya Pillai").user
    DoctorFactory(email=user.email, name=user.name, hospitals=[hospital], hours=hours_in(hospital, begins=10, ends=12))
    hospitals.appoint(hospital=hospital, user=user, by=None)
    return user


@pytest.fixture
def disabled(db):
    """A patient whose account an administrator has closed."""
    user = PatientFactory(email="closed@example.org", name="Ila Sen").user
    accounts.disable_user(user=user, by=None)
    return user


@pytest.fixture
def appointment(patient, doctor):
    """A visit that the patient has asked for: the soonest one."""
    return book(patient, doctor)


@pytest.fixture
def confirmed(appointment, doctor):
    """The same visit, approved."""
    return appointments.approve(appointment=appointment, by=doctor.user)
