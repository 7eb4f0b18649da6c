"""Bad input ends in a sentence or a redirect, never in a failure of ours, on every database."""

import pytest
from django.urls import reverse

from accounts.audit import record
from accounts.models import AuditEntry
from doctors.models import Doctor
from hospitals.models import Hospital
from tests.panel.conftest import HOSPITAL_FORM, every_list

LISTS = [name for name, _desk in every_list()]
HUGE = "1" + "0" * 30
KEYS = (
    HUGE,
    "-1",
    "0",
    "x",
    "%00",
    "_00",
    "1_",
    "9223372036854775808",
    "%F0%9F%98%80",
    "1;drop table",
    "..%2f..",
    "9" * 5000,
)
QUERIES = (
    f"p={HUGE}",
    "p=-1",
    "p=x",
    "p=" + "9" * 5000,
    "o=99.-99.x",
    "o=--1.",
    "all=",
    "e=1",
    "id__in=x",
    "id__exact=" + HUGE,
    "_to_field=id",
    "_popup=1",
    "q=%00",
    "q=" + "a+" * 600,
    "q=%27%22%5C%25_",
    "q=%F0%9F%98%80",
    "q=" + "%22" * 50,
    f"q={HUGE}",
    "q=%40" + "x" * 400,
    "state=%00&specialty=" + HUGE + "&place=%00&group=%00&kind=x&city=%00&account=x",
    "place=" + "x" * 3000,
    "since=0001-01-01&until=9999-12-31",
    "since=%00&until=banana",
    "since=2026-02-31",
    "after=%00",
    "after=" + "A" * 5000,
    "after=W10",
    "_changelist_filters=%00",
    "_facets=True",
)


@pytest.mark.parametrize("name", LISTS)
def test_odd_addresses_of_lists(desk, name, administrator):
    record("accounts.enabled", by=administrator, about=administrator)
    for query in QUERIES:
        answer = desk.get(f"{reverse(f'{name}_changelist')}?{query}")
        assert answer.status_code in (200, 302, 400), (query, answer.status_code)


@pytest.mark.parametrize("name", LISTS)
def test_odd_keys_in_addresses(desk, name):
    base = reverse(f"{name}_changelist")
    for key in KEYS:
        for act in ("change", "history", "delete", "appoint", "end-staff"):
            for answer in (desk.get(f"{base}{key}/{act}/"), desk.post(f"{base}{key}/{act}/")):
                assert answer.status_code in (403, 404, 405), (key, act, answer.status_code)


@pytest.mark.parametrize("key", KEYS)
def test_odd_keys_in_forms(desk, key, doctor, hospital):
    from urllib.parse import unquote

    typed = unquote(key)
    for name in (
        "doctors_doctor_approve",
        "doctors_doctor_suspend",
        "doctors_doctor_reinstate",
        "hospitals_hospital_suspend",
    ):
        for field in ("pick", "only"):
            answer = desk.post(reverse(f"admin:{name}"), {field: typed, "sure": "1", "reason": "x"})
            assert answer.status_code == 302
    assert desk.get(reverse("admin:doctors_doctor_kept"), {"pick": typed}).status_code == 200
    assert (
        desk.post(reverse("admin:hospitals_hospital_end_staff", args=[hospital.pk]), {"staff": typed}).status_code
        == 404
    )
    assert Doctor.objects.get(pk=doctor.pk).state == "approved"


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}${7*7}",
    "javascript:alert(1)",
    "\u202eabc",
    "\x00",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "x" * 10_000,
    "=cmd|' /C calc'!A0",
    " ",
    "१२३",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_in_every_field(desk, text, doctor_form, hospital, doctor):
    forms = [
        ("/admin/doctors/doctor/add/", doctor_form()),
        ("/admin/hospitals/hospital/add/", HOSPITAL_FORM),
        (reverse("admin:hospitals_hospital_change", args=[hospital.pk]), HOSPITAL_FORM),
        ("/admin/auth/group/add/", {"name": "Clerks"}),
    ]
    for address, filled in forms:
        for field in filled:
            answer = desk.post(address, {**filled, field: text})
            assert answer.status_code in (302, 409, 422), (address, field, answer.status_code)
    reason = desk.post("/admin/doctors/doctor/suspend/", {"pick": doctor.pk, "sure": "1", "reason": text})
    assert reason.status_code in (302, 422)
    for address in ("/admin/", "/admin/doctors/doctor/", "/admin/hospitals/hospital/", "/admin/auth/group/"):
        page = desk.get(address).content.decode()
        assert "<script>alert" not in page and "<img src=x" not in page
    found = desk.get("/admin/doctors/doctor/", {"q": text, "place": text}).content.decode()
    assert "<script>alert" not in found and "<img src=x" not in found


