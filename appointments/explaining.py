"""Why is this time not offered? The reasons of `slots.why_not` as sentences, for the doctor and the hospital's staff."""

from datetime import timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appointments import openings, slots
from appointments.forms import ExplainForm
from appointments.models import Claim
from doctors.models import Doctor
from healthstack.lib import clock
from hospitals.models import Closure, Hospital, Staff, VisitType


class Question:
    """A doctor, a kind of visit, a day and a time; and the answer, once they are asked. query: nothing in it is trusted.

    Doctors ask about themselves, staff about the doctors of their hospitals.
    """

    def __init__(self, user, query):
        self.user = user
        self.own = list(Doctor.objects.of(user).select_related("user").prefetch_related("offers"))
        self.hospitals = set()
        doctors = list(self.own)
        if user.has_perm("appointments.view_hospital_appointment"):
            self.hospitals = set(Staff.objects.of(user).values_list("hospital", flat=True))
            here = Doctor.objects.filter(affiliations__hospital__in=self.hospitals, affiliations__ended_on=None)
            rows = here.select_related("user").prefetch_related("offers").order_by("user__name", "pk").distinct()
            doctors += [doctor for doctor in rows[:500] if doctor not in doctors]
        self.form = ExplainForm(query if "day" in query else None, doctors=doctors)
        self.book_over, self.desk = "", None
        self.asked = self.form.is_bound and self.form.is_valid()
        if self.asked:
            self._answer(**self.form.cleaned_data)

    def _answer(self, doctor, visit_type, day, time):
        self.doctor = doctor
        rows = list(openings.offered(doctor=doctor))
        self.rows = {row.pk: row for row in rows}
        here = [row.hospital for row in rows if row.hospital_id in self.hospitals] or [row.hospital for row in rows]
        self.zone = here[0].zone if here else Hospital._meta.get_field("zone").default
        start = slots.quantum_of(day, time, ZoneInfo(self.zone))
        self.start = slots.moment(start)
        self.minutes = openings.minutes_of(doctor, visit_type)
        self.reasons = list(self._standing(visit_type))
        if self.minutes:
            hours = openings.weekly(rows)
            first, last = openings.edges(day - timedelta(2), 5)
            limits = openings.Limits([doctor.pk], hours, first, last).of(doctor)
            facts = {"start": start, "length": self.minutes, "video": visit_type == VisitType.VIDEO}
            facts["busy"] = openings.busy_in([doctor.pk], first, last)[doctor.pk]
            found = slots.why_not(hours[doctor.pk], **facts, **limits)
            self.reasons += [self._sentence(reason) for reason in found]
            shut = {"away": limits["away"], "closed": limits["closed"]}
            beside = slots.squeeze(hours[doctor.pk], **facts, **shut)
            if beside and self.reasons and self.start > clock.now():
                self._offer_to_book_over(self.rows[beside.hours].hospital, visit_type)

    def _offer_to_book_over(self, hospital, visit_type):
        """Who may book over what is free is led there: the doctor at once, the reception by way of the patient."""
        if self.doctor in self.own and self.user.has_perm("appointments.overbook_appointment"):
            there = self.start.astimezone(ZoneInfo(hospital.zone))
            known = {"hospital": hospital.pk, "visit_type": visit_type, "day": f"{there:%Y-%m-%d}"}
            self.book_over = urlencode({**known, "time": f"{there:%H:%M}"})
        elif hospital in Hospital.objects.at_desk(self.user):
            self.desk = hospital

    def _standing(self, visit_type):
        """What keeps every time from being offered."""
        if self.doctor.state != Doctor.State.APPROVED:
            yield _("%(name)s cannot be booked: %(state)s.") % {
                "name": self.doctor.name,
                "state": self.doctor.get_state_display(),
            }
        if not self.minutes:
            kind = dict(VisitType.choices)[visit_type]
            yield _("%(name)s does not offer this kind of visit: %(type)s.") % {"name": self.doctor.name, "type": kind}

    def _sentence(self, reason):
        return getattr(self, f"_{reason.word}")(reason)

    def _past_notice(self, reason):
        if self.start <= clock.now():
            return _("This time has passed.")
        facts = {"when": self._when(reason.at), "n": self.doctor.notice_minutes}
        return _("Patients book at least %(n)d minutes before. The soonest is %(when)s.") % facts

    def _too_far(self, reason):
        return _("Patients book at most %(n)d days ahead.") % {"n": self.doctor.days_ahead}

    def _leave(self, reason):
        facts = {"name": self.doctor.name, "when": self._when(reason.at)}
        return _("%(name)s is on leave until %(when)s.") % facts

    def _no_hours(self, reason):
        return _("There are no hours then.")

    def _other_kind(self, reason):
        if self.rows[reason.row].video:
            return _("The hours then are for video visits only.")
        return _("The hours then are not for video visits.")

    def _not_valid(self, reason):
        row = self.rows[reason.row]
        facts = {"from": date_format(row.valid_from, "j M Y")}
        if row.valid_until is None:
            return _("The hours then count only from %(from)s on.") % facts
        facts["until"] = date_format(row.valid_until, "j M Y")
        return _("The hours then count only from %(from)s until %(until)s.") % facts

    def _closed(self, reason):
        hospital = self.rows[reason.row].hospital
        on = openings.local_day(self.start, hospital.zone)
        name = Closure.objects.filter(hospital=hospital, on=on).values_list("name", flat=True).first()
        if name:
            return _("%(hospital)s is closed that day: %(name)s.") % {"hospital": hospital.name, "name": name}
        return _("%(hospital)s is closed that day.") % {"hospital": hospital.name}

    def _too_long(self, reason):
        facts = {"n": self.minutes, "when": self._clock(reason.at)}
        return _("A visit of %(n)d minutes would end after the hours, which end at %(when)s.") % facts

    def _off_grid(self, reason):
        row = self.rows[reason.row]
        facts = {"n": row.visit + row.buffer, "when": self._clock(reason.at)}
        return _("Visits start every %(n)d minutes. The next start is %(when)s.") % facts

    def _taken(self, reason):
        return self._whose(reason.at) or _("Another visit is then.")

    def _pause(self, reason):
        facts = {"n": self.rows[reason.row].buffer, "when": self._clock(reason.at)}
        return _("The pause of %(n)d minutes after it would not be free: at %(when)s something else begins.") % facts

    def _whose(self, quantum):
        """Which visit takes that time; the name only for those who may see it."""
        rows = Claim.objects.filter(doctor=self.doctor, quantum=quantum).order_by("place")
        claim = rows.select_related("appointment__patient").first()
        if claim is None:
            return ""
        visit = claim.appointment
        may_see = self.doctor in self.own or visit.hospital_id in self.hospitals
        facts = {
            "name": visit.patient.name,
            "from": self._clock(slots.quantum(visit.starts_at)),
            "to": self._clock(slots.quantum(visit.ends_at)),
        }
        if claim.patient_id is None:
            return _("It is the pause after the visit from %(from)s to %(to)s.") % facts
        if may_see:
            return _("Taken by %(name)s, from %(from)s to %(to)s.") % facts
        return _("Taken by another visit, from %(from)s to %(to)s.") % facts

    def _when(self, quantum):
        there = slots.moment(quantum).astimezone(ZoneInfo(self.zone))
        return f"{date_format(there, 'D j M Y')}, {there:%H:%M}"

    def _clock(self, quantum):
        return f"{slots.moment(quantum).astimezone(ZoneInfo(self.zone)):%H:%M}"
