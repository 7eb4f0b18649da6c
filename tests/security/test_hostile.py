"""Whatever is typed: no page breaks, nothing is shown as markup, nothing impossible is kept, and what was typed is not lost."""

import re
from contextlib import contextmanager
from html import escape
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.test.client import encode_multipart
from django.urls import URLPattern, get_resolver, reverse

from tests.factories import DoctorFactory, HospitalFactory, hours_in
from tests.security import tables
from tests.security.forms import BY_NAME, FORMS
from tests.security.walk import OF_ALL, form_in, is_page, read, walk

NUL, TURNED = "a\x00b", "invoice\u202egpj.exe"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{7*7}}{% debug %}",
    "${7*7}#{7*7}",
    "javascript:alert(1)",
    TURNED,
    NUL,
    "😀👩\u200d⚕️",
    "long" * 2500,
    "=cmd|' /C calc'!A0",
    "' OR 1=1 --",
    "%00%0d%0aSet-Cookie:x=1",
    "../../../../etc/passwd",
]
SHORTLIST = ["<script>alert(1)</script>", NUL]
DATES = [
    "banana",
    "0001-01-01",
    "9999-12-31",
    "31 2 2020",
    "29 2 2023",
    "2026-02-29",
    "2026-13-45",
    "１２ ３ ２００４",
    "-1",
    "1e309",
    "9" * 5000,
]
DAYS = [*DATES, "31/02/2026", "2026-03-02T10:00", "10000-01-01"]
NUMBERS = ["banana", "-1", "0", "NaN", "1e309", str(10**30), "１２", "9" * 5000, "2147483648", ""]
IDS = ["-1", "0", str(10**30), str(2**63), "１", str(uuid4()), "9" * 5000]
TIMES = ["24:01", "9:7", "09:03", "-1:00", "１２:００", "09:60", "noon"]
SLOTS = [
    "1-",
    "-1",
    "0-0",
    f"1-{2**31 - 1}",
    f"1-{10**9}",
    f"{10**11}-5908086",
    "１-５９０８０８６",
    "1-5908086-1",
    "9" * 5000,
]
WORTHLESS = {
    "date": DATES,
    "day": DAYS,
    "number": NUMBERS,
    "money": [*NUMBERS, "0.001", "99999999999.99"],
    "id": IDS,
    "time": TIMES,
    "slot": SLOTS,
    "choice": ["nothing", "", str(10**30)],
    "slug": ["a b", "../x", "ｘ", "x" * 300],
    "email": ["a@", "a@b", "x" * 300 + "@example.org", 'a"b@example.org\r\nBcc: x@example.org'],
    "phone": ["12", "+" + "9" * 40, "tel:1", "１２３"],
    "secret": ["x" * 5000, " ", "１" * 12],
}
# What a field that looks less closely would take.
ALMOST = {
    "number": ["0", "１２"],
    "money": ["１２"],
    "id": ["0", "１"],
    "time": ["24:00"],
    "slot": SLOTS[2:6],
    "day": DAYS[6:7],
}
FINE = {200, 302, 400, 404, 409, 413, 422, 429}
REFUSED = {400, 403, 404, 405, 409, 413, 422, 429}
UNSEEN = {"secret", "choice", "id", "slot"}  # kinds that a page does not show again as they were typed


# Written to by what is refused as well: the trail, sessions, and how often a code was tried with a wrong date of birth.
KEPT = {tables.TRAIL, "django_session", "usersessions_usersession", "patients_claimcode"}


