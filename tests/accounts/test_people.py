"""People join, change, and are shut out."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from accounts import workflow
from accounts.models import AuditEntry, User
from healthstack.lib import context
from healthstack.lib.rules import RuleBroken
from healthstack.roles import ROLES, keep
from patients.models import Patient
from tests.factories import PASSWORD, UserFactory, trail


def join(email="new@example.org", name="Nila Basu", groups=("Patients",), **facts):
    return workflow.create_user(email=email, name=name, groups=groups, by=None, **facts)


class TestCreateUser:
    def test_a_person_joins_with_a_role(self, db):
        user = join(password=PASSWORD)
        assert set(user.groups.values_list("name", flat=True)) == {"Patients"}
        assert user.check_password(PASSWORD)
        assert user.is_active
        assert trail(user) == ["accounts.created"]

    def test_the_address_is_kept_in_small_letters(self, db):
        assert join("  Nila.Basu@Example.ORG ").email == "nila.basu@example.org"

    @pytest.mark.parametrize("again", ["new@example.org", "NEW@example.org", " new@Example.org "])
    def test_an_address_is_given_once(self, db, again):
        join()
        with pytest.raises(RuleBroken, match="already has this e-mail") as refusal:
            join(again)
        assert refusal.value.field == "email"
        assert User.objects.count() == 1

    def test_without_a_password_nobody_logs_in(self, db, client):
        join()
        assert not client.login(email="new@example.org", password="")
        assert not User.objects.get().has_usable_password()

    def test_an_address_counts_as_checked_only_if_said_so(self, db):
        assert not join().emailaddress_set.exists()
        assert join("second@example.org", email_verified=True).emailaddress_set.get().verified

    def test_a_group_that_does_not_exist_gives_nothing(self, db):
        assert not join(groups=["Emperors"]).groups.exists()

    def test_log_in_with_any_writing_of_the_address(self, db, client):
        join(password=PASSWORD, email_verified=True)
        assert client.login(email="NEW@Example.org", password=PASSWORD)


class TestProfile:
    def test_name_and_phone_change(self, patient):
        workflow.update_profile(user=patient.user, name=" Priya M. ", phone="+919839012345", by=patient.user)
        patient.refresh_from_db()
        assert (patient.user.name, patient.user.phone) == ("Priya M.", "+919839012345")
        assert trail(patient.user)[0] == "accounts.profile_updated"

    def test_the_patients_name_follows(self, patient):
        workflow.update_profile(user=patient.user, name="Priya M.", phone="", by=patient.user)
        assert Patient.objects.get().name == "Priya M."


class TestPassword:
    def test_the_new_password_counts_and_the_old_one_does_not(self, patient, client):
        workflow.set_password(user=patient.user, password="quite another morning", by=patient.user)
        assert not client.login(email=patient.user.email, password=PASSWORD)
        assert client.login(email=patient.user.email, password="quite another morning")
        assert trail(patient.user)[0] == "accounts.password_set"

    def test_a_page_that_was_open_for_long_opens_no_closed_account(self, patient):
        before = User.objects.get()
        workflow.disable_user(user=patient.user, by=None)
        workflow.set_password(user=before, password="quite another morning", by=None)
        assert not User.objects.get().is_active


class TestGroups:
    def test_roles_change(self, patient):
        workflow.change_groups(user=patient.user, add=["Doctors"], remove=["Patients"], by=None)
        assert set(patient.user.groups.values_list("name", flat=True)) == {"Doctors"}
        entry = AuditEntry.objects.about(patient.user).latest("id")
        assert (entry.code, entry.facts) == ("accounts.groups_changed", {"add": ["Doctors"], "remove": ["Patients"]})

    def test_it_counts_from_the_next_look_on(self, patient):
        workflow.change_groups(user=patient.user, remove=["Patients"], by=None)
        assert not User.objects.get(pk=patient.user.pk).has_perm("appointments.book_appointment")

    @pytest.mark.parametrize("name", ROLES)
    def test_each_role_has_what_the_table_says(self, db, name):
        user = UserFactory(groups=[name])
        assert user.get_all_permissions() == set(ROLES[name])

    def test_a_pending_doctor_may_not_approve(self, pending_doctor, doctor):
        assert doctor.user.has_perm("appointments.approve_appointment")
        assert not pending_doctor.user.has_perm("appointments.approve_appointment")

    def test_keeping_the_roles_mends_ours_and_leaves_others_alone(self, db):
        ours, theirs = Group.objects.get(name="Patients"), Group.objects.create(name="Night shift")
        permission = ours.permissions.first()
        ours.permissions.clear()
        theirs.permissions.add(permission)
        keep()
        assert ours.permissions.count() == len(ROLES["Patients"])
        assert list(theirs.permissions.all()) == [permission]

    def test_the_administrators_alone_open_the_panel(self, administrator, doctor, hospital_admin, patient):
        assert administrator.is_staff
        assert not any(user.is_staff for user in (doctor.user, hospital_admin, patient.user))

    def test_nobody_is_superuser(self, administrator):
        administrator.is_superuser = True
        administrator.save()
        assert not User.objects.get(pk=administrator.pk).has_perm("patients.open_record")


class TestDisable:
    def test_who_is_shut_out_cannot_log_in(self, patient, administrator, client):
        workflow.disable_user(user=patient.user, by=administrator)
        assert not client.login(email=patient.user.email, password=PASSWORD)
        assert trail(patient.user)[0] == "accounts.disabled"

    def test_who_is_logged_in_is_out_with_the_next_request(self, patient, administrator, sign_in):
        browser = sign_in(patient)
        assert "_auth_user_id" in browser.session
        workflow.disable_user(user=patient.user, by=administrator)
        assert browser.get("/accounts/profile/").status_code == 302

    def test_a_closed_account_may_nothing(self, disabled):
        assert not User.objects.get(pk=disabled.pk).get_all_permissions()

    def test_nobody_closes_their_own_account(self, administrator):
        with pytest.raises(RuleBroken, match="your own account"):
            workflow.disable_user(user=administrator, by=administrator)
        administrator.refresh_from_db()
        assert administrator.is_active

    def test_it_opens_again(self, disabled, administrator, client):
        workflow.enable_user(user=disabled, by=administrator)
        assert client.login(email=disabled.email, password=PASSWORD)
        assert trail(disabled)[0] == "accounts.enabled"


class TestGroupsAreSaved:
    def test_a_group_is_made_changed_and_deleted(self, administrator):
        keys = dict(Permission.objects.values_list("codename", "pk"))
        group = workflow.save_group(group=Group(name="Clerks"), permissions=[keys["view_doctor"]], by=administrator)
        group.name = "Scribes"
        workflow.save_group(group=group, permissions=[keys["view_hospital"]], by=administrator)
        assert list(Group.objects.get(name="Scribes").permissions.values_list("codename", flat=True)) == [
            "view_hospital"
        ]
        assert AuditEntry.objects.latest("id").facts == {
            "name": "Scribes",
            "add": ["view_hospital"],
            "remove": ["view_doctor"],
        }
        workflow.delete_group(group=group, by=administrator)
        assert trail(group) == ["accounts.group_deleted", "accounts.group_changed", "accounts.group_added"]

    def test_one_with_people_in_it_is_not_deleted(self, patient, administrator):
        with pytest.raises(RuleBroken, match="1 people"):
            workflow.delete_group(group=Group.objects.get(name="Patients"), by=administrator)

    def test_the_administrators_keep_the_panel_whatever_they_are_called(self, administrator):
        group = Group.objects.get(name="Administrators")
        group.name = "Nobodies"
        with pytest.raises(RuleBroken, match="need the panel"):
            workflow.save_group(group=group, permissions=[], by=administrator)

    def test_no_administrator_is_the_last_to_leave(self, administrator):
        other = UserFactory(groups=["Administrators"])
        with pytest.raises(RuleBroken, match="yourself"):
            workflow.change_groups(user=administrator, remove=["Administrators"], by=administrator)
        workflow.change_groups(user=administrator, remove=["Administrators"], by=other)
        with pytest.raises(RuleBroken, match="no longer an administrator"):
            workflow.change_groups(user=other, remove=["Administrators"], by=administrator)
        with pytest.raises(RuleBroken, match="no longer an administrator"):
            workflow.disable_user(user=other, by=administrator)


class TestTrail:
    def test_it_is_only_added_to(self, patient):
        rows = AuditEntry.objects.about(patient)
        with pytest.raises(TypeError):
            rows.update(code="nothing.happened")
        with pytest.raises(TypeError):
            rows.delete()
        with pytest.raises(TypeError):
            AuditEntry.objects.all().delete()
        assert trail(patient) == ["patients.signed_up"]

    def test_a_line_that_was_fetched_is_neither_saved_nor_deleted(self, patient):
        row = AuditEntry.objects.about(patient).get()
        row.code = "nothing.happened"
        for change in (
            row.save,
            lambda: row.save(update_fields=["code"]),
            lambda: AuditEntry(pk=row.pk, code="nothing.happened").save(),
            lambda: AuditEntry.objects.update_or_create(pk=row.pk, defaults={"code": "nothing.happened"}),
            lambda: AuditEntry.objects.bulk_update([row], ["code"]),
            lambda: AuditEntry.objects.bulk_create([row], update_conflicts=True, update_fields=["code"]),
            row.delete,
            lambda: AuditEntry._base_manager.filter(pk=row.pk).delete(),
            lambda: AuditEntry._base_manager.filter(pk=row.pk)._raw_delete("default"),
            lambda: AuditEntry._base_manager.filter(pk=row.pk).update(code="nothing.happened"),
        ):
            with pytest.raises(TypeError, match=r"never (changed|deleted)"), transaction.atomic():
                change()
        assert trail(patient) == ["patients.signed_up"]

    def test_a_person_in_it_cannot_be_deleted(self, patient):
        with pytest.raises(Exception, match="protected foreign keys"):
            patient.user.delete()

    def test_a_line_knows_the_request_it_came_with(self, patient):
        token = context.enter("abc123", "203.0.113.7")
        try:
            workflow.update_profile(user=patient.user, name="Priya", phone="", by=patient.user)
        finally:
            context.leave(token)
        entry = AuditEntry.objects.about(patient.user).latest("id")
        assert (entry.request_id, entry.address, entry.by) == ("abc123", "203.0.113.7", patient.user)

    def test_an_act_that_is_refused_leaves_no_line(self, administrator):
        before = AuditEntry.objects.count()
        with pytest.raises(RuleBroken):
            workflow.disable_user(user=administrator, by=administrator)
        assert AuditEntry.objects.count() == before

    def test_if_the_line_cannot_be_written_the_act_fails_with_it(self, patient, monkeypatch):
        def full(*args, **facts):
            raise OSError("disk full")

        monkeypatch.setattr("accounts.workflow.people.record", full)
        with pytest.raises(OSError, match="disk full"):
            workflow.update_profile(user=patient.user, name="Priya", phone="", by=patient.user)
        assert User.objects.get(pk=patient.user.pk).name == "Priyanka Maurya"
