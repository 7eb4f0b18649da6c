"""Every act on patients, their allergies and the access to their record."""

from patients.workflow.claims import (
    begin_claim,
    check_code,
    claim,
    finish_claim,
    invite,
)
from patients.workflow.diagnoses import load_diagnoses
from patients.workflow.documents import keep_document
from patients.workflow.entries import list_condition, list_immunization, mark_wrong, update_condition
from patients.workflow.people import (
    MOST_DEPENDANTS,
    PATIENTS,
    add_dependant,
    end_guardianship,
    follow_name,
    join,
    know,
    register,
    sign_up,
    tell,
    update_profile,
)
from patients.workflow.records import (
    OPENED,
    correct_allergy,
    deny_allergies,
    end_access,
    grant_access,
    limit_access,
    list_allergy,
    open_record,
    renew_access,
)
from patients.workflow.vitals import take_vitals

__all__ = [
    "MOST_DEPENDANTS",
    "OPENED",
    "PATIENTS",
    "add_dependant",
    "begin_claim",
    "check_code",
    "claim",
    "correct_allergy",
    "deny_allergies",
    "end_access",
    "end_guardianship",
    "finish_claim",
    "follow_name",
    "grant_access",
    "invite",
    "join",
    "keep_document",
    "know",
    "limit_access",
    "list_allergy",
    "list_condition",
    "list_immunization",
    "load_diagnoses",
    "mark_wrong",
    "open_record",
    "register",
    "renew_access",
    "sign_up",
    "take_vitals",
    "tell",
    "update_condition",
    "update_profile",
]
