"""Every address of the site."""

from allauth.account import urls as allauth_urls
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, register_converter

from healthstack import another_role, change_email, claim, sign_in, two_step
from healthstack.pages import (
    dashboards,
    errors,
    find,
    health,
    home,
    hospital,
    leaflet,
    mails,
    overbooking,
    palette,
    photo,
    reception,
    record,
    record_timeline,
    running,
    stay,
    visit,
)

register_converter(leaflet.Word, "word")

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.broken

# Of allauth, what has a page of ours.
ALLAUTH = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reauthenticate",
    "account_change_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}

urlpatterns = [
    path("", home.home, name="home"),
    path("theme/", home.theme, name="theme"),
    path("dashboard/", dashboards.dashboard, name="dashboard"),
    path("dashboard/switch/", dashboards.switch, name="switch"),
    path("", include("appointments.urls")),
    path("appointments/<uuid:pk>/", visit.visit, name="visit"),
    path("doctors/", find.find, name="find"),
    path("search/", palette.search, name="search"),
    path("search/doctors/counts/", find.find_counts, name="find-counts"),
    path("doctors/<slug:slug>/", find.doctor, name="doctor"),
    path("hospitals/", hospital.hospitals, name="hospitals"),
    path("", include("hospitals.urls")),
    path("hospital/<slug:slug>/stranded/", running.hospital_stranded, name="hospital-stranded"),
    path(
        "hospital/<slug:slug>/doctors/<int:pk>/end-affiliation/",
        running.end_affiliation,
        name="hospital-end-affiliation",
    ),
    path("hospitals/<slug:slug>/", hospital.hospital, name="hospital"),
    path("record/", record.record, name="record"),
    path("record/access/", record.access, name="record-access"),
    path("record/<uuid:pk>/", record.record, name="record-of"),
    path("record/<uuid:pk>/access/", record.access, name="record-access-of"),
    path("patients/", record.patients, name="patients"),
    path("reception/", reception.reception, name="reception"),
    path("reception/<slug:slug>/", reception.reception, name="reception-at"),
    path("reception/<slug:slug>/day/", reception.printed, name="reception-day"),
    path("reception/<slug:slug>/register/", reception.register, name="reception-register"),
    path("reception/<slug:slug>/patients/", reception.patients, name="reception-patients"),
    path("reception/<slug:slug>/patients/<uuid:pk>/", reception.patient, name="reception-patient"),
    path("reception/<slug:slug>/patients/<uuid:pk>/book/", reception.book, name="reception-book"),
    path("reception/<slug:slug>/patients/<uuid:pk>/overbook/", overbooking.overbook, name="reception-overbook"),
    path("patients/<uuid:pk>/", record.patient, name="patient"),
    path("patients/<uuid:pk>/timeline/", record_timeline.patient_timeline, name="patient-timeline"),
    path("", include("doctors.urls")),
    path("", include("patients.urls")),
    path("", include("prescriptions.urls")),
    path("", include("billing.urls")),
    path("", include("laboratory.urls")),
    path("", include("chat.urls")),
    path("", include("accounts.urls")),
    path("accounts/signup/patient/", another_role.join_patient, name="account_signup"),
    path("accounts/signup/doctor/", another_role.join_doctor, name="account_signup_doctor"),
    path("accounts/claim/", claim.claim, name="account_claim"),
    path("accounts/confirm-email/", sign_in.confirm_code, name="account_email_verification_sent"),
    path("accounts/change-email/", change_email.change_email, name="change-email"),
    path("accounts/change-email/confirm/", change_email.confirm_email, name="confirm-email"),
    path("photos/<uuid:pk>/", photo.photo, name="photo"),
    path("portraits/<uuid:pk>/", photo.portrait, name="portrait"),
    path("accounts/stay/", stay.stay, name="stay"),
    path("accounts/two-step/", two_step.index, name="mfa_index"),
    path("accounts/two-step/log-in/", two_step.authenticate, name="mfa_authenticate"),
    path("accounts/two-step/app/", two_step.activate, name="mfa_activate_totp"),
    path("accounts/two-step/app/remove/", two_step.deactivate, name="mfa_deactivate_totp"),
    path("accounts/two-step/codes/", two_step.show_codes, name="mfa_view_recovery_codes"),
    path("accounts/two-step/codes/new/", two_step.make_codes, name="mfa_generate_recovery_codes"),
    path("accounts/two-step/passkeys/add/", two_step.add_key, name="mfa_add_webauthn"),
    path("accounts/two-step/passkeys/<int:pk>/remove/", two_step.remove_key, name="mfa_remove_webauthn"),
    path("accounts/", include([entry for entry in allauth_urls.urlpatterns if entry.name in ALLAUTH])),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("admin/", admin.site.urls),
    path("<word:slug>/", leaflet.leaflet, name="leaflet"),  # the last: every other page of one word is before it
]
if settings.DEBUG or getattr(settings, "SHOW_MAILS", False):
    urlpatterns.append(path("debug/mails/", mails.mails, name="mails"))
