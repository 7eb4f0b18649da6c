"""Those who run a hospital keep what patients read of it: where it is, what it has, when it is open."""

from django.utils.translation import gettext as _

from accounts import files
from accounts.audit import record
from healthstack.lib import clock
from healthstack.lib.announce import announce
from healthstack.lib.rules import RuleBroken
from healthstack.lib.stamps import check_stamp, stamp
from healthstack.lib.transactions import one_transaction
from hospitals.models import Closure, Department, Hospital, OpeningHours, Service
from hospitals.workflow.entries import lock

DETAILS = (
    "street",
    "city",
    "region",
    "postcode",
    "phone",
    "about",
    "emergency",
    "beds",
    "latitude",
    "longitude",
)
# Who it is; what was checked stays as it was checked.
UNTIL_CHECKED = ("name", "kind")
MOST_PARTS = 100  # departments, and services
MOST_CLOSURES = 100
WEEK = 7 * 1440


def details_of(hospital):
    """Which columns those who run the hospital may change now."""
    checked = hospital.state in (Hospital.State.APPROVED, Hospital.State.SUSPENDED)
    return DETAILS if checked else (*UNTIL_CHECKED, *DETAILS)


def details_stamp(hospital):
    """Of the details as they are."""
    return stamp(hospital, details_of(hospital))


def fees_stamp(hospital):
    """Of the fees as they are."""
    return stamp(
        hospital, (), sorted((kind, f"{fee:.2f}") for kind, fee in hospital.fees.values_list("visit_type", "amount"))
    )


def opening_stamp(hospital):
    """Of the opening hours as they are."""
    return stamp(hospital, (), sorted(hospital.opening_hours.values_list("weekday", "from_minute", "to_minute")))


@one_transaction
def change_details(*, hospital, values, by, seen=""):
    """What patients read of a hospital becomes this. values: {column: value} of those in `details_of`.

    seen: the stamp of what the person saw, here and in what follows; raises Stale when somebody has changed it since.
    """
    row = lock(hospital)
    names = [name for name in details_of(row) if name in values]
    check_stamp(seen, details_stamp(row))
    for name in names:
        setattr(row, name, values[name])
    row.save(update_fields=names)
    return _changed(row, "hospitals.changed", by)


@one_transaction
def change_fees(*, hospital, fees, by, seen=""):
    """What a visit costs here, where the doctor has no fee of their own. fees: {visit type: amount}"""
    hospital = lock(hospital)
    check_stamp(seen, fees_stamp(hospital))
    hospital.fees.exclude(visit_type__in=fees).delete()
    for visit_type, amount in sorted(fees.items()):
        hospital.fees.update_or_create(visit_type=visit_type, defaults={"amount": amount})
    return _changed(hospital, "hospitals.fees_changed", by)


@one_transaction
def set_photo(*, hospital, upload, by):
    """The hospital has a picture, in the place of the one before. Raises RuleBroken when the gate refuses it."""
    file = files.take(upload, owner=by, kinds=files.PHOTO, by=by, field="photo")
    hospital = lock(hospital)
    before, hospital.photo = hospital.photo, file
    hospital.save(update_fields=["photo"])
    if before:
        files.forget(before, by=by)
    return _changed(hospital, "hospitals.photo_set", by)


@one_transaction
def remove_photo(*, hospital, by):
    """The hospital has no picture any more."""
    hospital = lock(hospital)
    before, hospital.photo = hospital.photo, None
    if before is None:
        raise RuleBroken(_("There is no picture."))
    hospital.save(update_fields=["photo"])
    files.forget(before, by=by)
    return _changed(hospital, "hospitals.photo_removed", by)


@one_transaction
def add_department(*, hospital, name, by):
    """A hospital has one more department, or a closed one again. Raises RuleBroken when it is there already."""
    hospital, name = lock(hospital), _plain(name)
    there = hospital.departments.filter(name__iexact=name).first()
    if there and there.closed_at is None:
        raise RuleBroken(_("%(name)s is there already.") % {"name": there.name}, field="name")
    if there:
        there.name, there.closed_at = name, None
        there.save(update_fields=["name", "closed_at"])
    else:
        _room_for_one_more(hospital.departments.open())
        there = hospital.departments.create(name=name)
    _changed(hospital, "hospitals.department_added", by, name=name)
    return there


