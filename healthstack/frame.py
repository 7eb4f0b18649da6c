"""What every page's frame shows: the person, their sections, the theme, what waits for them."""

from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Exists, IntegerField, Subquery
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.models import Notification, User
from appointments.models import Appointment
from chat.models import Conversation
from hospitals.models import Hospital, Staff

THEMES = ("light", "dark")
ROLE = "role"  # in the session: as which of their roles a person looks at the site


# Pages of somebody for whom another person speaks; the own record has other addresses.
OF_A_CHILD = ("record-of", "record-access-of", "update_profile-of", "list_allergy-of", "deny_allergies-of", "invite")


class Link(NamedTuple):
    label: str
    icon: str
    url: str
    short: str = ""  # the label of the bar at the bottom of a phone
    count: int = 0


class Group(NamedTuple):
    heading: str
    links: list


def frame(request):
    """The context of layouts/*.html. Lazy: an answer without a page asks nothing."""
    theme = request.COOKIES.get("theme", "")
    return {
        "site_name": settings.SITE_NAME,
        "sprite": static("img/icons.svg"),
        "emergency": settings.EMERGENCY_NUMBER,
        "support_phone": settings.SUPPORT_PHONE,
        "theme": theme if theme in THEMES else "",
        "debug_mails": settings.DEBUG or getattr(settings, "SHOW_MAILS", False),
        "frame": SimpleLazyObject(lambda: Frame(request)),
    }


def waiting_for(user):
    """{"unread": lines of the inbox, "requests": visits asked of this doctor, "chats": messages to read, "desk":
    works in a hospital, "reception": the hospital, by its slug, at whose reception this person sits first}.

    One query in a request, whoever asks first; counts end at a hundred.
    """
    if not hasattr(user, "waiting"):
        unread = Notification.objects.visible_to(user).unread().order_by().values("recipient")
        requests = Appointment.objects.as_doctor(user).requested().order_by().values("doctor")
        row = User.objects.filter(pk=user.pk).values(
            unread=Subquery(unread.annotate(n=Count("pk")).values("n"), output_field=IntegerField()),
            requests=Subquery(requests.annotate(n=Count("pk")).values("n"), output_field=IntegerField()),
            desk=Exists(Staff.objects.of(user)),
            chats=Subquery(Conversation.objects.unread_by(user), output_field=IntegerField()),
            reception=Subquery(Hospital.objects.at_desk(user).order_by("name", "pk").values("slug")[:1]),
        )
        found = row.first() or {"unread": 0, "requests": 0, "chats": 0, "desk": False, "reception": None}
        numbers = {name: min(found[name] or 0, 100) for name in ("unread", "requests", "chats", "desk")}
        user.waiting = {**numbers, "reception": found["reception"]}
    return user.waiting


def roles_of(user):
    """{role: its name} in the order in which they are offered."""
    has = {
        "doctor": (user.has_perm("appointments.approve_appointment"), _("Doctor")),
        "pending": (
            user.has_perm("appointments.publish_hours") and not user.has_perm("appointments.approve_appointment"),
            _("Doctor, being checked"),
        ),
        "patient": (user.has_perm("appointments.book_appointment"), _("Patient")),
        "panel": (user.has_perm("accounts.open_panel"), _("Administrator")),
    }
    roles = {role: name for role, (holds, name) in has.items() if holds}
    at_reception = user.has_perm("appointments.book_for_patient")
    if at_reception and waiting_for(user)["desk"]:
        roles["reception"] = _("Reception")
    if user.has_perm("laboratory.enter_result") and waiting_for(user)["desk"]:
        roles["laboratory"] = _("Laboratory")
    runs = user.has_perm("hospitals.run_hospital") or not at_reception
    if user.has_perm("appointments.view_hospital_appointment") and runs and waiting_for(user)["desk"]:
        roles["hospital"] = _("Hospital")
    return roles


def role_shown(request, roles):
    """Which of the person's roles the page is drawn for: the one the address asks for, the one switched to, the first.

    It decides what is shown and nothing else: a role that was chosen and is no longer held counts for nothing.
    """
    asked = request.GET.get("as", "")
    chosen = getattr(request, "session", {}).get(ROLE, "")
    return next((role for role in (asked, chosen, *roles) if role in roles), "none")


