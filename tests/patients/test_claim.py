"""A patient without a login takes the own record over: with a code that somebody made who may, and the date of birth."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Mail, User
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from patients import workflow
from patients.models import ClaimCode, Patient
from tests.entrance.steps import CODE, RESET, code_for, is_in, later, letters, link_for, log_in
from tests.factories import PASSWORD, UserFactory, book, trail

PAGE, EMAIL = "/accounts/claim/", "kiran@example.org"
BORN = date(2008, 3, 20)
SORRY = "This code and this date of birth do not belong together"


@pytest.fixture(autouse=True)
def _monday(monday_morning):
    """It is Monday, 2 March 2026."""


@pytest.fixture
def youth(guardian):
    """A child of the guardian's, of age in eighteen days."""
    return workflow.add_dependant(guardian=guardian.user, name="Kiran Maurya", born_on=BORN, by=guardian.user)


@pytest.fixture
def walk_in(hospital, receptionist):
    """A grown-up whom the reception has registered."""
    person = Patient.objects.create(name="Ramesh Yadav", born_on=date(1960, 1, 1), phone="+919839012345")
    workflow.know(hospital=hospital, patient=person, by=receptionist)
    return person


@pytest.fixture
def code(walk_in, receptionist):
    return workflow.invite(patient=walk_in, by=receptionist)[0]


def begin(code, born_on=date(1960, 1, 1), email=EMAIL):
    return workflow.begin_claim(code=code, born_on=born_on, email=email, password=PASSWORD)


def confirm(user):
    """The person has shown that the address is theirs."""
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return workflow.finish_claim(user=user)


def claim(code, born_on=date(1960, 1, 1), email=EMAIL):
    """With a new account, from the code to the own record."""
    return confirm(begin(code, born_on, email))


def typed(code, **changed):
    facts = {"code": code, "born_on": "1 1 1960", "email": EMAIL, "password1": PASSWORD, "consent": "on"}
    return {**facts, **changed}


class TestInvite:
    def test_the_reception_makes_a_code_for_somebody_it_knows(self, walk_in, receptionist):
        code, made = workflow.invite(patient=walk_in, by=receptionist)
        assert len(code) == 14 and code not in str(ClaimCode.objects.values())
        assert made.expires_at == clock.now() + timedelta(days=14)
        assert trail(walk_in)[0] == "patients.invited"

    def test_the_guardian_makes_one_in_the_last_thirty_days(self, youth, guardian, at):
        _code, made = workflow.invite(patient=youth, by=guardian.user)
        assert made.expires_at == at("2026-04-03 00:00")  # fourteen days behind the birthday
        at("2026-02-17 08:00")
        with pytest.raises(RuleBroken, match="too early"):
            workflow.invite(patient=youth, by=guardian.user)

    def test_somebody_under_age_gets_no_code_from_the_reception(self, youth, receptionist):
        with pytest.raises(RuleBroken, match="under age"):
            workflow.invite(patient=youth, by=receptionist)

    def test_who_has_a_login_needs_none(self, patient, receptionist):
        with pytest.raises(RuleBroken, match="has a login already"):
            workflow.invite(patient=patient, by=receptionist)

    def test_a_new_code_ends_those_before(self, code, walk_in, receptionist):
        newer, _made = workflow.invite(patient=walk_in, by=receptionist)
        with pytest.raises(RuleBroken, match=SORRY):
            claim(code)
        assert claim(newer) == walk_in

    def test_the_mail_names_nobody_and_the_page_shows_the_code_once(self, walk_in, receptionist, sign_in):
        browser, page = sign_in(receptionist), f"/patients/{walk_in.pk}/invite/"
        html = browser.post(page, {"email": "ramesh@example.org"}).content.decode()
        letter = Mail.objects.get()
        code = next(line.strip() for line in letter.body.splitlines() if line.startswith("    "))
        assert letter.to == "ramesh@example.org" and code in html and PAGE in letter.body
        assert "Ramesh" not in letter.body + letter.subject and "1960" not in letter.body
        assert code not in browser.get(page).content.decode()
        assert claim(code) == walk_in

    @pytest.mark.parametrize("person", ["other_receptionist", "guardian", "patient", "hospital_admin", "doctor"])
    def test_for_somebody_one_does_not_know_or_speak_for_there_is_no_page(self, person, walk_in, sign_in, request):
        someone = request.getfixturevalue(person)
        status = sign_in(someone).post(f"/patients/{walk_in.pk}/invite/").status_code
        assert status == (403 if person in ("hospital_admin", "doctor") else 404)
        assert not ClaimCode.objects.exists()

    def test_a_guardian_whose_say_is_over_makes_none(self, youth, guardian, sign_in, at):
        at("2026-03-20 00:00")
        assert sign_in(guardian).post(f"/patients/{youth.pk}/invite/").status_code == 404


