"""A visit that goes on, on a Monday morning."""

from decimal import Decimal

import pytest

from appointments import workflow
from prescriptions import workflow as prescriptions
from prescriptions.models import Medicine


@pytest.fixture(autouse=True)
def _on_monday(monday_morning):
    """At eight, an hour before the doctors begin."""


@pytest.fixture
def visit(confirmed, doctor):
    """The patient is in the room."""
    workflow.check_in(appointment=confirmed, by=doctor.user)
    return workflow.start(appointment=confirmed, by=doctor.user)


@pytest.fixture
def medicine():
    """medicine("Sumatriptan") is an unsaved line."""

    def line(name="Sumatriptan", **columns):
        return Medicine(
            **{
                "name": name,
                "strength": "50 mg",
                "dose_quantity": Decimal(1),
                "dose_unit": "tablet",
                "pattern": "1-0-1",
                "route": "oral",
                "days": 5,
                **columns,
            }
        )

    return line


@pytest.fixture
def draft(visit, doctor, medicine):
    return prescriptions.draft(
        appointment=visit,
        diagnosis=" Migraine ",
        medicines=[medicine("Sumatriptan"), medicine("Naproxen")],
        advice=" Sleep. ",
        by=doctor.user,
    )
