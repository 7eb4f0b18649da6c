"""The profile: name and phone, and nothing else of the account."""

import pytest

from accounts.models import AuditEntry
from tests.entrance.steps import PROFILE
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_name_and_phone_are_changed(sign_in, patient):
    client = sign_in(patient)
    response = client.post(PROFILE, {"name": "  Priyanka   Rao ", "phone": "98390 12345"}, follow=True)
    assert response.redirect_chain == [(PROFILE, 302)]
    assert "Your profile is saved." in response.content.decode()
    patient.refresh_from_db()
    assert (patient.user.name, patient.name) == ("Priyanka Rao", "Priyanka Rao")
    assert patient.user.phone.as_e164 == "+919839012345"
    assert AuditEntry.objects.filter(code="accounts.profile_updated", by=patient.user).count() == 1


def test_what_is_wrong_is_said_at_the_field_and_kept(sign_in, patient):
    response = sign_in(patient).post(PROFILE, {"name": "", "phone": "12"})
    assert response.status_code == 422
    page = response.content.decode()
    assert '<a href="#id_name">Enter your name</a>' in page
    assert '<a href="#id_phone">Enter a phone number such as 98390 12345</a>' in page
    assert 'value="12"' in page
    assert "Priyanka Maurya" in page  # the frame shows the name that is stored
    assert "<title>Error: Profile" in page


@pytest.mark.parametrize("name", ["x" * 121, "\x00", "12345", "a\u202eb"])
def test_names_that_no_page_can_show_are_refused(sign_in, patient, name):
    assert sign_in(patient).post(PROFILE, {"name": name, "phone": ""}).status_code == 422


def test_no_other_column_can_be_posted(sign_in, patient, other_patient):
    facts = {
        "name": "Priyanka Maurya",
        "phone": "",
        "email": "taken@example.org",
        "id": str(other_patient.user_id),
        "groups": "1",
        "is_active": "",
        "password": "x",
    }
    sign_in(patient).post(PROFILE, facts)
    user, other = patient.user, other_patient.user
    for row in (user, other):
        before = (row.email, row.is_active, row.password, row.name)
        row.refresh_from_db()
        assert (row.email, row.is_active, row.password, row.name) == before
    assert [g.name for g in user.groups.all()] == ["Patients"]


def test_only_patients_are_shown_the_way_to_medical_details(sign_in, patient, administrator, doctor):
    way = 'href="/record/profile/"'
    assert way in sign_in(patient).get(PROFILE).content.decode()
    assert way not in sign_in(administrator).get(PROFILE).content.decode()
    assert way not in sign_in(doctor).get(PROFILE).content.decode()
    assert 'href="/accounts/password/change/"' in sign_in(doctor).get(PROFILE).content.decode()


def test_a_visitor_is_led_to_the_login_and_back(client, db):
    assert client.get(PROFILE).url == "/accounts/login/?next=/accounts/profile/"


def test_hostile_names_are_shown_as_text(sign_in, db):
    user = UserFactory(name='"><img src=x onerror=alert(1)>{{7*7}}${1}')
    page = sign_in(user).get(PROFILE).content.decode()
    assert "<img" not in page
    assert "{{7*7}}" in page
