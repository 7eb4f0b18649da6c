"""Two server processes over one database, killed and started again while everybody works at once, over HTTP.

Patients book, move and cancel, guardians for their children as well; receptionists register who comes in, book and check
in; doctors change their hours; one is suspended and comes back. Every act that was acknowledged is there afterwards, no
place has two live visits, and nobody saw a server error. Six seconds in the suite; CHURN_SECONDS=60 for as long as you
like.
"""

import importlib.util
import os
import time
from datetime import date
from threading import Thread

import pytest

from appointments.models import Appointment, Claim, Hours, Listing
from doctors.models import Doctor
from healthstack.lib import clock
from hospitals import workflow as hospitals
from hospitals.models import Staff
from patients import workflow as patients
from patients.models import Patient
from tests.concurrency.churn import Log
from tests.concurrency.people import Administrator, DoctorAtHours, Receptionist, Visitor
from tests.concurrency.race import all_is_well
from tests.concurrency.servers import Server
from tests.factories import DoctorFactory, HospitalFactory, UserFactory, free_slots, hours_in

SECONDS = float(os.environ.get("CHURN_SECONDS", "6"))
LONG = SECONDS >= 30
PEOPLE, TIMES, PLACES = 50 if LONG else 16, 20, 6
pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(importlib.util.find_spec("gunicorn") is None or os.name == "nt", reason="needs gunicorn"),
]


@pytest.fixture
def _on_monday():
    """The servers are processes of their own: there the clock goes."""


@pytest.fixture
def servers(tmp_path):
    both = [Server(tmp_path / f"server{n}.log") for n in range(2)]
    for server in both:
        server.start()
    try:
        for server in both:
            server.wait()
        yield both
    finally:
        for server in both:
            server.kill()


@pytest.fixture
def hospital(db):
    """Where it is seven in the morning: the whole day is still to come, and nobody crosses midnight."""
    east = (7 - clock.now().hour + 11) % 24 - 11
    return HospitalFactory(name="Sahara Hospital", slug="sahara", zone=f"Etc/GMT{-east:+d}")


@pytest.fixture
def everybody(hospital, crowd, servers, sign_in, administrator):
    """(the log, all who come, the doctors by what becomes of them)"""
    hours = {"visit": 20, "ends": 16}
    steady = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, **hours))
    changing = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, **hours))
    coming = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, **hours))
    shared = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, visit=10, places=PLACES))
    all_day = {
        doctor: free_slots(doctor, days=2, visit_type="follow_up")[: (16 - 9) * 60 // (10 if doctor == shared else 20)]
        for doctor in (steady, changing, coming, shared)
    }
    times = {doctor: found[:TIMES] for doctor, found in all_day.items()}
    log = Log()

    def come(kind, who, seed, **facts):
        return kind(sign_in(who), servers, log, seed, **facts)

    visitors = []
    for n, patient in enumerate(crowd(PEOPLE)):
        people = [patient]
        if n % 3 == 0:
            facts = {"name": f"Child of {patient.name}", "born_on": date(2020, 1, 1), "by": patient.user}
            people.append(patients.add_dependant(guardian=patient.user, **facts))
        visitors.append(come(Visitor, patient, n, people=people, times=times))
    staff = [
        come(DoctorAtHours, changing, "hours", doctor=changing),
        come(Administrator, administrator, "panel", doctor=coming),
    ]
    for n in range(4 if LONG else 2):
        user = UserFactory(email=f"reception{n}@example.org")
        hospitals.appoint(hospital=hospital, user=user, role=Staff.Role.RECEPTIONIST, by=None)
        born_from = date(1940 + 10 * n, 1, 1)
        staff.append(come(Receptionist, user, f"desk{n}", hospital=hospital, times=all_day, born_from=born_from))
    return log, staff + visitors, {"changing": changing, "coming": coming, "shared": shared}


def run(people, servers):
    """-> how often a server was killed"""
    until = time.monotonic() + SECONDS
    threads = [Thread(target=person.run, args=(until,)) for person in people]
    for thread in threads:
        thread.start()
    kills = 0
    while time.monotonic() < until - 1:
        time.sleep(max(1.2, SECONDS / 15))
        server = servers[kills % 2]
        server.kill()
        kills += 1
        server.start()
        server.wait()
    for thread in threads:
        thread.join(90)
        assert not thread.is_alive()
    return kills


def test_what_was_acknowledged_is_there_after_kills_and_restarts(everybody, servers, record_property):
    log, people, doctors = everybody
    kills = run(people, servers)
    print({**log.counts, "kills": kills, "visits": Appointment.objects.count()})  # shown by -rP
    for name, n in {**log.counts, "kills": kills}.items():
        record_property(name, n)

    assert not log.broken, log.broken[:3]
    assert kills >= 2
    wanted = {what for person in people for what in person.wanted} | {"booked for a child"}
    assert not {what for what in wanted if not log.counts[what]}, "this never happened"
    for server in servers:
        server.wait()
    all_is_well(places={doctors["shared"].pk: PLACES})
    visits_are_as_acknowledged(log)
    assert not Claim.objects.filter(appointment__state="cancelled").exists()
    people_are_as_registered(log)
    doctors_are_as_told(log)


def visits_are_as_acknowledged(log):
    rows = {str(row.pk): _columns(row) for row in Appointment.objects.all()}
    for key, said in log.visits.items():
        assert key in rows, "an acknowledged booking is gone"
        names = ("patient", "doctor") if key in log.unsure else ("patient", "doctor", "state", "starts_at")
        assert {name: rows[key][name] for name in names} == {name: said[name] for name in names}
    maybe = list(log.maybe)
    for key in rows.keys() - log.visits.keys():
        assert rows[key] in maybe, "there is a visit that nobody asked for"
        maybe.remove(rows[key])


def _columns(row):
    return {"state": row.state, "starts_at": row.starts_at, "patient": str(row.patient_id), "doctor": row.doctor_id}


def people_are_as_registered(log):
    born = {str(pk): day for pk, day in Patient.objects.filter(name="Ramesh Yadav").values_list("pk", "born_on")}
    assert log.registered.items() <= born.items(), "somebody who was registered is gone"
    assert len(born) - len(log.registered) <= log.counts["unknown registrations"]
    assert len(set(born.values())) == len(born), "somebody is there twice"


def doctors_are_as_told(log):
    for doctor, minute in log.hours.items():
        ends = set(Hours.objects.filter(doctor=doctor).values_list("to_minute", flat=True))
        assert len(ends) == 1, "hours were changed by half"
        assert minute is None or ends == {minute}
    for doctor in Doctor.objects.all():
        assert log.states.get(doctor.pk) in (None, doctor.state)
        listing = Listing.objects.filter(doctor=doctor).first()
        assert (listing is not None) == (doctor.state == "approved")
        if listing:
            assert listing.next_free_at == free_slots(doctor, days=14)[0].starts_at
