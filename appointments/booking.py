"""The booking page's reading: types, days and times of one doctor as they are free now, and the summary beside them."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from appointments import openings, slots, workflow
from appointments.forms import SLOT, typed_day
from healthstack.lib import clock
from healthstack.lib.zones import zone_words
from hospitals.models import Hospital, VisitType

FEW = 5
# Where the summary of errors leads: types and times are radios without a field of their own.
IDS = {"id_slot": "slots", "id_who": "who", "id_visit_type": "sheet", "id_visit_type_0": "sheet"}
PARTS = (("sunrise", 0, 12), ("sun", 12, 17), ("moon", 17, 24))


@dataclass
class Day:
    on: object
    free: int
    chosen: bool

    @property
    def few(self):
        return 0 < self.free < FEW


@dataclass
class Part:
    """Morning, afternoon or evening, with its free slots."""

    name: str
    icon: str
    slots: list


class Sheet:
    """One doctor's booking page. `people`: the patients who can be booked for, the usual one first. `asked`: the query
    or the form, of which nothing is trusted.

    Nothing is held by looking: the day and time that come in may be gone, then the nearest day with free times shows.
    """

    def __init__(self, doctor, people, asked):
        self.doctor, self.people, self.asked = doctor, people, asked
        self.patient = next((one for one in people if str(one.pk) == asked.get("who")), people[0])
        self.offers = list(doctor.offers.all())
        rows = list(openings.offered(doctor=doctor))
        self.hours = openings.weekly(rows)
        hospitals = {row.hospital for row in rows} or Hospital.objects.findable().filter(
            pk__in=doctor.affiliations.current().values("hospital")
        )
        self.hospitals = {hospital.pk: hospital for hospital in sorted(hospitals, key=lambda h: (h.name, h.pk))}
        types = [offer.visit_type for offer in self.offers]
        asked_type = asked.get("visit_type", "")
        self.visit_type = asked_type if asked_type in types else (types[0] if types else "")
        match = SLOT.fullmatch(asked.get("slot", "")[:30])
        self.asked_slot = (int(match[1]), int(match[2])) if match else None

    @property
    def choices(self):
        return {"offers": self.offers, "hospitals": self.hospitals.values(), "people": self.people}

    @property
    def kept(self):
        """The beginning of a query that keeps for whom the visit is; nothing where there is no choice."""
        return f"who={self.patient.pk}&" if len(self.people) > 1 else ""

    @property
    def initial(self):
        return {"message": self.asked.get("message", "")[:500], "request_key": uuid4()}

    @cached_property
    def zones(self):
        return {pk: hospital.zone for pk, hospital in self.hospitals.items()}

    @cached_property
    def today(self):
        zone = next(iter(self.zones.values()), "Asia/Kolkata")
        return openings.local_day(clock.now(), zone)

    @cached_property
    def week_from(self):
        """The first of the seven days on show: the week of the asked day, counted from today."""
        day = typed_day(self.asked.get("day") or self.asked.get("week"), default=self._slot_day or self.today)
        ahead = max(0, min((day - self.today).days, self.doctor.days_ahead))
        return self.today + timedelta(ahead - ahead % 7)

    @cached_property
    def _slot_day(self):
        if not self.asked_slot or self.asked_slot[0] not in self.zones or self.asked_slot[1] >= 2**31:
            return None
        return openings.local_day(slots.moment(self.asked_slot[1]), self.zones[self.asked_slot[0]])

    @cached_property
    def free(self):
        """{local date: [Slot]} of the seven days."""
        found = openings.free_for(
            [self.doctor],
            start_on=self.week_from - timedelta(1),
            days=8,
            visit_type=self.visit_type,
            hours=self.hours,
        )
        return openings.by_day(found[self.doctor.pk], self.zones)

    @cached_property
    def day(self):
        """The chosen day when it is in this week, else the first of the week with a free time, else its first."""
        week = [self.week_from + timedelta(n) for n in range(7)]
        asked = typed_day(self.asked.get("day"), default=self._slot_day or self.week_from)
        if asked in week and (self.free.get(asked) or self.asked.get("day")):
            return asked
        return next((on for on in week if self.free.get(on)), week[0])

    @property
    def days(self):
        week = [self.week_from + timedelta(n) for n in range(7)]
        return [Day(on, len(self.free.get(on, ())), on == self.day) for on in week]

    @cached_property
    def chosen(self):
        """The slot that was asked for, when it is still free, else None: a time is chosen, never assumed."""
        wanted = self.asked_slot
        return next((s for s in self.free.get(self.day, ()) if wanted == (s.room, s.start)), None)

    @property
    def parts(self):
        """[(hospital, [Part])]: the day's free times where they are."""
        names = (_("Morning"), _("Afternoon"), _("Evening"))
        places = []
        for pk, hospital in self.hospitals.items():
            here = [slot for slot in self.free.get(self.day, ()) if slot.room == pk]
            parts = []
            for name, (icon, first, last) in zip(names, PARTS, strict=True):
                some = [s for s in here if first <= s.starts_at.astimezone(ZoneInfo(hospital.zone)).hour < last]
                if some:
                    parts.append(Part(name, icon, some))
            if parts:
                places.append((hospital, parts))
        return places

    @cached_property
    def hospital(self):
        """Where the chosen time is; else where the first free one of the day is."""
        slot = self.chosen or next(iter(self.free.get(self.day, ())), None)
        return self.hospitals.get(slot.room) if slot else next(iter(self.hospitals.values()), None)

    @property
    def by_video(self):
        return self.visit_type == VisitType.VIDEO

    @property
    def free_until(self):
        """Until when a visit at the chosen time can be cancelled or moved here, or None when that has passed."""
        if not self.chosen:
            return None
        until = self.chosen.starts_at - timedelta(minutes=self.doctor.cancel_notice_minutes)
        return until if until > clock.now() else None

    @property
    def zone(self):
        return self.hospital.zone if self.hospital else ""

    def book(self, data, *, by, **more):
        hospital, start = data["slot"]
        return workflow.book(
            doctor=self.doctor,
            hospital=hospital,
            patient=self.patient,
            visit_type=data["visit_type"],
            start=start,
            message=data["message"],
            request_key=str(data["request_key"]) if data["request_key"] else None,
            by=by,
            **more,
        )

    def template(self, request):
        return "appointments/_sheet.html" if request.htmx else "appointments/book.html"

    def context(self, form, refusal=None):
        hospital = self.hospital
        fees = self.doctor.fees_in(hospital) if hospital else {}
        first, last = self.days[0].on, self.week_from + timedelta(7)
        return {
            "sheet": self,
            "form": form,
            "doctor": self.doctor,
            "patient": self.patient,
            "people": self.people,
            "hospital": hospital,
            "refusal": refusal,
            "problems": [(IDS.get(name, name), text) for name, text in form.problems],
            "types": [(o, o.visit_type == self.visit_type) for o in self.offers],
            "offer": next((o for o in self.offers if o.visit_type == self.visit_type), None),
            "fee": fees.get(self.visit_type),
            "days": self.days,
            "parts": self.parts,
            "several": len(self.hospitals) > 1,
            "zone_words": zone_words(hospital.zone, clock.now()) if hospital else "",
            "week_before": first - timedelta(7) if first > self.today else None,
            "week_after": last if (last - self.today).days < self.doctor.days_ahead else None,
            "latest_day": self.today + timedelta(self.doctor.days_ahead),
        }


def asked(request):
    """What was asked for: the query, or the form. A button of the nearest free times stands for the chosen time."""
    if request.method != "POST":
        return request.GET
    data = request.POST.copy()
    if "nearest" in data:
        data["slot"] = data["nearest"]
        data.pop("day", None)
    return data


def way_back(request):
    """Where the person came from, when the form says so and it is a page of ours; else None."""
    path = request.POST.get("next", "")
    return path if url_has_allowed_host_and_scheme(path, None) and path.startswith("/") else None
