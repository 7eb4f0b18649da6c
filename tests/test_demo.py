"""The demo data: complete, lawful, the same each time, and there for everybody who can log in."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from io import StringIO
from itertools import pairwise
from types import SimpleNamespace
from unittest.mock import Mock
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError
from django.db.models import Count, F
from django.test import Client, override_settings

from accounts.models import AuditEntry, Mail, Notification, User
from appointments import openings, slots
from appointments.models import Appointment, Claim, Hours, Leave, Listing, Review
from billing import ledger
from billing.models import Invoice, Payment, Refund
from doctors.models import Application, Doctor, Language, Specialty
from healthstack.demo.doctors import (
    DOCTORS,
    FULLY_BOOKED,
    HOUSE_NEUROLOGIST,
    ON_LEAVE,
    PENDING,
    SUSPENDED,
    WITHOUT_HOURS,
)
from healthstack.demo.joining import NEWCOMERS
from healthstack.demo.patients import PATIENTS
from healthstack.demo.places import LANGUAGES, SPECIALTIES
from healthstack.demo.plot import eligible
from healthstack.demo.remedies import REMEDIES
from healthstack.demo.reviews import HIDDEN_FOR
from healthstack.demo.scale import Scale
from healthstack.demo.story import medicines_of, specialty_of
from healthstack.demo.town import PASSWORD, address
from healthstack.lib import clock
from hospitals.models import Hospital
from patients.models import AccessGrant, Patient
from patients.workflow import OPENED
from prescriptions.models import Prescription

KOLKATA = ZoneInfo("Asia/Kolkata")
AFTERNOON = datetime(2026, 3, 4, 14, 0, tzinfo=KOLKATA)
State = Appointment.State


def load_demo(now):
    """Run the command as if it were `now`. -> what it prints"""
    # A specialty and a language are plain rows, which have no verb that writes them.
    for name, title, slug in SPECIALTIES:
        Specialty.objects.get_or_create(name=name, defaults={"title": title, "slug": slug})
    for code, name, own_name in LANGUAGES:
        Language.objects.get_or_create(code=code, defaults={"name": name, "own_name": own_name})
    out, told = StringIO(), StringIO()
    with override_settings(DEBUG=True), clock.at(now):
        call_command("load_demo", stdout=out, stderr=told)
    return out.getvalue(), told.getvalue()


def digest():
    """Who is there, and what became of every visit, without the keys that differ each time."""
    visits = Appointment.objects.values_list(
        "doctor__user__email", "patient__user__email", "starts_at", "place", "visit_type", "state", "message", "reason"
    )
    people = User.objects.values_list("email", "name", "joined_at")
    papers = Prescription.objects.values_list("patient__user__email", "signed_at", "diagnosis", "state")
    return sorted(visits, key=str), sorted(people), sorted(papers, key=str)


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demo of an afternoon, loaded once for all tests of this file. -> what the command printed, and a digest"""
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
        out, told = load_demo(AFTERNOON)
        loaded = SimpleNamespace(out=out, told=told, digest=digest())
    yield loaded
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def then(demo, db, at):
    """The site as it is at the moment of the demo. -> that moment"""
    return at(AFTERNOON)


def visits_of(role, number=1):
    user = User.objects.get(email=address(role, number))
    rows = Appointment.objects.as_doctor(user) if role == "doctor" else Appointment.objects.as_patient(user)
    return rows.with_people().order_by("starts_at", "pk")


def today(rows, now):
    return [row for row in rows if openings.local_day(row.starts_at, "Asia/Kolkata") == now.date()]


# --- the tables


@pytest.mark.parametrize("specialty", REMEDIES)
def test_every_remedy_is_a_prescription_that_the_form_would_take(specialty):
    for remedy in REMEDIES[specialty]:
        assert remedy.diagnosis and len(remedy.complaint) <= 500
        assert remedy.medicines or remedy.advice
        for medicine in medicines_of(remedy):
            medicine.position = 1
            medicine.clean_fields(exclude=["prescription"])


def test_every_patient_of_a_doctor_can_be_helped_without_what_they_are_allergic_to():
    for number in range(1, len(DOCTORS) + 1):
        assert len(eligible(number)) >= 3
        for n in eligible(number):
            assert any(remedy.suits(PATIENTS[n - 1]) for remedy in REMEDIES[specialty_of(number)])


