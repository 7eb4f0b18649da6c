"""HTTP of the record. The pages that show it with what other floors know are on the roof."""

from patients.views.conditions import list_condition, list_immunization, mark_wrong, update_condition
from patients.views.documents import document, keep_document
from patients.views.people import (
    add_dependant,
    correct_allergy,
    deny_allergies,
    dependants,
    end_access,
    end_guardianship,
    invite,
    list_allergy,
    update_profile,
)
from patients.views.vitals import take_vitals, vitals

__all__ = [
    "add_dependant",
    "correct_allergy",
    "deny_allergies",
    "dependants",
    "document",
    "end_access",
    "end_guardianship",
    "invite",
    "keep_document",
    "list_allergy",
    "list_condition",
    "list_immunization",
    "mark_wrong",
    "take_vitals",
    "update_condition",
    "update_profile",
    "vitals",
]
