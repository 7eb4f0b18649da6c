"""Two people write at once, and one form is sent many times at once: no number is left out, none is there twice."""

import pytest

from accounts.models import Notification
from chat import workflow
from chat.models import Conversation, Cursor, Message
from tests.concurrency.race import at_once, sort_out

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def chat(confirmed):
    return Conversation.objects.select_related("patient", "doctor__user").get()


def test_many_who_write_at_once_are_numbered_without_a_gap(chat, patient, doctor):
    def say(n):
        by = patient.user if n % 2 else doctor.user
        return lambda: workflow.send(conversation=chat, client_id=f"the-form-{n}", text="Hello", by=by)

    done, refused = sort_out(at_once([say(n) for n in range(16)]))
    assert (len(done), refused) == (16, [])
    assert list(Message.objects.values_list("sequence", flat=True)) == list(range(1, 17))
    assert Notification.objects.filter(kind="chat.sent", recipient=doctor.user).unread().count() == 1


def test_one_form_that_is_sent_many_times_at_once_is_one_message(chat, patient):
    send = [lambda: workflow.send(conversation=chat, client_id="one-form", text="Hello", by=patient.user)] * 12
    done, refused = sort_out(at_once(send))
    assert ({message.pk for message in done}, refused) == ({Message.objects.get().pk}, [])


def test_a_conversation_is_begun_once_by_both_sides(chat, patient, doctor):
    Conversation.objects.all().delete()
    sides = [
        lambda by=by: workflow.begin(patient=patient, doctor=doctor, by=by) for by in (patient.user, doctor.user) * 5
    ]
    done, refused = sort_out(at_once(sides))
    assert ({row.pk for row in done}, refused) == ({Conversation.objects.get().pk}, [])


def test_a_cursor_that_is_moved_at_once_keeps_the_furthest(chat, patient, doctor):
    for n in range(8):
        workflow.send(conversation=chat, client_id=f"the-form-{n}", text="Hello", by=patient.user)
    moves = [lambda to=to: workflow.read(conversation=chat, to=to, by=doctor.user) for to in range(1, 9)]
    sort_out(at_once(moves))
    assert Cursor.objects.get(user=doctor.user).read_to == 8
