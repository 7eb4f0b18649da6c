"""From words to verbs: how higher floors react to what lower ones announce. A word without a row fails a test."""

from appointments import workflow as appointments
from healthstack import roles
from patients import workflow as patients

TABLE = {
    "accounts.migrated": [roles.keep],
    "accounts.changing": [appointments.hold_user],
    "accounts.changed": [patients.follow_name, appointments.relist_user],
    "hospitals.changing": [appointments.hold_hospital],
    "hospitals.changed": [appointments.relist_hospital],
    "doctors.changed": [appointments.relist],
}
