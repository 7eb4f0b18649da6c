"""Doctors are entered, changed, suspended; the catalogues of specialties and languages."""

from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import workflow as accounts
from accounts.audit import record
from accounts.models import User
from accounts.notify import notify
from doctors.models import Doctor, Fee
from healthstack.lib import clock
from healthstack.lib.announce import announce
from healthstack.lib.people import without_title
from healthstack.lib.rules import RuleBroken
from healthstack.lib.stamps import check_stamp, stamp
from healthstack.lib.transactions import one_transaction
from hospitals.models import VisitType

DOCTORS, PENDING = "Doctors", "Pending doctors"
USUAL_MINUTES = {VisitType.CHECK_UP: 20, VisitType.FOLLOW_UP: 10, VisitType.REPORT_REVIEW: 10}

# Columns that `change_doctor` leaves alone, since they have verbs of their own.
OF_OTHER_VERBS = ("id", "state", "state_reason", "rating", "rating_count")


@one_transaction
def add_doctor(*, email, name, by, doctor, specialties, languages, password=None, approved=True):
    """A doctor is entered by an administrator, and counts as checked. `doctor` is the unsaved row.

    The person gets an account, or the account that the address already has becomes a doctor's too. Raises
    RuleBroken when that person is a doctor already.
    """
    name = without_title(name)
    user = User.objects.filter(email=User.objects.normalize_email(email)).first()
    group = DOCTORS if approved else PENDING
    if user is None:
        user = accounts.create_user(
            email=email, name=name, groups=[group], by=by, password=password, email_verified=True
        )
    elif Doctor.objects.of(user).exists():
        raise RuleBroken(_("This person is a doctor here already."), field="email")
    else:
        accounts.change_groups(user=user, add=[group], by=by)
    doctor.user = user
    doctor.slug = doctor.slug or free_slug(f"dr {name}")
    doctor.state = Doctor.State.APPROVED if approved else Doctor.State.PENDING
    doctor.save(force_insert=True)
    doctor.specialties.set(specialties)
    doctor.languages.set(languages)
    for visit_type, minutes in USUAL_MINUTES.items():
        doctor.offers.create(visit_type=visit_type, minutes=minutes)
    record("doctors.added", by=by, about=doctor, approved=approved)
    announce("doctors.changed", doctor=doctor)
    return doctor


@one_transaction
def set_rating(*, doctor, rating, count):
    """What patients say of the doctor, 1 to 5, and how many of them. Called under the lock of the doctor's row."""
    Doctor.objects.filter(pk=doctor.pk).update(rating=rating, rating_count=count)


@one_transaction
def change_doctor(
    *, doctor, by, name=None, specialties=None, languages=None, affiliations=None, offers=None, fees=None
):
    """A doctor's row and what hangs on it change; the search follows. None leaves a part as it is.

    affiliations: [(hospital, room)]; those left out end today. offers: {visit type: minutes}.
    fees: {(hospital id, visit type): amount}. State and rating stay: the row may have been read before they changed.
    """
    doctor.save(update_fields=[f.name for f in Doctor._meta.fields if f.name not in OF_OTHER_VERBS])
    if name is not None and without_title(name) != doctor.user.name:
        accounts.update_profile(user=doctor.user, name=without_title(name), phone=doctor.user.phone, by=by)
    if specialties is not None:
        doctor.specialties.set(specialties)
    if languages is not None:
        doctor.languages.set(languages)
    if affiliations is not None:
        _affiliate(doctor, affiliations)
    if offers is not None:
        doctor.offers.exclude(visit_type__in=offers).delete()
        had = dict(doctor.offers.values_list("visit_type", "minutes"))
        for visit_type, minutes in sorted(offers.items()):
            if had.get(visit_type) != minutes:
                doctor.offers.update_or_create(visit_type=visit_type, defaults={"minutes": minutes})
    if fees is not None:
        doctor.fees.all().delete()
        Fee.objects.bulk_create(
            Fee(doctor=doctor, hospital_id=hospital, visit_type=visit_type, amount=amount)
            for (hospital, visit_type), amount in sorted(fees.items())
        )
    record("doctors.changed", by=by, about=doctor)
    announce("doctors.changed", doctor=doctor)
    return doctor


# What a doctor changes by themselves; who they are was checked.
OWN = ("about", "degrees", "fee", "confirms_instantly", "notice_minutes", "cancel_notice_minutes", "days_ahead")


def own_stamp(doctor):
    """Of what a doctor changes by themselves, as it is: row, languages, kinds of visit and fees."""
    return stamp(
        doctor,
        OWN,
        sorted(language.pk for language in doctor.languages.all()),
        sorted((offer.visit_type, offer.minutes) for offer in doctor.offers.all()),
        sorted((fee.hospital_id, fee.visit_type, f"{fee.amount:.2f}") for fee in doctor.fees.all()),
    )


