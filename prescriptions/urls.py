from django.urls import path

from prescriptions import views

app_name = "prescriptions"
urlpatterns = [
    path("prescriptions/", views.index, name="index"),
    path("prescriptions/written/", views.written, name="written"),
    path("prescriptions/suggest/<int:line>/", views.suggest, name="suggest"),
    path("prescriptions/draft/<uuid:appointment>/", views.draft, name="draft"),
    path("prescriptions/<uuid:pk>/", views.detail, name="detail"),
    path("prescriptions/<uuid:pk>.pdf", views.pdf, name="pdf"),
    path("prescriptions/<uuid:pk>/sign/", views.sign, name="sign"),
    path("prescriptions/<uuid:pk>/replace/", views.replace, name="replace"),
    path("prescriptions/<uuid:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("verify/<str:code>/", views.verify, name="verify"),
]
