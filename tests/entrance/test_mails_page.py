"""The page that shows the mails of a test site."""

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import NoReverseMatch, clear_url_caches, reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path / "mails"

    def send(to, subject, body):
        connection = get_connection("django.core.mail.backends.filebased.EmailBackend")
        letter = EmailMultiAlternatives(subject, body, to=[to], connection=connection)
        letter.attach_alternative(f"<p>{body}</p>", "text/html")
        letter.send()

    return send


def test_letters_are_shown_newest_first_and_can_be_filtered(client, send):
    send("asha@example.org", "Your code – ₹ हिन्दी", "BCDF-GHJK\n\nhttp://127.0.0.1:8000/x?a=1&b=2")
    send("ravi@example.org", "Another", "<script>alert(1)</script>")
    page = client.get("/debug/mails/").content.decode()
    assert page.count("<article") == 2
    assert "Your code – ₹ हिन्दी" in page
    assert "Today, " in page
    assert '<a href="http://127.0.0.1:8000/x?a=1&amp;b=2"' in page
    assert "<script>alert" not in page
    one = client.get("/debug/mails/", {"to": " Asha@ "}).content.decode()
    assert "BCDF-GHJK" in one
    assert "Another" not in one
    assert 'value="asha@"' in one


def test_no_letters_yet(client, settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path / "none"
    assert "No mail yet." in client.get("/debug/mails/").content.decode()
    assert "No mail to x@y yet." in client.get("/debug/mails/", {"to": "x@y"}).content.decode()


def test_a_production_site_has_no_such_page(settings):
    import importlib

    from healthstack import urls

    settings.SHOW_MAILS = False
    try:
        importlib.reload(urls)
        clear_url_caches()
        with pytest.raises(NoReverseMatch):
            reverse("mails")
    finally:
        settings.SHOW_MAILS = True
        importlib.reload(urls)
        clear_url_caches()