@one_transaction
def rename_department(*, department, name, by, seen=""):
    """A department is called otherwise; its doctors stay in it."""
    hospital, name = lock(department.hospital), _plain(name)
    others = hospital.departments.exclude(pk=department.pk)
    if others.filter(name__iexact=name).exists():
        raise RuleBroken(_("%(name)s is there already.") % {"name": name}, field="name")
    department = Department.objects.select_for_update().get(pk=department.pk)
    check_stamp(seen, stamp(department, ("name",)))
    department.name = name
    department.save(update_fields=["name"])
    _changed(hospital, "hospitals.department_renamed", by, name=name)
    return department


@one_transaction
def close_department(*, department, by):
    """A department is closed. Its row stays, for the doctors who work in it."""
    hospital = lock(department.hospital)
    if not hospital.departments.open().filter(pk=department.pk).update(closed_at=clock.now()):
        raise RuleBroken(_("This department is closed already."))
    _changed(hospital, "hospitals.department_closed", by, name=department.name)


@one_transaction
def add_service(*, hospital, name, by):
    """A hospital offers one more thing. Raises RuleBroken when it is there already."""
    hospital, name = lock(hospital), _plain(name)
    if hospital.services.filter(name__iexact=name).exists():
        raise RuleBroken(_("%(name)s is there already.") % {"name": name}, field="name")
    _room_for_one_more(hospital.services)
    service = hospital.services.create(name=name)
    _changed(hospital, "hospitals.service_added", by, name=name)
    return service


@one_transaction
def remove_service(*, service, by):
    """A hospital no longer offers this."""
    hospital = lock(service.hospital)
    if not Service.objects.filter(pk=service.pk).delete()[0]:
        raise RuleBroken(_("This service is gone already."))
    _changed(hospital, "hospitals.service_removed", by, name=service.name)


def _plain(name):
    return " ".join(name.split())[:80]


def _room_for_one_more(rows):
    if rows.count() >= MOST_PARTS:
        raise RuleBroken(_("There are %(n)d already.") % {"n": MOST_PARTS}, field="name")


@one_transaction
def publish_opening(*, hospital, ranges, by, seen=""):
    """When a hospital is open becomes this. ranges: [(weekday, from minute, to minute)], a night passes 1440.

    Raises RuleBroken when two ranges overlap, those that end tomorrow included.
    """
    hospital = lock(hospital)
    check_stamp(seen, opening_stamp(hospital))
    ranges = sorted(ranges)
    for n, one in enumerate(ranges):
        for other in ranges[n + 1 :]:
            if _overlap(one, other):
                raise RuleBroken(_("Two of the times overlap: %(one)s and %(other)s.") % _spans(one, other))
    hospital.opening_hours.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(hospital=hospital, weekday=day, from_minute=begins, to_minute=ends) for day, begins, ends in ranges
    )
    return _changed(hospital, "hospitals.opening_published", by, ranges=len(ranges))


def _overlap(one, other):
    begins, ends = one[0] * 1440 + one[1], one[0] * 1440 + one[2]
    first, last = other[0] * 1440 + other[1], other[0] * 1440 + other[2]
    # Sunday night reaches into Monday: the week is a ring.
    return any(begins < last + shift and first + shift < ends for shift in (-WEEK, 0, WEEK))


def _spans(one, other):
    def words(row):
        return f"{row[1] // 60:02}:{row[1] % 60:02}–{row[2] // 60 % 24:02}:{row[2] % 60:02}"

    return {"one": words(one), "other": words(other)}


@one_transaction
def add_closure(*, hospital, on, by, name=""):
    """A hospital sees nobody by appointment on that day. What is booked is kept, for a person to decide on."""
    hospital = lock(hospital)
    if on < clock.today():
        raise RuleBroken(_("This day is over."), field="on")
    if hospital.closures.filter(on=on).exists():
        raise RuleBroken(_("This day is on the list already."), field="on")
    if hospital.closures.filter(on__gte=clock.today()).count() >= MOST_CLOSURES:
        raise RuleBroken(_("There are %(n)d days on the list already.") % {"n": MOST_CLOSURES}, field="on")
    closure = hospital.closures.create(on=on, name=_plain(name))
    _changed(hospital, "hospitals.closure_added", by, on=on.isoformat())
    return closure


@one_transaction
def remove_closure(*, closure, by):
    """The hospital is open on that day after all."""
    hospital = lock(closure.hospital)
    if not Closure.objects.filter(pk=closure.pk).delete()[0]:
        raise RuleBroken(_("This day is off the list already."))
    _changed(hospital, "hospitals.closure_removed", by, on=closure.on.isoformat())


def _changed(hospital, code, by, **facts):
    record(code, by=by, about=hospital, **facts)
    announce("hospitals.changed", hospital=hospital)
    return hospital