def test_names_are_of_many_kinds():
    names = [person.name for person in (*PATIENTS, *DOCTORS)]
    assert len(set(names)) == len(names)
    assert sum(any("\u0900" <= letter <= "\u097f" for letter in name) for name in names) >= 3
    assert any(" " not in name for name in names)
    assert any("'" in name for name in names)
    assert max(map(len, names)) > 60
    ages = [person.age for person in PATIENTS]
    assert (min(ages), max(ages)) == (0, 92)


# --- loading


def test_it_refuses_where_debug_is_off(db):
    before = User.objects.count()
    with override_settings(DEBUG=False), pytest.raises(CommandError, match="DEBUG"):
        call_command("load_demo")
    assert User.objects.count() == before


def test_it_prints_the_logins(demo):
    out, told = demo.out, demo.told
    assert all(
        email in out
        for email in ("patient@", "patient60@", "doctor@", "doctor40@", "hospital@", "reception@", "admin@")
    )
    assert PASSWORD in out
    assert "40 doctors" in told and "40 doctors" not in out


def test_a_second_time_changes_nothing(then):
    before, audit = digest(), AuditEntry.objects.count()
    out, told = load_demo(then + timedelta(hours=1))
    assert "there already" in told
    assert PASSWORD in out
    assert (digest(), AuditEntry.objects.count()) == (before, audit)


TIMEOUT = OperationalError(1205, "Lock wait timeout exceeded; try restarting transaction")


@pytest.mark.parametrize("error", [TIMEOUT, IntegrityError(1062, "Duplicate entry")])
def test_who_comes_second_hears_that_it_is_there(then, monkeypatch, error):
    monkeypatch.setattr("healthstack.management.commands.load_demo.load", Mock(side_effect=error))
    out, told = load_demo(then)
    assert "there already" in told and PASSWORD in out


def test_who_cannot_wait_for_the_first_is_told_so_in_a_sentence(db, monkeypatch):
    User.objects.filter(email=address("patient")).update(email="later@demo.example")
    monkeypatch.setattr("healthstack.management.commands.load_demo.load", Mock(side_effect=TIMEOUT))
    with pytest.raises(CommandError, match="loaded by somebody else at this moment"):
        load_demo(AFTERNOON)


def test_what_goes_wrong_otherwise_is_not_hidden(db, monkeypatch):
    User.objects.filter(email=address("patient")).update(email="later@demo.example")
    broken = IntegrityError(1062, "Duplicate entry")
    monkeypatch.setattr("healthstack.management.commands.load_demo.load", Mock(side_effect=broken))
    with pytest.raises(IntegrityError):
        load_demo(AFTERNOON)


def test_the_trail_and_the_inboxes_are_in_the_order_of_what_happened(then):
    """They are written together at the end; nothing of that is seen."""
    # The pages of text are written as a database is made, by the clock on the wall.
    trail = AuditEntry.objects.exclude(code="accounts.leaflet_saved").order_by("pk")
    for rows in (trail, Notification.objects.order_by("pk")):
        moments = [getattr(row, "at", None) or row.created_at for row in rows]
        assert len(moments) > 1000 and moments == sorted(moments)
    assert Notification.objects.filter(read_at=None).exists() and Notification.objects.exclude(read_at=None).exists()


def test_there_are_as_many_as_promised(then):
    assert (Hospital.objects.findable().count(), Hospital.objects.count()) == (12, 13)
    assert Hospital.objects.values("city").distinct().count() == 3
    assert Doctor.objects.count() == 40 + len(NEWCOMERS)
    assert Doctor.objects.values("specialties").distinct().count() == 15
    assert Patient.objects.exclude(user=None).count() == 60
    assert 350 <= Appointment.objects.count() <= 500
    assert {row.age for row in Patient.objects.exclude(user=None)} == {person.age for person in PATIENTS}
    days = Appointment.objects.order_by("starts_at").values_list("starts_at", flat=True)
    assert then - days.first() > timedelta(days=20) and days.last() - then > timedelta(days=14)


def test_some_are_about_to_join(then):
    """Two doctors are looked at with their papers, one is to send more, one was rejected, and a hospital waits."""
    newcomers = Doctor.objects.filter(user__email__startswith="newdoctor")
    assert Counter(newcomers.values_list("state", flat=True)) == {"pending": 2, "more_needed": 1, "rejected": 1}
    assert all(doctor.documents.exists() for doctor in newcomers)
    assert Hospital.objects.get(state="pending").registered_by is not None
    kite = Hospital.objects.get(slug="saffron-kite-hospital")
    assert Application.objects.waiting().filter(hospital=kite).count() == 2
    assert kite.departments.open().exists() and kite.services.exists() and kite.opening_hours.count() == 7


