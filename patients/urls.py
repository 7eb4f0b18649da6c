from django.urls import path

from patients import views

app_name = "patients"
urlpatterns = [
    path("record/profile/", views.update_profile, name="update_profile"),
    path("record/allergies/list-allergy/", views.list_allergy, name="list_allergy"),
    path("record/allergies/deny-allergies/", views.deny_allergies, name="deny_allergies"),
    path("record/allergies/<uuid:pk>/correct-allergy/", views.correct_allergy, name="correct_allergy"),
    path("record/access/<uuid:pk>/end-access/", views.end_access, name="end_access"),
    path("record/dependants/", views.dependants, name="dependants"),
    path("record/dependants/add-dependant/", views.add_dependant, name="add_dependant"),
    # The same, for somebody for whom the person speaks.
    path("record/<uuid:pk>/profile/", views.update_profile, name="update_profile-of"),
    path("record/<uuid:pk>/allergies/list-allergy/", views.list_allergy, name="list_allergy-of"),
    path("record/<uuid:pk>/allergies/deny-allergies/", views.deny_allergies, name="deny_allergies-of"),
    path("record/<uuid:pk>/end-guardianship/", views.end_guardianship, name="end_guardianship"),
    # For whoever may open the record: the patient, who speaks for them, a doctor with a grant.
    path("record/<uuid:pk>/conditions/list-condition/", views.list_condition, name="list_condition"),
    path("record/conditions/<uuid:pk>/update-condition/", views.update_condition, name="update_condition"),
    path("record/<uuid:pk>/immunizations/list-immunization/", views.list_immunization, name="list_immunization"),
    path("record/<uuid:pk>/documents/keep-document/", views.keep_document, name="keep_document"),
    path("record/documents/<uuid:pk>/", views.document, name="document"),
    path("record/<uuid:pk>/vitals/", views.vitals, name="vitals"),
    path("record/<uuid:pk>/vitals/take-vitals/", views.take_vitals, name="take_vitals"),
    path("record/lines/<slug:kind>/<uuid:pk>/mark-wrong/", views.mark_wrong, name="mark_wrong"),
    path("patients/<uuid:pk>/invite/", views.invite, name="invite"),
]