@one_transaction
def update_own_doctor(*, doctor, values, languages, offers, fees, by, seen=""):
    """A doctor's own page changes. values: {column: value} of OWN. offers, fees: as in `change_doctor`; the fees of
    hospitals in which they no longer work are kept.

    seen: the stamp of what the doctor saw; raises Stale when somebody has changed it since, and RuleBroken without any
    kind of visit.
    """
    if not offers:
        raise RuleBroken(_("Offer at least one kind of visit."))
    row = Doctor.objects.select_for_update().get(pk=doctor.pk)
    check_stamp(seen, own_stamp(row))
    for name in OWN:
        setattr(row, name, values[name])
    here = set(row.affiliations.current().values_list("hospital", flat=True))
    kept = row.fees.exclude(hospital__in=here).values_list("hospital", "visit_type", "amount")
    fees = {key: amount for key, amount in fees.items() if key[0] in here}
    fees.update({(hospital, visit_type): amount for hospital, visit_type, amount in kept})
    return change_doctor(doctor=row, languages=languages, offers=offers, fees=fees, by=by)


def _affiliate(doctor, affiliations):
    today = clock.today()
    wanted = dict(affiliations)
    for row in doctor.affiliations.select_related("hospital").order_by("pk"):
        if row.hospital in wanted:
            row.room, row.ended_on = wanted.pop(row.hospital), None
        elif row.ended_on is None:
            row.ended_on = today
        row.save()
    for hospital, room in wanted.items():
        doctor.affiliations.create(hospital=hospital, room=room, started_on=today)


# {new state: (word of the trail, what the doctor is told)}. The reason stands on the page that the mail leads to.
STEPS = {
    Doctor.State.PENDING: ("sent", ""),
    Doctor.State.APPROVED: ("approved", gettext_lazy("Your registration is checked. Patients can find and book you.")),
    Doctor.State.MORE_NEEDED: (
        "asked_more",
        gettext_lazy("Something is missing before we can finish checking your registration."),
    ),
    Doctor.State.REJECTED: ("rejected", gettext_lazy("We could not confirm your registration. Read why.")),
    Doctor.State.SUSPENDED: ("suspended", gettext_lazy("Your account is suspended. Patients can no longer book you.")),
}


@one_transaction
def set_state(*, doctor, state, reason, by):
    """A doctor goes a step: the state, the group that goes with it, and the person told.

    Called by the verbs of checking, and by those that also see to the doctor's bookings. Raises RuleBroken when the
    doctor is there already, or cannot get there from where they are.
    """
    doctor = Doctor.objects.select_for_update().get(pk=doctor.pk)
    if not doctor.can_become(state):
        raise RuleBroken(_("This doctor is already: %(state)s.") % {"state": doctor.get_state_display()})
    before = doctor.state
    doctor.state, doctor.state_reason = state, reason[:240]
    doctor.save(update_fields=["state", "state_reason"])
    approved = state == Doctor.State.APPROVED
    accounts.change_groups(
        user=doctor.user, add=[DOCTORS if approved else PENDING], remove=[PENDING if approved else DOCTORS], by=by
    )
    word, text = STEPS[state]
    if before == Doctor.State.SUSPENDED:
        word = "reinstated"
    record(f"doctors.{word}", by=by, about=doctor, reason=reason)
    if text:
        notify(doctor.user, f"doctors.{word}", str(text), path=reverse("doctors:verification"))
    announce("doctors.changed", doctor=doctor)
    return doctor


@one_transaction
def save_specialty(*, specialty, by):
    """A specialty is entered or renamed; the search follows for the doctors who have it."""
    _save_entry(specialty, Doctor.objects.filter(specialties=specialty) if specialty.pk else (), by)


@one_transaction
def save_language(*, language, by):
    """A language is entered or renamed; the search follows for the doctors who speak it."""
    _save_entry(language, Doctor.objects.filter(languages=language) if language.pk else (), by)


def _save_entry(entry, having, by):
    new = entry.pk is None
    keys = [] if new else list(having.values_list("pk", flat=True))
    # The doctors' rows first and in their order: whoever changes one of them touches the entry afterwards.
    doctors = list(Doctor.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    entry.save()
    record(f"doctors.{entry._meta.model_name}_{'added' if new else 'changed'}", by=by, about=entry)
    for doctor in doctors:
        announce("doctors.changed", doctor=doctor)


def free_slug(text):
    """An address on the site that no doctor has yet. Names without Latin letters become 'doctor'."""
    base = slugify(text)[:120] or "doctor"
    if base == "dr":
        base = "doctor"
    taken = set(Doctor.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return base if base not in taken else next(s for n in range(2, 10**6) if (s := f"{base}-{n}") not in taken)
