"""A patient and a doctor whose visit is confirmed, and what they write to each other."""

from itertools import count

import pytest

from chat import workflow
from chat.models import Conversation


@pytest.fixture
def chat(confirmed):
    """The conversation that came with the visit."""
    return Conversation.objects.select_related("patient", "doctor__user").get(patient=confirmed.patient)


@pytest.fixture
def write(chat):
    """write(person, text) sends a message by a form of its own."""
    numbers = count(1)

    def say(person, text="How are you?", **more):
        facts = {"conversation": chat, "client_id": f"the-form-{next(numbers)}", **more}
        return workflow.send(text=text, by=getattr(person, "user", person), **facts)

    return say
