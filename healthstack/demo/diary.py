"""Whose time is taken, kept in memory: the story looks for a free time so often that asking the tables would take long.

Whether a time can be had is decided by the booking itself, as for everybody.
"""

from collections import defaultdict

from appointments import openings, slots
from appointments.models import Hours
from healthstack.lib import clock


class Diary:
    """The free times of each doctor, less those at which the patient is somewhere else."""

    def __init__(self, doctors):
        """doctors: {number: Doctor}, with offers prefetched and hours published."""
        self.doctors = doctors
        self.weekly, self.away = defaultdict(list), defaultdict(list)
        self.busy, self.patients = defaultdict(dict), defaultdict(set)
        numbers = {doctor.pk: number for number, doctor in doctors.items()}
        for row in Hours.objects.offered().filter(doctor__in=numbers).select_related("hospital"):
            self.weekly[numbers[row.doctor_id]].append(openings.as_hours(row))

    def free(self, number, on, *, days=1, visit_type="check_up", patient=None):
        """The slots of that day and those behind it. -> [Slot]"""
        doctor, now = self.doctors[number], clock.now()
        found = slots.free_times(
            self.weekly[number],
            busy=self.busy[number],
            away=self.away[number],
            length=openings.minutes_of(doctor, visit_type),
            start_on=on,
            days=days,
            earliest=openings.earliest(doctor, now),
            latest=slots.quantum(now) + doctor.days_ahead * 288,
        )
        taken = self.patients[patient]
        return [slot for slot in found if taken.isdisjoint(range(slot.start, slot.end))]

    def leave(self, number, starts_at, ends_at):
        self.away[number].append((slots.quantum(starts_at), slots.quantum(ends_at)))

    def take(self, number, patient, row):
        """A visit holds its time."""
        start, end, busy_until = self._span(row)
        self.patients[patient].update(range(start, end))
        for q in range(start, busy_until):
            room, mask = self.busy[number].get(q, (row.hospital_id, 0))
            self.busy[number][q] = (room, mask | 1 << row.place)

    def give_back(self, number, patient, row):
        """A visit holds its time no longer."""
        start, end, busy_until = self._span(row)
        self.patients[patient].difference_update(range(start, end))
        for q in range(start, busy_until):
            room, mask = self.busy[number].pop(q)
            if mask := mask & ~(1 << row.place):
                self.busy[number][q] = (room, mask)

    def _span(self, row):
        return (slots.quantum(moment) for moment in (row.starts_at, row.ends_at, row.busy_until))
