"""A person with several roles looks at the site as one of them: what is shown changes, never what is allowed."""

import re

import pytest
from django.urls import reverse

from hospitals import workflow as hospitals

SWITCH = "/dashboard/switch/"


def part(answer, name):
    """The addresses in the rail or in the bar at the bottom of a phone."""
    html = answer.content.decode()
    begin = html.index(f'<nav class="{name}"')
    return re.findall(r'<a href="([^"]+)"', html[begin : html.index("</nav>", begin)])


def pressed(answer):
    return set(re.findall(r'value="(\w+)" aria-pressed="true"', answer.content.decode()))


@pytest.fixture
def browser(sign_in, many_hats):
    return sign_in(many_hats)


@pytest.mark.parametrize(
    ("role", "theirs", "not_theirs"),
    [
        ("doctor", "appointments:requests", "record"),
        ("patient", "record", "appointments:requests"),
        ("hospital", "appointments:hospital", "record"),
    ],
)
def test_rail_bar_and_dashboard_follow_the_role(browser, role, theirs, not_theirs):
    assert browser.post(SWITCH, {"role": role}).url == reverse("dashboard")
    for address in ("/dashboard/", "/accounts/profile/"):
        page = browser.get(address)
        assert pressed(page) == {role}
        for name in ("rail", "tabbar"):
            assert reverse(theirs) in part(page, name)
            assert reverse(not_theirs) not in part(page, name)


def test_it_never_changes_what_is_allowed(browser):
    browser.post(SWITCH, {"role": "hospital"})
    for address in ("/record/", "/appointments/day/", "/appointments/hospital/"):
        assert browser.get(address).status_code == 200


def test_until_then_the_first_role_is_shown(browser):
    assert pressed(browser.get("/dashboard/")) == {"doctor"}


@pytest.mark.parametrize("role", ["panel", "pending", "emperor", "", "\x00"])
def test_a_role_that_is_not_held_is_refused_in_words(browser, role):
    browser.post(SWITCH, {"role": "patient"})
    answer = browser.post(SWITCH, {"role": role})
    assert answer.status_code == 409
    assert b"You do not have this role" in answer.content
    assert pressed(browser.get("/dashboard/")) == {"patient"}


def test_a_role_that_was_taken_away_is_not_shown_any_more(browser, many_hats):
    browser.post(SWITCH, {"role": "patient"})
    many_hats.groups.remove(many_hats.groups.get(name="Patients"))
    page = browser.get("/dashboard/")
    assert page.status_code == 200
    assert pressed(page) == {"doctor"}


def test_who_has_one_role_is_offered_no_other(sign_in, patient):
    assert b"View as" not in sign_in(patient).get("/dashboard/").content


def test_a_look_at_the_address_stays_in_the_address(browser):
    assert pressed(browser.get("/dashboard/?as=hospital")) == {"hospital"}
    assert pressed(browser.get("/dashboard/")) == {"doctor"}


def test_in_the_panel_it_is_the_panel_that_is_marked(sign_in, many_hats, administrator):
    many_hats.groups.add(*administrator.groups.all())
    browser = sign_in(many_hats)
    browser.post(SWITCH, {"role": "patient"})
    assert pressed(browser.get("/admin/")) == {"panel"}
    assert pressed(browser.get("/accounts/profile/")) == {"patient"}


def test_on_a_childs_pages_the_rail_marks_the_children(sign_in, guardian, dependant):
    browser, mark = sign_in(guardian), re.compile(r'<a href="([^"]+)" aria-current="page">')
    children, own = reverse("patients:dependants"), reverse("record")
    for name in ("record-of", "record-access-of", "patients:update_profile-of", "patients:list_allergy-of"):
        page = browser.get(reverse(name, args=[dependant.pk])).content.decode()
        assert children in mark.findall(page) and own not in mark.findall(page), name
    assert own in mark.findall(browser.get(own).content.decode())


def test_a_phone_at_the_desk_has_what_is_done_there(sign_in, receptionist, hospital, other_hospital):
    bar = part(sign_in(receptionist).get("/accounts/profile/"), "tabbar")
    names = ("reception-patients", "reception-register", "reception-day")
    there = [reverse(name, args=[hospital.slug]) for name in names]
    assert bar == [reverse("reception"), *there[:2], reverse("billing:desk"), there[2]]
    hospitals.appoint(hospital=other_hospital, user=receptionist, role="receptionist", by=None)
    bar = part(sign_in(receptionist).get("/reception/jehangir/patients/"), "tabbar")
    assert reverse("reception-register", args=["jehangir"]) in bar
