"""Looking changes nothing: every link is followed by everybody, by GET and by HEAD."""

from uuid import UUID

from django.urls import URLPattern, get_resolver, resolve, reverse
from django.urls.converters import IntConverter, UUIDConverter

from healthstack.lib.keys import uuid7
from tests.security import tables
from tests.security.walk import OF_ALL, is_page, read, walk

# The trail tells who opened a record; a session is renewed.
MAY_BE_WRITTEN = {tables.TRAIL, "django_session", "usersessions_usersession"}
# What each has to have come by, or the walk shows nothing.
MET = {
    "visitor": {"home", "find", "doctor", "hospital", "account_login", "account_signup", "account_reset_password"},
    "patient": {"visit", "record", "record-access", "appointments:book", "prescriptions:detail", "accounts:inbox"},
    "doctor": {"visit", "patients", "patient", "prescriptions:draft", "prescriptions:written", "appointments:requests"},
    "pending doctor": {
        "dashboard",
        "appointments:schedule",
        "doctors:verification",
        "doctors:page",
        "doctors:hospitals",
    },
    "guardian": {"patients:dependants", "patients:add_dependant", "record-of", "record-access-of", "visit"},
    "hospital administrator": {
        "appointments:hospital",
        "visit",
        "hospitals:details",
        "hospitals:parts",
        "hospitals:opening",
        "hospitals:fees",
        "hospitals:staff",
        "doctors:of_hospital",
        "hospital-stranded",
    },
    "receptionist": {
        "reception",
        "reception-day",
        "reception-patients",
        "reception-patient",
        "reception-register",
        "reception-book",
    },
    "technician": {"laboratory:orders", "laboratory:order", "laboratory:tests"},
    "administrator": {"admin:index", "admin:doctors_doctor_change", "admin:accounts_auditentry_change"},
    "many hats": {"appointments:index", "appointments:day", "record", "dashboard"},
}
OF_PATIENTS = ("/appointments/", "/patients/", "/prescriptions/", "/notifications/", "/record/")


def opened(browser, noted, faults):
    """How the walk opens a page: by GET, then by HEAD, with an eye on what is written."""

    def look(address):
        before = len(noted)
        response = browser.get(address)
        head = browser.head(address)
        faults.extend(f"{address} writes: {sql}" for table, sql in noted[before:] if table not in MAY_BE_WRITTEN)
        if response.status_code >= 500:
            faults.append(f"{address} answers {response.status_code}")
        if head.status_code != response.status_code or head.content:
            faults.append(f"{address} answers {head.status_code} to HEAD, and {len(head.content)} bytes")
        if is_page(response):
            faults.extend(f"{address} holds {fault}" for fault in read(response).faults)
        return response

    return look


def test_nobody_changes_anything_by_following_links(town, as_everyone):
    wrong = []
    for role, browser in as_everyone.items():
        faults = []
        with tables.writes() as noted:
            how = {"open_page": opened(browser, noted, faults), "each": 2 if role in ("patient", "doctor") else 1}
            seen = () if role in ("visitor", "patient") else OF_ALL
            # Another role of the same person is switched to by a button, which no walk presses.
            roles = [f"/dashboard/?as={name}" for name in ("patient", "hospital") if role == "many hats"]
            pages = walk(browser, ["/", "/dashboard/", *roles], leave_out=seen, **how)
        names = {
            resolve(address.partition("?")[0]).view_name for address, page in pages.items() if page.status_code == 200
        }
        faults += [f"never came to {name}" for name in MET[role] - names]
        for address in pages:
            if address.startswith(OF_PATIENTS):
                faults += [
                    f"{address} can be counted up" for part in address.partition("?")[0].split("/") if part.isdecimal()
                ]
        wrong += [f"{role}: {fault}" for fault in faults]
    assert not wrong, "\n".join(wrong)


def patterns(entries, namespace=""):
    for one in entries:
        if isinstance(one, URLPattern):
            yield f"{namespace}{one.name}", one
        elif one.namespace != "admin":
            yield from patterns(one.url_patterns, f"{one.namespace}:" if one.namespace else namespace)


def test_what_belongs_to_a_patient_stands_under_a_key_that_cannot_be_counted_up():
    counted, keyed = set(), set()
    for name, one in patterns(get_resolver().url_patterns):
        kinds = {type(converter) for converter in one.pattern.converters.values()}
        counted |= {name} if IntConverter in kinds else set()
        keyed |= {name} if UUIDConverter in kinds else set()
    # Of no patient: the line of a pad, a doctor's own leave, one's own sessions and passkeys; and what belongs to a hospital.
    counted -= {name for name in counted if name.startswith("hospital")} | {"prescriptions:suggest"}
    assert counted == {"appointments:end_leave", "accounts:end_session", "mfa_remove_webauthn", "doctors:reassign"}
    assert {"visit", "patient", "prescriptions:detail", "accounts:read", "patients:end_access"} <= keyed


def test_one_key_does_not_tell_the_next():
    keys = [uuid7().int for _ in range(200)]
    assert {UUID(int=key).version for key in keys} == {7}
    tails = {key & (2**62 - 1) for key in keys}
    assert len(tails) == 200 and max(bin(tail).count("1") for tail in tails) < 55
    steps = {b - a for a, b in zip(sorted(tails), sorted(tails)[1:], strict=False)}
    assert len(steps) == 199


def test_no_act_is_done_by_a_link(town, as_everyone):
    visit = town.visits["requested"]
    for act in ("approve", "decline", "cancel", "check_in", "start", "complete", "no_show"):
        for method in ("get", "head", "put", "delete", "patch"):
            answer = getattr(as_everyone["doctor"], method)(reverse(f"appointments:{act}", args=[visit.pk]))
            assert answer.status_code == 405, (act, method)
    visit.refresh_from_db()
    assert visit.state == "requested"
