from django.urls import path

from laboratory import views

app_name = "laboratory"
urlpatterns = [path("laboratory/reports/<uuid:pk>/", views.report, name="report")]
