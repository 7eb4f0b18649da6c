"""Which group may do what: the one table. Kept in step on migrate; groups that an administrator made are left alone."""

from django.contrib.auth.models import Group, Permission

PATIENT = (
    "appointments.view_appointment appointments.book_appointment appointments.cancel_appointment"
    " patients.open_own_record patients.list_allergy patients.correct_allergy patients.end_access"
    " patients.update_profile patients.deny_allergies patients.add_dependant patients.end_guardianship"
    " patients.invite_patient appointments.view_visit_note"
    " patients.list_condition patients.update_condition patients.mark_wrong patients.take_vitals patients.list_immunization"
    " patients.keep_document patients.read_document"
    " prescriptions.view_prescription"
    " appointments.reschedule_appointment appointments.write_review"
    " billing.view_invoice billing.pay_invoice"
    " laboratory.view_order"
    " chat.begin_conversation chat.read_conversation chat.send_message"
)
SCHEDULE = "appointments.publish_hours appointments.take_leave appointments.end_leave"
# What a doctor does about themselves, checked or not.
OWN_PAGE = (
    "doctors.send_document doctors.withdraw_document doctors.send_for_checking"
    " doctors.apply_application doctors.withdraw_application doctors.update_own_doctor"
)
DOCTOR = (
    f"{SCHEDULE} {OWN_PAGE} appointments.view_appointment appointments.approve_appointment appointments.decline_appointment"
    " appointments.cancel_appointment appointments.check_in_appointment appointments.start_appointment"
    " appointments.complete_appointment appointments.no_show_appointment patients.open_record"
    " prescriptions.view_prescription prescriptions.draft_prescription prescriptions.sign_prescription"
    " prescriptions.replace_prescription prescriptions.withdraw_prescription"
    " appointments.reschedule_appointment appointments.explain_time appointments.share_link_appointment"
    " appointments.answer_review appointments.overbook_appointment"
    " appointments.view_visit_note appointments.write_note appointments.sign_note appointments.amend_note"
    " laboratory.view_order laboratory.place_order laboratory.cancel_order"
    " chat.begin_conversation chat.read_conversation chat.send_message"
    " patients.list_condition patients.update_condition patients.mark_wrong patients.take_vitals patients.list_immunization"
    " patients.keep_document patients.read_document"
)
RECEPTIONIST = (
    "appointments.view_appointment appointments.view_hospital_appointment appointments.book_for_patient"
    " appointments.cancel_appointment appointments.check_in_appointment appointments.no_show_appointment"
    " patients.register_patient patients.invite_patient"
    " appointments.reschedule_appointment appointments.explain_time appointments.overbook_appointment"
    " billing.view_invoice billing.pay_at_desk_invoice billing.refund_payment"
)
HOSPITAL_ADMINISTRATOR = (
    "appointments.view_appointment appointments.view_hospital_appointment"
    " appointments.explain_time hospitals.register_hospital hospitals.run_hospital"
    " doctors.accept_application doctors.decline_application doctors.end_affiliation"
    " appointments.rehome_appointment"
    " billing.view_invoice billing.view_takings billing.credit_invoice billing.void_invoice billing.refund_payment"
)
TECHNICIAN = (
    "laboratory.view_order laboratory.collect_specimen laboratory.reject_specimen laboratory.enter_result"
    " laboratory.verify_result laboratory.release_result laboratory.amend_result"
)
ADMINISTRATOR = (
    "accounts.open_panel accounts.view_user accounts.change_user accounts.disable_user accounts.view_auditentry"
    " accounts.view_mail accounts.change_mail accounts.view_leaflet accounts.add_leaflet accounts.change_leaflet"
    " auth.view_group auth.add_group auth.change_group auth.delete_group"
    " hospitals.view_hospital hospitals.add_hospital hospitals.change_hospital hospitals.suspend_hospital"
    " hospitals.reinstate_hospital hospitals.view_staff hospitals.add_staff hospitals.end_staff"
    " hospitals.import_hospital"
    " doctors.view_doctor doctors.add_doctor doctors.change_doctor doctors.approve_doctor doctors.suspend_doctor"
    " doctors.reinstate_doctor doctors.ask_more_doctor doctors.reject_doctor doctors.judge_document"
    " hospitals.approve_hospital hospitals.reject_hospital hospitals.ask_more_hospital appointments.rehome_appointment"
    " doctors.view_specialty doctors.add_specialty doctors.change_specialty"
    " doctors.view_language doctors.add_language doctors.change_language"
    " appointments.view_review appointments.hide_review appointments.unhide_review"
)
# Whoever has an account may register a hospital; it is checked before anybody finds it.
EVERYBODY = "hospitals.register_hospital"
ROLES = {
    "Patients": f"{PATIENT} {EVERYBODY}".split(),
    "Doctors": f"{DOCTOR} {EVERYBODY}".split(),
    "Pending doctors": f"{SCHEDULE} {OWN_PAGE} {EVERYBODY}".split(),
    "Hospital administrators": HOSPITAL_ADMINISTRATOR.split(),
    "Receptionists": f"{RECEPTIONIST} {EVERYBODY}".split(),
    "Technicians": f"{TECHNICIAN} {EVERYBODY}".split(),
    "Administrators": f"{ADMINISTRATOR} {EVERYBODY}".split(),
}


def keep():
    """Give every built-in group exactly the permissions of the table. Run after each migrate, harmless again."""
    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.values_list("pk", "content_type__app_label", "codename")
    }
    for name, permissions in ROLES.items():
        if not all(p in known for p in permissions):
            return  # the first migrate has not come to the last app yet
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set([known[p] for p in permissions])
