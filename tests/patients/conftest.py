"""A doctor to whom a record is open."""

from datetime import timedelta

import pytest

from healthstack.lib import clock
from patients import workflow


@pytest.fixture
def in_care(patient, doctor):
    """The doctor may open the patient's record for a month. -> the grant"""
    return workflow.grant_access(
        patient=patient, carer=doctor.user, reason="Visit", by=None, ends_at=clock.now() + timedelta(days=30)
    )
