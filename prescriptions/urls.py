from django.urls import path

from prescriptions import views

app_name = "prescriptions"
urlpatterns = [
    path("prescriptions/", views.index, name="index"),
    path("prescriptions/written/", views.written, name="written"),
    path("prescriptions/draft/<uuid:appointment>/", views.draft, name="draft"),
    path("prescriptions/<uuid:pk>/", views.detail, name="detail"),
    path("prescriptions/<uuid:pk>/sign/", views.sign, name="sign"),
]