def test_phone_numbers_could_be_dialled(then):
    for hospital in Hospital.objects.all():
        assert hospital.phone.is_valid() and "555" in hospital.phone.as_international
    assert all(p.emergency_phone.is_valid() for p in Patient.objects.exclude(emergency_phone=""))


def test_nobody_gets_a_letter(then):
    assert not Mail.objects.exists()


# --- money


def test_the_books_of_the_demo_agree_and_have_something_of_everything(then):
    assert list(ledger.faults()) == []
    invoices = Invoice.objects.issued()
    assert {"issued", "paid", "void"} <= set(invoices.values_list("state", flat=True))
    assert set(Payment.objects.values_list("method", flat=True)) == set(Payment.Method.values)
    assert Payment.objects.filter(tendered__gt=F("amount")).exists()
    assert Refund.objects.filter(state="done").exists()
    assert 3 <= sum(invoice.is_overdue for invoice in invoices) <= invoices.count() / 5


def test_the_patient_of_the_demo_owes_something_and_has_paid_something(then):
    mine = Invoice.objects.as_patient(User.objects.get(email=address("patient")))
    assert mine.open().exists() and mine.filter(state="paid").exists()


# --- visits


def test_every_state_occurs(then):
    assert set(Appointment.objects.values_list("state", flat=True)) == set(State.values)


def test_no_two_claims_are_on_one_place(then):
    twice = Claim.objects.values("doctor", "quantum", "place").annotate(n=Count("pk")).filter(n__gt=1)
    assert not twice.exists()


def test_claims_are_those_of_the_visits_that_hold_their_time(then):
    held = Counter()
    for visit in Appointment.objects.filter(state__in=Appointment.HOLDING):
        for q in range(slots.quantum(visit.starts_at), slots.quantum(visit.busy_until)):
            patient = visit.patient_id if slots.moment(q) < visit.ends_at else None
            held[visit.pk, visit.doctor_id, q, visit.place, patient] += 1
    claims = Claim.objects.values_list("appointment", "doctor", "quantum", "place", "patient")
    assert Counter(claims) == held


def test_the_stamps_of_a_visit_are_in_their_order(then):
    for visit in Appointment.objects.all():
        stamps = [visit.requested_at, visit.confirmed_at, visit.checked_in_at, visit.started_at, visit.completed_at]
        stamps = [stamp for stamp in [*stamps, visit.closed_at] if stamp]
        assert stamps == sorted(stamps) and stamps[-1] <= then


def test_one_patient_at_a_time_is_in_a_room(then):
    spans = defaultdict(list)
    for visit in Appointment.objects.exclude(started_at=None):
        spans[visit.doctor_id].append((visit.started_at, visit.completed_at or then))
    for rows in spans.values():
        rows.sort()
        assert all(one[1] <= other[0] for one, other in pairwise(rows))


def test_most_completed_visits_have_a_signed_prescription_and_two_wait_as_drafts(then):
    states = Counter(Prescription.objects.values_list("state", flat=True))
    completed = Appointment.objects.filter(state=State.COMPLETED).count()
    assert states["draft"] == 2
    assert 0.8 * completed < states["signed"] < completed


def test_nothing_is_prescribed_that_the_patient_is_allergic_to(then):
    forbidden = {
        "Penicillin": "amoxicillin",
        "Amoxicillin": "amoxicillin",
        "Aspirin": "aspirin",
        "Ibuprofen": "ibuprof",
    }
    for paper in Prescription.objects.prefetch_related("medicines", "patient__allergies"):
        names = " ".join(medicine.name.lower() for medicine in paper.medicines.all())
        for allergy in paper.patient.allergies.all():
            word = forbidden.get(allergy.substance)
            assert allergy.wrong_at or not word or word not in names


def test_doctors_are_rated_and_some_have_answered(then, client, sign_in):
    shown = Review.objects.shown()
    assert shown.count() >= 60 and shown.exclude(answer="").count() >= 10
    assert set(shown.values_list("stars", flat=True)) == {2, 3, 4, 5}
    assert Review.objects.get(hidden_reason=HIDDEN_FOR).stars == 1
    rated = Listing.objects.exclude(rating=None)
    assert rated.count() >= 20 and all(row.rating == row.doctor.rating for row in rated.select_related("doctor"))
    said = shown.exclude(text="").values_list("doctor", "text")
    assert len(said) == len(set(said))  # nobody says of a doctor what another has said
    doctor = numbered(HOUSE_NEUROLOGIST)
    page = client.get(doctor.get_absolute_url()).content.decode()
    assert f"of 5, {doctor.rating_count} reviews" in page
    assert "Publish the answer" in sign_in(doctor).get("/reviews/").content.decode()


