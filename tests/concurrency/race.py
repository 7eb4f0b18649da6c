"""Many at once: threads that start at the same moment, each with a connection of its own; and what must hold afterwards."""

import threading
from collections import Counter
from contextvars import copy_context

from django.db import connection

from appointments.models import Appointment, Claim, Leave
from appointments.slots import QUANTUM
from healthstack.lib.rules import RuleBroken


def at_once(calls):
    """Start all calls at the same moment. -> what each returned, or the exception that it raised

    The clock of the test, where it stands still, stands still in the threads as well.
    """
    results, gate = [None] * len(calls), threading.Barrier(len(calls))

    def run(n, call):
        try:
            connection.ensure_connection()
            gate.wait(60)
            results[n] = call()
        except Exception as error:
            results[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=copy_context().run, args=(run, n, call)) for n, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def sort_out(results):
    """(what succeeded, the refusals); anything else that was raised fails the test."""
    refused = [result for result in results if isinstance(result, RuleBroken)]
    broken = [result for result in results if isinstance(result, Exception) and not isinstance(result, RuleBroken)]
    assert not broken, f"{len(broken)} broke: {broken[0]!r}"
    return [result for result in results if not isinstance(result, Exception)], refused


def holding():
    return list(Appointment.objects.filter(state__in=Appointment.HOLDING))


def quanta(begin, end):
    return range(int(begin.timestamp()) // QUANTUM, int(end.timestamp()) // QUANTUM)


def doubly_booked(visits):
    """The five minutes of a doctor's place that more than one visit has, read from the visits themselves."""
    taken = Counter((v.doctor_id, q, v.place) for v in visits for q in quanta(v.starts_at, v.busy_until))
    return [key for key, n in taken.items() if n > 1]


def all_is_well(*, places=1):
    """The laws, read from the visits and not from the claims that should keep them. places: {doctor: how many at once}."""
    visits = holding()
    assert not doubly_booked(visits)

    somewhere = {}
    for visit in visits:
        for q in quanta(visit.starts_at, visit.busy_until):
            assert somewhere.setdefault((visit.doctor_id, q), visit.hospital_id) == visit.hospital_id, "two places"
        assert visit.place < (places.get(visit.doctor_id, 1) if isinstance(places, dict) else places)

    people = Counter((v.patient_id, q) for v in visits for q in quanta(v.starts_at, v.ends_at))
    assert not [key for key, n in people.items() if n > 1], "a patient is in two places"

    for leave in Leave.objects.all():
        for visit in visits:
            apart = visit.starts_at >= leave.ends_at or visit.busy_until <= leave.starts_at
            assert apart or visit.doctor_id != leave.doctor_id, "a visit within leave"

    wanted = {
        (v.doctor_id, q, v.place, v.patient_id if q in quanta(v.starts_at, v.ends_at) else None, v.pk)
        for v in visits
        for q in quanta(v.starts_at, v.busy_until)
    }
    claims = list(Claim.objects.values_list("doctor", "quantum", "place", "patient", "appointment"))
    assert len(claims) == len(set(claims))
    assert set(claims) == wanted, "claims and visits differ"
