"""People are invited to work for a hospital: by mail, once, for seven days, and only the person who was meant."""

import re
from datetime import timedelta

import pytest

from accounts.models import Mail, User
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from hospitals import workflow
from hospitals.models import Hospital, Invitation, Staff
from tests.factories import PASSWORD, UserFactory, inbox, trail

NEW = "jaya@example.org"


def invite(hospital, by, email=NEW, role="receptionist"):
    return workflow.invite(hospital=hospital, email=email, role=role, by=by)


def groups(user):
    return set(user.groups.values_list("name", flat=True))


class TestInvite:
    def test_the_mail_has_the_token_and_the_table_has_not(self, hospital, hospital_admin):
        invitation, token = invite(hospital, hospital_admin, email="Jaya@Example.org")
        letter = Mail.objects.get(to=NEW)
        assert f"/invitations/{token}/" in letter.body and f"/invitations/{token}/" in letter.html
        row = Invitation.objects.values().get()
        assert token not in str(row) and len(invitation.fingerprint) == 64
        assert invitation.expires_at - invitation.invited_at == timedelta(days=7)
        assert "hospitals.invited" in trail(hospital)

    def test_a_second_one_withdraws_the_first(self, hospital, hospital_admin, at):
        _first, _token = invite(hospital, hospital_admin)
        at(clock.now() + timedelta(minutes=10))
        second, _token = invite(hospital, hospital_admin)
        assert list(Invitation.objects.waiting()) == [second]

    def test_a_second_one_within_some_minutes_sends_nothing_and_says_so(self, hospital, hospital_admin, at):
        first, _token = invite(hospital, hospital_admin)
        for email in (NEW, "Jaya@EXAMPLE.org "):
            with pytest.raises(RuleBroken, match="is not sent again") as refusal:
                invite(hospital, hospital_admin, email=email)
        assert refusal.value.field == "email"
        assert list(Invitation.objects.waiting()) == [first] and Mail.objects.filter(to=NEW).count() == 1

    def test_nor_when_the_first_was_withdrawn(self, hospital, hospital_admin):
        first, _token = invite(hospital, hospital_admin)
        workflow.withdraw_invitation(invitation=first, by=hospital_admin)
        with pytest.raises(RuleBroken, match="is not sent again"):
            invite(hospital, hospital_admin)

    def test_another_role_or_another_hospital_is_another_matter(self, hospital, other_hospital, hospital_admin):
        invite(hospital, hospital_admin)
        invite(hospital, hospital_admin, role="administrator")
        invite(other_hospital, hospital_admin)
        assert Mail.objects.filter(to=NEW).count() == 3

    def test_a_hospital_sends_no_more_than_so_many_in_a_day(
        self, hospital, other_hospital, hospital_admin, at, monkeypatch
    ):
        monkeypatch.setattr("hospitals.workflow.staffing.MOST_A_DAY", 3)
        for n in range(3):
            invitation, _token = invite(hospital, hospital_admin, email=f"person{n}@example.org")
            workflow.withdraw_invitation(invitation=invitation, by=hospital_admin)
        with pytest.raises(RuleBroken, match="3 invitations were sent in one day"):
            invite(hospital, hospital_admin)
        assert not Mail.objects.filter(to=NEW).exists()
        invite(other_hospital, hospital_admin)
        at(clock.now() + timedelta(days=1))
        invite(hospital, hospital_admin)

    def test_who_works_there_is_not_asked(self, hospital, hospital_admin, receptionist):
        with pytest.raises(RuleBroken, match="works here already") as refusal:
            invite(hospital, hospital_admin, email=receptionist.email)
        assert refusal.value.field == "email"

    def test_a_hospital_that_is_being_checked_invites_nobody(self, hospital, hospital_admin):
        Hospital.objects.update(state="pending")
        with pytest.raises(RuleBroken, match="once the hospital is approved"):
            invite(hospital, hospital_admin)
        assert not Mail.objects.filter(to=NEW).exists()


