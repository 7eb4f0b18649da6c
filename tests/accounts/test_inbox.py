"""A person's inbox."""

from django.contrib.auth.models import AnonymousUser

from accounts import workflow
from accounts.models import Mail, Notification
from accounts.notify import notify, without_letters
from healthstack.lib import clock


def tell(person, text="Your visit is confirmed.", **facts):
    notify(person.user, "appointments.approved", text, **facts)
    return Notification.objects.get(recipient=person.user, text=text)


def test_a_line_comes_with_a_letter(patient):
    line = tell(patient, path="/appointments/")
    assert (line.kind, line.path, line.read_at) == ("appointments.approved", "/appointments/", None)
    letter = Mail.objects.get()
    assert (letter.to, letter.subject) == (patient.user.email, "Your visit is confirmed.")
    assert "/appointments/" in letter.body
    assert patient.name in letter.body


def test_who_is_shut_out_gets_no_letter(patient):
    workflow.disable_user(user=patient.user, by=None)
    patient.user.refresh_from_db()
    tell(patient)
    assert not Mail.objects.exists()


def test_letters_can_be_left_out(patient, other_patient):
    tell(patient, mail=False)
    with without_letters():
        tell(other_patient)
    assert Notification.objects.count() == 2
    assert not Mail.objects.exists()


def test_a_long_sentence_is_cut(patient):
    notify(patient.user, "accounts.test", "x" * 500)
    assert Notification.objects.get().text == "x" * 240


def test_a_line_break_cannot_forge_a_header(patient):
    notify(patient.user, "accounts.test", "Hello\r\nBcc: everyone@example.org")
    assert Mail.objects.get().subject == "Hello Bcc: everyone@example.org"


def test_everybody_sees_their_own(patient, other_patient):
    line = tell(patient)
    assert list(Notification.objects.visible_to(patient.user)) == [line]
    assert not Notification.objects.visible_to(other_patient.user).exists()
    assert not Notification.objects.visible_to(AnonymousUser()).exists()


def test_a_line_is_read_once(patient, at):
    line = tell(patient)
    first = at("2030-01-01 09:00")
    workflow.read(notification=line, by=patient.user)
    at("2030-01-01 10:00")
    workflow.read(notification=line, by=patient.user)
    line.refresh_from_db()
    assert line.read_at == first
    assert not Notification.objects.visible_to(patient.user).unread().exists()


def test_a_stranger_reads_nothing(patient, other_patient):
    line = tell(patient)
    workflow.read(notification=line, by=other_patient.user)
    workflow.read_all(by=other_patient.user)
    line.refresh_from_db()
    assert line.read_at is None


def test_the_whole_inbox_is_read_at_once(patient, other_patient, at):
    tell(patient, "One.")
    tell(patient, "Two.")
    tell(other_patient, "Three.")
    at("2030-01-01 09:00")
    workflow.read_all(by=patient.user)
    assert [line.text for line in Notification.objects.unread()] == ["Three."]
    assert set(Notification.objects.filter(recipient=patient.user).values_list("read_at", flat=True)) == {clock.now()}


def test_lines_about_one_page_are_read_together(patient, other_patient):
    tell(patient, "One.", path="/chat/1/")
    tell(patient, "Two.", path="/chat/2/")
    tell(other_patient, "Three.", path="/chat/1/")
    workflow.read_about(path="/chat/1/", by=patient.user)
    assert set(Notification.objects.unread().values_list("text", flat=True)) == {"Two.", "Three."}
