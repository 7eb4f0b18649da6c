from django.urls import path

from billing import views

app_name = "billing"
urlpatterns = [
    path("billing/invoices/", views.index, name="index"),
    path("billing/invoices/<uuid:pk>/", views.detail, name="detail"),
    path("billing/invoices/<uuid:pk>/pay-at-desk/", views.pay_at_desk, name="pay_at_desk"),
    path("billing/invoices/<uuid:pk>/credit/", views.credit, name="credit"),
    path("billing/invoices/<uuid:pk>/void/", views.void, name="void"),
    path("billing/payments/<uuid:pk>/refund/", views.refund, name="refund"),
    path("billing/desk/", views.desk, name="desk"),
    path("billing/takings/", views.takings, name="takings"),
    path("billing/takings.csv", views.takings_csv, name="takings_csv"),
]
