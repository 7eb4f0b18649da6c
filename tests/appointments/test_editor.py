"""The editor of hours: what is typed is kept, nothing is published by looking, and nothing vanishes in silence."""

from datetime import date, timedelta

import pytest

from appointments import workflow
from appointments.models import Appointment, Hours
from healthstack.lib.rules import RuleBroken
from hospitals.models import Closure, Hospital
from tests.factories import DoctorFactory, book, free_slots, hours_in

SCHEDULE, PUBLISH = "/schedule/", "/schedule/publish/"
MONDAY = date(2026, 3, 2)


def text(answer):
    return " ".join(answer.content.decode().split())


def spans(doctor):
    rows = Hours.objects.filter(doctor=doctor).order_by("weekday", "from_minute")
    return [(row.weekday, row.from_minute // 60, row.to_minute // 60) for row in rows]


@pytest.fixture
def desk(sign_in, hospital):
    """A doctor with hours on Monday and Tuesday, at the editor."""

    class Desk:
        doctor = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, ends=12, weekdays=[0, 1]))
        browser = sign_in(doctor)

        def typed(self):
            """The fields as the page gives them."""
            page = self.browser.get(SCHEDULE)
            forms = page.context["hours"].forms
            data = {"hours-TOTAL_FORMS": len(forms), "hours-INITIAL_FORMS": 0, "version": page.context["desk"].version}
            for n, form in enumerate(forms):
                for field in form:
                    value = field.value()
                    data[f"hours-{n}-{field.name}"] = "" if value is None else value
            return data

        def send(self, **changes):
            return self.browser.post(PUBLISH, {**self.typed(), **changes})

    return Desk()


class TestRows:
    def test_what_is_not_changed_stays_as_it_is(self, desk):
        before = list(Hours.objects.filter(doctor=desk.doctor).values())
        assert desk.send().status_code == 302
        assert list(Hours.objects.filter(doctor=desk.doctor).values()) == before

    def test_one_changed_row_touches_no_other(self, desk):
        Hours.objects.filter(doctor=desk.doctor, weekday=1).update(buffer=10, places=2, valid_until=date(2026, 12, 31))
        before = Hours.objects.filter(doctor=desk.doctor, weekday=1).values().get()
        desk.send(**{"hours-0-ends": "11:00"})
        assert spans(desk.doctor)[0] == (0, 9, 11)
        assert Hours.objects.filter(doctor=desk.doctor, weekday=1).values().get() == before

    def test_all_that_a_row_has(self, desk, hospital):
        more = {"buffer": "10", "places": "3", "valid_from": "2026-04-01", "valid_until": "2026-06-30", "visit": "30"}
        desk.send(**{f"hours-0-{name}": value for name, value in more.items()})
        row = Hours.objects.get(doctor=desk.doctor, weekday=0)
        assert (row.buffer, row.places, row.visit) == (10, 3, 30)
        assert (row.valid_from, row.valid_until) == (date(2026, 4, 1), date(2026, 6, 30))
        page = desk.browser.get(SCHEDULE)
        assert 'value="2026-06-30"' in text(page)
        assert '<details class="morehours" open>' in text(page), "what is unusual is seen at once"

    def test_an_emptied_row_ends(self, desk):
        desk.send(**{"hours-0-begins": "", "hours-0-ends": ""})
        assert spans(desk.doctor) == [(1, 9, 12)]

    def test_video_hours_where_the_doctor_offers_video(self, sign_in, hospital):
        assert "By video" not in text(sign_in(DoctorFactory(hospitals=[hospital])).get(SCHEDULE))
        doctor = DoctorFactory(hospitals=[hospital], offers={"check_up": 20, "video": 20})
        browser = sign_in(doctor)
        assert f'value="{hospital.pk}-video"' in text(browser.get(SCHEDULE))
        data = {"hours-TOTAL_FORMS": 1, "hours-INITIAL_FORMS": 0, "hours-0-weekday": 0, "hours-0-begins": "18:00"}
        data |= {"hours-0-ends": "19:00", "hours-0-visit": 20, "hours-0-hospital": f"{hospital.pk}-video"}
        data["version"] = browser.get(SCHEDULE).context["desk"].version
        browser.post(PUBLISH, data)
        assert [(row.video, row.hospital) for row in Hours.objects.filter(doctor=doctor)] == [(True, hospital)]

    def test_extra_hours_on_a_day(self, desk, hospital):
        added = desk.send(add="once")
        assert added.status_code == 200
        form = added.context["desk"].extra[0]
        day = {
            "on": "2026-03-07",
            "begins": "10:00",
            "ends": "11:00",
            "visit": "20",
            "hospital": hospital.pk,
            "once": 1,
        }
        data = {**desk.typed(), "hours-TOTAL_FORMS": len(added.context["hours"].forms)}
        desk.browser.post(PUBLISH, {**data, **{f"{form.prefix}-{name}": value for name, value in day.items()}})
        row = Hours.objects.get(doctor=desk.doctor, once=True)
        assert (row.valid_from, row.valid_until, row.weekday) == (date(2026, 3, 7), date(2026, 3, 7), 5)
        assert [s.starts_at.date() for s in free_slots(desk.doctor, days=14) if s.hours == row.pk] == [
            row.valid_from
        ] * 3
        assert desk.send().status_code == 302, "they stay when the page is sent again"
        assert Hours.objects.filter(doctor=desk.doctor, once=True).count() == 1

    def test_hours_that_are_over_leave_the_page(self, desk):
        Hours.objects.filter(doctor=desk.doctor, weekday=1).update(valid_until=MONDAY - timedelta(1))
        assert [row.weekday for row in desk.browser.get(SCHEDULE).context["desk"].existing.values()] == [0]

    def test_hours_in_a_hospital_that_is_suspended_rest(self, desk, hospital, other_hospital):
        Hospital.objects.filter(pk=hospital.pk).update(state="suspended")
        workflow.publish(doctor=desk.doctor, rows=[], by=desk.doctor.user)
        assert spans(desk.doctor) == [(0, 9, 12), (1, 9, 12)]

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("valid_from", "0001-01-01", "Enter a date"),
            ("valid_from", "2027-02-29", "Enter a date"),
            ("valid_until", "9999-12-31", "Enter a date"),
            ("valid_until", "2026-03-01", "must come after the first"),
            ("places", "0", "from 1 to 50"),
            ("places", "NaN", "from 1 to 50"),
            ("places", "1" + "0" * 30, "from 1 to 50"),
            ("buffer", "7", "Select a valid choice"),
            ("hospital", "999", "Choose a hospital in which you work"),
            ("ends", "09:05", "shorter than one visit"),
            ("weekday", "9", "7|less than or equal to 6"),
        ],
    )
    def test_nonsense_is_answered_in_words(self, desk, field, value, sentence):
        answer = desk.send(**{f"hours-0-{field}": value})
        assert answer.status_code == 422
        assert any(part in text(answer) for part in sentence.split("|"))
        assert spans(desk.doctor) == [(0, 9, 12), (1, 9, 12)]


