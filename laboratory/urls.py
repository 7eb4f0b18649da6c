from django.urls import path

from laboratory import views

app_name = "laboratory"
urlpatterns = [
    path("laboratory/tests/", views.tests, name="tests"),
    path("laboratory/tests/<slug:slug>/", views.test, name="test"),
    path("laboratory/reports/", views.index, name="index"),
    path("laboratory/reports/<uuid:pk>/", views.report, name="report"),
]