class TestClaim:
    def test_the_record_gets_a_login_of_its_own(self, code, walk_in):
        patient = claim(code)
        assert patient == walk_in and patient.user.email == EMAIL
        assert (patient.user.name, patient.user.phone) == ("Ramesh Yadav", "+919839012345")
        assert [group.name for group in patient.user.groups.all()] == ["Patients"]
        assert patient.consented_at == clock.now()
        assert trail(walk_in)[0] == "patients.claimed"
        assert Patient.objects.as_patient(patient.user).get() == walk_in

    def test_small_letters_and_spaces_will_do(self, code, walk_in):
        assert claim(code.lower().replace("-", " ")) == walk_in

    def test_the_guardian_is_out_with_it(self, youth, guardian, doctor, at):
        book(youth, doctor, by=guardian.user)
        code, _made = workflow.invite(patient=youth, by=guardian.user)
        at("2026-03-20 00:00")
        patient = claim(code, BORN)
        assert (patient.guardian, patient.guardian_until) == (None, None)
        assert patient not in Patient.objects.as_patient(guardian.user)

    def test_not_before_the_birthday(self, youth, guardian, at):
        code, _made = workflow.invite(patient=youth, by=guardian.user)
        at("2026-03-19 23:59")
        with pytest.raises(RuleBroken, match=SORRY):
            claim(code, BORN)

    def test_once(self, code):
        claim(code)
        with pytest.raises(RuleBroken, match=SORRY):
            claim(code, email="another@example.org")
        assert not User.objects.filter(email="another@example.org").exists()

    def test_for_fourteen_days(self, code, walk_in, at):
        at(clock.now() + timedelta(days=14))
        with pytest.raises(RuleBroken, match=SORRY):
            claim(code)
        at(clock.now() - timedelta(seconds=1))
        assert claim(code) == walk_in

    def test_five_wrong_dates_of_birth_end_it(self, code):
        for n in range(5):
            with pytest.raises(RuleBroken, match=SORRY):
                workflow.check_code(code=code, born_on=date(1960, 1, 2 + n))
        with pytest.raises(RuleBroken, match=SORRY):
            claim(code)

    def test_four_do_not(self, code, walk_in):
        for n in range(4):
            with pytest.raises(RuleBroken, match=SORRY):
                claim(code, date(1960, 1, 2 + n))
        assert claim(code) == walk_in

    def test_an_address_that_is_taken_leaves_the_code_as_it_was(self, code, walk_in, patient):
        with pytest.raises(RuleBroken, match="already"):
            claim(code, email=patient.user.email)
        assert claim(code) == walk_in

    def test_somebody_who_works_here_gets_the_record_to_the_account_they_have(self, code, walk_in):
        user = UserFactory(name="Ramesh K. Yadav", groups=["Administrators"])
        assert workflow.claim(code=code, born_on=walk_in.born_on, user=user).user == user
        walk_in.refresh_from_db()
        assert walk_in.name == "Ramesh K. Yadav"
        assert {group.name for group in user.groups.all()} == {"Administrators", "Patients"}

    def test_a_patient_gets_no_second_record(self, code, patient, walk_in):
        with pytest.raises(RuleBroken, match="record already"):
            workflow.claim(code=code, born_on=walk_in.born_on, user=patient.user)
        walk_in.refresh_from_db()
        assert walk_in.user is None

    def test_an_account_whose_address_is_not_confirmed_gets_none(self, code, walk_in):
        user = UserFactory(groups=["Administrators"])
        user.emailaddress_set.update(verified=False)
        with pytest.raises(RuleBroken, match="Confirm your e-mail address"):
            workflow.claim(code=code, born_on=walk_in.born_on, user=user)
        assert ClaimCode.objects.get().used_at is None


