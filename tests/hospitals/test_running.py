"""Those who run a hospital keep its details, parts, opening hours, closures, fees and picture: theirs, and nobody else's."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import StoredFile
from healthstack.lib.rules import RuleBroken
from hospitals import workflow
from hospitals.models import Hospital
from tests.factories import book, pdf, picture, trail

DETAILS = {
    "street": "12 River Road",
    "city": "Kanpur",
    "region": "Uttar Pradesh",
    "postcode": "208001",
    "phone": "98390 12345",
    "about": "Eyes and ears.",
    "emergency": "on",
    "beds": "120",
    "latitude": "26.449923",
    "longitude": "80.331874",
}
NIGHT = (5, 20 * 60, 26 * 60)


@pytest.fixture
def desk(hospital_admin, sign_in):
    """The browser of who runs the hospital."""
    return sign_in(hospital_admin)


@pytest.fixture
def at_home(hospital):
    return f"/hospital/{hospital.slug}/"


class TestDetails:
    def test_the_page_says_what_is_saved(self, desk, hospital, at_home):
        answer = desk.post(at_home + "details/", DETAILS)
        assert (answer.status_code, answer.url) == (302, at_home + "details/")
        hospital.refresh_from_db()
        assert (hospital.city, hospital.beds, hospital.emergency) == ("Kanpur", 120, True)
        assert hospital.latitude == Decimal("26.449923")
        assert trail(hospital)[0] == "hospitals.changed"

    def test_what_was_checked_stays_as_it_was_checked(self, desk, hospital, at_home):
        desk.post(
            at_home + "details/",
            {**DETAILS, "name": "Best Hospital", "kind": "clinic", "state": "suspended", "slug": "x"},
        )
        hospital.refresh_from_db()
        assert (hospital.name, hospital.kind, hospital.state, hospital.slug) == (
            "Sahara Hospital",
            "hospital",
            "approved",
            "sahara",
        )

    def test_until_then_the_name_can_be_mended(self, desk, hospital, at_home):
        Hospital.objects.update(state="more_needed")
        desk.post(at_home + "details/", {**DETAILS, "name": "Gomti Hospital", "kind": "clinic"})
        assert Hospital.objects.get().name == "Gomti Hospital"

    def test_two_who_change_it_at_once_do_not_undo_each_other(self, desk, hospital, hospital_admin, at_home):
        seen = workflow.running.details_stamp(hospital)
        assert seen in desk.get(at_home + "details/").content.decode()
        workflow.change_details(hospital=hospital, values={"beds": 7}, by=hospital_admin)
        answer = desk.post(at_home + "details/", {**DETAILS, "stamp": seen})
        assert answer.status_code == 409
        assert "Somebody else has changed this" in answer.content.decode()
        assert Hospital.objects.get().beds == 7

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"city": ""}, "Enter the city"),
            ({"beds": "-1"}, "greater than or equal to 0"),
            ({"beds": "9" * 40}, "less than or equal to 20000"),
            ({"beds": "NaN"}, "Enter a number of beds"),
            ({"latitude": "91"}, "Enter degrees such as"),
            ({"latitude": "NaN"}, "Enter degrees such as"),
            ({"longitude": ""}, "Enter both, or neither of them"),
            ({"postcode": "<b>"}, "Enter a PIN code such as 226001"),
            ({"about": "x" * 2001}, "at most 2000 characters"),
        ],
    )
    def test_what_cannot_be_is_said(self, desk, hospital, at_home, typed, sentence):
        answer = desk.post(at_home + "details/", {**DETAILS, **typed})
        assert answer.status_code == 422 and sentence in answer.content.decode()
        assert Hospital.objects.get().city == "Lucknow"


class TestParts:
    def test_departments_come_change_their_name_and_close(self, desk, hospital, at_home):
        desk.post(at_home + "departments/add-department/", {"name": "  Heart   and lungs "})
        one = hospital.departments.get()
        assert one.name == "Heart and lungs"
        desk.post(f"{at_home}departments/{one.pk}/rename-department/", {"name": "Cardiology"})
        assert "Cardiology" in desk.get(at_home + "parts/").content.decode()
        desk.post(f"{at_home}departments/{one.pk}/close-department/")
        assert not hospital.departments.open().exists()
        assert desk.post(f"{at_home}departments/{one.pk}/close-department/").status_code == 404

    def test_a_closed_department_opens_again_under_its_name(self, hospital, hospital_admin):
        one = workflow.add_department(hospital=hospital, name="Dental", by=hospital_admin)
        workflow.close_department(department=one, by=hospital_admin)
        assert workflow.add_department(hospital=hospital, name="DENTAL", by=hospital_admin).pk == one.pk

    def test_no_two_are_called_the_same(self, desk, hospital, at_home, hospital_admin):
        for name in ("Dental", "Eyes"):
            workflow.add_department(hospital=hospital, name=name, by=hospital_admin)
        answer = desk.post(at_home + "departments/add-department/", {"name": "dental"})
        assert answer.status_code == 409 and "Dental is there already." in answer.content.decode()
        eyes = hospital.departments.get(name="Eyes")
        with pytest.raises(RuleBroken, match="there already"):
            workflow.rename_department(department=eyes, name="Dental", by=hospital_admin)

    def test_services_come_and_go(self, desk, hospital, at_home):
        desk.post(at_home + "services/add-service/", {"name": "Blood bank"})
        one = hospital.services.get()
        assert desk.post(at_home + "services/add-service/", {"name": "BLOOD BANK"}).status_code == 409
        desk.post(f"{at_home}services/{one.pk}/remove-service/")
        assert not hospital.services.exists()

    @pytest.mark.parametrize("name", ["", "--", "x" * 81, "a\x00b"])
    def test_a_name_must_be_one(self, desk, hospital, at_home, name):
        for act in ("departments/add-department/", "services/add-service/"):
            assert desk.post(at_home + act, {"name": name}).status_code == 422
        assert not hospital.departments.exists() and not hospital.services.exists()


class TestOpening:
    def test_a_week_with_two_times_a_day_and_a_night(self, desk, hospital, at_home):
        week = {
            "begins_0_0": "09:00",
            "ends_0_0": "13:00",
            "begins_0_1": "17:00",
            "ends_0_1": "20:30",
            "begins_5_0": "20:00",
            "ends_5_0": "02:00",
        }
        assert desk.post(at_home + "opening/publish-opening/", week).status_code == 302
        rows = list(hospital.opening_hours.values_list("weekday", "from_minute", "to_minute"))
        assert rows == [(0, 540, 780), (0, 1020, 1230), NIGHT]
        page = desk.get(at_home + "opening/").content.decode()
        assert 'value="20:30"' in page and 'value="02:00"' in page

    def test_day_and_night(self, desk, hospital, at_home):
        desk.post(at_home + "opening/publish-opening/", {"always": "on", "begins_0_0": "09:00"})
        assert list(hospital.opening_hours.values_list("from_minute", "to_minute")) == [(0, 1440)] * 7
        assert "checked" in desk.get(at_home + "opening/").content.decode()

    @pytest.mark.parametrize(
        ("ranges", "clash"),
        [
            ([(0, 540, 780), (0, 720, 900)], True),
            ([(0, 540, 780), (0, 780, 900)], False),
            ([NIGHT, (6, 60, 300)], True),  # Saturday night reaches into Sunday
            ([(6, 1200, 1560), (0, 60, 300)], True),  # and Sunday night into Monday
            ([(6, 1200, 1500), (0, 60, 300)], False),
        ],
    )
    def test_times_do_not_overlap(self, hospital, hospital_admin, ranges, clash):
        if clash:
            with pytest.raises(RuleBroken, match="overlap"):
                workflow.publish_opening(hospital=hospital, ranges=ranges, by=hospital_admin)
        else:
            workflow.publish_opening(hospital=hospital, ranges=ranges, by=hospital_admin)
        assert hospital.opening_hours.count() == (0 if clash else 2)

    @pytest.mark.parametrize(
        "typed",
        [
            {"begins_0_0": "09:00"},
            {"ends_0_0": "09:00"},
            {"begins_0_0": "25:00", "ends_0_0": "26:00"},
            {"begins_0_0": "09:00", "ends_0_0": "09:00"},
            {"begins_0_0": "24:00", "ends_0_0": "02:00"},
            {"begins_0_0": "noon", "ends_0_0": "12:00"},
            {"begins_0_0": "９:00", "ends_0_0": "12:00"},
        ],
    )
    def test_what_is_no_time_is_said(self, desk, hospital, at_home, typed):
        assert desk.post(at_home + "opening/publish-opening/", typed).status_code == 422
        assert not hospital.opening_hours.exists()

    def test_a_holiday_is_added_and_taken_off(self, monday_morning, desk, hospital, at_home):
        answer = desk.post(at_home + "closures/add-closure/", {"on": "2026-03-04", "name": "Holi"})
        assert answer.url == at_home + "stranded/"
        one = hospital.closures.get()
        assert (one.on, one.name) == (date(2026, 3, 4), "Holi")
        assert "Holi" in desk.get(at_home + "opening/").content.decode()
        desk.post(f"{at_home}closures/{one.pk}/remove-closure/")
        assert not hospital.closures.exists()

    @pytest.mark.parametrize("on", ["", "2026-02-30", "0001-01-01", "9999-12-31", "banana"])
    def test_a_day_must_be_one(self, monday_morning, desk, hospital, at_home, on):
        assert desk.post(at_home + "closures/add-closure/", {"on": on}).status_code == 422
        assert not hospital.closures.exists()

    def test_neither_a_day_that_is_over_nor_one_twice(self, monday_morning, hospital, hospital_admin):
        with pytest.raises(RuleBroken, match="over"):
            workflow.add_closure(hospital=hospital, on=date(2026, 3, 1), by=hospital_admin)
        workflow.add_closure(hospital=hospital, on=date(2026, 3, 4), by=hospital_admin)
        with pytest.raises(RuleBroken, match="on the list already"):
            workflow.add_closure(hospital=hospital, on=date(2026, 3, 4), by=hospital_admin)

    def test_a_visit_on_a_holiday_is_kept_and_listed(
        self, monday_morning, desk, hospital, patient, doctor, hospital_admin, at_home
    ):
        visit = book(patient, doctor)
        answer = desk.post(at_home + "closures/add-closure/", {"on": "2026-03-02"}, follow=True)
        assert patient.name in answer.content.decode()
        visit.refresh_from_db()
        assert visit.is_open


class TestFees:
    def test_a_fee_is_set_and_left_empty(self, desk, hospital, doctor, at_home):
        desk.post(at_home + "fees/", {"check_up": "750", "follow_up": ""})
        assert doctor.fees_in(hospital)["check_up"] == 750
        desk.post(at_home + "fees/", {"check_up": ""})
        assert doctor.fees_in(hospital)["check_up"] == 500

    def test_a_kind_of_visit_that_is_left_out_has_no_fee_of_the_hospital(self, hospital, hospital_admin):
        for fees in ({"check_up": Decimal(700), "follow_up": Decimal(300)}, {"check_up": Decimal(800)}):
            workflow.change_fees(hospital=hospital, fees=fees, by=hospital_admin)
        assert dict(hospital.fees.values_list("visit_type", "amount")) == {"check_up": 800}

    @pytest.mark.parametrize("amount", ["-1", "NaN", "1e30", "banana", "0.001"])
    def test_an_amount_must_be_one(self, desk, hospital, at_home, amount):
        assert desk.post(at_home + "fees/", {"check_up": amount}).status_code == 422
        assert not hospital.fees.exists()


class TestPhoto:
    def test_a_picture_is_drawn_anew_and_shown_to_everybody(self, desk, client, hospital, at_home):
        assert desk.post(at_home + "photo/set-photo/", {"photo": picture()}).status_code == 302
        answer = client.get(f"/hospitals/{hospital.slug}/photo/")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
        assert answer["Content-Disposition"].startswith("inline")

    def test_the_one_before_goes(self, desk, hospital, at_home):
        for _turn in range(2):
            desk.post(at_home + "photo/set-photo/", {"photo": picture()})
        assert StoredFile.objects.count() == 1
        desk.post(at_home + "photo/remove-photo/")
        assert not StoredFile.objects.exists()
        assert desk.post(at_home + "photo/remove-photo/").status_code == 409

    def test_what_is_no_picture_is_refused(self, desk, hospital, at_home):
        for upload in (pdf(), pdf("card.png")):
            assert desk.post(at_home + "photo/set-photo/", {"photo": upload}).status_code == 422
        assert not StoredFile.objects.exists()

    def test_that_of_a_suspended_hospital_is_seen_by_nobody_else(self, desk, client, hospital, at_home):
        desk.post(at_home + "photo/set-photo/", {"photo": picture()})
        Hospital.objects.update(state="suspended")
        assert client.get(f"/hospitals/{hospital.slug}/photo/").status_code == 404
        assert desk.get(f"/hospitals/{hospital.slug}/photo/").status_code == 200


class TestWhose:
    PAGES = ("details/", "parts/", "opening/", "fees/", "staff/", "doctors/", "stranded/", "photo/set-photo/")

    def test_another_hospitals_administrator_finds_nothing(self, hospital, other_hospital_admin, sign_in, at_home):
        browser = sign_in(other_hospital_admin)
        for page in self.PAGES:
            assert browser.get(at_home + page).status_code == 404, page

    def test_a_receptionist_has_no_key(self, hospital, receptionist, sign_in, at_home):
        browser = sign_in(receptionist)
        for page in self.PAGES:
            assert browser.get(at_home + page).status_code == 403, page

    def test_parts_of_another_hospital_are_not_reached_through_the_own_one(
        self, desk, hospital, other_hospital, hospital_admin, at_home
    ):
        theirs = workflow.add_department(hospital=other_hospital, name="Needle", by=hospital_admin)
        service = workflow.add_service(hospital=other_hospital, name="Needle", by=hospital_admin)
        closure = workflow.add_closure(hospital=other_hospital, on=date(2090, 1, 1), by=hospital_admin)
        for path in (
            f"departments/{theirs.pk}/close-department/",
            f"departments/{theirs.pk}/rename-department/",
            f"services/{service.pk}/remove-service/",
            f"closures/{closure.pk}/remove-closure/",
        ):
            assert desk.post(at_home + path, {"name": "Mine"}).status_code == 404, path

    def test_who_runs_one_is_led_to_it(self, desk, hospital, at_home):
        assert desk.get("/hospital/").url == at_home + "details/"

    def test_who_runs_two_chooses(self, desk, hospital, other_hospital, hospital_admin):
        workflow.appoint(hospital=other_hospital, user=hospital_admin, by=None)
        page = desk.get("/hospital/").content.decode()
        assert hospital.name in page and other_hospital.name in page
