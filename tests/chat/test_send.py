"""Writing: stored in order, exactly once, by those of the two sides alone."""

import pytest

from accounts.models import Mail, Notification, StoredFile
from chat import workflow
from chat.models import Message
from healthstack.lib.rules import RuleBroken
from patients import workflow as patients
from tests.factories import picture


def test_messages_are_numbered_without_gaps(write, patient, doctor):
    for person in (patient, doctor, patient):
        write(person)
    assert list(Message.objects.values_list("sequence", flat=True)) == [1, 2, 3]


def test_what_arrives_twice_is_there_once(write, patient):
    first = write(patient, "Hello", client_id="one-form")
    assert write(patient, "Hello", client_id="one-form") == first
    assert Message.objects.count() == 1


def test_the_form_of_another_is_not_taken_for_ones_own(write, patient, doctor):
    write(patient, "Hello", client_id="one-form")
    with pytest.raises(RuleBroken):
        write(doctor, "Hello", client_id="one-form")


def test_a_refused_message_leaves_no_gap(write, patient):
    write(patient)
    with pytest.raises(RuleBroken):
        write(patient, "")
    assert write(patient).sequence == 2


@pytest.mark.parametrize(("text", "fits"), [("a" * 4096, True), ("a" * 4097, False), ("द" * 1366, False)])
def test_a_text_has_four_kilobytes_at_most(write, patient, text, fits):
    if fits:
        assert write(patient, text).text == text
    else:
        with pytest.raises(RuleBroken, match="too long"):
            write(patient, text)


def test_the_twenty_first_within_ten_seconds_is_refused_with_a_sentence(write, patient, doctor, at):
    at("2026-03-02 09:00")
    for _ in range(20):
        write(patient)
    with pytest.raises(RuleBroken, match="very fast"):
        write(patient)
    write(doctor)
    at("2026-03-02 09:01")
    assert write(patient).sequence == 22


def test_the_sender_is_who_is_logged_in_whatever_the_form_says(chat, patient, doctor, sign_in):
    data = {"client_id": "one-form", "text": "Hello", "sender": doctor.user.pk, "by": doctor.user.pk}
    assert sign_in(patient).post(f"{chat.get_absolute_url()}send/", data).status_code == 302
    assert Message.objects.get().sender == patient.user


def test_a_guardian_writes_for_the_child_under_the_own_name(guardian, dependant, doctor, sign_in):
    patients.grant_access(patient=dependant, carer=doctor.user, reason="Advice", ends_at=None, by=None)
    row = workflow.begin(patient=dependant, doctor=doctor, by=guardian.user)
    sign_in(guardian).post(f"{row.get_absolute_url()}send/", {"client_id": "one-form", "text": "He sleeps well."})
    page = sign_in(doctor).get(row.get_absolute_url()).content.decode()
    assert "Sunita Maurya writes" in page
    assert '<p class="sr">Sunita Maurya</p>' in page


def test_another_patient_or_doctor_cannot_write_into_it(chat, other_patient, other_doctor, sign_in):
    for stranger in (other_patient, other_doctor):
        answer = sign_in(stranger).post(f"{chat.get_absolute_url()}send/", {"client_id": "one-form", "text": "Hello"})
        assert answer.status_code == 404
    assert not Message.objects.exists()


def test_what_is_typed_is_shown_as_text(chat, write, patient, doctor, sign_in):
    write(patient, "<script>alert(1)</script> javascript:alert(1)")
    page = sign_in(doctor).get(chat.get_absolute_url()).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_a_refusal_keeps_what_was_typed(chat, patient, sign_in):
    long = "much " * 900
    answer = sign_in(patient).post(f"{chat.get_absolute_url()}send/", {"client_id": "one-form", "text": long})
    assert answer.status_code == 422
    assert "Send it in two parts." in answer.content.decode()
    assert long.strip() in answer.content.decode()


def test_an_open_page_gets_the_new_lines_and_an_empty_form(chat, write, patient, doctor, sign_in):
    write(doctor, "Good morning")
    data = {"client_id": "one-form", "text": "Hello", "seen": "0", "read": "0"}
    page = sign_in(patient).post(f"{chat.get_absolute_url()}send/", data, headers={"HX-Request": "true"})
    words = page.content.decode()
    assert "Good morning" in words and ">Hello<" in words
    assert 'name="seen" value="2"' in words
    assert "one-form" not in words


def test_an_open_page_gets_the_form_back_when_it_is_refused(chat, patient, sign_in):
    data = {"client_id": "one-form", "text": ""}
    page = sign_in(patient).post(f"{chat.get_absolute_url()}send/", data, headers={"HX-Request": "true"})
    assert (page.status_code, page["HX-Retarget"]) == (409, "#composer")
    assert "Write a message, or choose a file." in page.content.decode()


def test_a_picture_is_for_the_two_sides_alone(chat, patient, doctor, other_doctor, administrator, sign_in):
    data = {"client_id": "one-form", "text": "My arm", "file": picture()}
    assert sign_in(patient).post(f"{chat.get_absolute_url()}send/", data).status_code == 302
    url = f"/chat/files/{Message.objects.get().pk}/"
    answer = sign_in(doctor).get(url)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "no-store, private"
    assert sign_in(other_doctor).get(url).status_code == 404
    assert sign_in(administrator).get(url).status_code == 403


def test_a_file_that_arrives_twice_is_kept_once(write, patient):
    before = StoredFile.objects.count()
    write(patient, "", upload=picture(), client_id="one-form")
    write(patient, "", upload=picture(), client_id="one-form")
    assert StoredFile.objects.count() == before + 1


def test_many_messages_are_one_line_of_the_inbox_without_their_words(write, patient, doctor):
    Mail.objects.all().delete()
    write(patient, "I am pregnant")
    write(patient, "And afraid")
    lines = Notification.objects.filter(recipient=doctor.user, kind="chat.sent")
    assert [line.text for line in lines] == ["A patient has written to you."]
    assert Mail.objects.count() == 1
    assert "pregnant" not in Mail.objects.get().body + Mail.objects.get().subject + Mail.objects.get().html


def test_after_reading_the_next_message_is_a_line_again(chat, write, patient, doctor):
    write(patient)
    workflow.read(conversation=chat, to=1, by=doctor.user)
    write(patient)
    assert Notification.objects.filter(recipient=doctor.user, kind="chat.sent").count() == 2
