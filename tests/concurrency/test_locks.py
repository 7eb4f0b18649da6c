"""Whoever changes a hospital, a person or a catalogue beside bookings waits for them in the one order: nobody deadlocks."""

from decimal import Decimal

import pytest
from django.db import OperationalError, connection

from accounts import workflow as accounts
from appointments import openings, workflow
from appointments.models import Listing
from doctors import workflow as doctors
from healthstack.lib import announce, clock, transactions
from hospitals import workflow as hospitals
from tests.concurrency.race import all_is_well, at_once, sort_out
from tests.factories import DoctorFactory, book, free_slots

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def _no_second_try(monkeypatch):
    """A deadlock is mended by doing it again; here it shows. SQLite alone may still say that it is busy."""
    monkeypatch.setattr(transactions, "RETRY", {"database is locked"})


@pytest.fixture
def five(hospital):
    return DoctorFactory.create_batch(5, hospitals=[hospital])


def listings_are_true():
    today = clock.today()
    for listing in Listing.objects.select_related("doctor"):
        found = openings.free_for([listing.doctor], start_on=today, days=openings.LISTED_DAYS)[listing.doctor_id]
        assert listing.next_free_at == found[0].starts_at


@pytest.mark.usefixtures("_no_second_try")
class TestBesideBookings:
    """Three rounds: each doctor's next time is booked and cancelled while something above or below them changes."""

    def bookings(self, people, five):
        slots = {d: free_slots(d)[:4] for d in five}
        return [
            lambda p=p, d=d, s=s: book(p, d, slot=s) for d, p in zip(five, people, strict=True) for s in slots[d][:1]
        ]

    def race(self, crowd, five, change):
        for n in range(3):
            calls = self.bookings(crowd(5), five)
            won, refused = sort_out(at_once([*calls, *(lambda c=c, n=n: c(n) for c in change)]))
            assert len(won) == len(calls) + len(change) and not refused
            listings_are_true()
        all_is_well()

    def test_the_fees_and_the_name_of_their_hospital(self, crowd, five, hospital):
        def change(n):
            hospital.name = f"Sahara Hospital {n}"
            return hospitals.save_hospital(hospital=hospital, fees={"check_up": Decimal(300 + n)}, by=five[0].user)

        self.race(crowd, five, [change])
        assert set(Listing.objects.values_list("fee", flat=True)) == {302}

    def test_the_names_of_the_doctors_by_themselves_and_by_an_administrator(self, crowd, five, administrator):
        def mine(n):
            accounts.update_profile(user=five[0].user, name=f"Asha Verma {'abc'[n]}", phone="", by=five[0].user)

        def theirs(n):
            return doctors.change_doctor(doctor=five[0], name=f"Ravi Menon {'abc'[n]}", by=administrator)

        self.race(crowd, five, [mine, theirs])

    def test_the_name_of_their_specialty_while_one_gets_another(self, crowd, five, administrator):
        specialty = five[0].specialties.get()

        def rename(n):
            specialty.title = f"Neurologist {n}"
            doctors.save_specialty(specialty=specialty, by=administrator)

        def change(n):
            return doctors.change_doctor(doctor=five[2], specialties=[specialty], by=administrator)

        self.race(crowd, five, [rename, change])
        assert set(Listing.objects.values_list("title", flat=True)) == {"Neurologist 2"}

    def test_a_suspension_of_their_hospital_that_is_lifted_again(self, crowd, five, hospital, other_hospital):
        def suspend(n):
            workflow.suspend_hospital(hospital=other_hospital, reason="Fire", by=five[0].user)
            return workflow.reinstate_hospital(hospital=other_hospital, by=five[0].user)

        for doctor in five:
            doctors.change_doctor(doctor=doctor, affiliations=[(hospital, ""), (other_hospital, "")], by=None)
        self.race(crowd, five, [suspend])

    def test_without_the_word_before_the_change_they_deadlock(self, crowd, five, hospital, monkeypatch):
        """The control: or the tests above would prove nothing."""
        if connection.vendor == "sqlite":
            pytest.skip("SQLite has one writer at a time: nobody can wait for anybody in a circle.")
        monkeypatch.setitem(announce._answers, "hospitals.changing", [])
        broken = set()
        for n in range(20):
            change = [lambda n=n: hospitals.save_hospital(hospital=hospital, fees={"check_up": Decimal(n)}, by=None)]
            results = at_once([*self.bookings(crowd(5), five), *change])
            broken |= {result.args[0] for result in results if isinstance(result, OperationalError)}
            if 1213 in broken:
                break
        assert 1213 in broken
