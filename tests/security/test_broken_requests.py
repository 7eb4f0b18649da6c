"""Requests that no browser sends: refused with a page and a 4xx, never a 5xx, and nothing changes (security 41)."""

from urllib.parse import urlencode

import pytest

from tests.factories import PASSWORD, picture
from tests.security import tables
from tests.security.test_hostile import with_marks

PARTS, FIELDS = "multipart/form-data", "application/x-www-form-urlencoded"
PHOTO = "/accounts/profile/set-photo/"


def part(name, content=b"1", *, more=b"", file=None):
    named = f'; filename="{file}"' if file is not None else ""
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"{named}\r\n'.encode()
    return head + more + b"\r\n" + content + b"\r\n"


END = b"--x--\r\n"


def parts(mark, *others, end=END):
    return part("csrfmiddlewaretoken", mark.encode()) + b"".join(others) + end


@pytest.fixture
def sender(town):
    """(a browser of a patient that is asked for the mark of the form, the mark)"""
    browser, mark = with_marks(town.people["patient"], "/accounts/profile/")
    browser.raise_request_exception = False
    return browser, mark


def files(n):
    return [part("photo", picture().read(), file=f"{i}.png") for i in range(n)]


# What is sent in parts to a page that takes a file, and what it is answered.
BROKEN = {
    "no end": (lambda mark: parts(mark, part("photo", b"x", file="a.png"), end=b""), {422}),
    "cut off in a head": (lambda mark: parts(mark, b"--x\r\nContent-Disposi", end=b""), {422}),
    "no head at all": (lambda mark: parts(mark, b"--x\r\n\r\nbytes\r\n"), {422}),
    "no name": (lambda mark: parts(mark, b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n"), {422}),
    "an empty name": (lambda mark: parts(mark, part("", b"1", file="a.png")), {422}),
    "a name of 100 kB": (lambda mark: parts(mark, part("n" * 100_000)), {400, 422}),
    "a file name of 100 kB": (lambda mark: parts(mark, part("photo", b"x", file="n" * 100_000)), {400, 422}),
    "a head of 1 MB": (lambda mark: parts(mark, part("a", more=b"X: " + b"y" * 1_000_000 + b"\r\n")), {400, 422}),
    "ten thousand heads": (lambda mark: parts(mark, part("a", more=b"X: y\r\n" * 10_000)), {400, 422}),
    "another charset": (lambda mark: parts(mark, part("a", more=b"Content-Type: text/plain; charset=x\r\n")), {422}),
    "letters that are no base64": (
        lambda mark: parts(mark, part("a", b"\xff!", more=b"Content-Transfer-Encoding: base64\r\n")),
        {400, 422},
    ),
    "a file that is no base64": (
        lambda mark: parts(mark, part("photo", b"\xff!", file="a.png", more=b"Content-Transfer-Encoding: base64\r\n")),
        {400, 422},
    ),
    "parts within parts": (
        lambda mark: parts(
            mark, part("photo", b"--y\r\n\r\n--y--", more=b"Content-Type: multipart/mixed; boundary=y\r\n")
        ),
        {422},
    ),
    "the file as a field": (lambda mark: parts(mark, part("photo", b"x")), {422}),
    "the field as a file": (lambda mark: part("csrfmiddlewaretoken", mark.encode(), file="a.png") + END, {403}),
    "eleven files": (lambda mark: parts(mark, *files(11)), {400}),
    "1001 files": (lambda mark: parts(mark, *[part("photo", b"", file=f"{n}") for n in range(1001)]), {400}),
    "1001 fields": (lambda mark: parts(mark, *[part(f"f{n}") for n in range(1001)]), {400}),
    "bytes that are no text": (lambda mark: parts(mark, part("a", b"\xff\xfe\x00"), part("\xff", b"1")), {422}),
    "a name with an end of line": (lambda mark: parts(mark, part("photo", b"x", file="a\\r\\nX: y.png")), {422}),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_comes_in_parts_is_refused_in_words(sender, what):
    (browser, mark), (body, statuses) = sender, BROKEN[what]
    before = tables.digest()
    answer = browser.generic("POST", PHOTO, body(mark), f"{PARTS}; boundary=x")
    assert answer.status_code in statuses, answer.status_code
    assert b'id="main"' in answer.content and tables.digest() == before


@pytest.mark.parametrize(
    "kind",
    [
        PARTS,
        f"{PARTS}; boundary=",
        f"{PARTS}; boundary={'b' * 300}",
        f'{PARTS}; boundary="\x01"',
        f"{PARTS}; boundary=\xe9",
        "multipart/mixed; boundary=x",
        "multipart/",
        f"{FIELDS}; charset=",
        f"{FIELDS}; charset=utf-16",
        f"{FIELDS}; charset=idna",
        f"{FIELDS}; charset=rot13",
        f"{FIELDS}; charset={'x' * 5000}",
        "text/plain",
        "application/json",
        "",
        ";;;=,",
        "x" * 5000,
    ],
)
def test_whatever_it_calls_itself(sender, kind):
    browser, mark = sender
    before = tables.digest()
    for body in (b"", b"{", urlencode({"csrfmiddlewaretoken": mark, "name": "X" * 200}).encode(), parts(mark)):
        answer = browser.generic("POST", "/accounts/profile/", body, kind)
        assert 400 <= answer.status_code < 500 and b'id="main"' in answer.content, (answer.status_code, body[:40])
    assert tables.digest() == before


@pytest.mark.parametrize("length", ["-1", "abc", "", "1e3", "9" * 40, "0", "5"])
def test_whatever_it_says_of_its_length(sender, length):
    browser, mark = sender
    before = tables.digest()
    body = urlencode({"csrfmiddlewaretoken": mark, "name": "Boss"}).encode()
    answer = browser.generic("POST", "/accounts/profile/", body, FIELDS, CONTENT_LENGTH=length)
    assert 400 <= answer.status_code < 500
    assert tables.digest() == before


def test_of_a_field_that_comes_twice_one_counts_and_it_is_checked(client, db):
    """The last one, as Django reads it: what is checked is what is kept."""
    fields = {"name": ["<b>", "Kavya Rao"], "email": ["x", "kavya@example.org"], "password1": ["1", PASSWORD]}
    fields |= {"born_on": ["1 1 0001", "27 3 2004"], "consent": ["", "on"]}
    answer = client.post("/accounts/signup/patient/", {name: both[::-1] for name, both in fields.items()})
    assert answer.status_code == 422
    assert client.post("/accounts/signup/patient/", fields).url == "/accounts/confirm-email/"


@pytest.mark.parametrize("role", ["visitor", "patient", "administrator"])
def test_heads_and_addresses_of_any_length(town, sign_in, client, role):
    browser = sign_in(town.people[role]) if town.people[role] else client
    browser.raise_request_exception = False
    before, wrong = tables.digest(), []
    for size in (4_000, 100_000):
        long = "x" * size
        for name in (
            "Accept-Language",
            "Accept",
            "Referer",
            "User-Agent",
            "X-Forwarded-For",
            "HX-Current-URL",
            "Origin",
        ):
            for value in (long, ",".join(["a;q=0.1"] * (size // 8)), "\xff\x00" + long):
                answer = browser.get("/dashboard/", headers={name: value})
                wrong += [f"{name} {size}: {answer.status_code}"] if answer.status_code >= 500 else []
        for path in (
            f"/{long}",
            f"/doctors/{long}/",
            f"/?{long}",
            f"/doctors/?q={long}",
            f"/doctors/?{'a=1&' * (size // 4)}",
        ):
            answer = browser.get(path)
            wrong += [f"{path[:30]} {size}: {answer.status_code}"] if answer.status_code >= 500 else []
        answer = browser.get("/", headers={"Cookie": f"theme={long}; session={long}; csrf={long}; messages={long}"})
        wrong += [f"cookies {size}: {answer.status_code}"] if answer.status_code >= 500 else []
    assert not wrong, "\n".join(wrong)
    assert tables.digest() == before


@pytest.mark.parametrize(
    "host", ["a" * 5000, "testserver:banana", "testserver, evil.example", "[::1", "testserver\x00"]
)
def test_a_host_that_is_none_is_a_400(client, db, host):
    assert client.get("/", headers={"Host": host}).status_code == 400
