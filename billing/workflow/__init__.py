"""Every act on invoices and money.

Lock order: the invoice, then the attempt or the payment, and last of all the series that gives a number. Sellers lock
their own rows (doctor, visit, order) before they come here.
"""

from billing.workflow.books import open_books
from billing.workflow.invoices import cancel_charge, credit, issue, open_invoice, void
from billing.workflow.online import go_to_provider, hear, note_forged
from billing.workflow.payments import fail, pay, pay_at_desk, receive
from billing.workflow.refunds import finish_refund, refund, send_refund, send_refunds

__all__ = [
    "cancel_charge",
    "credit",
    "fail",
    "finish_refund",
    "go_to_provider",
    "hear",
    "issue",
    "note_forged",
    "open_books",
    "open_invoice",
    "pay",
    "pay_at_desk",
    "receive",
    "refund",
    "send_refund",
    "send_refunds",
    "void",
]
