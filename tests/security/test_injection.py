"""No text of a person becomes a part of a statement: looked at in every statement, for every parameter (security 34)."""

import re
from contextlib import contextmanager
from html import unescape

import pytest
from django.db import connection
from django.test import Client

from tests.security import tables
from tests.security.forms import FORMS
from tests.security.test_hostile import asked, undone

MARK = "zqjx"
ALWAYS, NEVER = f"{MARK}' OR '1'='1", f"{MARK}' OR '1'='2"
STATEMENTS = [
    ALWAYS,
    NEVER,
    f'{MARK}" OR ""="',
    f"{MARK}'; DROP TABLE accounts_user; -- ",
    f"{MARK}') UNION SELECT email FROM accounts_user -- ",  # noqa: S608 - typed, not made
    f"{MARK}\\' OR 1=1 # ",
    f"{MARK}`",
    f"-{MARK}",
    f"{MARK}__password",
    f"1 OR 1=1 /*{MARK}*/",
    f"(SELECT {MARK})",
    f"%{MARK}_%%s%(x)s",
    f"0; SELECT SLEEP(9) /*{MARK}*/",
]
# By which a page might be told how to sort, what to show, and what to look for, whether or not it asks for them.
ORDERS = ("o", "order_by", "order", "ordering", "sort", "dir", "p", "page", "fields", "limit", "offset", "all", "e")
LOOKUPS = ("user__password", "user__email__startswith", "password__startswith", "id__in", "pk", "groups__name")


@contextmanager
def statements():
    """[statement] of those in whose text, beside the values that go with it, stands the mark."""
    found = []

    def look(execute, sql, params, many, context):
        if MARK in str(sql).lower():
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found


@pytest.fixture
def browsers(town, sign_in):
    found = {role: sign_in(user) if user else Client() for role, user in town.people.items()}
    for browser in found.values():
        browser.raise_request_exception = False
    return found


def words(answer):
    """What a person reads on the page; links and forms that carry on what the address asked are left out."""
    text = answer.content.decode("utf-8", "replace")
    text = re.sub(r"<[^>]*>", " ", text[text.index("<main") : text.index("</main>")] if "<main" in text else text)
    return re.sub(rf"(?i){MARK}' OR '1'='.", "", unescape(text))


def ours(town):
    """Without the panel, where an unknown parameter is itself said, or turns the order back to that of the keys."""
    return [page for page in asked(town) if not page[1].startswith("/admin/")]


def test_no_parameter_of_an_address_comes_into_a_statement(town, browsers):
    before, wrong = tables.digest(), []
    for who, address, parameters in asked(town):
        for typed in STATEMENTS:
            queries = [{name: typed} for name in parameters] if typed in STATEMENTS[:4] else []
            queries.append(dict.fromkeys([*parameters, *ORDERS, *LOOKUPS], typed))
            for query in queries:
                with statements() as found:
                    answer = browsers[who].get(address, query)
                if answer.status_code not in (200, 302, 400, 404):
                    wrong.append(f"{who}: {address} {query}: {answer.status_code}")
                wrong += [f"{who}: {address} {query}: {sql[:200]}" for sql in found]
    assert not wrong, "\n".join(wrong)
    assert tables.digest() == before


def test_what_is_always_true_and_what_never_is_look_the_same(town, browsers):
    wrong = []
    for who, address, parameters in ours(town):
        for name in parameters:
            true, false = (browsers[who].get(address, {name: typed}) for typed in (ALWAYS, NEVER))
            if true.status_code != false.status_code or words(true) != words(false):
                wrong.append(f"{who}: {address}?{name}=")
    assert not wrong, "\n".join(wrong)


def test_nobody_sorts_or_looks_by_a_column_that_no_page_offers(town, browsers):
    """A page that is asked to sort by a password, or to look for one, is the page that it is without being asked."""
    wrong = []
    for who, address in sorted({(who, address) for who, address, _parameters in ours(town)}):
        plain = browsers[who].get(address)
        if plain.status_code != 200:
            continue
        for name, value in [(name, f"-{MARK}__password") for name in ORDERS] + [(name, MARK) for name in LOOKUPS]:
            answer = browsers[who].get(address, {name: value})
            if answer.status_code != plain.status_code or words(answer) != words(plain):
                wrong.append(f"{who}: {address}?{name}={value}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", sorted({form.who for form in FORMS}))
def test_no_field_of_a_form_comes_into_a_statement(town, browsers, who):
    wrong = []
    for form in (form for form in FORMS if form.who == who):
        try:
            values = form.filled(browsers[who], town)
        except AssertionError:
            continue  # the walk over all forms says so where a page has lost one
        names = {name for kind in form.kinds.values() for name in kind}
        changes = [dict.fromkeys(form.free, typed) for typed in STATEMENTS[:: 4 if form.slow else 2]]
        changes += [{name: typed} for name in names for typed in STATEMENTS[: 1 if form.slow else 2]]
        changes += [{**dict.fromkeys(values, STATEMENTS[4]), STATEMENTS[3]: STATEMENTS[3]}]
        for changed in changes:
            with undone(), statements() as found:
                answer = form.send(browsers[who], town, {**values, **changed})
            if answer.status_code >= 500:
                wrong.append(f"{form.name}: {changed}: {answer.status_code}")
            wrong += [f"{form.name}: {changed}: {sql[:200]}" for sql in found]
    assert not wrong, "\n".join(wrong)


def test_a_statement_that_was_made_of_text_would_be_seen(db):
    """The control: what this file looks for can be found."""
    with statements() as found, connection.cursor() as cursor:
        cursor.execute(f"SELECT '{MARK}'")
        cursor.execute("SELECT %s", [MARK])
    assert len(found) == 1