def test_text_that_is_too_long_is_refused_before_the_database(desk, doctor_form):
    for field in ("name", "email", "registration_number", "council", "degrees", "about", "affiliations-0-room"):
        assert desk.post("/admin/doctors/doctor/add/", doctor_form(**{field: "y" * 3000})).status_code == 422, field
    for field in ("name", "slug", "street", "city", "region", "postcode", "about", "zone", "phone"):
        answer = desk.post("/admin/hospitals/hospital/add/", {**HOSPITAL_FORM, field: "y" * 3000})
        assert answer.status_code == 422, field
    assert not Doctor.objects.exists() and Hospital.objects.count() == 1


@pytest.mark.parametrize("field", ["fee", "notice_minutes", "days_ahead", "practising_since", "minutes_check_up"])
@pytest.mark.parametrize("number", [HUGE, "-5", "NaN", "Infinity", "1e99", "0x10", "9" * 5000, "٣٠x"])
def test_numbers_out_of_reason(desk, doctor_form, field, number):
    assert desk.post("/admin/doctors/doctor/add/", doctor_form(**{field: number})).status_code == 422


@pytest.mark.parametrize("field", ["specialties", "languages", "affiliations-0-id", "affiliations-0-doctor"])
@pytest.mark.parametrize("key", [HUGE, "9223372036854775808", "-1", "x", "1.5", "9" * 5000, "\x00"])
def test_keys_that_no_column_can_hold(desk, doctor_form, field, key):
    answer = desk.post("/admin/doctors/doctor/add/", doctor_form(**{field: key}))
    assert answer.status_code == 422 or (answer.status_code == 302 and field.startswith("affiliations"))


@pytest.mark.parametrize("total", ["x", "-1", "", HUGE, "1001", "100000"])
def test_a_set_that_lies_about_its_size(desk, doctor_form, total):
    answer = desk.post("/admin/doctors/doctor/add/", doctor_form(**{"affiliations-TOTAL_FORMS": total}))
    assert answer.status_code in (302, 422)


def test_an_empty_form_is_a_page_of_sentences(desk, doctor, hospital):
    for address in (
        "/admin/doctors/doctor/add/",
        reverse("admin:doctors_doctor_change", args=[doctor.pk]),
        "/admin/hospitals/hospital/add/",
        reverse("admin:hospitals_hospital_change", args=[hospital.pk]),
        "/admin/auth/group/add/",
        "/admin/doctors/specialty/add/",
        "/admin/doctors/language/add/",
    ):
        answer = desk.post(address, {})
        assert answer.status_code == 422 and b"There is a problem" in answer.content, address


def test_nothing_is_done_by_looking(desk, doctor, hospital, appointment):
    before = AuditEntry.objects.count()
    for address in (
        "/admin/doctors/doctor/suspend/",
        "/admin/hospitals/hospital/suspend/",
        "/admin/accounts/user/disable/",
    ):
        for query in (f"?pick={doctor.pk}&sure=1&reason=x", "?pick=1&sure=1"):
            assert desk.get(address + query).status_code in (200, 302)
    for address in (
        "doctors/doctor/approve/",
        "doctors/doctor/reinstate/",
        "accounts/user/enable/",
        "accounts/mail/retry/",
    ):
        assert desk.get(f"/admin/{address}?pick={doctor.pk}").status_code == 405
    assert AuditEntry.objects.count() == before
