"""What every answer carries, whatever it is, and what none gives away."""

import re
from uuid import UUID

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import AuditEntry
from healthstack.pages import home
from tests.security.test_database_away import away
from tests.security.test_public import ASKED, PUBLIC

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}
FEATURES = "accelerometer camera display-capture geolocation gyroscope magnetometer microphone midi payment usb"
CARRIED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES.split()),
}
HIDDEN = ("Server", "X-Powered-By", "Access-Control-Allow-Origin")
TLS = {"SECURE_SSL_REDIRECT": True, "SECURE_HSTS_SECONDS": 365 * 24 * 3600, "SECURE_HSTS_INCLUDE_SUBDOMAINS": True}
HSTS = f"max-age={365 * 24 * 3600}; includeSubDomains"


def faults(answer):
    """What is missing or wrong among the headers of an answer."""
    found = [f"{name}: {answer.get(name)!r}" for name, value in CARRIED.items() if answer.get(name) != value]
    directives = [part.strip().partition(" ") for part in answer.get("Content-Security-Policy", "").split(";")]
    if {name: value for name, _space, value in directives} != POLICY or len(directives) != len(POLICY):
        found.append(f"Content-Security-Policy: {answer.get('Content-Security-Policy')!r}")
    found += [f"{name}: {answer[name]!r}" for name in HIDDEN if name in answer]
    if not re.fullmatch(r"[0-9a-f]{12}", answer.get("X-Request-ID", "")):
        found.append(f"X-Request-ID: {answer.get('X-Request-ID')!r}")
    return found


def signed_in_pages(town):
    """(role, address)"""
    visit, patient = town.visits["confirmed"], town.people["patient"]
    pages = {
        "patient": [
            "/dashboard/",
            "/appointments/",
            "/record/",
            "/record/access/",
            "/record/profile/",
            "/doctors/",
            "/",
        ],
        "doctor": ["/dashboard/", "/appointments/day/", "/patients/", "/schedule/", town.draft.get_absolute_url()],
        "pending doctor": ["/dashboard/", "/schedule/"],
        "hospital administrator": ["/dashboard/", "/appointments/hospital/", visit.get_absolute_url()],
        "administrator": [
            "/dashboard/",
            "/admin/",
            "/admin/doctors/doctor/",
            f"/admin/accounts/user/{patient.pk}/change/",
        ],
        "many hats": ["/dashboard/?as=hospital", "/notifications/", "/accounts/profile/", "/accounts/password/change/"],
    }
    return [(role, address) for role, some in pages.items() for address in some]


def test_every_answer_to_a_visitor_carries_them(town, settings, tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "some.css").write_text("body {}")
    settings.STATIC_ROOT = str(tmp_path)
    visitor = Client(raise_request_exception=False)
    names = {"nobody": town.doctor.slug}
    public = [(name, there.replace("nobody", names["nobody"])) for name, there in ASKED if name in PUBLIC]
    answers = {f"{name} {there}": visitor.get(there) for name, there in public}
    answers["the hospital"] = visitor.get(town.hospital.get_absolute_url())
    answers["a redirect to the login"] = visitor.get("/record/")
    answers["nothing there"] = visitor.get("/nowhere/")
    answers["a slash too few"] = visitor.get("/doctors")
    answers["a form"] = visitor.post("/accounts/login/", {})
    answers["a method that the page lacks"] = visitor.post("/doctors/")
    answers["a file"] = visitor.get("/static/css/some.css")
    answers["no file"] = visitor.get("/static/css/none.css")
    answers["TRACE"] = visitor.trace("/")
    answers["OPTIONS"] = visitor.options("/")
    answers["DELETE"] = visitor.delete("/doctors/")
    answers["another host"] = visitor.get("/", headers={"host": "evil.example"})
    answers["without a mark"] = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})
    with away():
        answers["no database"] = visitor.get("/doctors/")
        answers["a probe without a database"] = visitor.get("/health/ready")
    statuses = {what: answer.status_code for what, answer in answers.items()}
    assert statuses["a file"] == 200 and statuses["TRACE"] == 405 and statuses["another host"] == 400
    assert {200, 301, 302, 400, 403, 404, 405, 422, 503} <= set(statuses.values())
    wrong = [f"{what} ({a.status_code}): {fault}" for what, a in answers.items() for fault in faults(a)]
    assert not wrong, "\n".join(wrong)


def test_every_answer_to_somebody_carries_them_and_is_kept_by_no_cache(town, as_everyone):
    answers = {f"{role} {address}": as_everyone[role].get(address) for role, address in signed_in_pages(town)}
    assert {answer.status_code for answer in answers.values()} == {200, 302}
    answers["not theirs"] = as_everyone["patient"].get(town.stranger.get_absolute_url())
    answers["no key"] = as_everyone["patient"].get("/admin/")
    answers["refused"] = as_everyone["patient"].post("/record/allergies/deny-allergies/")
    answers["an error in a form"] = as_everyone["patient"].post("/record/allergies/list-allergy/", {})
    answers["by POST alone"] = as_everyone["patient"].get("/record/allergies/deny-allergies/")
    answers["read"] = as_everyone["patient"].post("/notifications/read-all/")
    answers["log out"] = as_everyone["many hats"].post("/accounts/logout/")
    answers["log in"] = Client().post(
        "/accounts/login/", {"login": "patient@example.org", "password": "a quiet morning by the river"}
    )
    assert {answer.status_code for answer in answers.values()} == {200, 302, 403, 404, 405, 409, 422}
    wrong = [f"{what} ({a.status_code}): {fault}" for what, a in answers.items() for fault in faults(a)]
    wrong += [
        f"{what}: {answer.get('Cache-Control')!r}"
        for what, answer in answers.items()
        if answer.get("Cache-Control") != "no-store, private"
    ]
    assert not wrong, "\n".join(wrong)


