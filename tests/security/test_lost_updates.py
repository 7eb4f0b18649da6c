"""Two windows on one page: who saves second is told what is stored by now, and nobody loses anything unseen (security 72).

The pages of hospitals and doctors have the same test beside their other tests, and the panel has its own.
"""

import re

import pytest
from django.urls import reverse

from accounts import workflow as accounts
from accounts.models import User
from healthstack.lib.stamps import Stale
from patients import workflow as patients
from patients.models import Patient
from tests.security.walk import form_in

PROFILE, DETAILS = "/accounts/profile/", "/record/profile/"


def opened(browser, page):
    """The form of the page as it is filled in when somebody opens it."""
    return dict(form_in(browser.get(page), page)["fields"])


class TestAccount:
    def test_the_second_to_save_is_told_and_keeps_what_was_typed(self, patient, sign_in):
        here, there = sign_in(patient), sign_in(patient)
        mine, theirs = opened(here, PROFILE), opened(there, PROFILE)
        assert there.post(PROFILE, {**theirs, "phone": "98390 12345", "zone": "Asia/Kolkata"}).status_code == 302
        answer = here.post(PROFILE, {**mine, "phone": "98390 54321"})
        page = answer.content.decode()
        assert answer.status_code == 409 and "Somebody else has changed this in the meantime" in page
        assert "98390 54321" in page and "Phone, stored now: +91 98390 12345" in page
        assert User.objects.get(pk=patient.user.pk).phone == "+919839012345"

    def test_saved_once_more_it_is_meant(self, patient, sign_in):
        here = sign_in(patient)
        mine = opened(here, PROFILE)
        accounts.update_profile(user=patient.user, name="Priya M.", phone="", by=patient.user)
        answer = here.post(PROFILE, {**mine, "name": "Priyanka M."})
        again = dict(form_in(answer, PROFILE)["fields"])
        assert again["name"] == "Priyanka M." and here.post(PROFILE, again).status_code == 302
        assert User.objects.get(pk=patient.user.pk).name == "Priyanka M."

    def test_what_others_change_elsewhere_is_no_hindrance(self, patient, sign_in):
        here = sign_in(patient)
        mine = opened(here, PROFILE)
        accounts.set_password(user=patient.user, password="a slow train", by=None, but=here.session.session_key)
        assert sign_in(patient).post(PROFILE, {**mine, "name": "Priya"}).status_code == 302

    def test_the_verb_itself_says_so(self, patient):
        with pytest.raises(Stale):
            accounts.update_profile(user=patient.user, name="X Y", phone="", by=patient.user, seen="another stamp")
        assert User.objects.get(pk=patient.user.pk).name == "Priyanka Maurya"


class TestPatient:
    def test_the_second_to_save_is_told_and_keeps_what_was_typed(self, patient, sign_in):
        here, there = sign_in(patient), sign_in(patient)
        mine, theirs = opened(here, DETAILS), opened(there, DETAILS)
        assert there.post(DETAILS, {**theirs, "blood_group": "O-"}).status_code == 302
        answer = here.post(DETAILS, {**mine, "emergency_name": "Ravi"})
        page = answer.content.decode()
        assert answer.status_code == 409 and "Somebody else has changed this" in page and 'value="Ravi"' in page
        told = set(re.findall(r"[\w ]+, stored now: [^<]*", page))
        assert {words.strip().lower() for words in told} == {
            "blood group, stored now: o−",
            "emergency contact, stored now: nothing",
        }  # and nothing of what is the same
        row = Patient.objects.get(pk=patient.pk)
        assert (row.blood_group, row.emergency_name) == ("O-", "")

    def test_saved_once_more_it_is_meant(self, patient, sign_in):
        here = sign_in(patient)
        mine = opened(here, DETAILS)
        sign_in(patient).post(DETAILS, {**mine, "blood_group": "O-"})
        again = dict(form_in(here.post(DETAILS, {**mine, "blood_group": "A+"}), DETAILS)["fields"])
        assert here.post(DETAILS, again).status_code == 302
        assert Patient.objects.get(pk=patient.pk).blood_group == "A+"

    def test_of_a_child_as_well(self, guardian, dependant, sign_in):
        here, page = sign_in(guardian), reverse("patients:update_profile-of", args=[dependant.pk])
        mine = opened(here, page)
        assert here.post(page, {**mine, "blood_group": "B+"}).status_code == 302
        assert here.post(page, {**mine, "emergency_name": "Ravi"}).status_code == 409
        assert Patient.objects.get(pk=dependant.pk).blood_group == "B+"

    def test_an_allergy_that_was_listed_meanwhile_is_no_hindrance(self, patient, sign_in):
        here = sign_in(patient)
        mine = opened(here, DETAILS)
        patients.list_allergy(patient=patient, substance="Penicillin", by=patient.user)
        assert here.post(DETAILS, {**mine, "blood_group": "A+"}).status_code == 302
        assert Patient.objects.get(pk=patient.pk).allergy_status == "listed"
