"""What the panel's tests share: the administrator's browser, and forms that are filled in."""

import pytest
from django.contrib import admin

from tests.factories import language, specialty


@pytest.fixture
def desk(administrator, sign_in):
    """The administrator's browser."""
    return sign_in(administrator)


@pytest.fixture
def doctor_form(hospital):
    """doctor_form(**changes) is a filled-in form of the panel for a new doctor."""

    def filled(**changes):
        form = {
            "name": "Dr. Asha Rao",
            "email": "asha.rao@example.org",
            "gender": "female",
            "registration_number": "NMC-7781",
            "council": "National Medical Commission",
            "degrees": "MBBS, MD",
            "practising_since": "2011",
            "about": "Headaches and dizziness.",
            "fee": "700",
            "notice_minutes": "30",
            "days_ahead": "60",
            "specialties": [specialty("Neurology").pk],
            "languages": [language("Hindi").pk],
            "minutes_check_up": "20",
            "minutes_follow_up": "10",
            "minutes_report_review": "",
            "affiliations-TOTAL_FORMS": "1",
            "affiliations-INITIAL_FORMS": "0",
            "affiliations-MIN_NUM_FORMS": "0",
            "affiliations-MAX_NUM_FORMS": "20",
            "affiliations-0-hospital": f"{hospital.name}, {hospital.city}",
            "affiliations-0-room": "OPD 3",
            "affiliations-0-fee_check_up": "800",
        }
        return {**form, **changes}

    return filled


HOSPITAL_FORM = {
    "name": "Lotus Clinic",
    "kind": "clinic",
    "city": "Pune",
    "zone": "Asia/Kolkata",
    "fee_check_up": "450",
}


def every_list():
    """[(name of its addresses, its class in the panel)]"""
    return [(f"admin:{m._meta.app_label}_{m._meta.model_name}", desk) for m, desk in admin.site._registry.items()]
