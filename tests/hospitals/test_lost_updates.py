"""Two people have one form open: the second is told, keeps what was typed, reads what is stored, and may save again."""

import re

import pytest
from django.urls import reverse

from doctors.models import Affiliation, Doctor
from hospitals import workflow
from hospitals.models import Department, Hospital
from tests.factories import language
from tests.security.walk import form_in

STALE = "Somebody else has changed this in the meantime"
ROOT = "/hospital/sahara/"


@pytest.fixture
def second(hospital, hospital_admin, sign_in):
    """The browser of a second person who runs the hospital."""
    return sign_in(hospital_admin)


@pytest.fixture
def first(hospital, sign_in, other_patient):
    workflow.appoint(hospital=hospital, user=other_patient.user, by=None)
    return sign_in(other_patient)


def opened(browser, page, address=None):
    """What a person has before them: the address that the form goes to, and its values."""
    form = form_in(browser.get(page), address or page)
    return address or page, {
        name: value for name, value in dict(form["fields"]).items() if name != "csrfmiddlewaretoken"
    }


def problems(answer):
    """What is stored by now, of the fields that differ."""
    return re.findall(r'<a href="#[^"]*">[^<]+, (stored now: [^<]*)</a>', answer.content.decode())


def both(first, second, page, one, other, address=None):
    """Both open the page; the first saves, then the second. -> (the second's answer, that of saving once more)"""
    address, mine = opened(first, page, address)
    _address, theirs = opened(second, page, address)
    assert theirs["stamp"]
    assert first.post(address, {**mine, **one}).status_code == 302
    late = second.post(address, {**theirs, **other})
    fresh = re.search(r'name="stamp" value="(\w+)"', late.content.decode())[1]
    assert fresh != theirs["stamp"]
    return late, lambda: second.post(address, {**theirs, **other, "stamp": fresh})


class TestHospital:
    def test_details(self, first, second, hospital):
        late, again = both(first, second, f"{ROOT}details/", {"street": "1 New Road"}, {"beds": "70"})
        assert late.status_code == 409 and STALE in late.content.decode()
        assert {"stored now: 1 New Road", "stored now: nothing"} <= set(problems(late))
        html = late.content.decode()
        assert 'value="70"' in html and "Beds, stored now: nothing" in html and html.count(STALE) == 1
        assert (Hospital.objects.get().street, Hospital.objects.get().beds) == ("1 New Road", None)
        assert again().status_code == 302
        assert Hospital.objects.get().beds == 70

    def test_fees(self, first, second, hospital):
        late, again = both(first, second, f"{ROOT}fees/", {"check_up": "500"}, {"check_up": "900"})
        assert late.status_code == 409
        assert "stored now: 500.00" in problems(late) and 'value="900"' in late.content.decode()
        assert again().status_code == 302
        assert hospital.fees.get().amount == 900

    def test_opening_hours(self, first, second, hospital):
        page, to = f"{ROOT}opening/", f"{ROOT}opening/publish-opening/"
        monday = {"begins_0_0": "09:00", "ends_0_0": "17:00"}
        late, again = both(first, second, page, monday, {"begins_1_0": "10:00", "ends_1_0": "12:00"}, to)
        assert late.status_code == 409
        assert {"stored now: 09:00", "stored now: 17:00", "stored now: nothing"} <= set(problems(late))
        assert [row.weekday for row in hospital.opening_hours.all()] == [0]
        assert again().status_code == 302
        assert [row.weekday for row in hospital.opening_hours.all()] == [1]

    def test_the_name_of_a_department(self, first, second, hospital):
        department = workflow.add_department(hospital=hospital, name="Eyes", by=None)
        page = reverse("hospitals:rename_department", args=["sahara", department.pk])
        late, again = both(first, second, page, {"name": "Eye care"}, {"name": "Ophthalmology"})
        assert late.status_code == 409 and "stored now: Eye care" in problems(late)
        assert again().status_code == 302
        assert Department.objects.get().name == "Ophthalmology"

    def test_department_and_room_of_a_doctor(self, first, second, hospital, doctor):
        row = Affiliation.objects.get(doctor=doctor)
        eyes = workflow.add_department(hospital=hospital, name="Eyes", by=None)
        page = reverse("doctors:reassign", args=["sahara", row.pk])
        late, again = both(first, second, page, {"department": eyes.pk}, {"room": "Room 9"})
        assert late.status_code == 409
        assert {"stored now: Eyes", "stored now: Room 4"} <= set(problems(late))
        row.refresh_from_db()
        assert (row.department, row.room) == (eyes, "Room 4")
        assert again().status_code == 302

    def test_the_same_form_sent_again_is_no_conflict_with_oneself_when_nothing_changed(self, second, hospital):
        address, mine = opened(second, f"{ROOT}fees/")
        assert [second.post(address, mine).status_code for _ in range(2)] == [302, 302]


PAGE = "/doctor/page/"


class TestDoctorsOwnPage:
    @pytest.mark.parametrize(
        ("one", "stored"),
        [
            ({"about": "Twenty years"}, "stored now: Twenty years"),
            ({"minutes_follow_up": "15"}, "stored now: 15"),
            ({"fee_HOSPITAL_check_up": "450"}, "stored now: 450.00"),
            ({"confirms_instantly": "on"}, "stored now: ticked"),
        ],
    )
    def test_words_kinds_of_visit_and_fees(self, sign_in, doctor, hospital, one, stored):
        one = {name.replace("HOSPITAL", str(hospital.pk)): value for name, value in one.items()}
        late, again = both(sign_in(doctor), sign_in(doctor), PAGE, one, {"degrees": "MD, DM"})
        assert late.status_code == 409 and STALE in late.content.decode()
        assert stored in problems(late) and 'value="MD, DM"' in late.content.decode()
        assert Doctor.objects.get(pk=doctor.pk).degrees == ""
        assert again().status_code == 302

    def test_languages(self, sign_in, doctor):
        more = language("Tamil")
        late, _again = both(sign_in(doctor), sign_in(doctor), PAGE, {"languages": [more.pk]}, {"degrees": "MD, DM"})
        assert late.status_code == 409 and "stored now: Tamil" in problems(late)


def test_hours_are_published_over_others_only_by_who_was_told(sign_in, doctor):
    browser = sign_in(doctor)
    schedule, publish = "/schedule/", "/schedule/publish/"
    _to, mine = opened(browser, schedule, publish)
    assert browser.post(publish, {**mine, "hours-0-ends": "13:00", "accept": "1"}).status_code in (200, 302)
    late = browser.post(publish, {**mine, "hours-0-ends": "15:00"})
    html = late.content.decode()
    assert late.status_code == 409 and "publish again to put it in their place" in html and 'value="15:00"' in html
    fresh = re.search(r'name="version" value="(\w+)"', html)[1]
    assert browser.post(publish, {**mine, "hours-0-ends": "15:00", "version": fresh}).status_code == 302


@pytest.mark.parametrize("page", ["hospital", "doctor"])
def test_the_panel_tells_the_second_administrator(page, sign_in, administrator, hospital, doctor):
    row, name = (hospital, "beds") if page == "hospital" else (doctor, "degrees")
    address = reverse(f"admin:{page}s_{page}_change", args=[row.pk])
    browser = sign_in(administrator)
    to, mine = opened(browser, address)
    assert mine["stamp"]
    assert browser.post(to, {**mine, name: "11"}).status_code == 302
    late = browser.post(to, {**mine, name: "22"})
    assert late.status_code == 409 and 'value="22"' in late.content.decode()
    row.refresh_from_db()
    assert str(getattr(row, name)) == "11"