def test_the_patient_has_reviewed_a_visit_and_may_review_another(then):
    seen = visits_of("patient").filter(state=State.COMPLETED)
    reviewed = Review.objects.filter(appointment__in=seen).count()
    assert 0 < reviewed < seen.count()


# --- the doctors that stand for something


def numbered(number):
    return Doctor.objects.get(user__email=address("doctor", number))


def test_doctors_of_all_kinds_are_there(then):
    assert numbered(PENDING).state == Doctor.State.PENDING
    assert numbered(SUSPENDED).state == Doctor.State.SUSPENDED
    assert not Hours.objects.filter(doctor=numbered(WITHOUT_HOURS)).exists()
    leave = Leave.objects.get(doctor=numbered(ON_LEAVE))
    assert timedelta(0) < leave.starts_at - then <= timedelta(days=7)
    assert Doctor.objects.filter(confirms_instantly=True).count() >= 3
    assert Hours.objects.filter(places=3).exists() and Hours.objects.filter(buffer__gt=0).exists()
    assert {15, 20, 30} == set(Hours.objects.values_list("visit", flat=True))
    assert Doctor.objects.annotate(n=Count("affiliations")).filter(n=2).count() >= 5
    assert Listing.objects.find("neuro", city="Lucknow").count() >= 3


def test_the_visits_of_the_suspended_doctor_are_kept(then):
    kept = Appointment.objects.upcoming().filter(doctor=numbered(SUSPENDED))
    assert kept.filter(state=State.CONFIRMED).exists()


def test_one_doctor_is_fully_booked_for_a_week_and_free_after_it(then):
    doctor = numbered(FULLY_BOOKED)
    free = openings.free_for([doctor], start_on=then.date(), days=21)[doctor.pk]
    assert free[0].starts_at - then > timedelta(days=7)
    assert Appointment.objects.open().filter(doctor=doctor, starts_at__lt=then + timedelta(days=7)).count() >= 8


def test_a_group_visit_holds_more_than_one_patient(then):
    together = Appointment.objects.filter(state__in=Appointment.HOLDING, place__gt=0)
    assert together.exists()


def test_the_listing_is_right_for_now(then):
    assert Listing.objects.count() == Doctor.objects.findable().count() == 38
    found = openings.free_for(Doctor.objects.findable(), start_on=then.date(), days=openings.LISTED_DAYS)
    for row in Listing.objects.all():
        free = found[row.doctor_id]
        days = {(openings.local_day(slot.starts_at, "Asia/Kolkata") - then.date()).days for slot in free}
        assert row.free_from == then.date()
        assert (row.next_free_at == free[0].starts_at) if free else row.next_free_at.year > 2100
        assert row.free_days == sum(1 << day for day in days)


# --- what each login finds


@pytest.mark.parametrize("role", ["patient", "doctor", "hospital", "reception", "admin"])
def test_each_login_opens_with_the_password(demo, db, role):
    browser = Client()
    answer = browser.post("/accounts/login/", {"login": address(role), "password": PASSWORD})
    assert answer.status_code == 302
    assert browser.session.get("_auth_user_id") == str(User.objects.get(email=address(role)).pk)


@pytest.mark.parametrize(("role", "number"), [("patient", 2), ("patient", 60), ("doctor", 2), ("doctor", 40)])
def test_the_numbered_ones_open_too(demo, db, role, number):
    assert User.objects.get(email=address(role, number)).check_password(PASSWORD)


def test_everybody_has_a_checked_address(then):
    for user in User.objects.filter(email__endswith="@demo.example"):
        assert user.emailaddress_set.filter(email=user.email, verified=True, primary=True).count() == 1


def test_the_patient_speaks_for_two_children_and_one_of_them_sees_a_doctor(then, sign_in):
    user = User.objects.get(email=address("patient"))
    assert [child.age for child in Patient.objects.dependants_of(user).order_by("name")] == [7, 3]
    assert visits_of("patient").filter(patient__name="Diya Verma").upcoming().get().state == State.CONFIRMED
    assert "Diya Verma" in sign_in(user).get("/dashboard/").content.decode()