class TestAccept:
    def test_the_person_works_there_from_now_on(self, hospital, hospital_admin):
        user = UserFactory(email=NEW)
        invitation, _token = invite(hospital, hospital_admin)
        staff = workflow.accept_invitation(invitation=invitation, by=user)
        assert (staff.hospital, staff.role) == (hospital, "receptionist")
        assert groups(user) == {"Receptionists"}
        assert "hospitals.invitation_accepted" in inbox(hospital_admin)

    def test_another_person_does_not(self, hospital, hospital_admin, patient):
        invitation, _token = invite(hospital, hospital_admin)
        with pytest.raises(RuleBroken, match="for another person"):
            workflow.accept_invitation(invitation=invitation, by=patient.user)
        assert groups(patient.user) == {"Patients"}

    def test_an_address_that_is_not_confirmed_does_not_count(self, hospital, hospital_admin):
        user = UserFactory(email=NEW)
        user.emailaddress_set.update(verified=False)
        invitation, _token = invite(hospital, hospital_admin)
        with pytest.raises(RuleBroken, match="for another person"):
            workflow.accept_invitation(invitation=invitation, by=user)

    def test_it_counts_once(self, hospital, hospital_admin):
        user = UserFactory(email=NEW)
        invitation, _token = invite(hospital, hospital_admin)
        workflow.dismiss(staff=workflow.accept_invitation(invitation=invitation, by=user), by=hospital_admin)
        with pytest.raises(RuleBroken, match="used up or too old"):
            workflow.accept_invitation(invitation=invitation, by=user)
        assert not Staff.objects.of(user).exists()

    def test_not_after_seven_days_and_not_once_withdrawn(self, at, monday_morning, hospital, hospital_admin):
        user = UserFactory(email=NEW)
        first, _token = invite(hospital, hospital_admin)
        at(monday_morning + timedelta(days=7))
        second, _token = invite(hospital, hospital_admin)
        workflow.withdraw_invitation(invitation=second, by=hospital_admin)
        for invitation in (first, second):
            with pytest.raises(RuleBroken, match="used up or too old"):
                workflow.accept_invitation(invitation=invitation, by=user)
        with pytest.raises(RuleBroken, match="no longer waits"):
            workflow.withdraw_invitation(invitation=second, by=hospital_admin)

    def test_a_new_person_joins_with_an_address_that_the_link_has_shown(self, hospital, hospital_admin):
        invitation, _token = invite(hospital, hospital_admin)
        user = workflow.join_by_invitation(invitation=invitation, name="Jaya Thomas", password=PASSWORD)
        assert user.emailaddress_set.get().verified and groups(user) == {"Receptionists"}

    def test_a_failed_joining_leaves_no_account(self, hospital, hospital_admin):
        invitation, _token = invite(hospital, hospital_admin)
        workflow.withdraw_invitation(invitation=invitation, by=hospital_admin)
        with pytest.raises(RuleBroken):
            workflow.join_by_invitation(invitation=invitation, name="Jaya Thomas", password=PASSWORD)
        assert not User.objects.filter(email=NEW).exists()


class TestDismiss:
    def test_it_counts_from_the_next_request_on(self, hospital, hospital_admin, receptionist, sign_in):
        browser = sign_in(receptionist)
        assert browser.get("/appointments/hospital/").status_code == 200
        workflow.dismiss(staff=Staff.objects.get(user=receptionist), by=hospital_admin)
        assert browser.get("/appointments/hospital/").status_code == 403

    def test_a_hospital_keeps_somebody_who_runs_it(self, hospital, hospital_admin):
        with pytest.raises(RuleBroken, match="your own work"):
            workflow.dismiss(staff=Staff.objects.get(user=hospital_admin), by=hospital_admin)

    def test_nobody_is_dismissed_twice(self, hospital, hospital_admin, receptionist):
        staff = Staff.objects.get(user=receptionist)
        workflow.dismiss(staff=staff, by=hospital_admin)
        with pytest.raises(RuleBroken, match="no longer works here"):
            workflow.dismiss(staff=staff, by=hospital_admin)


