from django.urls import path

from doctors import views

app_name = "doctors"
urlpatterns = [
    path("doctor/verification/", views.verification, name="verification"),
    path("doctor/verification/send-for-checking/", views.send_for_checking, name="send_for_checking"),
    path("doctor/documents/send-document/", views.send_document, name="send_document"),
    path("doctor/documents/<uuid:pk>/", views.document, name="document"),
    path("doctor/documents/<uuid:pk>/replace/", views.replace_document, name="replace_document"),
    path("doctor/documents/<uuid:pk>/withdraw-document/", views.withdraw_document, name="withdraw_document"),
]