def test_the_reception_has_a_day_with_somebody_who_came_in_from_the_street(then, sign_in):
    html = sign_in(User.objects.get(email=address("reception"))).get("/reception/").content.decode()
    assert "Ramkali Devi" in html and "waiting since" in html
    assert Patient.objects.filter(user=None, guardian=None).count() == 3


def test_the_patient_has_care_behind_and_ahead(then):
    user = User.objects.get(email=address("patient"))
    patient = Patient.objects.get(user=user)
    upcoming = Counter(visit.state for visit in visits_of("patient").filter(patient=patient).upcoming())
    assert upcoming == {State.CONFIRMED: 1, State.REQUESTED: 1}
    papers = Prescription.objects.as_patient(user).prefetch_related("medicines")
    assert papers.count() >= 4
    taking = {
        medicine.name
        for paper in papers
        for medicine in paper.medicines.all()
        if paper.signed_at + timedelta(days=medicine.days) > then
    }
    assert len(taking) >= 3
    assert AccessGrant.objects.live().filter(patient=patient).exists()
    assert AccessGrant.objects.filter(patient=patient, ended_by=user).exists()
    assert AuditEntry.objects.about(patient).filter(code=OPENED).count() >= 5


def look_at_the_day(now):
    """What doctor@ must find at any hour; -> how many were seen, are to come, and have asked for today."""
    queue = today(visits_of("doctor"), now)
    states = Counter(visit.state for visit in queue)
    inside = next(visit for visit in queue if visit.state == State.IN_CONSULTATION)
    assert states[State.IN_CONSULTATION] == 1 and states[State.CHECKED_IN] == 2
    assert inside.patient.allergies.current().exists()
    assert timedelta(0) <= now - inside.started_at <= timedelta(minutes=15)
    assert AccessGrant.objects.live().filter(patient=inside.patient, carer=inside.doctor.user).exists()
    assert visits_of("doctor").requested().filter(starts_at__gt=now).count() >= 3
    return states[State.COMPLETED], states[State.CONFIRMED], states[State.REQUESTED]


def test_the_doctors_afternoon(then):
    seen, to_come, asked = look_at_the_day(then)
    assert seen >= 3 and to_come >= 3 and asked == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_the_same_each_time_and_alive_at_night(demo):
    """Each load begins with empty tables, as on a new machine."""
    again, night = (load_anew(AFTERNOON.replace(hour=hour, minute=minute)) for hour, minute in ((14, 0), (0, 10)))
    assert again == demo.digest
    assert settled(night) == settled(again)


def load_anew(now):
    call_command("flush", interactive=False, verbosity=0)
    load_demo(now)
    with clock.at(now):
        look_at_the_day(now)
    return digest()


def settled(told):
    """What the day decides. What becomes of today, and the requests of the last hours, are of the hour."""
    visits, people, _papers = told
    today = AFTERNOON.date()
    return [v for v in visits if v[2].astimezone(KOLKATA).date() != today and v[5] != State.REQUESTED], people


@pytest.mark.django_db(transaction=True)
def test_half_a_demo_is_none(monkeypatch):
    def stop(story, visit):
        assert Hospital.objects.count() == 12 and Appointment.objects.exists()
        raise KeyboardInterrupt

    call_command("flush", interactive=False, verbosity=0)
    monkeypatch.setattr("healthstack.demo.story.Story.approve", stop)
    with pytest.raises(KeyboardInterrupt):
        load_demo(AFTERNOON)
    assert not User.objects.exists() and not Hospital.objects.exists()


# What is measured on must be true as well, or the figures would be of another site.


@pytest.fixture
def crowded(then):
    """Forty doctors and four hundred visits of the bulk data, on top of the demo."""
    Scale(doctors=40, appointments=400, say=lambda text: None).load()


def test_bulk_data_lists_doctors_with_times_that_are_free(crowded):
    found = Listing.objects.find("cardiology").filter(doctor__slug__startswith="dr-scale-")
    assert found
    for listing in found:
        free = openings.free_for([listing.doctor], start_on=clock.today(), days=14, lengths={listing.pk: 20})
        assert listing.next_free_at == free[listing.pk][0].starts_at


def test_every_open_visit_of_the_bulk_data_holds_its_time(crowded):
    rows = Appointment.objects.open().filter(doctor__slug__startswith="dr-scale-")
    assert rows
    for row in rows.annotate(held=Count("claims")):
        assert row.held == row.minutes // 5


def test_bulk_data_is_not_loaded_on_a_real_site(then):
    with pytest.raises(CommandError, match="DEBUG is off"):
        call_command("seed_scale")
