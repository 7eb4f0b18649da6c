"""Keeping the listing true, inside the transaction of the verb that moved something."""

from datetime import timedelta

from django.db import connection
from django.db.models import F, Q

from appointments import openings, slots
from appointments.models import NEVER, DoctorWord, Listing, ListingPlace, Word
from appointments.search import words
from appointments.workflow.words import enter
from doctors.models import Doctor
from healthstack.lib import clock
from healthstack.lib.transactions import one_transaction
from hospitals.models import VisitType

LONGEST_PAUSE = 120  # minutes after a visit that hours can have


def lock(doctor_id):
    """The row that every change of a doctor's time goes through. Alone: MariaDB would lock a joined person as well."""
    return Doctor.objects.select_for_update().get(pk=doctor_id)


def _lock_all(doctors):
    """Lock these doctors' rows in the order of their keys. -> the rows"""
    keys = list(doctors.order_by().values_list("pk", flat=True))
    return list(Doctor.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def _doctors_of(*hospitals):
    return Doctor.objects.filter(affiliations__hospital__in=hospitals).distinct()


@one_transaction
def hold_user(*, user):
    """An account is about to change: if it is a doctor's, that row is locked before the account's.

    Every verb of a visit locks the doctor's row and then touches people and hospitals by foreign keys, which MariaDB
    locks as well; so whoever changes those takes the doctor's row first, too.
    """
    _lock_all(Doctor.objects.of(user))


@one_transaction
def hold_hospital(*, hospital):
    """A hospital is about to change: the rows of its doctors are locked before its own (see `hold_user`)."""
    _lock_all(_doctors_of(hospital))


@one_transaction
def hold_hospitals(*, hospitals):
    """As `hold_hospital`, for some thousands at once."""
    _lock_all(_doctors_of(*hospitals))


@one_transaction
def relist(*, doctor):
    """Everything the search knows of a doctor, anew; nothing when the doctor cannot be found any more.

    Under the lock of the doctor's row: a booking at the same moment is counted by the one who comes second.
    """
    lock(doctor.pk)
    doctor = Doctor.objects.with_people().prefetch_related("affiliations__hospital", "offers").get(pk=doctor.pk)
    places = [
        row.hospital for row in doctor.affiliations.all() if row.ended_on is None and row.hospital.state == "approved"
    ]
    if doctor.state != Doctor.State.APPROVED or not doctor.user.is_active or not places:
        _unlist(doctor)
        return
    fees = doctor.fees_at([hospital.pk for hospital in places])
    values = {
        "name": doctor.user.name,
        "title": doctor.title[:200],
        "tongues": ", ".join(language.own_name for language in doctor.languages.all())[:200],
        "where": "; ".join(f"{hospital.name}, {hospital.city}" for hospital in places)[:240],
        "minutes": openings.minutes_of(doctor, VisitType.CHECK_UP),
        "gender": doctor.gender,
        "rating": doctor.rating,
        "rating_count": doctor.rating_count,
        "fee": min(fee[VisitType.CHECK_UP] for fee in fees.values()),
        **_free(doctor),
    }
    listing, _created = Listing.objects.update_or_create(doctor=doctor, defaults=values)
    _place(listing, places)
    texts = [doctor.user.name, *(h.name for h in places), *(h.city for h in places)]
    texts += [text for s in doctor.specialties.all() for text in (s.name, s.title)]
    _reword(listing, set(words(" ".join(texts), most=80)))


def _unlist(doctor):
    """The doctor is no longer found."""
    listing = Listing.objects.filter(doctor=doctor).first()
    if listing:
        _reword(listing, set())
        listing.delete()


def refresh(doctor):
    """When the doctor is next free, and on which days, after a time was taken or given up."""
    doctor = Doctor.objects.prefetch_related("offers").get(pk=doctor.pk)
    Listing.objects.filter(doctor=doctor).update(**_free(doctor))


def took(doctor, slot, free):
    """A check-up was booked at this slot. free: the check-ups that were free around it, as `openings.free_around` says.

    A booking only takes times away, so that the listing stays as it is unless the soonest time may be gone, or the last
    one of a day.
    """
    row = Listing.objects.filter(pk=doctor.pk).values_list("next_free_at", "free_from", "roll_at", "minutes").first()
    if row and not _still_true(slot, free, *row):
        refresh(doctor)


def _still_true(slot, free, next_free_at, free_from, roll_at, minutes):
    if free_from != _today() or roll_at < clock.now() or next_free_at == NEVER or minutes is None:
        return False
    # What begins in between may overlap with the visit; any other check-up with its pause is over before, or begins after.
    first, last = slot.start - (minutes + LONGEST_PAUSE) // 5, slot.busy_until
    if first < slots.quantum(next_free_at) < last:
        return False
    days = {clock.local(slots.moment(quantum)).date() for quantum in (first, last)}
    return days <= {clock.local(other.starts_at).date() for other in free if not first < other.start < last}


@one_transaction
def relist_user(*, user):
    """The name or the standing of an account changed: its doctor's listing follows."""
    for doctor in Doctor.objects.of(user):
        relist(doctor=doctor)


@one_transaction
def relist_hospital(*, hospital):
    """Name, city, fees or state of a hospital changed: the listings of its doctors follow."""
    for doctor in _lock_all(_doctors_of(hospital)):
        relist(doctor=doctor)


@one_transaction
def relist_hospitals(*, hospitals):
    """As `relist_hospital`, for some thousands at once, of which few have doctors: a directory was read again."""
    for doctor in _lock_all(_doctors_of(*hospitals)):
        relist(doctor=doctor)


def roll_listings(*, at_most=500):
    """Rows whose soonest time has passed, or that count their days from another day, move on. -> how many looked at.

    Run by tick, safe to run twice. Doctors that are locked are being refreshed by whoever holds them.
    """
    today = _today()
    due = Listing.objects.filter(Q(roll_at__lt=clock.now()) | ~Q(free_from=today))
    keys = sorted(due.order_by("roll_at").values_list("pk", flat=True)[:at_most])
    for first in range(0, len(keys), 50):
        _roll(keys[first : first + 50], today)
    return len(keys)


@one_transaction
def _roll(keys, today):
    rows = Doctor.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    doctors = list(rows.filter(pk__in=keys).order_by("pk").prefetch_related("offers"))
    free = openings.free_for(doctors, start_on=today, days=openings.LISTED_DAYS)
    for doctor in doctors:
        Listing.objects.filter(pk=doctor.pk).update(**_summary(doctor, free[doctor.pk], today))


def _today():
    """The listing counts its days in the site's own zone."""
    return clock.today()


def _free(doctor):
    today = _today()
    found = openings.free_for([doctor], start_on=today, days=openings.LISTED_DAYS)[doctor.pk]
    return {"video": _by_video(doctor, today), **_summary(doctor, found, today)}


def _by_video(doctor, today):
    """A video visit needs both: that the doctor offers it, and hours for it."""
    offers = any(offer.visit_type == VisitType.VIDEO for offer in doctor.offers.all())
    lasting = Q(valid_until=None) | Q(valid_until__gte=today)
    return offers and openings.offered(doctor=doctor).filter(lasting, video=True).exists()


def _summary(doctor, found, today):
    days = {(clock.local(slot.starts_at).date() - today).days for slot in found}
    soonest = found[0].starts_at if found else NEVER
    return {
        "next_free_at": soonest,
        # With nothing free, look again when the day changes; else when the notice makes the time too near.
        "roll_at": soonest - timedelta(minutes=doctor.notice_minutes),
        "free_from": today,
        "free_days": sum(1 << day for day in days if 0 <= day <= openings.LISTED_DAYS),
    }


def _place(listing, hospitals):
    listing.places.exclude(hospital__in=hospitals).delete()
    for hospital in hospitals:
        city = " ".join(words(hospital.city))
        ListingPlace.objects.update_or_create(listing=listing, hospital=hospital, defaults={"city": city})


def _reword(listing, wanted):
    """The listing's words become these; counts follow, in alphabetical order so that two writers do not cross."""
    have = dict(listing.words.values_list("word__text", "word_id"))
    gone, new = sorted(set(have) - wanted), sorted(wanted - set(have))
    if gone:
        keys = [have[text] for text in gone]
        listing.words.filter(word__in=keys).delete()
        Word.objects.filter(pk__in=keys).update(n=F("n") - 1)
    if new:
        known = enter(new)
        rows = [known[text] for text in new]
        DoctorWord.objects.bulk_create([DoctorWord(word_id=pk, listing=listing) for pk in rows])
        Word.objects.filter(pk__in=rows).update(n=F("n") + 1)