@contextmanager
def undone():
    """What happens inside is taken back afterwards."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


@pytest.fixture
def browser_of(town, sign_in):
    """browser_of(role): a new browser, which shows a broken page instead of raising."""

    def new(role):
        user = town.people[role]
        browser = sign_in(user) if user else Client()
        browser.raise_request_exception = False
        return browser

    return new


def short(value):
    return repr(value if len(str(value)) < 60 else f"{str(value)[:20]}… ({len(str(value))})")


def shown_wrongly(response, *values):
    """What is wrong with how a page shows what was typed."""
    if not is_page(response):
        return []
    html = response.content.decode()
    unescaped = [f"{short(value)} stands there unescaped" for value in values if "<" in value and value in html]
    return read(response).faults + unescaped


def lost(response, form, values, changed):
    """The typed fields whose value is no longer on the page that says what is wrong."""
    html = response.content.decode()
    unseen = {name for kind in UNSEEN for name in form.kinds.get(kind, ())}
    shown = {name for one in read(response).forms for name in one["texts"]}
    found = []
    for name in set(changed) & shown - unseen:
        value = values[name]
        plain = value.isascii() or not value.isdecimal()  # a number in other digits is shown in ours
        if value and plain and "\x00" not in value and escape(value) not in html:
            found.append(name)
    return found


def attempt(form, browser, town, values, changed, before):
    """Send the form once; -> what is wrong with the answer."""
    with tables.writes() as noted:
        response = form.send(browser, town, values)
    status, wrong = response.status_code, []
    if status not in FINE:
        wrong.append(f"answered {status}")
    if status in REFUSED and {table for table, _sql in noted} - KEPT:
        wrong += ["was refused, and yet wrote"] if tables.digest() != before else []
    if status in (409, 422):
        wrong += [] if b'role="alert"' in response.content or b"lost" in response.content else ["does not say why"]
        wrong += [f"has lost {name}" for name in lost(response, form, values, changed)]
    wrong += shown_wrongly(response, *{str(values.get(name, "")) for name in changed})
    what = ", ".join(f"{name}={short(values.get(name, '-'))}" for name in changed)
    return [f"{form.name}: {what} {fault}" for fault in wrong]


def tries(form):
    """[{field: value}] of what is typed over a form that was filled in well."""
    step = 4 if form.slow else 1
    found = [dict.fromkeys(form.free, value) for value in HOSTILE[::step] if form.free]
    for kind, names in form.kinds.items():
        found += [dict.fromkeys(names, value) for value in [*WORTHLESS[kind], *SHORTLIST][::step]]
        if len(names) > 1:
            found += [{name: value} for name in names for value in ALMOST.get(kind, ())[::step]]
    return found


def oddities(values):
    """Fields that are missing, that nobody asked for, that come twice, and none at all."""
    yield {name: value for n, (name, value) in enumerate(values.items()) if n % 2}
    yield {**values, "zzz": "1", "_method": "DELETE", "id[]": ["1", "2"]}
    yield {name: [value, "other"] if isinstance(value, str) else value for name, value in values.items()}
    yield {}


@pytest.mark.parametrize(
    "who", ["visitor", "patient", "doctor", "guardian", "receptionist", "hospital administrator", "administrator"]
)
def test_no_form_breaks_on_what_is_typed_into_it(town, browser_of, who):
    before, wrong = tables.digest(), []
    for form in (one for one in FORMS if one.who == who):
        browser = browser_of(who)
        values = form.filled(browser, town)
        with undone():
            assert form.send(browser, town, values).status_code in form.answer, f"{form.name} does not work at all"
        everything = [({**values, **changes}, tuple(changes)) for changes in tries(form)]
        everything += [(changes, ()) for changes in oddities(values)]
        for changes, changed in everything:
            # Who comes in, or changes a password, has another session afterwards, which is taken back as well.
            same = who != "visitor" and "password" not in form.name
            with undone():
                wrong += attempt(form, browser if same else browser_of(who), town, changes, changed, before)
    assert not wrong, "\n".join(wrong)


STORED = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
STORED_SHORT = '"><img src=x onerror=alert(1)>'
SHORT_FIELDS = {"registration_number", "lot", "medicines-1-strength", "affiliations-0-room"}


# They end what other forms need: afterwards, or not at all.
LATER = (
    "decline a visit",
    "suspend a doctor",
    "cancel a visit",
    "answer several requests",
    "book for a child",
    "void an invoice",
    "mark a line of the record as wrong",
)


def test_what_is_stored_is_shown_as_text_to_everybody(town, browser_of):
    for form in reversed(FORMS):  # doctors before the hospital that they are looked up by
        if not form.free or form.name in LATER:
            continue
        browser = browser_of(form.who)
        values = form.filled(browser, town)
        changes = {name: STORED_SHORT if name in SHORT_FIELDS else STORED for name in form.free}
        answer = form.send(browser, town, {**values, **changes})
        assert answer.status_code == 302, f"{form.name}: {answer.status_code}"
    for name in ("decline a visit", "cancel a visit"):
        form = BY_NAME[name]
        assert form.send(browser_of(form.who), town, {"reason": STORED}).status_code == 302
    form = BY_NAME["sign a prescription"]
    assert form.send(browser_of(form.who), town, {}).status_code == 302
    wrong, escaped = [], 0
    for role in town.people:
        each, seen = (2, ()) if role == "patient" else (1, () if role == "visitor" else OF_ALL)
        pages = walk(
            browser_of(role), ["/", "/dashboard/", f"/doctors/?q={STORED_SHORT[:10]}"], each=each, leave_out=seen
        )
        for address, response in pages.items():
            escaped += escape(STORED_SHORT) in response.content.decode() if is_page(response) else 0
            wrong += [f"{role}: {address} answered {response.status_code}"] if response.status_code >= 500 else []
            wrong += [f"{role}: {address} {fault}" for fault in shown_wrongly(response, STORED, STORED_SHORT)]
    assert escaped > 30, "the walk has not met what was stored"
    assert not wrong, "\n".join(wrong)


def asked(town):
    """(who, address, {parameter: kind of nonsense}): every page that reads its address."""
    book = reverse("appointments:book", args=[town.other_doctor.slug])
    search = {"q": "text", "city": "text", "when": "choice", "specialty": "text", "gender": "choice", "fee": "number"}
    after = {"after": "after"}
    return [
        ("visitor", "/", {**search, "language": "text"}),
        ("visitor", "/doctors/", {**search, "language": "text", **after}),
        ("visitor", "/hospitals/", {"city": "text", **after}),
        ("visitor", reverse("hospital", args=[town.hospital.slug]), after),
        ("visitor", "/accounts/login/", {"next": "text"}),
        ("visitor", "/accounts/signup/patient/", {"next": "text"}),
        ("visitor", "/debug/mails/", {"to": "text"}),
        ("patient", "/appointments/", {"show": "text", **after}),
        ("patient", "/prescriptions/", after),
        ("patient", "/notifications/", after),
        ("patient", "/record/access/", after),
        ("patient", book, {"day": "day", "visit_type": "choice", "message": "text"}),
        ("patient", book, {"week": "day"}),
        ("patient", book, {"slot": "slot"}),
        ("guardian", book, {"who": "id"}),
        ("receptionist", "/reception/", {"day": "day", "doctor": "text", **after}),
        ("receptionist", "/reception/sahara/day/", {"day": "day", "doctor": "text"}),
        ("receptionist", "/reception/sahara/patients/", {"q": "text", **after}),
        ("receptionist", "/reception/sahara/patients/", {"q": "date", **after}),
        ("receptionist", "/reception/sahara/patients/", {"q": "phone"}),
        (
            "receptionist",
            reverse("reception-book", args=["sahara", town.walk_in.pk]),
            {"doctor": "text", "day": "day", "visit_type": "choice", "slot": "slot"},
        ),
        ("doctor", "/patients/", {"q": "text", **after}),
        ("doctor", "/appointments/day/", {"day": "day"}),
        ("doctor", "/appointments/requests/", after),
        ("doctor", "/schedule/explain/", {"doctor": "id", "visit_type": "choice", "day": "day", "time": "time"}),
        ("doctor", "/schedule/overbook/", {"who": "id", "hospital": "id", "day": "day", "time": "time"}),
        (
            "receptionist",
            reverse("reception-overbook", args=["sahara", town.walk_in.pk]),
            {"doctor": "id", "visit_type": "choice", "day": "day", "time": "time"},
        ),
        ("doctor", "/prescriptions/written/", after),
        ("doctor", "/doctor/hospitals/", {"q": "text"}),
        ("visitor", reverse("hospital", args=[town.hospital.slug]), {"department": "id"}),
        ("hospital administrator", reverse("doctors:of_hospital", args=[town.hospital.slug]), {"q": "text"}),
        ("many hats", "/dashboard/", {"as": "text", "day": "day", **after}),
        ("hospital administrator", "/appointments/hospital/", {"day": "day", **after}),
        ("administrator", "/admin/doctors/doctor/", {"q": "text", "state": "text", "specialty": "id", "p": "number"}),
        (
            "administrator",
            "/admin/hospitals/hospital/",
            {"q": "text", "city": "text", "o": "number", "_to_field": "text"},
        ),
        ("administrator", "/admin/accounts/user/", {"q": "text", "group": "text", "account": "text", "e": "number"}),
        ("administrator", "/admin/accounts/auditentry/", {"q": "text", "since": "day", "until": "day", **after}),
        ("administrator", "/admin/accounts/mail/", {"q": "text", "state": "text", **after}),
        ("administrator", "/admin/auth/group/", {"q": "text", "_popup": "number", "all": "text"}),
        ("administrator", "/admin/doctors/doctor/suspend/", {"pick": "id"}),
    ]


AFTER = [
    "W10",
    "WyIyMDI2IiwgIjEiXQ",
    "null",
    "=" * 9,
    "W1tb" * 2000,
    "é",
    "WyIyMDI2LTAzLTAyVDAzOjUwOjAwKzAwOjAwIiwgIi05OSJd",
]


def test_no_page_breaks_on_what_its_address_asks(town, browser_of):
    nonsense = {**WORTHLESS, "after": AFTER, "text": HOSTILE}
    browsers, wrong = {role: browser_of(role) for role in town.people}, []
    before = tables.digest()
    for who, address, parameters in asked(town):
        kinds = {name: [*nonsense[kind], *SHORTLIST] for name, kind in parameters.items()}
        few = 2 if who == "administrator" else 1  # the panel has tests of its own
        for n in range(0, max(map(len, kinds.values())), few):
            query = {name: values[n % len(values)] for name, values in kinds.items()}
            response = browsers[who].get(address, query)
            if response.status_code not in (200, 302, 400, 404):
                wrong.append(f"{who}: {address} { ({k: short(v) for k, v in query.items()}) } {response.status_code}")
            wrong += [f"{who}: {address} {fault}" for fault in shown_wrongly(response, *query.values())]
    assert tables.digest() == before
    assert not wrong, "\n".join(wrong)


ELSEWHERE = [
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "\t//evil.example",
]


def test_the_way_back_never_leaves_the_site(town, browser_of):
    patient, doctor = browser_of("patient"), browser_of("doctor")
    approve = reverse("appointments:approve", args=[town.visits["requested"].pk])
    again = reverse("appointments:approve", args=[town.visits["confirmed"].pk])
    for there in ELSEWHERE:
        with undone():
            answers = [
                patient.post("/theme/", {"theme": "dark", "next": there}),
                doctor.post(approve, {"next": there}),
                doctor.post(again, headers={"referer": there}),
            ]
        assert [answer.status_code for answer in answers] == [302, 302, 409], there
        for answer in answers[:2]:
            assert answer["Location"].startswith("/") and "evil" not in answer["Location"], answer["Location"]


def addresses(patterns, before="", namespace=""):
    """(name, pattern) of everything that can be asked for."""
    for one in patterns:
        if isinstance(one, URLPattern):
            yield f"{namespace}{one.name}", before + str(one.pattern), one
        else:
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from addresses(one.url_patterns, before + str(one.pattern), inner)


STRANGE = [str(10**30), "-1", "banana", str(uuid4()), "%00", "%FF%FE", "..%2F..%2Fetc%2Fpasswd", "a" * 3000]
WHO_KNOWS = {
    "admin": "administrator",
    "record": "patient",
    "accounts": "patient",
    "notifications": "patient",
    "billing": "patient",
}


def test_no_address_breaks_on_what_stands_where_a_key_belongs(town, browser_of):
    browsers, wrong, asked_for = {role: browser_of(role) for role in town.people}, [], 0
    before = tables.digest()
    for name, pattern, _view in addresses(get_resolver().url_patterns):
        if "<" not in pattern or "(?P" in pattern:
            continue
        who = WHO_KNOWS.get(pattern.split("/")[0], "doctor")
        who = "patient" if name == "appointments:book" else who
        for n, strange in enumerate(STRANGE):
            path = "/" + re.sub("<[^>]+>", strange, pattern)
            answers = [browsers[who].get(path), *([browsers[who].post(path, {"reason": "x"})] if n % 3 == 0 else [])]
            for answer in answers:
                asked_for += 1
                if answer.status_code not in (302, 400, 403, 404, 405):
                    wrong.append(f"{name}: {answer.request['REQUEST_METHOD']} {short(path)} {answer.status_code}")
    assert asked_for > 300
    assert tables.digest() == before
    assert not wrong, "\n".join(wrong)


# --- requests that are no forms ------------------------------------------------------------------------------------------


def with_marks(user, address):
    """A browser of which the mark of the form is asked, and that mark."""
    browser = Client(enforce_csrf_checks=True)
    if user:
        browser.force_login(user)
    return browser, form_in(browser.get(address), address)["fields"]["csrfmiddlewaretoken"]


ENCODED, IN_PARTS = "application/x-www-form-urlencoded", "multipart/form-data"


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("visitor", "/accounts/login/"),
        ("patient", "/record/profile/"),
        ("administrator", "/admin/hospitals/hospital/add/"),
    ],
)
def test_a_request_that_is_too_large_or_broken_is_refused_in_words(town, role, address):
    browser, mark = with_marks(town.people[role], address)
    before, wrong = tables.digest(), []
    many = {"csrfmiddlewaretoken": mark, **{f"f{n}": "1" for n in range(1001)}}
    large = {"csrfmiddlewaretoken": mark, "name": "x" * (3 * 1024 * 1024)}
    for what, status, body, kind in (
        ("1002 fields", 400, urlencode(many).encode(), ENCODED),
        ("1002 fields in parts", 400, encode_multipart("x", many), f"{IN_PARTS}; boundary=x"),
        ("3 MB", 413, urlencode(large).encode(), ENCODED),
        ("3 MB in parts", 413, encode_multipart("x", large), f"{IN_PARTS}; boundary=x"),
        ("no boundary", 400, b"a=1", IN_PARTS),
        ("a boundary that never comes", 403, b"a=1", f"{IN_PARTS}; boundary=x"),
        ("cut off", 403, b'--x\r\nContent-Disposition: form-data; name="a', f"{IN_PARTS}; boundary=x"),
        ("another charset", 400, "a=1".encode("utf-16"), f"{ENCODED}; charset=utf-16"),
        ("no charset", 422, f"csrfmiddlewaretoken={mark}&a=1".encode(), f"{ENCODED}; charset=banana"),
        ("bytes that are no text", 422, f"csrfmiddlewaretoken={mark}&name=%FF%FE%C0".encode() + b"\xff\xfe", ENCODED),
        ("JSON", 403, b'{"a": [', "application/json"),
        ("anything", 403, b"\x00" * 99, "application/octet-stream"),
    ):
        answer = browser.generic("POST", address, body, kind)
        wrong += [f"{what}: {answer.status_code}, not {status}"] if answer.status_code != status else []
        wrong += [f"{what}: no page of ours"] if b'id="main"' not in answer.content else []
    assert not wrong, "\n".join(wrong)
    assert tables.digest() == before


BROKEN_COUNTS = ["", "-1", "NaN", "1e9", "１２", "61", str(10**30), "9" * 5000, "<script>"]


@pytest.mark.parametrize("name", ["publish hours", "write a prescription", "enter a doctor"])
def test_a_broken_count_of_lines_is_refused_in_words(town, browser_of, name):
    form, wrong, before = BY_NAME[name], [], tables.digest()
    browser = browser_of(form.who)
    values = form.filled(browser, town)
    total = next(field for field in values if field.endswith("-TOTAL_FORMS"))
    initial = total.replace("TOTAL", "INITIAL")
    broken = BROKEN_COUNTS[::3] if form.slow else BROKEN_COUNTS
    changed = [{total: value, **more} for value in broken for more in ({}, {"add": "0"}, {initial: value})]
    changed += [{total: None}, {initial: None}, {total: None, initial: None}, {total: None, "add": "0"}]
    for changes in changed:
        sent = {name: value for name, value in {**values, **changes}.items() if value is not None}
        with undone():
            wrong += attempt(form, browser, town, sent, tuple(changes), before)
    assert not wrong, "\n".join(wrong)


def test_times_that_a_clock_jumps_over_break_nothing(town, browser_of, sign_in):
    place = HospitalFactory(name="Hudson Clinic", slug="hudson", city="New York", zone="America/New_York")
    doctor = DoctorFactory(
        email="hudson@example.org", name="Ada Cole", hospitals=[place], hours=hours_in(place, begins=0, ends=24)
    )
    desk, patient = sign_in(doctor), browser_of("patient")
    page = reverse("appointments:book", args=[doctor.slug])
    for day in ("2026-03-08", "2026-11-01"):
        assert patient.get(page, {"day": day}).status_code == 200
        assert desk.get("/appointments/day/", {"day": day}).status_code == 200
    gap = {"first": "2026-03-08", "last": "2026-03-08", "begins": "02:30"}
    assert desk.post("/schedule/take-leave/", {**gap, "ends": "02:45"}).status_code == 422
    assert desk.post("/schedule/take-leave/", {**gap, "ends": "03:30"}).status_code == 302
    twice = {"first": "2026-11-01", "last": "2026-11-01", "begins": "01:15", "ends": "01:45"}
    assert desk.post("/schedule/take-leave/", twice).status_code == 302
    assert desk.get("/schedule/").status_code == 200


def test_text_is_measured_before_it_comes_to_the_database(town, browser_of):
    form, browser = BY_NAME["write a prescription"], browser_of("doctor")
    values = form.filled(browser, town)
    for name, most in (("medicines-1-strength", 40), ("medicines-1-name", 120), ("diagnosis", 240), ("advice", 2000)):
        with undone():
            assert form.send(browser, town, {**values, name: "é" * most}).status_code == 302, name
            assert form.send(browser, town, {**values, name: "é" * (most + 1)}).status_code == 422, name
