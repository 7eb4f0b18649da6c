"""The pages of text: there from the first migrate, never overwritten, and safe whatever is typed into them."""

import pytest

from accounts import workflow as accounts
from accounts.models import Leaflet
from healthstack.lib import clock
from healthstack.lib.markdown import render
from tests.factories import trail

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("slug", "title", "says"),
    [
        ("privacy", "Privacy", "For the owner of this site"),
        ("terms", "Terms", "Not for emergencies"),
        ("help", "Help", "Book a visit."),
    ],
)
def test_a_fresh_site_has_them_for_everybody(client, slug, title, says):
    page = client.get(f"/{slug}/").content.decode()
    assert f"<h1>{title}</h1>" in page and says in page
    assert "**" not in page and "\n#" not in page


def test_every_page_leads_there(client):
    for page in ("/", "/accounts/login/", "/accounts/signup/patient/"):
        text = client.get(page).content.decode()
        assert all(f'href="/{slug}/"' in text for slug in ("help", "privacy", "terms"))
    assert client.get("/accounts/signup/patient/").content.decode().count('href="/privacy/"') == 2


def test_a_page_that_does_not_exist_is_not_found(client):
    assert client.get("/imprint/").status_code == 404
    Leaflet.objects.create(slug="imprint", title="Imprint", text="Who we are")
    assert client.get("/imprint/").status_code == 200


def test_what_the_owner_wrote_is_never_overwritten(administrator):
    page = Leaflet.objects.get(slug="privacy")
    page.text = "Ours."
    accounts.save_leaflet(leaflet=page, by=administrator)
    accounts.write_first_leaflets()
    page.refresh_from_db()
    assert page.text == "Ours."
    assert trail(page)[0] == "accounts.leaflet_saved"
    assert Leaflet.objects.count() == 3


def test_a_page_says_from_when_it_is(client, at, administrator):
    at("2026-03-02 10:00")
    accounts.save_leaflet(leaflet=Leaflet.objects.get(slug="terms"), by=administrator)
    assert "As of 2 Mar 2026" in client.get("/terms/").content.decode()
    assert Leaflet.objects.get(slug="terms").changed_at == clock.now()


def test_a_table_with_aligned_columns_carries_no_style():
    html = render("| What | How long |\n|:-----|---------:|\n| Visits | 10 years |")
    assert "<td>10 years</td>" in html and "style" not in html


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[here](javascript:alert(1))",
        "[here](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://evil.example/x.png)",
        '[a](https://example.org "onmouseover=alert(1)")',
        "<https://example.org/<script>>",
        "[x]: javascript:alert(1)\n[x]",
        '"><svg onload=alert(1)>',
    ],
)
def test_nothing_that_is_typed_becomes_more_than_text(typed):
    html = render(typed)
    assert not any(bad in html for bad in ("<script", "<img", "<svg", 'href="javascript', 'href="data', "<style"))


def test_headings_lists_tables_and_links_are_drawn():
    html = render("# One\n\n## Two\n\n- a\n- b\n\n|x|y|\n|-|-|\n|1|2|\n\n[NHS](https://www.nhs.uk/)")
    assert "<h2>One</h2>" in html and "<h2>Two</h2>" in html and "<h1" not in html
    assert "<li>a</li>" in html and "<td>1</td>" in html
    assert '<a href="https://www.nhs.uk/" rel="noopener">NHS</a>' in html
