"""Reviews in the panel: read by administrators, hidden with a reason, shown again; never written or changed."""

import pytest
from django.urls import reverse

from appointments.models import Review
from tests.appointments.test_reviews import see
from tests.factories import trail


@pytest.fixture
def review(monday_morning, patient, doctor, at):
    from appointments import workflow

    return workflow.write_review(
        appointment=see(patient, doctor, at), stars=2, text="<b>Late</b> again.", by=patient.user
    )


def text(answer):
    return " ".join(answer.content.decode().split())


def test_the_list_names_what_all_may_read(sign_in, administrator, review):
    page = text(sign_in(administrator).get(reverse("admin:appointments_review_changelist")))
    assert "&lt;b&gt;Late&lt;/b&gt; again." in page
    assert "Priyanka M." in page
    assert "Maurya" not in page


def test_it_is_hidden_with_a_reason_and_shown_again(sign_in, administrator, review):
    browser = sign_in(administrator)
    hide = reverse("admin:appointments_review_hide")
    browser.post(hide, {"pick": str(review.pk), "reason": ""})
    assert Review.objects.shown().exists()
    browser.post(hide, {"pick": str(review.pk), "reason": "Names a nurse", "sure": "1"})
    assert not Review.objects.shown().exists()
    assert trail(review)[0] == "appointments.review_hidden"
    browser.post(reverse("admin:appointments_review_unhide"), {"pick": str(review.pk)})
    assert Review.objects.shown().exists()


@pytest.mark.parametrize("page", ["add", "change"])
def test_nobody_writes_one_there(sign_in, administrator, review, page):
    args = [review.pk] if page == "change" else []
    answer = sign_in(administrator).post(reverse(f"admin:appointments_review_{page}", args=args), {"stars": "5"})
    assert answer.status_code in (403, 405)
    assert Review.objects.get().stars == 2
