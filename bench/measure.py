"""Measures the pages on the database of DATABASE_URL, in one process, floor and page by turns. Prints JSON.

-> [{"page", "rows", "floor_ratio", "cold", "floor", "seconds", "queries", "bytes"}]: rows, visits in the table; floor_ratio,
throughput of the page divided by that of the floor, warm; cold, the same when whatever was kept is forgotten before each
request; floor and seconds, medians of one request of either; bytes, of the page itself, gzip.

On SQLite the processor time of this process is what is counted: all the work is done in it, and other programs on the
machine do not blur it. With a server of its own, as MariaDB is, the clock on the wall is.
"""

import gzip
import json
import os
import statistics
import sys
import time
from datetime import timedelta
from uuid import uuid4

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
django.setup()

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from appointments import openings
from appointments.models import Appointment, Claim, Listing
from doctors.models import Doctor
from healthstack.demo.town import address
from healthstack.lib import clock, pieces
from patients.models import Patient

ticks = time.process_time if connection.vendor == "sqlite" else time.perf_counter


def browser(role):
    """Somebody of the demo, logged in; a visitor for None."""
    client = Client(SERVER_NAME="testserver", raise_request_exception=True)
    if role:
        client.force_login(User.objects.get(email=address(role)), backend="healthstack.sign_in.Backend")
    return client


def pages():
    """[(page, who, address)]"""
    soonest = Listing.objects.select_related("doctor").order_by("next_free_at", "pk")[:30]
    doctor = list(soonest)[-1].doctor
    return [
        ("home", None, "/"),
        ("find", None, "/doctors/"),
        ("find a word", None, "/doctors/?q=cardiology"),
        ("find by facets", None, "/doctors/?q=neuro&gender=female&when=week&fee=1200"),
        ("hospital search", None, "/hospitals/"),
        ("doctor page", None, doctor.get_absolute_url()),
        ("booking page", "patient", reverse("appointments:book", args=[doctor.slug])),
        ("appointment list", "patient", "/appointments/"),
        ("appointment list, past", "patient", "/appointments/?show=past"),
        ("dashboard, patient", "patient", "/dashboard/"),
        ("dashboard, doctor", "doctor", "/dashboard/"),
        ("requests", "doctor", "/appointments/requests/"),
        ("dashboard, hospital", "hospital", "/dashboard/"),
        ("panel", "admin", "/admin/"),
    ]


def get(client, path):
    answer = client.get(path, secure=True)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")
    return answer


def queries(act):
    """How many statements of the tables the act sends; transactions' own words not counted."""
    asked = []

    def note(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        act()
    return len([sql for sql in asked if not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO"))])


def by_turns(rounds, *acts):
    """Median seconds of each act, run one after the other so that the machine's moods hit all alike."""
    taken = [[] for _act in acts]
    for _n in range(rounds):
        for act, some in zip(acts, taken, strict=True):
            began = ticks()
            act()
            some.append(ticks() - began)
    return [statistics.median(some) for some in taken]


def forgotten(act):
    """Seconds of the act when nothing is kept, neither in the cache nor in this process."""
    cache.clear()
    pieces.forget()
    began = ticks()
    act()
    return ticks() - began


def measure(page, role, path, rounds):
    client, floor = browser(role), browser("patient")
    for _warm in range(2):
        get(floor, "/floor/")
        answer = get(client, path)
    asked = queries(lambda: get(client, path))
    least, took = by_turns(rounds, lambda: get(floor, "/floor/"), lambda: get(client, path))
    cold = statistics.median(forgotten(lambda: get(client, path)) for _n in range(rounds // 3))
    return {
        "page": page,
        "floor_ratio": round(least / took, 3),
        "cold": round(least / cold, 3),
        "floor": least,
        "seconds": took,
        "queries": asked,
        "bytes": len(gzip.compress(answer.content, 6)),
    }


def free_starts(n):
    """[(doctor, hospital id, quantum)]: so many times in which different doctors and patient@ are free, all apart."""
    today, found = clock.today(), []
    used = set(Claim.objects.filter(patient__user__email=address("patient")).values_list("quantum", flat=True))
    rows = Doctor.objects.findable().filter(slug__startswith="dr-").prefetch_related("offers").order_by("-pk")[: n * 3]
    for doctor in rows:
        free = openings.free_for([doctor], start_on=today + timedelta(7), days=7)[doctor.pk]
        slot = next((s for s in free if used.isdisjoint(range(s.start, s.end))), None)
        if slot:
            used.update(range(slot.start, slot.end))
            found.append((doctor, slot.room, slot.start))
        if len(found) == n:
            break
    return found


def fill_a_page():
    """patient@ gets more than a page of visits to come, on whatever site: lists are compared ten rows with ten rows."""
    patient = Patient.objects.get(user__email=address("patient"))
    rows = Appointment.objects.upcoming().filter(doctor__slug__startswith="dr-scale-").order_by("starts_at", "pk")
    days = {row.starts_at.date(): row for row in rows.exclude(patient=patient)[:2000]}
    for row in list(days.values())[:12]:
        row.patient = patient
        row.save()


def measure_booking(rounds):
    client, starts = browser("patient"), iter(free_starts(rounds + 3))
    who = Patient.objects.get(user__email=address("patient")).pk

    def book():
        doctor, room, start = next(starts)
        data = {"visit_type": "check_up", "slot": f"{room}-{start}", "who": who, "request_key": uuid4()}
        answer = client.post(reverse("appointments:book", args=[doctor.slug]), data, secure=True)
        if answer.status_code != 302:
            raise SystemExit(f"booking answered {answer.status_code}")

    def floor():
        client.post("/floor/post/", secure=True)

    book()
    asked = queries(book)
    floor()
    least, took = by_turns(rounds, floor, book)
    ratio = round(least / took, 3)
    return {
        "page": "POST booking",
        "floor_ratio": ratio,
        "cold": ratio,
        "floor": least,
        "seconds": took,
        "queries": asked,
        "bytes": 0,
    }


def main(rounds):
    fill_a_page()
    visits = Appointment.objects.count()
    found = [measure(*page, rounds) for page in pages()] + [measure_booking(max(5, rounds // 2))]
    print(json.dumps([{**row, "rows": visits} for row in found]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
