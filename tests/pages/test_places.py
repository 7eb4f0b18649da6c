"""The front door and the list of hospitals, also when there is little or nothing behind them."""

import re

import pytest

from tests.factories import HospitalFactory


def cities(page):
    return re.findall(r'<option value="([^"]+)"></option>', page[page.index('id="cities"') :])


@pytest.mark.django_db
def test_an_empty_house_says_so_and_welcomes(client, settings):
    page = client.get("/").content.decode()
    assert f"Welcome to {settings.SITE_NAME}" in page
    assert "Create an account" in page
    assert not re.search(r"\b0\s+(doctor|hospital)", page)
    assert "searchbar" not in page


def test_administrators_are_shown_where_to_begin(sign_in, administrator):
    assert b"Enter hospitals and doctors" in sign_in(administrator).get("/").content


def test_the_first_doctor_is_on_the_front_page_at_once(client, request, monday_morning, db):
    assert b"Welcome to" in client.get("/").content
    request.getfixturevalue("doctor")
    page = client.get("/").content.decode()
    assert "Dr Neha Sharma" in page
    assert "1 doctor in 1 hospital or practice." in page


def test_hospitals_offer_their_own_cities(client, doctor, other_hospital):
    HospitalFactory(name="Night Clinic", city="PUNE", slug="night")
    HospitalFactory(name="Closed Clinic", city="Agra", slug="closed", state="suspended")
    page = client.get("/hospitals/").content.decode()
    assert sorted(name.casefold() for name in cities(page)) == ["lucknow", "pune"]


def test_a_hospital_without_doctors_does_not_count_to_nothing(client, doctor, other_hospital):
    page = client.get("/hospitals/").content.decode()
    assert "1 doctor</b>" in page
    assert "0 doctors" not in page
    assert "0 doctors" not in client.get(other_hospital.get_absolute_url()).content.decode()
