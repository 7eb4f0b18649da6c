"""The panel itself: who may open it, its addresses, and the rail of sections beside every page."""

from functools import update_wrapper
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import include, path, re_path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from healthstack.frame import Frame, Group, Link
from healthstack.panel.desk import PanelAdmin

# The sections of the rail: what a person may not open is left out.
SECTIONS = (
    ("", (("doctors.Doctor", "doctor"), ("hospitals.Hospital", "hospital"), ("accounts.User", "user"))),
    (
        gettext_lazy("What happened"),
        (("accounts.AuditEntry", "eye"), ("accounts.Mail", "mail"), ("appointments.Review", "star")),
    ),
    (
        gettext_lazy("Roles and lists"),
        (
            ("hospitals.DirectoryImport", "hospital"),
            ("auth.Group", "shield"),
            ("doctors.Specialty", "star"),
            ("doctors.Language", "lang"),
            ("accounts.Leaflet", "file"),
        ),
    ),
)
ON_THE_BAR = {"doctors.Doctor", "hospitals.Hospital", "accounts.User", "accounts.AuditEntry"}


class Panel(AdminSite):
    site_header = site_title = "HealthStack"

    def register(self, model_or_iterable, admin_class=None, **options):
        """Only what the house shows is in the panel; what libraries register for themselves stays out."""
        if admin_class is None or admin_class.__module__.partition(".")[0] not in _house():
            return
        if not issubclass(admin_class, PanelAdmin):
            facts = {"__module__": admin_class.__module__, "__doc__": admin_class.__doc__}
            admin_class = type(admin_class.__name__, (admin_class, PanelAdmin), facts)
        super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request):
        return request.user.is_active and request.user.has_perm("accounts.open_panel")

    def admin_view(self, view, cacheable=False):
        def inner(request, *args, **kwargs):
            if not self.has_permission(request):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return update_wrapper(csrf_protect(never_cache(inner)), view)

    def get_urls(self):
        lists = [
            path(f"{model._meta.app_label}/{model._meta.model_name}/", include(desk.get_urls()))
            for model, desk in self._registry.items()
        ]
        return [
            path("", self.admin_view(self.index), name="index"),
            path("login/", self.login, name="login"),
            *lists,
            re_path(r"(?P<url>.*)$", self.admin_view(self.catch_all_view)),
        ]

    @staticmethod
    @login_not_required
    def login(request, extra_context=None):
        """There is one door for everyone."""
        return HttpResponseRedirect(f"{reverse('account_login')}?next={reverse('admin:index')}")

    def index(self, request, extra_context=None):
        from healthstack.admin import overview

        context = {**self.each_context(request), "title": _("Overview"), **overview(request)}
        return TemplateResponse(request, "admin/index.html", context)

    def each_context(self, request):
        return {"frame": PanelFrame(request, self), "has_permission": True}

    def named(self, entries, request):
        """Give each audit line the name of what it is about, and its address, where the panel has a page for it."""
        desks = {model._meta.label: desk for model, desk in self._registry.items() if desk.named_in_trail}
        wanted = {}
        for entry in entries:
            if entry.about_type in desks:
                wanted.setdefault(entry.about_type, set()).add(entry.about_key)
        found = {}
        for label, keys in wanted.items():
            desk = desks[label]
            if desk.has_view_permission(request):
                rows = desk.get_queryset(request).filter(pk__in=desk.keys(keys))
                found.update({(label, str(row.pk)): (str(row), desk.url_of(row)) for row in rows})
        for entry in entries:
            entry.about = found.get((entry.about_type, entry.about_key))
        return entries


def _house():
    """The names of our own apps: those that lie beside each other in this folder."""
    return {config.name for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}


class PanelFrame(Frame):
    """The frame of every page, with the panel's own sections in the rail."""

    def __init__(self, request, site):
        self.site = site
        super().__init__(request)
        self.role = "panel"  # whichever role was chosen elsewhere

    def _groups(self):
        desks = {model._meta.label: desk for model, desk in self.site._registry.items()}
        groups = []
        for heading, sections in SECTIONS:
            links = [
                self._section(desks[label], icon, short=label in ON_THE_BAR)
                for label, icon in sections
                if label in desks and desks[label].has_view_permission(self.request)
            ]
            groups.append(Group(heading, links))
        groups[0].links.insert(0, Link(_("Overview"), "home", reverse("admin:index"), _("Overview")))
        return [group for group in groups if group.links]

    def _section(self, desk, icon, *, short):
        name = str(capfirst(desk.opts.verbose_name_plural))
        return Link(name, icon, desk.url_of_list, name.partition(" ")[0] if short else "")
