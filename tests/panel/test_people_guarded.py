"""What the panel does about logging in: sessions, the second step, what a group requires, and the pages of text."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.models import GroupPolicy, Leaflet
from tests.entrance.steps import is_in, log_in
from tests.factories import trail

MAIL = "patient@example.org"


def act(desk, name, user):
    """Ask, then do."""
    url = reverse(f"admin:accounts_user_{name}") + f"?pick={user.pk}"
    asked = desk.get(url)
    assert asked.status_code == 200
    return desk.post(url, {"pick": str(user.pk), "sure": "1"}, follow=True)


def test_somebody_is_logged_out_everywhere(desk, client, patient):
    log_in(client, MAIL)
    assert is_in(client)
    page = desk.get(reverse("admin:accounts_user_change", args=[patient.user.pk])).content.decode()
    assert "Log out everywhere" in page
    assert "Logged out everywhere: Priyanka Maurya" in act(desk, "end_sessions", patient.user).content.decode()
    assert not is_in(client)
    assert trail(patient.user)[0] == "accounts.sessions_ended"


def test_a_lost_second_step_is_removed(desk, patient):
    Authenticator.objects.create(user=patient.user, type="totp", data={"secret": "x"})
    page = desk.get(reverse("admin:accounts_user_change", args=[patient.user.pk])).content.decode()
    assert "Remove second step" in page
    assert "The second step is removed" in act(desk, "reset_second_step", patient.user).content.decode()
    assert not Authenticator.objects.exists()


def test_it_is_offered_only_where_there_is_one(desk, patient):
    page = desk.get(reverse("admin:accounts_user_change", args=[patient.user.pk])).content.decode()
    assert "Remove second step" not in page


def test_whoever_may_only_look_ends_nothing(sign_in, patient, administrator):
    group = Group.objects.get(name="Administrators")
    group.permissions.remove(*group.permissions.filter(codename="disable_user"))
    desk = sign_in(administrator)
    url = reverse("admin:accounts_user_end_sessions")
    assert desk.post(url, {"pick": str(patient.user.pk)}).status_code == 403


def group_form(desk, group, **changes):
    url = reverse("admin:auth_group_change", args=[group.pk])
    page = desk.get(url).context["adminform"].form
    facts = {"name": group.name, "permissions": page.initial["permissions"], **changes}
    return desk.post(url, facts)


def test_a_group_is_made_to_require_a_second_step(desk, sign_in, doctor):
    group = Group.objects.get(name="Doctors")
    assert group_form(desk, group, requires_two_step="on").status_code == 302
    assert sign_in(doctor).get("/dashboard/").url == "/accounts/two-step/"
    assert trail(GroupPolicy.objects.get(group=group)) == ["accounts.second_step_required"]
    assert "checked" in str(
        desk.get(reverse("admin:auth_group_change", args=[group.pk])).context["adminform"].form["requires_two_step"]
    )
    group_form(desk, group)
    assert sign_in(doctor).get("/dashboard/").status_code == 200


def test_saving_a_group_without_touching_it_decides_nothing(desk, administrator):
    group_form(desk, Group.objects.get(name="Doctors"))
    assert not GroupPolicy.objects.exists()


def test_a_page_of_text_is_changed(desk, client):
    page = Leaflet.objects.get(slug="privacy")
    url = reverse("admin:accounts_leaflet_change", args=[page.pk])
    assert (
        desk.post(url, {"title": "Your privacy", "text": "We, Example Care, 1 Lake Road, keep little."}).status_code
        == 302
    )
    shown = client.get("/privacy/").content.decode()
    assert "<h1>Your privacy</h1>" in shown and "Example Care" in shown
    assert trail(page)[0] == "accounts.leaflet_saved"


def test_a_page_of_text_is_added(desk, client):
    facts = {"slug": "imprint", "title": "Imprint", "text": "Who we are"}
    assert desk.post(reverse("admin:accounts_leaflet_add"), facts).status_code == 302
    assert "Who we are" in client.get("/imprint/").content.decode()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"slug": "doctors"}, "Another page has this address."),
        ({"slug": "privacy"}, "There is a page with this address already."),
        ({"slug": "../x"}, "slug"),
        ({"slug": "our-imprint"}, "one word of small letters"),
        ({"slug": "Imprint"}, "one word of small letters"),
        ({"slug": ""}, "Enter a word for the address"),
        ({"title": ""}, "Enter a title"),
        ({"text": ""}, "Enter the text"),
        ({"text": "x" * 40001}, "40000"),
        ({"text": "\x00"}, "cannot be shown"),
    ],
)
def test_what_is_wrong_with_a_page_of_text_is_said(desk, changed, says):
    facts = {"slug": "imprint", "title": "Imprint", "text": "Who we are", **changed}
    answer = desk.post(reverse("admin:accounts_leaflet_add"), facts)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Leaflet.objects.filter(slug="imprint").exists()


def test_no_page_of_text_is_deleted(desk):
    page = Leaflet.objects.get(slug="privacy")
    assert desk.post(f"/admin/accounts/leaflet/{page.pk}/delete/").status_code == 404
    assert Leaflet.objects.filter(pk=page.pk).exists()
