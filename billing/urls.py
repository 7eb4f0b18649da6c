from django.urls import path

from billing import views

app_name = "billing"
urlpatterns = [
    path("billing/invoices/", views.index, name="index"),
    path("billing/invoices/<uuid:pk>/", views.detail, name="detail"),
    path("billing/invoices/<uuid:pk>/pay-at-desk/", views.pay_at_desk, name="pay_at_desk"),
    path("billing/invoices/<uuid:pk>/credit/", views.credit, name="credit"),
    path("billing/invoices/<uuid:pk>/void/", views.void, name="void"),
    path("billing/invoices/<uuid:pk>/pay/", views.pay, name="pay"),
    path("billing/invoices/<uuid:pk>.pdf", views.invoice_pdf, name="invoice_pdf"),
    path("billing/payments/<uuid:pk>.pdf", views.receipt_pdf, name="receipt_pdf"),
    path("billing/paying/<uuid:pk>/", views.paying, name="paying"),
    path("billing/bank/<uuid:pk>/", views.bank, name="bank"),
    path("billing/callbacks/<slug:provider>/", views.callback, name="callback"),
    path("billing/payments/<uuid:pk>/refund/", views.refund, name="refund"),
    path("billing/desk/", views.desk, name="desk"),
    path("billing/takings/", views.takings, name="takings"),
    path("billing/takings.csv", views.takings_csv, name="takings_csv"),
]
