"""Patients, what stands in their record, and who may see it."""

from patients.models.entries import Condition, Diagnosis, DiagnosisWord, Document, Immunization, Observation
from patients.models.people import AccessGrant, Allergy, ClaimCode, Patient, Registration

__all__ = [
    "AccessGrant",
    "Allergy",
    "ClaimCode",
    "Condition",
    "Diagnosis",
    "DiagnosisWord",
    "Document",
    "Immunization",
    "Observation",
    "Patient",
    "Registration",
]
