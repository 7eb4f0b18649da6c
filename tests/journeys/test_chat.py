"""A doctor and a patient write to each other, in two browsers."""

import pytest
from playwright.sync_api import expect

from appointments import workflow as appointments
from chat.models import Conversation, Message
from tests.factories import book, picture
from tests.journeys.conftest import DESK, PHONE, PLAIN_PHONE, press, says, send, title

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def chat(patient, neurologist):
    appointments.approve(appointment=book(patient, neurologist), by=neurologist.user)
    return Conversation.objects.get()


def say(page, text):
    page.get_by_label("Message", exact=True).fill(text)
    press(page, "Send", exact=True)


def test_they_write_to_each_other_and_see_what_was_read(browse, patient, neurologist, chat):
    mine, theirs = browse(DESK, patient), browse(PHONE, neurologist)
    for page in (mine, theirs):
        page.goto("/dashboard/")
    mine.get_by_role("link", name="Chat with Doctor").click()
    mine.get_by_role("link", name="Dr Neha Sharma").click()
    title(mine, "Dr Neha Sharma")
    says(mine, "In an emergency call")
    theirs.get_by_role("link", name="Chat", exact=True).click()
    theirs.get_by_role("link", name="Priyanka Maurya").click()
    say(mine, "Before or after dinner?")
    line = mine.get_by_role("log").get_by_role("listitem")
    expect(line).to_contain_text("Before or after dinner?")
    expect(mine.get_by_label("Message", exact=True)).to_have_value("")
    expect(mine.get_by_label("Message", exact=True)).to_be_focused()
    expect(theirs.get_by_role("log")).to_contain_text("Before or after dinner?")
    expect(line).to_contain_text("Read")
    say(theirs, "After dinner.")
    expect(mine.get_by_role("log")).to_contain_text("After dinner.")
    expect(mine.get_by_role("log").get_by_role("listitem")).to_have_count(2)
    assert list(Message.objects.values_list("text", flat=True)) == ["Before or after dinner?", "After dinner."]


def test_a_message_that_did_not_get_through_is_sent_once_when_the_network_is_back(browse, patient, chat, watch):
    page = browse(DESK, patient)
    page.goto(chat.get_absolute_url())
    page.route("**/send/", lambda route: (route.fetch(), route.abort()))  # it arrives, and nobody hears of it
    say(page, "Is anybody there?")
    expect(page.locator("#live")).not_to_be_empty()
    expect(page.get_by_label("Message", exact=True)).to_have_value("Is anybody there?")
    page.unroute("**/send/")
    watch.troubles.clear()  # htmx complains of it, and should
    press(page, "Send", exact=True)
    expect(page.get_by_role("log").get_by_role("listitem")).to_have_count(1)
    assert Message.objects.count() == 1


def test_without_a_script_it_is_a_page(browse, patient, neurologist, chat):
    page = browse(PLAIN_PHONE, patient)
    page.goto(chat.get_absolute_url())
    page.get_by_label("Message", exact=True).fill("My arm looks like this.")
    upload = picture()
    file = {"name": upload.name, "mimeType": "image/png", "buffer": upload.read()}
    page.get_by_label("Picture or PDF").set_input_files(file)
    send(page, "Send", exact=True)
    expect(page.get_by_role("log").get_by_role("img")).to_be_visible()
    other = browse(PLAIN_PHONE, neurologist)
    other.goto(chat.get_absolute_url())
    send(other, "Mark as read")
    page.get_by_role("link", name="Refresh").click()
    says(page, "Read")


def test_an_empty_message_is_refused_where_it_stands(browse, either, patient, chat):
    page = browse(either, patient)
    page.goto(chat.get_absolute_url())
    press(page, "Send", exact=True)
    expect(page.get_by_role("alert")).to_contain_text("Write a message, or choose a file.")
