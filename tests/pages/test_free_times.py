"""A free time is a link for those who may follow it, and text for the others."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

pytestmark = pytest.mark.usefixtures("monday_morning")


def pages(doctor, hospital):
    return "/", "/doctors/", doctor.get_absolute_url(), hospital.get_absolute_url()


@pytest.mark.parametrize("who", ["visitor", "patient", "many_hats"])
def test_visitors_and_patients_book_from_the_card(request, client, sign_in, doctor, hospital, who):
    browser = client if who == "visitor" else sign_in(request.getfixturevalue(who))
    for address in pages(doctor, hospital):
        page = browser.get(address).content.decode()
        assert f'href="{reverse("appointments:book", args=[doctor.slug])}?slot=' in page
        assert "Book appointment" in page


@pytest.mark.parametrize("who", ["doctor", "pending_doctor", "hospital_admin", "administrator"])
def test_nobody_is_led_to_a_page_that_is_not_theirs(request, sign_in, doctor, hospital, who):
    browser = sign_in(request.getfixturevalue(who))
    for address in pages(doctor, hospital):
        page = browser.get(address).content.decode()
        assert "/book/" not in page
        assert "Book appointment" not in page
        assert "09:00" in page


@pytest.mark.parametrize("who", ["patient", "hospital_admin"])
def test_more_cards_ask_no_more_questions(request, sign_in, doctor, who):
    browser = sign_in(request.getfixturevalue(who))
    browser.get("/doctors/")  # what everybody shares is in the cache from here on
    counts = []
    for _n in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert browser.get("/doctors/").status_code == 200
        counts.append(len(asked))
        request.getfixturevalue("other_doctor")
    assert counts[0] == counts[1]