class TestUntilTheAddressIsConfirmed:
    """Who typed the address wrongly has given nothing to whom it belongs, and has lost nothing."""

    def test_nothing_is_joined_and_the_code_is_not_used_up(self, code, walk_in):
        user = begin(code)
        walk_in.refresh_from_db()
        assert walk_in.user is None and ClaimCode.objects.get().used_at is None
        assert (user.name, str(user.phone), list(user.groups.all())) == ("", "", [])
        assert not Patient.objects.visible_to(user).exists()
        assert trail(walk_in)[0] == "patients.claim_begun"

    def test_with_another_address_one_types_the_code_again(self, code, walk_in):
        wrong, right = begin(code, email="wrong@example.org"), begin(code)
        assert confirm(wrong) is None
        assert not Patient.objects.of(wrong).exists() and wrong.name == ""
        assert confirm(right) == walk_in

    def test_who_was_quicker_to_confirm_keeps_it(self, code, walk_in):
        first = begin(code, email="first@example.org")
        confirm(first)
        with pytest.raises(RuleBroken, match=SORRY):
            begin(code)
        walk_in.refresh_from_db()
        assert walk_in.user == first

    def test_twice_is_once(self, code, walk_in):
        user = begin(code)
        assert confirm(user) == walk_in
        assert workflow.finish_claim(user=user) is None

    def test_a_new_code_of_the_reception_ends_what_was_begun(self, code, walk_in, receptionist):
        user = begin(code)
        newer, _made = workflow.invite(patient=walk_in, by=receptionist)
        with pytest.raises(RuleBroken, match=SORRY):
            confirm(user)
        assert claim(newer, email="another@example.org") == walk_in

    def test_after_fourteen_days_it_is_too_late(self, code, at):
        user = begin(code)
        at(clock.now() + timedelta(days=14))
        with pytest.raises(RuleBroken, match=SORRY):
            confirm(user)

    def test_a_record_that_has_got_a_login_meanwhile_keeps_it(self, code, walk_in):
        begun, other = begin(code), UserFactory(groups=["Administrators"])
        workflow.claim(code=code, born_on=walk_in.born_on, user=other)
        with pytest.raises(RuleBroken, match=SORRY):
            confirm(begun)
        walk_in.refresh_from_db()
        assert walk_in.user == other

    def test_the_guardian_is_told_and_shown_nothing_either_way(self, youth, guardian, at):
        code, _made = workflow.invite(patient=youth, by=guardian.user)
        at("2026-03-20 00:00")
        user = begin(code, BORN)
        assert youth not in Patient.objects.as_patient(guardian.user)
        youth.refresh_from_db()
        assert youth.speaker is None
        assert confirm(user) == youth and not Patient.objects.filter(pk=youth.pk, guardian=guardian.user).exists()


