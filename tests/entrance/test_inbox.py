"""The inbox: what happened, unread first seen, and a way to act on it."""

import uuid
from datetime import timedelta

import pytest

from accounts.models import Notification
from healthstack.lib import clock

pytestmark = pytest.mark.django_db


def tell(person, text, *, path="/appointments/", hours_ago=0, read=False):
    at = clock.now() - timedelta(hours=hours_ago)
    return Notification.objects.create(
        recipient=person.user, kind="test", text=text, path=path, created_at=at, read_at=at if read else None
    )


def test_an_empty_inbox_says_what_will_be_there(sign_in, patient):
    page = sign_in(patient).get("/notifications/").content.decode()
    assert "Nothing yet. What happens around your visits will appear here." in page
    assert "Mark all as read" not in page


def test_what_is_unread_is_told_by_word_and_weight(sign_in, patient):
    tell(patient, "Your visit is confirmed.")
    tell(patient, "An older line.", hours_ago=3, read=True)
    page = sign_in(patient).get("/notifications/").content.decode()
    assert "<b>Your visit is confirmed.</b>" in page
    assert "<b>An older line.</b>" not in page
    assert page.count(">Unread</span>") == 1
    assert "<p>1 unread</p>" in page
    assert page.index("Your visit is confirmed.") < page.index("An older line.")


def test_opening_a_line_marks_it_read_and_leads_to_it(sign_in, patient):
    row = tell(patient, "Your visit is confirmed.", path="/appointments/?show=past")
    client = sign_in(patient)
    assert f'action="/notifications/{row.pk}/read/"' in client.get("/notifications/").content.decode()
    assert client.get(f"/notifications/{row.pk}/read/").status_code == 405
    assert client.post(f"/notifications/{row.pk}/read/").url == "/appointments/?show=past"
    row.refresh_from_db()
    assert row.read_at


def test_a_line_that_leads_nowhere_is_only_marked(sign_in, patient):
    row = tell(patient, "Your account is open again.", path="")
    client = sign_in(patient)
    assert "Mark as read" in client.get("/notifications/").content.decode()
    assert client.post(f"/notifications/{row.pk}/read/").url == "/notifications/"
    assert "Mark as read" not in client.get("/notifications/").content.decode()


@pytest.mark.parametrize("path", ["//evil.example", r"/\evil.example", "https://evil.example/"])
def test_a_line_never_leads_out_of_the_house(sign_in, patient, path):
    row = tell(patient, "x", path=path)
    assert sign_in(patient).post(f"/notifications/{row.pk}/read/").url == "/notifications/"


def test_all_can_be_marked_at_once(sign_in, patient, other_patient):
    for n in range(3):
        tell(patient, f"Line {n}.", hours_ago=n)
    tell(other_patient, "Not yours.")
    client = sign_in(patient)
    assert client.post("/notifications/read-all/").url == "/notifications/"
    assert not Notification.objects.filter(recipient=patient.user, read_at=None).exists()
    assert Notification.objects.filter(recipient=other_patient.user, read_at=None).count() == 1


def test_nobody_reads_another_persons_lines(sign_in, patient, other_patient):
    row = tell(patient, "Only for Priyanka.")
    client = sign_in(other_patient)
    assert "Only for Priyanka." not in client.get("/notifications/").content.decode()
    denied = client.post(f"/notifications/{row.pk}/read/")
    missing = client.post(f"/notifications/{uuid.uuid4()}/read/")
    assert denied.status_code == missing.status_code == 404
    row.refresh_from_db()
    assert row.read_at is None


def test_older_lines_are_on_further_pages(sign_in, patient):
    for n in range(23):
        tell(patient, f"Line number {n}.", hours_ago=n)
    client = sign_in(patient)
    seen, query = [], ""
    while True:
        response = client.get("/notifications/" + query)
        page, text = response.context["page"], response.content.decode()
        seen += [row.text for row in page.rows]
        assert ("To the beginning" in text) is bool(query)
        if not page.next:
            break
        query = f"?after={page.next}"
    assert seen == [f"Line number {n}." for n in range(23)]


def test_the_inbox_costs_the_same_with_many_lines(sign_in, patient, django_assert_max_num_queries):
    for n in range(40):
        tell(patient, f"Line number {n}.", hours_ago=n)
    client = sign_in(patient)
    client.get("/notifications/")  # the first click of a session is noted
    with django_assert_max_num_queries(8):
        client.get("/notifications/")


def test_text_is_text(sign_in, patient):
    tell(patient, "<script>alert(1)</script>")
    assert "<script>alert" not in sign_in(patient).get("/notifications/").content.decode()
