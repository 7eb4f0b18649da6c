"""What a doctor takes for which visit, where."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from doctors import workflow as doctors
from hospitals.models import VisitType
from tests.factories import HospitalFactory


def test_the_fees_of_several_hospitals_are_those_of_each(doctor, hospital, other_hospital):
    third = HospitalFactory()
    doctors.change_doctor(
        doctor=doctor, affiliations=[(place, "") for place in (hospital, other_hospital, third)], by=None
    )
    hospital.fees.create(visit_type=VisitType.CHECK_UP, amount=300)
    other_hospital.fees.create(visit_type=VisitType.CHECK_UP, amount=310)
    other_hospital.fees.create(visit_type=VisitType.FOLLOW_UP, amount=200)
    doctor.fees.create(hospital=other_hospital, visit_type=VisitType.CHECK_UP, amount=900)
    doctor.fees.create(hospital=third, visit_type=VisitType.REPORT_REVIEW, amount=0)
    places = (hospital, other_hospital, third)
    with CaptureQueriesContext(connection) as noted:
        fees = doctor.fees_at([place.pk for place in places])
    assert len(noted) == 1
    assert fees == {place.pk: doctor.fees_in(place) for place in places}
    assert fees[other_hospital.pk] == {"check_up": 900, "follow_up": 200, "report_review": 500, "video": 500}
    assert doctor.fees_at([]) == {}
