"""What people are told about: the one table of kinds. The inbox has all of it; a letter as well, unless one does not want it.

kinds.of("appointments.approved")     the kind of something that happened; one that stands nowhere is an error
"""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _


class Kind(NamedTuple):
    """words: what it is about. mail: whether letters come of it at first. fixed: nobody can do without them.

    at_work: only for those who work here.
    """

    words: str
    mail: bool = True
    fixed: bool = False
    at_work: bool = False


TABLE = {
    "visits": Kind(_("Your visits: confirmed, moved, called off"), fixed=True),
    "reminders": Kind(_("Reminders a day and two hours before a visit")),
    "messages": Kind(_("Messages in a conversation")),
    "prescriptions": Kind(_("Prescriptions")),
    "tests": Kind(_("Tests and reports")),
    "payments": Kind(_("Payments and refunds")),
    "orders": Kind(_("Orders of the medical shop")),
    "record": Kind(_("Who may see a record"), fixed=True),
    "account": Kind(_("The safety of your account"), fixed=True),
    "requests": Kind(_("Visits that patients or the reception ask for"), at_work=True),
    "reviews": Kind(_("Reviews and answers to them")),
    "work": Kind(_("Hospitals, applications and checking"), at_work=True),
}
# What happened, by the longest beginning of its code: the kind that it is of.
CODES = {
    "accounts": "account",
    "hospitals": "work",
    "doctors": "work",
    "patients": "record",
    "billing": "payments",
    "appointments": "visits",
    "appointments.booked": "requests",
    "appointments.overbooked": "requests",
    "appointments.reminded": "reminders",
    "appointments.review": "reviews",
    "laboratory": "tests",
    "prescriptions": "prescriptions",
    "pharmacy": "orders",
    "chat": "messages",
}


def of(code):
    """The name in the table of the kind that something of this code is of."""
    return CODES[max((begin for begin in CODES if code.startswith(begin)), key=len)]


def offered(user):
    """{name: kind} that concern this person, as the page shows them."""
    return {name: kind for name, kind in TABLE.items() if not kind.at_work or getattr(user, "works_here", False)}
