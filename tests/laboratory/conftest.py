"""A laboratory: tests with ranges and prices, and people who work in it."""

from decimal import Decimal as D

import pytest

from hospitals import workflow as hospitals
from hospitals.models import Staff
from laboratory import workflow
from laboratory.models import Item, Price, Range, Test
from tests.factories import UserFactory


@pytest.fixture
def tests(hospital):
    """Haemoglobin (12 to 15 of women, 13 to 17 of men, critical at 7), sugar (70 to 140), urine colour."""
    haemoglobin = Test.objects.create(slug="haemoglobin", name="Haemoglobin", unit="g/dl", group="Haematology")
    for sex, low, high in (("female", 12, 15), ("male", 13, 17)):
        Range.objects.create(
            test=haemoglobin, sex=sex, from_days=4380, low=low, high=high, critical_low=7, source="Demonstration"
        )
    sugar = Test.objects.create(slug="sugar", name="Random Blood Sugar", unit="mg/dl", preparation="None")
    Range.objects.create(test=sugar, low=70, high=140, source="Demonstration")
    colour = Test.objects.create(
        slug="colour", name="Urine colour", kind="choice", specimen="urine", choices=["Yellow", "Red"]
    )
    for test, amount in ((haemoglobin, 250), (sugar, 120), (colour, 80)):
        Price.objects.create(hospital=hospital, test=test, amount=D(amount))
    return haemoglobin, sugar, colour


@pytest.fixture
def second_technician(hospital):
    user = UserFactory(email="lab2@example.org", name="Manoj Pal")
    hospitals.appoint(hospital=hospital, user=user, role=Staff.Role.TECHNICIAN, by=None)
    return user


@pytest.fixture
def order(confirmed, tests, doctor, hospital):
    """What the doctor ordered for the patient of a confirmed visit: all three."""
    return workflow.place(
        patient=confirmed.patient,
        hospital=hospital,
        tests=list(tests),
        by=doctor.user,
        doctor=doctor,
        appointment=confirmed,
    )


@pytest.fixture
def item(order, technician):
    """item("Haemoglobin") is that test of the order, as it is now."""
    return lambda name: Item.objects.select_related("order", "test").get(order=order, test__name=name)


@pytest.fixture
def released(order, item, technician, second_technician):
    """released({"Haemoglobin": "11"}): taken, entered, verified and released."""

    def run(values):
        for kind in ("blood", "urine"):
            if any(item(name).test.specimen == kind and item(name).state == "ordered" for name in values):
                workflow.collect(order=order, kind=kind, by=technician)
        for name, text in values.items():
            workflow.enter(item=item(name), text=text, by=technician, sure=True)
            workflow.verify(item=item(name), by=second_technician)
        return workflow.release(order=order, by=second_technician)

    return run