class TestCopy:
    def test_a_day_is_copied_over_others_and_nothing_is_published_yet(self, desk):
        answer = desk.send(**{"copy": "0", "copy-0": ["1", "3"], "hours-0-ends": "13:00"})
        assert answer.status_code == 200
        shown = {n: [form["ends"].value() for form in forms] for n, _name, forms in answer.context["desk"].week}
        assert shown[1] == ["13:00"]
        assert shown[3] == ["13:00"]
        assert shown[0] == ["13:00"]
        assert spans(desk.doctor) == [(0, 9, 12), (1, 9, 12)]

    def test_what_was_copied_is_published(self, desk):
        answer = desk.send(**{"copy": "0", "copy-0": ["3"]})
        data = {"hours-TOTAL_FORMS": len(answer.context["hours"].forms), "hours-INITIAL_FORMS": 0}
        data["version"] = desk.typed()["version"]
        for form in answer.context["hours"].forms:
            data |= {f"{form.prefix}-{field.name}": "" if field.value() is None else field.value() for field in form}
        assert desk.browser.post(PUBLISH, data).status_code == 302
        assert spans(desk.doctor) == [(0, 9, 12), (1, 9, 12), (3, 9, 12)]

    @pytest.mark.parametrize("days", [[], ["0"], ["9", "x"], ["1", "1"]])
    def test_strange_days_break_nothing(self, desk, days):
        assert desk.send(**{"copy": "0", "copy-0": days}).status_code == 200


class TestPreview:
    def test_it_counts_the_typed_hours_and_publishes_nothing(self, desk):
        answer = desk.send(**{"preview": "1", "hours-0-ends": "10:00"})
        assert answer.status_code == 200
        assert "These hours offer 12 visits in the coming week. They are not published yet." in text(answer)
        assert spans(desk.doctor) == [(0, 9, 12), (1, 9, 12)]

    def test_hours_that_begin_later_do_not_count(self, desk):
        answer = desk.send(**{"preview": "1", "hours-0-valid_from": "2026-05-01"})
        assert "These hours offer 9 visits" in text(answer)

    def test_faults_are_said(self, desk):
        assert desk.send(**{"preview": "1", "hours-0-ends": ""}).status_code == 422