@override_settings(**TLS)
def test_over_tls_browsers_are_told_to_stay_there(town, sign_in):
    patient, visitor = sign_in(town.people["patient"]), Client()
    answers = [
        visitor.get("/", secure=True),
        visitor.get("/nowhere/", secure=True),
        visitor.get("/record/", secure=True),
        visitor.get("/health/live", secure=True),
        visitor.trace("/", secure=True),
        patient.get("/record/", secure=True),
    ]
    for answer in answers:
        assert answer["Strict-Transport-Security"] == HSTS and not faults(answer)


@override_settings(**TLS)
def test_plain_requests_are_sent_to_tls(db):
    visitor = Client()
    for there, headers in (
        ("/doctors/?q=x", {}),
        ("/accounts/login/", {"x-forwarded-proto": "https"}),
        ("/admin/", {}),
    ):
        answer = visitor.get(there, headers=headers)
        assert answer.status_code == 301 and answer["Location"] == f"https://testserver{there}"
        assert not faults(answer) and "Strict-Transport-Security" not in answer
    evil = visitor.get("/", headers={"host": "evil.example"})
    assert evil.status_code == 400 and not faults(evil)


def test_a_forwarded_protocol_or_host_is_not_believed(db):
    answer = Client().get("/", headers={"x-forwarded-proto": "https", "x-forwarded-host": "evil.example"})
    assert answer.wsgi_request.is_secure() is False
    assert answer.wsgi_request.get_host() == "testserver" and b"evil.example" not in answer.content


@override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"), **TLS)
def test_behind_our_own_proxy_it_is(db):
    assert Client().get("/", headers={"x-forwarded-proto": "https"}).status_code == 200
    assert Client().get("/", headers={"x-forwarded-proto": "http"}).status_code == 301


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "a" * 300, "[::1"]
)
def test_an_unknown_host_is_refused_in_our_frame(db, host):
    answer = Client().get("/accounts/password/reset/", headers={"host": host})
    assert answer.status_code == 400
    html = answer.content.decode()
    assert "That request does not make sense to us" in html and "evil" not in html and "ALLOWED_HOSTS" not in html


def test_trace_is_refused_and_echoes_nothing(town, patient, sign_in):
    browser = sign_in(patient)
    for there in ("/", "/record/", "/static/css/healthstack.css", "/nowhere/"):
        answer = browser.trace(there, headers={"x-secret": "echo"})
        assert answer.status_code == 405 and not answer.content and "TRACE" not in answer["Allow"]


NOT_THERE = [
    "/.git/config",
    "/.git/HEAD",
    "/.env",
    "/.env.example",
    "/db.sqlite3",
    "/var/db.sqlite3",
    "/var/",
    "/static/",
    "/static/css/",
    "/static/../manage.py",
    "/static/%2e%2e/manage.py",
    "/static/..%2fhealthstack/settings.py",
    "/static/.git/config",
    "/media/x",
    "/media/",
    "/manage.py",
    "/healthstack/settings.py",
    "/requirements.txt",
    "/server-status",
    "/__debug__/",
    "/robots.txt~",
]


def test_what_is_not_for_the_web_is_not_there(town, patient, sign_in, settings, tmp_path):
    (tmp_path / "css").mkdir()
    settings.STATIC_ROOT = str(tmp_path)
    for browser in (Client(), sign_in(patient)):
        assert {there: browser.get(there).status_code for there in NOT_THERE} == dict.fromkeys(NOT_THERE, 404)


def test_a_broken_page_gives_away_its_number_and_nothing_else(town, patient, sign_in, monkeypatch):
    def fail(query):
        raise ValueError("a secret in /srv/healthstack/pages")

    monkeypatch.setattr(home, "Search", fail)
    browser = sign_in(patient)
    browser.raise_request_exception = False
    answer = browser.get("/")
    html = answer.content.decode()
    assert answer.status_code == 500 and not faults(answer) and answer["Cache-Control"] == "no-store, private"
    assert answer["X-Request-ID"] in html and "Something broke on our side" in html
    for told in ("secret", "ValueError", "Traceback", ".py", "Django", "python", "healthstack/"):
        assert told not in html, told


def test_every_answer_has_a_number_of_its_own_and_the_callers_is_not_taken(db):
    visitor = Client()
    numbers = [visitor.get("/nowhere/", headers={"x-request-id": "mine"})["X-Request-ID"] for _ in range(20)]
    assert len(set(numbers)) == 20 and "mine" not in numbers


def test_the_number_is_on_the_page_and_in_the_trail(town, as_everyone):
    answer = as_everyone["doctor"].get(reverse("patient", args=[town.visits["confirmed"].patient_id]))
    assert answer.status_code == 200
    entry = AuditEntry.objects.order_by("-id").first()
    assert entry.request_id == answer["X-Request-ID"] and UUID(entry.about_key)
    lost = as_everyone["doctor"].get("/nowhere/")
    assert lost["X-Request-ID"] in lost.content.decode()
