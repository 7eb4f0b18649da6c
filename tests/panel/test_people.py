"""Users and groups in the panel, and what keeps the last administrator in."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from accounts.models import AuditEntry, User
from healthstack.roles import ROLES, keep
from tests.factories import UserFactory


def user_page(user):
    return reverse("admin:accounts_user_change", args=[user.pk])


def group_page(group):
    return reverse("admin:auth_group_change", args=[group.pk])


def key(codename):
    return Permission.objects.get(codename=codename).pk


@pytest.fixture
def own_group(db):
    group = Group.objects.create(name="Reception desk")
    group.permissions.set([key("view_appointment")])
    return group


def test_groups_are_given_and_taken_by_the_workflow(desk, administrator, own_group):
    user = UserFactory()
    assert desk.post(user_page(user), {"groups": ["Reception desk"]}).status_code == 302
    assert list(user.groups.all()) == [own_group]
    line = AuditEntry.objects.about(user).latest("id")
    assert (line.code, line.by, line.facts) == (
        "accounts.groups_changed",
        administrator,
        {"add": ["Reception desk"], "remove": []},
    )
    desk.post(user_page(user), {})
    assert not user.groups.exists()


def test_groups_that_follow_from_a_part_are_neither_given_nor_taken_here(desk, doctor, own_group):
    desk.post(user_page(doctor.user), {"groups": ["Reception desk"]})
    assert set(doctor.user.groups.values_list("name", flat=True)) == {"Doctors", "Reception desk"}
    stranger = UserFactory()
    assert desk.post(user_page(stranger), {"groups": ["Doctors"]}).status_code == 422
    assert not stranger.groups.exists()
    assert "Dr Neha Sharma" in desk.get(user_page(doctor.user)).content.decode()


def test_an_administrator_is_made_and_unmade(desk):
    user = UserFactory()
    desk.post(user_page(user), {"groups": ["Administrators"]})
    assert user.groups.filter(name="Administrators").exists()
    desk.post(user_page(user), {})
    assert not user.groups.filter(name="Administrators").exists()


def test_nobody_takes_themselves_out_of_the_administrators(desk, administrator):
    answer = desk.post(user_page(administrator), {})
    assert answer.status_code == 409 and "You cannot take yourself out" in answer.content.decode()
    assert administrator.groups.filter(name="Administrators").exists()


def test_two_administrators_cannot_remove_each_other_at_once(desk, administrator, rf, sign_in):
    """The one who comes second is no administrator any more when the lock is free."""
    from accounts import workflow
    from healthstack.lib.rules import RuleBroken

    other = UserFactory(groups=["Administrators"])
    other.has_perm("accounts.open_panel")  # what the request had found out before
    desk.post(user_page(other), {})
    with pytest.raises(RuleBroken):
        workflow.disable_user(user=administrator, by=other)
    assert User.objects.get(pk=administrator.pk).is_active


def test_an_account_is_closed_and_opened(desk, administrator, patient, sign_in):
    browser = sign_in(patient)
    disable = reverse("admin:accounts_user_disable")
    assert "Close the account of Priyanka Maurya?" in desk.post(disable, {"pick": patient.user.pk}).content.decode()
    assert User.objects.get(pk=patient.user.pk).is_active
    desk.post(disable, {"pick": patient.user.pk, "sure": "1"})
    assert not User.objects.get(pk=patient.user.pk).is_active
    assert browser.get("/dashboard/").status_code == 302
    desk.post(reverse("admin:accounts_user_enable"), {"only": patient.user.pk})
    assert User.objects.get(pk=patient.user.pk).is_active
    codes = AuditEntry.objects.about(patient.user).order_by("id").values_list("code", flat=True)
    assert list(codes)[-2:] == ["accounts.disabled", "accounts.enabled"]


def test_nobody_closes_the_own_account(desk, administrator):
    answer = desk.post(reverse("admin:accounts_user_disable"), {"pick": administrator.pk, "sure": "1"})
    assert answer.status_code == 409 and "You cannot close your own account." in answer.content.decode()
    assert User.objects.get(pk=administrator.pk).is_active


def test_passwords_are_neither_shown_nor_set(desk, patient):
    before = User.objects.get(pk=patient.user.pk).password
    page = desk.get(user_page(patient.user)).content.decode()
    assert before not in page and 'type="password"' not in page
    desk.post(
        user_page(patient.user), {"password": "x", "password1": "x", "email": "thief@example.org", "is_active": ""}
    )
    after = User.objects.get(pk=patient.user.pk)
    assert (after.password, after.email, after.is_active) == (before, patient.user.email, True)
    assert desk.get("/admin/accounts/user/add/").status_code == 403
    assert desk.get(f"/admin/accounts/user/{patient.user.pk}/password/").status_code == 404


def test_people_are_found_by_name_mail_group_and_account(desk, patient, doctor, disabled):
    base = reverse("admin:accounts_user_changelist")

    def found(query):
        page = desk.get(base + query).content.decode()
        emails = ("patient@example.org", "doctor@example.org", "closed@example.org", "admin@example.org")
        return {email.partition("@")[0] for email in emails if f">{email}</td>" in page}

    assert found("?q=maurya") == {"patient"}
    assert found("?q=CLOSED%40") == {"closed"}
    assert found("?group=Doctors") == {"doctor"}
    assert found("?account=closed") == {"closed"}
    assert found("?group=Patients&account=open") == {"patient"}


ADD_GROUP = "/admin/auth/group/add/"


def test_a_group_is_made_changed_and_deleted(desk, administrator):
    assert desk.post(ADD_GROUP, {"name": "Clerks", "permissions": [key("view_hospital")]}).status_code == 302
    group = Group.objects.get(name="Clerks")
    desk.post(group_page(group), {"name": "Clerks", "permissions": [key("view_doctor"), key("view_hospital")]})
    assert set(group.permissions.values_list("codename", flat=True)) == {"view_doctor", "view_hospital"}
    delete = reverse("admin:auth_group_delete", args=[group.pk])
    assert desk.get(delete).status_code == 200 and Group.objects.filter(pk=group.pk).exists()
    assert desk.post(delete).status_code == 302
    assert not Group.objects.filter(pk=group.pk).exists()
    lines = list(AuditEntry.objects.about(group).order_by("id").values_list("code", "facts"))
    assert [code for code, _facts in lines] == [
        "accounts.group_added",
        "accounts.group_changed",
        "accounts.group_deleted",
    ]
    assert lines[1][1] == {"name": "Clerks", "add": ["view_doctor"], "remove": []}


def test_what_a_group_may_do_counts_from_the_next_click(desk, own_group, sign_in):
    user = UserFactory(groups=["Reception desk"])
    browser = sign_in(user)
    assert browser.get("/admin/").status_code == 403
    desk.post(group_page(own_group), {"name": own_group.name, "permissions": [key("open_panel")]})
    assert browser.get("/admin/").status_code == 200


def test_a_group_with_people_in_it_is_not_deleted(desk, own_group):
    user = UserFactory(groups=["Reception desk"])
    answer = desk.post(reverse("admin:auth_group_delete", args=[own_group.pk]))
    assert answer.status_code == 409 and "Take them out first" in answer.content.decode()
    assert list(user.groups.all()) == [own_group]


@pytest.mark.parametrize("name", sorted(ROLES))
def test_built_in_groups_are_not_renamed_or_deleted(desk, name):
    group = Group.objects.get(name=name)
    held = list(group.permissions.values_list("pk", flat=True))
    page = desk.get(group_page(group)).content.decode()
    assert "This group is built in." in page and "Delete…" not in page
    desk.post(group_page(group), {"name": "Renamed", "permissions": held})
    assert Group.objects.filter(name=name).exists() and not Group.objects.filter(name="Renamed").exists()
    assert desk.post(reverse("admin:auth_group_delete", args=[group.pk])).status_code == 403


def test_a_built_in_group_gets_its_permissions_back_with_the_next_migrate(desk):
    group = Group.objects.get(name="Patients")
    desk.post(group_page(group), {"name": "Patients", "permissions": [key("view_appointment")]})
    assert group.permissions.count() == 1
    keep()
    assert group.permissions.count() == len(ROLES["Patients"])


def test_administrators_keep_the_panel(desk):
    group = Group.objects.get(name="Administrators")
    held = set(group.permissions.values_list("pk", flat=True))
    answer = desk.post(group_page(group), {"name": group.name, "permissions": list(held - {key("open_panel")})})
    assert answer.status_code == 409 and "Administrators need the panel" in answer.content.decode()
    assert set(group.permissions.values_list("pk", flat=True)) == held


def test_a_name_belongs_to_one_group(desk, own_group):
    answer = desk.post(ADD_GROUP, {"name": "Reception desk"})
    assert answer.status_code == 422 and "There is a group of that name already." in answer.content.decode()
    assert desk.post(ADD_GROUP, {"name": "  "}).status_code == 422
    assert desk.post(ADD_GROUP, {"name": "New", "permissions": ["999999", "x"]}).status_code == 422


def test_permissions_that_no_page_asks_for_are_not_offered_and_not_lost(desk, own_group):
    other = Permission.objects.get(codename="delete_session")
    assert f'value="{other.pk}"' not in desk.get(group_page(own_group)).content.decode()
    own_group.permissions.add(other)
    assert f'value="{other.pk}"' in desk.get(group_page(own_group)).content.decode()