class TestStranded:
    @pytest.fixture
    def visit(self, desk, patient):
        """At a quarter to twelve on Monday."""
        return book(patient, desk.doctor, slot=free_slots(desk.doctor, days=1)[8])

    def test_a_change_that_strands_a_visit_names_it_and_asks(self, desk, visit):
        answer = desk.send(**{"hours-0-ends": "11:00"})
        assert answer.status_code == 409
        assert "1 booked visit would lie outside your hours." in text(answer)
        assert "Priyanka Maurya" in text(answer)
        assert "Publish all the same" in text(answer)
        assert 'value="11:00"' in text(answer), "what was typed is kept"
        assert spans(desk.doctor)[0] == (0, 9, 12)

    def test_all_the_same_keeps_the_visit(self, desk, visit):
        answer = desk.send(**{"hours-0-ends": "11:00", "accept": "1"})
        assert "1 booked visit lies outside your hours. It is kept:" in text(answer)
        assert spans(desk.doctor)[0] == (0, 9, 11)
        visit.refresh_from_db()
        assert visit.state == "requested"
        assert visit.claims.exists()

    def test_what_lay_outside_before_does_not_ask_again(self, desk, visit):
        desk.send(**{"hours-0-ends": "11:00", "accept": "1"})
        answer = desk.send(**{"hours-1-ends": "11:00"})
        assert answer.status_code == 200
        assert spans(desk.doctor) == [(0, 9, 11), (1, 9, 11)]

    def test_hours_that_become_video_strand_a_visit_in_the_room(self, desk, visit, hospital):
        rows = hours_in(hospital, ends=12, weekdays=[0, 1], video=True)
        with pytest.raises(RuleBroken) as refusal:
            workflow.publish(doctor=desk.doctor, rows=rows, accept=False, by=desk.doctor.user)
        assert refusal.value.offers == [visit]
        assert Appointment.objects.count() == 1


class TestTwoTabs:
    def test_the_second_save_of_an_outdated_page_is_refused_and_keeps_what_was_typed(self, desk):
        old = {**desk.typed(), "hours-0-ends": "15:00"}
        desk.send(**{"hours-0-ends": "13:00"})
        answer = desk.browser.post(PUBLISH, old)
        assert answer.status_code == 409
        assert "changed elsewhere since you opened the page" in text(answer)
        assert 'value="15:00"' in text(answer)
        assert spans(desk.doctor)[0] == (0, 9, 13)
        assert desk.browser.post(PUBLISH, {**old, "preview": "1"}).status_code == 200
        assert desk.browser.post(PUBLISH, old).status_code == 409, "looking does not make it current"

    def test_the_same_page_sent_twice_does_no_harm(self, desk):
        data = {**desk.typed(), "hours-0-ends": "13:00"}
        assert [desk.browser.post(PUBLISH, data).status_code for _ in range(2)] == [302, 409]
        assert spans(desk.doctor)[0] == (0, 9, 13)


def test_holidays_of_the_hospital_are_shown(desk, hospital):
    Closure.objects.create(hospital=hospital, on=MONDAY + timedelta(2), name="Holi")
    assert "Holi" in text(desk.browser.get(SCHEDULE))


def test_the_doctors_page_says_when_hours_count(client, hospital):
    rows = [
        *hours_in(hospital, ends=12, weekdays=[0], valid_from=date(2026, 4, 6), valid_until=date(2026, 6, 29)),
        *hours_in(hospital, begins=13, ends=14, weekdays=[1]),
        *hours_in(hospital, begins=18, ends=19, weekdays=[2], video=True),
        *hours_in(hospital, begins=9, ends=10, weekdays=[3], valid_until=date(2026, 2, 1)),
        *hours_in(hospital, begins=10, ends=11, weekdays=[5], once=True, valid_from=date(2026, 3, 7)),
    ]
    doctor = DoctorFactory(hospitals=[hospital], hours=rows)
    week = text(client.get(doctor.get_absolute_url())).split('class="week"')[1].split("</ul>")[0]
    assert "09:00 to 12:00 from Mon 6 Apr until Mon 29 Jun" in week
    assert "18:00 to 19:00 by video" in week
    assert 'Sat 7 Mar</span><span class="num">10:00 to 11:00' in week
    assert "09:00 to 10:00" not in week, "hours that are over are not shown"