class Frame:
    """The navigation of the person who is asking: only what exists, and only what they may open."""

    def __init__(self, request):
        self.request = request
        self.user = getattr(request, "user", None)
        self.signed_in = bool(self.user and self.user.is_authenticated)
        self.unread = waiting_for(self.user)["unread"] if self.signed_in else 0
        self.roles = roles_of(self.user) if self.signed_in else {}
        self.role = role_shown(request, self.roles)
        self.groups = self._groups() if self.signed_in else []

    @property
    def may_book(self):
        """Whether a free time is a link. A visitor may follow it: the way leads through the login."""
        return not self.signed_in or self.user.has_perm("appointments.book_appointment")

    def _groups(self):
        """The sections of the role that is shown."""
        may = self.user.has_perm
        groups = [Group("", [self._link(_("Dashboard"), "home", reverse("dashboard"), short=_("Dashboard"))])]
        if self.role == "patient":
            groups[0].links.extend(
                [
                    self._link(_("Search Doctor"), "doctor", reverse("find"), short=_("Doctors")),
                    self._link(_("Multiple Hospital"), "hospital", reverse("hospitals")),
                    self._link(_("Test Information"), "flask", reverse("laboratory:tests")),
                ]
            )
            groups.append(
                Group(
                    _("My care"),
                    [
                        self._link(_("Appointments"), "cal", reverse("appointments:index"), short=_("Visits")),
                        self._link(_("Prescriptions"), "rx", reverse("prescriptions:index")),
                        self._link(_("Invoices"), "bill", reverse("billing:index")),
                        self._link(_("Reports"), "flask", reverse("laboratory:index")),
                        self._chats(),
                        self._link(_("My record"), "file", reverse("record"), short=_("Record")),
                        self._link(_("Who may see it"), "shield", reverse("record-access")),
                        self._link(_("My children"), "user", reverse("patients:dependants")),
                    ],
                )
            )
        if self.role in ("doctor", "pending"):
            links = []
            if self.role == "doctor":
                links = [
                    self._link(_("Appointments"), "cal", reverse("appointments:day")),
                    self._link(
                        _("Requests"),
                        "queue",
                        reverse("appointments:requests"),
                        short=_("Requests"),
                        count=waiting_for(self.user)["requests"],
                    ),
                    self._link(_("My patients"), "user", reverse("patients"), short=_("Patients")),
                    self._chats(),
                    self._link(_("Prescriptions"), "rx", reverse("prescriptions:written")),
                    self._link(_("Reviews"), "star", reverse("appointments:reviews")),
                ]
            if may("appointments.publish_hours"):
                links.append(self._link(_("Schedule"), "clock", reverse("appointments:schedule"), short=_("Schedule")))
            links.append(self._link(_("My page"), "doctor", reverse("doctors:page")))
            links.append(self._link(_("My hospitals"), "hospital", reverse("doctors:hospitals")))
            if self.role == "pending":
                links.append(self._link(_("Checking"), "shield", reverse("doctors:verification"), short=_("Checking")))
            groups.append(Group(_("Practice"), links))
        # One who works in no hospital any more still has the page, which says so.
        if self.role == "hospital" or (self.role == "none" and may("appointments.view_hospital_appointment")):
            groups[0].links.append(
                self._link(_("Appointments"), "cal", reverse("appointments:hospital"), short=_("Visits"))
            )
        if self.role == "hospital" and may("hospitals.run_hospital"):
            groups[0].links.append(
                self._link(_("My hospital"), "hospital", reverse("hospitals:mine"), short=_("Hospital"))
            )
        if self.role == "hospital" and may("billing.view_takings"):
            groups[0].links.append(self._link(_("Invoices"), "bill", reverse("billing:desk"), short=_("Invoices")))
            groups[0].links.append(self._link(_("Takings"), "rupee", reverse("billing:takings"), short=_("Takings")))
        if self.role == "reception":
            groups = [Group("", self._desk())]
        if self.role == "laboratory":
            groups[0].links[:] = [
                self._link(_("Laboratory"), "flask", reverse("laboratory:orders"), short=_("Laboratory")),
                self._link(_("Test Information"), "info", reverse("laboratory:tests"), short=_("Tests")),
            ]
        if self.role == "panel":
            groups[0].links.append(self._link(_("Admin panel"), "sliders", reverse("admin:index"), short=_("Panel")))
        return groups

    def _chats(self):
        """The messages, with how many are unread."""
        count = waiting_for(self.user)["chats"]
        return self._link(_("Messages"), "chat", reverse("chat:index"), short=_("Chat"), count=count)

    def _desk(self):
        """What is done at a desk: of the hospital whose page this is, else of the person's first."""
        match = self.request.resolver_match
        at_one = match and match.url_name and match.url_name.startswith("reception-")
        slug = match.kwargs["slug"] if at_one else waiting_for(self.user)["reception"]
        day = self._link(_("Reception"), "queue", reverse("reception"), short=_("Day"))
        if not slug:
            return [day]
        return [
            day,
            self._link(_("Patients"), "user", reverse("reception-patients", args=[slug]), short=_("Patients")),
            self._link(
                _("Register a patient"), "plus", reverse("reception-register", args=[slug]), short=_("Register")
            ),
            self._link(_("Invoices"), "bill", reverse("billing:desk"), short=_("Invoices")),
            self._link(_("Print the day"), "print", reverse("reception-day", args=[slug]), short=_("Print")),
            self._link(_("Why not this time?"), "clock", reverse("appointments:explain"), short=_("Times")),
        ]

    def _link(self, label, icon, url, *, short="", count=0):
        return Link(label, icon, url, short, count)

    @property
    def current(self):
        """The address of the link under which this page stands: the longest that begins it."""
        match = self.request.resolver_match
        if self.role == "patient" and match and match.url_name and match.url_name in OF_A_CHILD:
            return reverse("patients:dependants")
        urls = [link.url for group in self.groups for link in group.links if self.request.path.startswith(link.url)]
        return max(urls, key=len, default="")

    @property
    def bar(self):
        """The five links of the bar at the bottom of a phone."""
        return [link for group in self.groups for link in group.links if link.short][:5]