class TestPage:
    def test_from_the_code_to_the_own_record(self, client, code, walk_in):
        assert "Take over your record" in client.get(PAGE).content.decode()
        assert client.post(PAGE, typed(code)).url == CODE
        assert not is_in(client)  # the address is checked first, as in every sign-up
        walk_in.refresh_from_db()
        assert walk_in.user is None and "Ramesh" not in letters(EMAIL)[0].body + letters(EMAIL)[0].html
        client.post(CODE, {"code": code_for(EMAIL)})
        assert "Ramesh Yadav" in client.get("/record/").content.decode()

    @pytest.mark.parametrize(
        "changed",
        [
            {"code": "BCDF-GHJK-LMNP"},  # there is none
            {"born_on": "2 1 1960"},
            {"code": "nonsense"},
            {"code": "BCDF-GHJK-LMNP", "email": "patient@example.org"},  # nor does the address change the answer
            {"born_on": "2 1 1960", "email": "patient@example.org"},
        ],
    )
    def test_whatever_is_wrong_the_answer_is_the_same(self, client, code, patient, changed):
        nobody = client.post(PAGE, typed("ZZZZ-ZZZZ-ZZZZ"))
        answer = client.post(PAGE, typed(**{"code": code, **changed}))
        assert answer.status_code == nobody.status_code == 422
        assert answer.context["form"].non_field_errors() == nobody.context["form"].non_field_errors()
        assert SORRY in answer.content.decode() and PASSWORD not in answer.content.decode()
        assert not User.objects.filter(email=EMAIL).exists() and not Mail.objects.exists()

    def test_a_code_is_not_looked_up_while_the_form_has_errors(self, client, code):
        for _n in range(6):
            answer = client.post(PAGE, typed(code, born_on="2 1 1960", password1="short"))
            assert answer.status_code == 422 and SORRY not in answer.content.decode()
        assert ClaimCode.objects.get().tries == 0

    def test_an_address_that_has_an_account_gets_the_same_answer_and_a_letter(self, client, code, walk_in, patient):
        assert client.post(PAGE, typed(code, email=patient.user.email)).url == CODE
        assert Mail.objects.get().subject == "You have an account at HealthStack already"
        walk_in.refresh_from_db()
        assert walk_in.user is None and ClaimCode.objects.get().used_at is None

    def test_who_loses_the_mail_logs_in_and_gets_another(self, client, code, at):
        client.post(PAGE, typed(code))
        client.post("/accounts/logout/")
        at(clock.now() + timedelta(minutes=16))
        with later(minutes=16):
            assert log_in(client, EMAIL).url == CODE
            client.post(CODE, {"code": code_for(EMAIL)})
        assert "Ramesh Yadav" in client.get("/record/").content.decode()

    def test_who_confirms_too_late_is_in_and_reads_why_the_record_is_not_there(
        self, client, code, walk_in, receptionist
    ):
        client.post(PAGE, typed(code))
        workflow.invite(patient=walk_in, by=receptionist)
        page = client.post(CODE, {"code": code_for(EMAIL)}, follow=True)
        assert page.status_code == 200 and SORRY in page.content.decode() and is_in(client)
        assert client.get("/record/").status_code == 403
        walk_in.refresh_from_db()
        assert walk_in.user is None

    def test_a_new_password_alone_does_not_join_it(self, client, code, walk_in, at):
        client.post(PAGE, typed(code))
        at(clock.now() + timedelta(minutes=1))
        client.post(RESET, {"email": EMAIL})
        page = client.get(link_for(EMAIL), follow=True)
        client.post(page.request["PATH_INFO"], {"password1": PASSWORD + "x"})
        walk_in.refresh_from_db()
        assert walk_in.user is None and not is_in(client)

    def test_guessing_is_slowed_down(self, code):
        cache.clear()
        browser = Client()
        answers = [browser.post(PAGE, typed("ZZZZ-ZZZZ-ZZZZ")).status_code for _n in range(21)]
        assert answers == [422] * 20 + [429]

    def test_more_fields_than_the_form_has_make_nobody_else(self, client, code, walk_in):
        client.post(PAGE, typed(code, name="Root", role="admin", groups="Administrators", is_staff="1", user="1"))
        client.post(CODE, {"code": code_for(EMAIL)})
        user = User.objects.get(email=EMAIL)
        assert (user.name, [group.name for group in user.groups.all()]) == ("Ramesh Yadav", ["Patients"])

    def test_a_patient_who_is_logged_in_is_told_why_it_cannot_be(self, patient, code, sign_in, walk_in):
        browser = sign_in(patient)
        assert "You have a record already" in browser.get(PAGE).content.decode()
        answer = browser.post(PAGE, {"code": code, "born_on": "1 1 1960"})
        assert answer.status_code == 422 and "You have a record already" in answer.content.decode()
        walk_in.refresh_from_db()
        assert walk_in.user is None

    def test_a_receptionist_takes_the_own_record_over(self, receptionist, code, sign_in):
        browser = sign_in(receptionist)
        assert browser.post(PAGE, {"code": "ZZZZ-ZZZZ-ZZZZ", "born_on": "1 1 1960"}).status_code == 422
        assert browser.post(PAGE, {"code": code, "born_on": "1 1 1960"}).url == "/record/"
        assert Patient.objects.of(receptionist).get().name == "Jaya Thomas"


def test_a_grown_up_sees_the_own_record_and_the_guardian_does_not(grown_up, guardian, sign_in):
    assert "Kiran Maurya" in sign_in(grown_up).get("/record/").content.decode()
    assert sign_in(guardian).get(f"/record/{grown_up.pk}/").status_code == 404
