from django.urls import path

from laboratory import views

app_name = "laboratory"
urlpatterns = [
    path("laboratory/tests/", views.tests, name="tests"),
    path("laboratory/tests/<slug:slug>/", views.test, name="test"),
    path("hospital/<slug:slug>/prices/", views.prices, name="prices"),
    path("laboratory/patients/<uuid:pk>/place/", views.place, name="place"),
    path("laboratory/orders/", views.orders, name="orders"),
    path("laboratory/orders/<uuid:pk>/", views.order, name="order"),
    path("laboratory/orders/<uuid:pk>/cancel/", views.cancel, name="cancel"),
    path("laboratory/orders/<uuid:pk>/collect/", views.collect, name="collect"),
    path("laboratory/orders/<uuid:pk>/enter/", views.enter, name="enter"),
    path("laboratory/orders/<uuid:pk>/verify/", views.verify, name="verify"),
    path("laboratory/orders/<uuid:pk>/release/", views.release, name="release"),
    path("laboratory/specimens/<uuid:pk>/label/", views.label, name="label"),
    path("laboratory/specimens/<uuid:pk>/reject/", views.reject, name="reject"),
    path("laboratory/items/<uuid:pk>/amend/", views.amend, name="amend"),
    path("laboratory/reports/", views.index, name="index"),
    path("laboratory/reports/<uuid:pk>/", views.report, name="report"),
    path("laboratory/reports/<uuid:pk>.pdf", views.report_pdf, name="report_pdf"),
    path("laboratory/trends/<uuid:pk>/<slug:slug>/", views.trend, name="trend"),
]
