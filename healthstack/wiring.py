"""From words to verbs: how higher floors react to what lower ones announce. A word without a row fails a test."""

from accounts import workflow as accounts
from appointments import workflow as appointments
from chat import workflow as chat
from healthstack import roles
from patients import workflow as patients

TABLE = {
    "accounts.migrated": [roles.keep, accounts.ask_for_second_steps, accounts.write_first_leaflets],
    "accounts.changing": [appointments.hold_user],
    "accounts.changed": [patients.follow_name, appointments.relist_user],
    "hospitals.changing": [appointments.hold_hospital],
    "hospitals.changed": [appointments.relist_hospital, appointments.reindex_hospital],
    "hospitals.importing": [appointments.hold_hospitals],
    "hospitals.imported": [appointments.relist_hospitals, appointments.reindex_hospitals],
    "doctors.changed": [appointments.relist],
    "appointments.confirmed": [chat.begin_with_visit],
    "billing.paid": [],
}
