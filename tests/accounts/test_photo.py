"""A person's picture: set, changed, removed, shown to those who may see it, and to nobody else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts import workflow as accounts
from accounts.models import StoredFile
from appointments import workflow as appointments
from tests.entrance.steps import PROFILE
from tests.factories import book, picture, trail

pytestmark = pytest.mark.django_db
SET, REMOVE = PROFILE + "set-photo/", PROFILE + "remove-photo/"


def shown(user):
    """Give the person a picture, and say where it is."""
    accounts.set_photo(user=user, upload=picture(), by=user)
    return reverse("photo", args=[user.photo_id])


def test_a_photo_is_chosen_and_stands_on_every_page(sign_in, patient):
    client = sign_in(patient)
    answer = client.post(SET, {"photo": picture(size=(800, 600))}, follow=True)
    assert "Your photo is saved." in answer.content.decode()
    patient.user.refresh_from_db()
    url = reverse("photo", args=[patient.user.photo_id])
    page = client.get("/dashboard/").content.decode()
    assert f'<img src="{url}?small"' in page
    large, small = client.get(url), client.get(url + "?small")
    assert large["Content-Type"] == small["Content-Type"] == "image/webp"
    assert large["Cache-Control"] == "no-store, private"
    assert trail(patient.user)[0] == "accounts.photo_set"


def test_another_photo_takes_its_place_and_the_first_is_forgotten(patient, django_capture_on_commit_callbacks):
    shown(patient.user)
    with django_capture_on_commit_callbacks(execute=True):
        shown(patient.user)
    assert list(StoredFile.objects.of(patient.user)) == [patient.user.photo]


def test_a_photo_is_removed(sign_in, patient):
    url = shown(patient.user)
    client = sign_in(patient)
    assert "Your photo is removed." in client.post(REMOVE, follow=True).content.decode()
    assert client.get(url).status_code == 404
    assert not StoredFile.objects.exists()
    assert client.post(REMOVE).status_code == 302  # a second click does nothing


@pytest.mark.parametrize(
    ("upload", "says"),
    [
        (None, "Choose a picture (JPEG, PNG or WebP)"),
        (SimpleUploadedFile("me.svg", b"<svg onload=alert(1)>"), "Choose a picture (JPEG, PNG or WebP)"),
        (SimpleUploadedFile("me.png", b"<svg onload=alert(1)>"), "The file is not what its name says."),
    ],
)
def test_what_is_no_picture_is_refused_at_the_field(sign_in, patient, upload, says):
    answer = sign_in(patient).post(SET, {"photo": upload} if upload else {})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'<a href="#id_photo">{says}' in page
    assert 'value="Priyanka Maurya"' in page  # the other form is as it was


def test_a_refusal_of_the_gate_is_said_at_the_field(sign_in, patient, settings):
    settings.FILES_OF_A_PERSON = 0
    answer = sign_in(patient).post(SET, {"photo": picture()})
    assert answer.status_code == 409
    assert "there is no room for more" in answer.content.decode()


def test_a_stranger_does_not_see_it(client, sign_in, patient, other_patient, doctor, hospital_admin):
    url = shown(patient.user)
    for person in (other_patient, doctor, hospital_admin):
        assert sign_in(person).get(url).status_code == 404
    assert client.get(url).url.startswith("/accounts/login/")
    assert client.get(reverse("portrait", args=[patient.user.photo_id])).status_code == 404


def test_a_doctor_sees_it_for_as_long_as_the_record_is_open(sign_in, patient, doctor):
    url, client = shown(patient.user), sign_in(doctor)
    visit = book(patient, doctor)
    assert client.get(url).status_code == 404
    appointments.approve(appointment=visit, by=doctor.user)
    assert client.get(url).status_code == 200
    assert url in client.get(reverse("patient", args=[patient.pk])).content.decode()
    assert url in client.get(reverse("patients")).content.decode()
    appointments.cancel(appointment=visit, by=patient.user)
    assert client.get(url).status_code == 404


def test_it_stands_in_the_doctors_lists_while_the_record_is_open(sign_in, patient, doctor, monday_morning):
    url, client = shown(patient.user), sign_in(doctor)
    visit = book(patient, doctor)
    lists = ("/dashboard/", "/appointments/requests/")
    assert not any(url in client.get(page).content.decode() for page in lists)
    appointments.approve(appointment=visit, by=doctor.user)
    again = book(patient, doctor)  # a request of somebody whose record is open
    day = f"/appointments/day/?day={again.starts_at:%Y-%m-%d}"
    for page in (*lists, day):
        assert f"{url}?small" in client.get(page).content.decode(), page
    appointments.cancel(appointment=visit, by=patient.user)
    assert not any(url in client.get(page).content.decode() for page in (*lists, day))


def test_who_runs_a_hospital_sees_its_staff(sign_in, receptionist, hospital_admin, other_hospital_admin, hospital):
    url, client = shown(receptionist), sign_in(hospital_admin)
    assert url in client.get(f"/hospital/{hospital.slug}/staff/").content.decode()
    assert client.get(url).status_code == 200
    assert sign_in(other_hospital_admin).get(url).status_code == 404


def test_the_panel_shows_it_whatever_the_state(sign_in, pending_doctor, receptionist, administrator, hospital):
    url, other, client = shown(pending_doctor.user), shown(receptionist), sign_in(administrator)
    staff = reverse("admin:hospitals_hospital_change", args=[hospital.pk])
    for page in ("/admin/", "/admin/doctors/doctor/", "/admin/accounts/user/"):
        assert f"{url}?small" in client.get(page).content.decode(), page
    assert other in client.get(staff).content.decode()
    assert client.get(url).status_code == 200


def test_a_doctor_who_can_be_found_is_seen_by_everybody(client, sign_in, doctor, patient, administrator):
    shown(doctor.user)
    portrait = reverse("portrait", args=[doctor.user.photo_id])
    for page in ("/", "/doctors/", doctor.get_absolute_url(), "/hospitals/sahara/"):
        assert portrait in client.get(page).content.decode(), page
    assert client.get(portrait)["Cache-Control"] == "public, max-age=3600"
    assert sign_in(patient).get(portrait)["Cache-Control"] == "no-store, private"
    appointments.suspend_doctor(doctor=doctor, reason="Registration ran out", by=administrator)
    assert client.get(portrait).status_code == 404


def test_a_doctor_who_waits_is_seen_by_nobody_else(client, sign_in, pending_doctor, other_patient):
    url = shown(pending_doctor.user)
    assert client.get(reverse("portrait", args=[pending_doctor.user.photo_id])).status_code == 404
    assert sign_in(pending_doctor).get(url).status_code == 200
    assert sign_in(other_patient).get(url).status_code == 404


def test_language_and_zone_are_chosen_and_kept(sign_in, patient):
    client = sign_in(patient)
    facts = {"name": "Priyanka Maurya", "phone": "", "language": "hi", "zone": "Europe/London"}
    assert client.post(PROFILE, facts).status_code == 302
    patient.user.refresh_from_db()
    assert (patient.user.language, patient.user.zone) == ("hi", "Europe/London")
    page = client.get(PROFILE).content.decode()
    assert '<option value="hi" selected>हिन्दी' in page
    assert '<option value="Europe/London" selected>Europe, London' in page


@pytest.mark.parametrize("changed", [{"language": "xx"}, {"zone": "Mars/Olympus"}, {"zone": "../../etc/passwd"}])
def test_no_other_language_or_zone_is_taken(sign_in, patient, changed):
    answer = sign_in(patient).post(PROFILE, {"name": "Priyanka Maurya", "phone": "", **changed})
    assert answer.status_code == 422
    assert "Choose one of the list" in answer.content.decode()