class TestPages:
    def link(self):
        return re.search(r"/invitations/[\w-]+/", Mail.objects.filter(to=NEW).latest("created_at").body)[0]

    @pytest.fixture
    def desk(self, hospital, hospital_admin, sign_in):
        browser = sign_in(hospital_admin)
        browser.post(f"/hospital/{hospital.slug}/staff/invite/", {"email": NEW, "role": "receptionist"})
        return browser

    def test_a_second_click_says_that_nothing_was_sent_and_keeps_the_first_link(self, desk, client, hospital):
        link = self.link()
        answer = desk.post(f"/hospital/{hospital.slug}/staff/invite/", {"email": NEW, "role": "receptionist"})
        assert answer.status_code == 409 and "is not sent again" in answer.content.decode()
        assert Mail.objects.filter(to=NEW).count() == 1 and client.get(link).status_code == 200

    def test_a_new_person_follows_the_link_and_is_in(self, desk, client, hospital):
        page = client.get(self.link()).content.decode()
        assert hospital.name in page and "Create account and accept" in page
        answer = client.post(
            self.link(),
            {"name": "Jaya Thomas", "password": PASSWORD, "email": "x@example.org", "role": "administrator"},
        )
        assert (answer.status_code, answer.url) == (302, "/dashboard/")
        user = User.objects.get(email=NEW)
        assert groups(user) == {"Receptionists"} and user.name == "Jaya Thomas"
        assert client.get("/accounts/profile/").status_code == 200
        assert client.get(self.link()).status_code == 410

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"name": ""}, "Enter your name"),
            ({"password": ""}, "Choose a password"),
            ({"password": "elevenchars"}, "Use at least 12 characters."),
            ({"password": "password1234"}, "too common"),
        ],
    )
    def test_what_is_missing_is_said(self, desk, client, typed, sentence):
        answer = client.post(self.link(), {"name": "Jaya Thomas", "password": PASSWORD, **typed})
        assert answer.status_code == 422 and sentence in answer.content.decode()
        assert not User.objects.filter(email=NEW).exists()

    def test_who_has_an_account_logs_in_and_accepts(self, desk, client, hospital):
        user = UserFactory(email=NEW)
        link = self.link()
        assert f"/accounts/login/?next={link}" in client.get(link).content.decode()
        assert client.post(link, {"name": "X", "password": PASSWORD}).status_code == 200
        client.force_login(user)
        assert "Accept invitation" in client.get(link).content.decode()
        assert client.post(link + "accept-invitation/").url == "/dashboard/"
        assert Staff.objects.of(user).get().hospital == hospital

    def test_the_wrong_person_reads_why(self, desk, patient, sign_in):
        browser, link = sign_in(patient), self.link()
        assert "This invitation is for another person" in browser.get(link).content.decode()
        assert browser.post(link + "accept-invitation/").status_code == 409
        assert groups(patient.user) == {"Patients"}

    def test_one_that_is_too_old_says_so(self, desk, client, at):
        link = self.link()
        at(clock.now() + timedelta(days=7, minutes=1))
        answer = client.get(link)
        assert answer.status_code == 410 and "used up or too old" in answer.content.decode()
        assert client.post(link, {"name": "X", "password": PASSWORD}).status_code == 410

    def test_a_token_that_nobody_sent_is_nothing(self, client, db):
        assert client.get("/invitations/" + "x" * 43 + "/").status_code == 404

    def test_staff_is_listed_and_ended(self, desk, hospital, receptionist):
        page = desk.get(f"/hospital/{hospital.slug}/staff/").content.decode()
        assert receptionist.email in page and NEW in page
        invitation = Invitation.objects.get()
        desk.post(f"/hospital/{hospital.slug}/invitations/{invitation.pk}/withdraw-invitation/")
        desk.post(f"/hospital/{hospital.slug}/staff/{Staff.objects.get(user=receptionist).pk}/dismiss/")
        page = desk.get(f"/hospital/{hospital.slug}/staff/").content.decode()
        assert receptionist.email not in page and NEW not in page

    def test_staff_of_another_hospital_is_not_ended(self, desk, hospital, other_receptionist):
        row = Staff.objects.get(user=other_receptionist)
        assert desk.post(f"/hospital/{hospital.slug}/staff/{row.pk}/dismiss/").status_code == 404
        assert Staff.objects.of(other_receptionist).exists()

    @pytest.mark.parametrize(
        "typed", [{"email": "a@"}, {"email": ""}, {"role": "boss"}, {"email": "x" * 300 + "@example.org"}]
    )
    def test_an_invitation_needs_an_address_and_a_role(self, desk, hospital, typed):
        answer = desk.post(
            f"/hospital/{hospital.slug}/staff/invite/", {"email": "new@example.org", "role": "receptionist", **typed}
        )
        assert answer.status_code == 422
        assert Invitation.objects.count() == 1
