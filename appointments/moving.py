"""The page on which a visit is moved: the booking page's days and times, with the visit's own time counted as free."""

from datetime import timedelta

from django.utils.functional import cached_property

from appointments import openings, workflow
from appointments.booking import IDS, Sheet
from appointments.workflow.notice import speaks_as_patient, why_too_late
from healthstack.lib import clock
from healthstack.lib.zones import zone_words


class MoveSheet(Sheet):
    """Where a visit can go. by: who moves it; patients keep to the minimum notice, doctors and staff need not."""

    def __init__(self, visit, asked, *, by):
        super().__init__(visit.doctor, [visit.patient], asked)
        self.visit, self.visit_type, self.by = visit, visit.visit_type, by
        self.by_patient = speaks_as_patient(visit, by)

    @property
    def closed(self):
        """Why it cannot be moved here any more, or an empty text."""
        if not self.visit.is_movable:
            return self.visit.not_movable
        return why_too_late(row=self.visit, by=self.by)

    @property
    def choices(self):
        return {"hospitals": self.hospitals.values()}

    @cached_property
    def _slot_day(self):
        """The week of the visit, unless another time is asked for."""
        return super()._slot_day or max(self.today, openings.local_day(self.visit.starts_at, self.visit.hospital.zone))

    @cached_property
    def free(self):
        start_on = self.week_from - timedelta(1)
        busy = openings.busy_in([self.doctor.pk], *openings.edges(start_on, 8), besides=self.visit)
        found = openings.free_for(
            [self.doctor],
            start_on=start_on,
            days=8,
            visit_type=self.visit_type,
            lengths={self.doctor.pk: self.visit.minutes},
            hours=self.hours,
            busy=busy,
            notice=self.by_patient,
        )
        now = (self.visit.hospital_id, self.visit.starts_at)
        return openings.by_day((s for s in found[self.doctor.pk] if (s.room, s.starts_at) != now), self.zones)

    @cached_property
    def hospital(self):
        """Where the chosen time is; else where the visit is now."""
        return self.hospitals.get(self.chosen.room) if self.chosen else self.visit.hospital

    @property
    def asks_again(self):
        """Does the doctor have to answer once more?"""
        return self.by_patient and not self.doctor.confirms_instantly

    @property
    def fee(self):
        """What the visit costs at the chosen time, by the rule of `workflow.reschedule`."""
        if self.hospital is None or self.hospital.pk == self.visit.hospital_id:
            return self.visit.fee
        there = self.doctor.fees_in(self.hospital)[self.visit_type]
        return there if self.by_patient else min(there, self.visit.fee)

    def move(self, data, *, by):
        hospital, start = data["slot"]
        return workflow.reschedule(appointment=self.visit, hospital=hospital, start=start, reason=data["reason"], by=by)

    def template(self, request):
        return "appointments/_sheet.html" if request.htmx else "appointments/reschedule.html"

    def context(self, form, refusal=None):
        hospital = self.hospital
        first, last = self.days[0].on, self.week_from + timedelta(7)
        return {
            "sheet": self,
            "moving": self.visit,
            "visit": self.visit,
            "form": form,
            "doctor": self.doctor,
            "patient": self.patient,
            "hospital": hospital,
            "refusal": refusal,
            "problems": [(IDS.get(name, name), text) for name, text in form.problems],
            "days": self.days,
            "parts": self.parts,
            "several": len(self.hospitals) > 1,
            "zone_words": zone_words(hospital.zone, clock.now()) if hospital else "",
            "week_before": first - timedelta(7) if first > self.today else None,
            "week_after": last if (last - self.today).days < self.doctor.days_ahead else None,
        }
