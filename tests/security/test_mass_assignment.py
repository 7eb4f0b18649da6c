"""Fields that no form has are not listened to: an act leaves the same behind with and without them."""

import re
from collections import Counter
from dataclasses import replace

import pytest
from django.db import transaction
from django.test import Client

from tests.security import tables
from tests.security.forms import BY_NAME, FORMS, OWN, SIGN_UP, new_doctor

# Salted, random, or told otherwise each time.
VARIES = {
    "accounts_user": {"password", "last_login"},
    "accounts_mail": {"body", "html", "calendar"},
    "patients_claimcode": {"fingerprint"},
    "prescriptions_prescription": {"code"},
    "laboratory_order": {"request_key"},
    "laboratory_specimen": {"accession"},
    tables.TRAIL: {"request_id", "id"},
}
# They leave everything as it is: what is there already, or kept elsewhere.
NOTHING_NEW = ("choose the theme", "change a person", "read all", "begin a conversation")
# Columns that point to rows with numbers for keys.
COUNTED = {
    "doctor_id": "doctors_doctor",
    "listing_id": "doctors_doctor",
    "hospital_id": "hospitals_hospital",
    "group_id": "auth_group",
    "specialty_id": "doctors_specialty",
    "language_id": "doctors_language",
    "word_id": "appointments_word",
}
KEY = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")


def unasked(town):
    """What somebody may add to a form in the hope that it is believed."""
    stranger = town.stranger
    return {
        "id": str(stranger.pk),
        "pk": str(stranger.pk),
        "patient": str(stranger.patient_id),
        "patient_id": str(stranger.patient_id),
        "doctor": str(stranger.doctor_id),
        "doctor_id": str(stranger.doctor_id),
        "hospital_id": str(stranger.hospital_id),
        "user": str(stranger.patient.user_id),
        "user_id": str(stranger.patient.user_id),
        "booked_by": str(stranger.patient.user_id),
        "recorded_by": str(stranger.doctor.user_id),
        "signed_by": str(stranger.doctor.user_id),
        "carer": str(stranger.doctor.user_id),
        "role": "administrator",
        "roles": "administrator",
        "is_staff": "1",
        "is_superuser": "1",
        "is_active": "0",
        "is_hospital_admin": "1",
        "user_permissions": "1",
        "price": "1",
        "place": "9",
        "state": "completed",
        "confirmed_at": "2020-01-01 00:00",
        "signed_at": "2020-01-01 00:00",
        "starts_at": "2020-01-01 00:00",
        "ends_at": "2120-01-01 00:00",
        "consented_at": "2020-01-01 00:00",
        "allergy_status": "none_known",
        "joined_at": "2001-01-01",
        "username": "root",
    }


# Fields of some forms, so added where the form has none of the name.
SOMETIMES = {
    "fee": "1",
    "groups": "Administrators",
    "email": "taken.over@example.org",
    "password": "a new one by force",
    "name": "Somebody Else",
    "slug": "somebody-else",
    "verified": "on",
    "version": "99",
    "permissions": "1",
}


def left_behind(town, form, browser, extra=None):
    """What the act leaves in the tables: {(table, row): how often}, keys and numbers of new rows made alike."""
    before = {table: tables.rows(table) for table in (*tables.names(), tables.TRAIL)}
    known = {key.replace("-", "") for rows in before.values() for row in rows for key in KEY.findall(repr(row))}
    last = {
        table: max((row["id"] for row in rows if isinstance(row.get("id"), int)), default=0)
        for table, rows in before.items()
    }
    point = transaction.savepoint()
    try:
        values = form.filled(browser, town)
        answer = form.send(browser, town, {**(extra or {}), **values})
        assert answer.status_code in form.answer, f"{form.name}: {answer.status_code}"
        after = {table: tables.rows(table) for table in before}
    finally:
        transaction.savepoint_rollback(point)

    def plain(row, name, value):
        """A number that was given out by this act counts as "new": the next act gets the next one."""
        table = row["about_type"].replace(".", "_").lower() if name == "about_key" else COUNTED.get(name)
        number = table in last and str(value).isdecimal() and int(value) > last[table]
        return "new" if number else value

    def written(table, row, new):
        left_out = VARIES.get(table, set()) | ({"id"} if new else set())
        kept = {name: plain(row, name, value) for name, value in row.items() if name not in left_out}
        return table, KEY.sub(lambda key: key[0] if key[0].replace("-", "") in known else "new", repr(kept))

    changes = Counter()
    for table, rows in after.items():
        had, has = {repr(row) for row in before[table]}, {repr(row) for row in rows}
        keys = {row.get("id") for row in before[table]}
        changes.update(written(table, row, row.get("id") not in keys) for row in rows if repr(row) not in had)
        changes.update(("gone", *written(table, row, False)) for row in before[table] if repr(row) not in has)
    return changes


@pytest.fixture
def browser_of(town, sign_in):
    return lambda role: sign_in(town.people[role]) if town.people[role] else Client()


@pytest.mark.parametrize(
    "who", ["visitor", "patient", "doctor", "guardian", "receptionist", "hospital administrator", "administrator"]
)
def test_what_no_form_asks_for_is_not_believed(town, browser_of, who):
    hoped_for = {**unasked(town), **SOMETIMES, "hospital": str(town.stranger.hospital_id)}
    for form in (one for one in FORMS if one.who == who):
        asked_for = {name for names in (*form.kinds.values(), form.free) for name in names}
        asked_for |= set(form.filled(browser_of(who), town))
        extra = {name: value for name, value in hoped_for.items() if name not in asked_for}
        plain = left_behind(town, form, browser_of(who))
        assert plain or form.name in NOTHING_NEW, form.name
        assert left_behind(town, form, browser_of(who), extra) == plain, form.name


def test_what_a_form_asks_for_would_be_noticed(town, browser_of):
    for name, typed in (
        ("details of the patient", {**OWN, "gender": "male"}),
        ("book", {"slot": f"{town.free.room}-{town.free.start + 4}"}),
        ("sign up", {**SIGN_UP, "born_on": "28 3 2004"}),
        ("enter a doctor", {**new_doctor(town), "fee": "701"}),
    ):
        form = BY_NAME[name]
        other = replace(form, typed=lambda town, typed=typed: typed)
        plain = left_behind(town, form, browser_of(form.who))
        assert plain == left_behind(town, form, browser_of(form.who))
        assert plain != left_behind(town, other, browser_of(form.who)), name
