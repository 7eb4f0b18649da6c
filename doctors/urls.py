from django.urls import path

from doctors import views

app_name = "doctors"
urlpatterns = [
    path("doctor/verification/", views.verification, name="verification"),
    path("doctor/verification/send-for-checking/", views.send_for_checking, name="send_for_checking"),
    path("doctor/page/", views.page, name="page"),
    path("doctor/hospitals/", views.hospitals, name="hospitals"),
    path("doctor/hospitals/<slug:slug>/apply/", views.apply, name="apply"),
    path("doctor/applications/<uuid:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("hospital/<slug:slug>/doctors/", views.of_hospital, name="of_hospital"),
    path("hospital/<slug:slug>/doctors/<int:pk>/reassign/", views.reassign, name="reassign"),
    path("hospital/applications/<uuid:pk>/accept/", views.accept, name="accept"),
    path("hospital/applications/<uuid:pk>/decline/", views.decline, name="decline"),
    path("doctor/documents/send-document/", views.send_document, name="send_document"),
    path("doctor/documents/<uuid:pk>/", views.document, name="document"),
    path("doctor/documents/<uuid:pk>/replace/", views.replace_document, name="replace_document"),
    path("doctor/documents/<uuid:pk>/withdraw-document/", views.withdraw_document, name="withdraw_document"),
]
