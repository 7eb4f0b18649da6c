"""Every page, as somebody opens it: who, what it is called, where it is."""

from django.urls import reverse


def pages(town):
    """[(who, address)]"""
    visit, patient = town.visits, town.visits["confirmed"].patient
    some = [visit[state].get_absolute_url() for state in ("requested", "in_consultation", "completed", "declined")]
    book = reverse("appointments:book", args=[town.other_doctor.slug])
    panel = {name: reverse(f"admin:{name}_changelist") for name in PANEL}
    public = [
        "/",
        "/doctors/",
        "/doctors/?q=neuro",
        "/doctors/?q=neurology&city=lucknow&when=today&gender=female&fee=800",
        f"/doctors/?specialty={town.specialty.slug}&language={town.language.code}&when=week",
        "/doctors/?q=nobody",
        "/doctors/?q=nuerology&sort=rating",
        "/doctors/?q=headache&sort=fee&video=yes&city=nowhere&gender=female&language=hi",
        "/search/doctors/counts/",
        f"/search/doctors/counts/?q=nuerology&specialty={town.specialty.slug}&gender=female&fee=800&video=yes&when=week",
        town.other_doctor.get_absolute_url(),
        "/hospitals/",
        "/hospitals/?city=Lucknow",
        "/hospitals/?q=clnic+asha&city=pune&open=now",
        "/hospitals/?q=clinic&city=pune&emergency=yes",
        town.hospital.get_absolute_url(),
        "/accounts/login/",
        "/accounts/signup/patient/",
        "/accounts/signup/doctor/",
        "/accounts/password/reset/",
        "/nowhere/",
    ]
    found = {
        "visitor": public,
        "patient": [
            "/",
            "/doctors/?q=neuro",
            town.other_doctor.get_absolute_url(),
            town.hospital.get_absolute_url(),
            "/dashboard/",
            "/appointments/",
            "/appointments/?show=past",
            book,
            f"{book}?visit_type=follow_up&week=2026-03-09",
            f"{book}?slot={town.free.room}-{town.free.start}",
            *some,
            reverse("appointments:reschedule", args=[visit["confirmed"].pk]),
            reverse("appointments:write_review", args=[visit["completed"].pk]),
            "/prescriptions/",
            town.signed.get_absolute_url(),
            "/record/",
            "/record/access/",
            "/record/profile/",
            "/record/allergies/list-allergy/",
            reverse("patients:correct_allergy", args=[town.allergy.pk]),
            "/notifications/",
            "/accounts/profile/",
            "/accounts/password/change/",
            "/nowhere/",
        ],
        "doctor": [
            "/dashboard/",
            "/appointments/day/",
            "/appointments/requests/",
            "/reviews/",
            f"/schedule/explain/?doctor={town.doctor.pk}&visit_type=check_up&day=2026-03-02&time=09%3A00",
            "/patients/",
            "/patients/?q=Rao",
            reverse("patient", args=[patient.pk]),
            *some,
            "/schedule/",
            "/prescriptions/written/",
            town.signed.get_absolute_url(),
            town.draft.get_absolute_url(),
            reverse("prescriptions:draft", args=[visit["in_consultation"].pk]),
            "/notifications/",
        ],
        "pending doctor": ["/dashboard/", "/schedule/", "/doctor/verification/", "/doctor/documents/send-document/"],
        "hospital administrator": [
            "/dashboard/",
            "/appointments/hospital/",
            visit["confirmed"].get_absolute_url(),
            "/notifications/",
        ],
        "many hats": ["/dashboard/", "/dashboard/?as=patient", "/dashboard/?as=hospital", "/appointments/hospital/"],
        "administrator": [
            "/admin/",
            *panel.values(),
            f"{panel['doctors_doctor']}?q=asha",
            f"{panel['accounts_user']}?q=crowd&group=Doctors",
            f"{panel['accounts_auditentry']}?q=patients.record&since=2026-02-01",
            f"{panel['accounts_mail']}?state=failed",
            reverse("admin:doctors_doctor_add"),
            reverse("admin:doctors_doctor_change", args=[town.doctor.pk]),
            reverse("admin:doctors_doctor_history", args=[town.doctor.pk]),
            reverse("admin:doctors_doctor_suspend") + f"?pick={town.doctor.pk}",
            reverse("admin:hospitals_hospital_add"),
            reverse("admin:hospitals_hospital_change", args=[town.hospital.pk]),
            reverse("admin:accounts_user_change", args=[town.people["patient"].pk]),
            reverse("admin:auth_group_change", args=[1]),
        ],
    }
    return [(who, address) for who, some in found.items() for address in some]


PANEL = (
    "doctors_doctor",
    "hospitals_hospital",
    "hospitals_directoryimport",
    "accounts_user",
    "accounts_auditentry",
    "accounts_mail",
    "auth_group",
    "doctors_specialty",
    "doctors_language",
)
