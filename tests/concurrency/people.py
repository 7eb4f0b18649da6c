"""Who comes and goes in the churn: each does over HTTP what such a person does, by the pages and forms of the site."""

import re
from datetime import timedelta

from tests.concurrency.churn import Person


class Visitor(Person):
    """A patient who books, moves and cancels; a guardian does it for the child as well."""

    wanted = ("booked", "moved", "cancelled", "refused")

    def __init__(self, *where, people, times):
        super().__init__(*where)
        self.people, self.times, self.mine = people, times, []

    def begin(self):
        self.load(f"/doctors/{next(iter(self.times)).slug}/book/")

    def act(self):
        act = self.pick.random()
        if self.mine and act < 0.25:
            self.cancel(self.mine.pop())
        elif self.mine and act < 0.55:
            self.move(self.pick.choice(self.mine))
        else:
            self.book(self.pick.choice(list(self.times)))

    def book(self, doctor):
        who, slot = self.pick.choice(self.people), self.pick.choice(self.times[doctor])
        fields = {"visit_type": "follow_up", "slot": f"{slot.room}-{slot.start}", "who": who.pk}
        columns = {"state": "requested", "starts_at": slot.starts_at, "patient": str(who.pk), "doctor": doctor.pk}
        answer = self.ask("POST", f"/doctors/{doctor.slug}/book/", fields)
        if answer is None:
            return self.log.perhaps(**columns)
        if answer.status != 302 or not answer.location.startswith("/appointments/"):
            return self.log.count("refused")
        key = answer.location.split("/")[2]
        self.mine.append((key, doctor))
        whose = "booked" if who == self.people[0] else "booked for a child"
        return self.log.note(whose, key, **columns)

    def move(self, visit):
        key, doctor = visit
        slot = self.pick.choice(self.times[doctor])
        answer = self.ask("POST", f"/appointments/{key}/reschedule/", {"slot": f"{slot.room}-{slot.start}"})
        if answer is None:
            self.mine.remove(visit)
            return self.unsure(key)
        if answer.status == 302:
            return self.log.note("moved", key, starts_at=slot.starts_at)
        return self.log.count("refused")

    def cancel(self, visit):
        key, _doctor = visit
        answer = self.ask("POST", f"/appointments/{key}/cancel/", {"reason": "Not needed"})
        if answer is None:
            return self.unsure(key)
        if answer.status == 302:
            return self.log.note("cancelled", key, state="cancelled")
        return self.log.count("refused")


class DoctorAtHours(Person):
    """A doctor who goes home at noon, and then again does not, on every day of the week."""

    wanted = ("hours changed",)

    def __init__(self, *where, doctor):
        super().__init__(*where)
        self.doctor = doctor

    def act(self):
        fields = self.form("/schedule/", "/schedule/publish/")
        rows = [name for name in fields if re.fullmatch(r"hours-\d+-ends", name) and fields[name]]
        until = 12 if fields[rows[0]] != "12:00" else 16
        typed = {**fields, **dict.fromkeys(rows, f"{until}:00"), "accept": "1"}
        answer = self.ask("POST", "/schedule/publish/", typed)
        if answer is None:
            self.log.hours[self.doctor.pk] = None
            return None
        if answer.status == 302 or (answer.status == 200 and "Your hours are published." in answer.page):
            self.log.hours[self.doctor.pk] = until * 60
            return self.log.count("hours changed")
        return self.log.count("hours refused")


class Administrator(Person):
    """Suspends a doctor in the panel, and takes it back."""

    wanted = ("suspended", "reinstated")
    PANEL = "/admin/doctors/doctor/"

    def __init__(self, *where, doctor):
        super().__init__(*where)
        self.doctor = doctor

    def act(self):
        before = self.state()
        if before == "suspended":
            after, word = "approved", "reinstate"
            answer = self.ask("POST", f"{self.PANEL}reinstate/", {"only": self.doctor.pk})
        else:
            after, word = "suspended", "suspend"
            fields = self.form(f"{self.PANEL}suspend/?pick={self.doctor.pk}", f"{self.PANEL}suspend/")
            if fields is None:  # one that was cut off has come through meanwhile
                return
            answer = self.ask("POST", f"{self.PANEL}suspend/", {**fields, "reason": "Under review"})
        if answer is None:
            self.log.states[self.doctor.pk] = None
        elif answer.status == 302 and self.state() == after:
            self.log.states[self.doctor.pk] = after
            self.log.count("suspended" if word == "suspend" else "reinstated")
        else:
            self.log.count(f"{word} refused")

    def state(self):
        """As the panel shows it: by what it offers."""
        page = self.load(f"{self.PANEL}{self.doctor.pk}/change/")
        return "suspended" if f'action="{self.PANEL}reinstate/"' in page else "approved"


class Receptionist(Person):
    """Registers whoever comes in from the street, books a time of today, and checks them in, or hears that they leave."""

    wanted = ("registered", "booked at the desk", "checked in", "cancelled at the desk")

    def __init__(self, *where, hospital, times, born_from):
        super().__init__(*where)
        self.desk, self.times = f"/reception/{hospital.slug}/", times
        self.born_on = born_from

    def act(self):
        patient = self.register()
        if not patient:
            return
        visit = self.book(patient)
        if not visit:
            return
        if self.pick.random() < 0.6:
            self.step(visit, "check-in", "checked in", "checked_in")
        else:
            self.step(visit, "cancel", "cancelled at the desk", "cancelled", reason="The patient has left")

    def register(self):
        """-> the key of somebody whom nobody has seen before, or None"""
        self.born_on += timedelta(1)
        day = f"{self.born_on.day} {self.born_on.month} {self.born_on.year}"
        self.load(f"{self.desk}register/")
        person = {"name": "Ramesh Yadav", "born_on": day, "phone": "", "gender": "male"}
        answer = self.ask("POST", f"{self.desk}register/", person)
        if answer is None:
            return self.log.count("unknown registrations")
        if answer.status != 302:
            return self.log.count("registration refused")
        patient = answer.location.split("/")[4]
        with self.log.lock:
            self.log.registered[patient] = self.born_on
        self.log.count("registered")
        return patient

    def book(self, patient):
        """-> the key of the visit, or None"""
        address = f"{self.desk}patients/{patient}/"
        fields = self.form(f"{address}book/", f"{address}book/")
        for _ in range(5):
            doctor = self.pick.choice(list(self.times))
            slot = self.pick.choice(self.times[doctor])
            typed = {"doctor": doctor.slug, "visit_type": "follow_up", "slot": f"{slot.room}-{slot.start}"}
            columns = {"state": "confirmed", "starts_at": slot.starts_at, "patient": patient, "doctor": doctor.pk}
            answer = self.ask("POST", f"{address}book/", {**fields, **typed})
            if answer is None:
                return self.log.perhaps(**columns)
            if answer.status == 302:
                visit = re.search(r"/appointments/([0-9a-f-]{36})/", self.load(address))[1]
                self.log.note("booked at the desk", visit, **columns)
                return visit
            self.log.count("refused at the desk")
        return None

    def step(self, visit, word, said, state, **fields):
        answer = self.ask("POST", f"/appointments/{visit}/{word}/", fields)
        if answer is None:
            self.unsure(visit)
        elif answer.status == 302:
            self.log.note(said, visit, state=state)
        else:
            self.log.count(f"not {said}")
