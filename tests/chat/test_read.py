"""Reading: a cursor that only moves on, and what is counted by it."""

import pytest

from accounts.models import Notification
from chat import workflow
from chat.models import Conversation, Cursor
from healthstack.frame import waiting_for
from patients import workflow as patients

SEEN = {"HX-Request": "true"}


def unread(user):
    return Conversation.objects.with_unread(user).get().unread


def test_what_the_other_wrote_is_unread_what_one_wrote_is_not(write, patient, doctor):
    write(patient)
    write(patient)
    assert (unread(doctor.user), unread(patient.user)) == (2, 0)


def test_the_cursor_never_goes_back(chat, write, patient, doctor):
    for _ in range(3):
        write(patient)
    workflow.read(conversation=chat, to=3, by=doctor.user)
    workflow.read(conversation=chat, to=1, by=doctor.user)
    assert Cursor.objects.get(user=doctor.user).read_to == 3


def test_nobody_reads_what_is_not_written_yet(chat, write, patient, doctor):
    write(patient)
    workflow.read(conversation=chat, to=999_999, by=doctor.user)
    write(patient)
    assert unread(doctor.user) == 1


def test_opening_a_conversation_marks_nothing_as_read(chat, write, patient, doctor, sign_in):
    write(patient)
    sign_in(doctor).get(chat.get_absolute_url())
    assert unread(doctor.user) == 1


def test_the_button_marks_it_as_read_and_the_inbox_with_it(chat, write, patient, doctor, sign_in):
    write(patient)
    sign_in(doctor).post(f"{chat.get_absolute_url()}read/", {"seen": "1"})
    assert unread(doctor.user) == 0
    assert not Notification.objects.unread().filter(recipient=doctor.user, kind="chat.sent").exists()


@pytest.mark.parametrize("seen", ["", "-1", "abc", "1" * 30, "١"])
def test_a_number_that_is_none_moves_nothing(chat, write, patient, doctor, sign_in, seen):
    write(patient)
    assert sign_in(doctor).post(f"{chat.get_absolute_url()}read/", {"seen": seen}).status_code == 302
    assert unread(doctor.user) == 1


def test_the_frame_counts_the_unread_of_both_roles(write, patient, doctor, other_doctor):
    write(patient)
    write(patient)
    assert waiting_for(doctor.user)["chats"] == 2
    assert waiting_for(patient.user)["chats"] == 0
    assert waiting_for(other_doctor.user)["chats"] == 0


def test_the_sender_sees_that_it_was_read(chat, write, patient, doctor, sign_in):
    write(patient, "Hello")
    browser = sign_in(patient)
    assert ">Sent<" in browser.get(chat.get_absolute_url()).content.decode()
    workflow.read(conversation=chat, to=1, by=doctor.user)
    assert ">Read<" in browser.get(chat.get_absolute_url()).content.decode()


def test_the_open_page_hears_only_of_what_is_new(chat, write, patient, doctor, sign_in):
    write(patient, "Hello")
    browser, url = sign_in(patient), f"{chat.get_absolute_url()}?seen=1&read=0"
    assert browser.get(url, headers=SEEN).status_code == 204
    workflow.read(conversation=chat, to=1, by=doctor.user)
    assert 'id="read-1" hx-swap-oob="innerHTML">Read' in browser.get(url, headers=SEEN).content.decode()
    write(doctor, "Good morning")
    words = browser.get(url, headers=SEEN).content.decode()
    assert "Good morning" in words
    assert "Hello" not in words


def test_history_pages_back_without_a_message_twice(chat, write, patient, sign_in, at):
    for n in range(65):
        at(f"2026-03-02 {9 + n // 60:02}:{n % 60:02}")
        write(patient, f"Message {n + 1:03}")
    browser, url, found = sign_in(patient), chat.get_absolute_url(), []
    page = browser.get(url).content.decode()
    for before in ("36", "6"):
        found = [n for n in range(1, 66) if f">Message {n:03}</p>" in page] + found
        assert f"?before={before}" in page
        page = browser.get(f"{url}?before={before}").content.decode()
    found = [n for n in range(1, 66) if f">Message {n:03}</p>" in page] + found
    assert found == list(range(1, 66))
    assert "Earlier messages" not in page


def test_the_list_has_the_newest_first_and_says_what_is_unread(chat, write, patient, doctor, sign_in):
    write(patient, "Does the tablet go with milk?")
    page = sign_in(doctor).get("/chat/").content.decode()
    assert "Does the tablet go with milk?" in page
    assert "Priyanka Maurya" in page
    assert "In an emergency call" in page


def test_others_find_nothing(chat, other_patient, other_doctor, hospital_admin, receptionist, sign_in):
    for stranger, status in ((other_patient, 404), (other_doctor, 404), (hospital_admin, 403), (receptionist, 403)):
        assert sign_in(stranger).get(chat.get_absolute_url()).status_code == status
    assert chat.get_absolute_url() not in sign_in(other_doctor).get("/chat/").content.decode()


def test_a_guardianship_that_is_over_shows_nothing_any_more(guardian, dependant, doctor, sign_in):
    patients.grant_access(patient=dependant, carer=doctor.user, reason="Advice", ends_at=None, by=None)
    row = workflow.begin(patient=dependant, doctor=doctor, by=guardian.user)
    assert sign_in(guardian).get(row.get_absolute_url()).status_code == 200
    patients.end_guardianship(patient=dependant, by=guardian.user)
    assert sign_in(guardian).get(row.get_absolute_url()).status_code == 404
