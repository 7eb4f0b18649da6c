"""The admin panel: Django's admin in our frame, for the group Administrators alone.

An app's admin.py says in Django's words what its lists and forms show; registered, each class gets the manner of
`PanelAdmin`. What a class may say besides Django's options:

    acts            methods decorated with @admin.action(description, permissions): what can be done to a row. Called with
                    (request, row), and reason= where `reasons` names the act
    fits            {act: row -> bool}: when the act is offered
    asks            {act: (question with %(who)s, text)}: the acts that ask before they do it
    said            {act: sentence with %(who)s}: what is said afterwards
    facts           methods shown where the row can be read but not changed
    pages_by        (moment, key): a list that grows without end, newest first, paged by key and never counted
    list_prefetch   what the list's cells need
    keep(request, form, formsets, change)   saves a form, through a verb of a workflow
"""

import hashlib
from copy import copy
from datetime import datetime
from functools import partial, update_wrapper
from pathlib import Path

from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite, ModelAdmin, ShowFacets
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.utils import label_for_field, quote, unquote
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import include, path, re_path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from accounts.models import AuditEntry
from healthstack.frame import Frame, Group, Link
from healthstack.lib.forms import HouseForm
from healthstack.lib.paging import page_by_key
from healthstack.lib.rules import RuleBroken
from healthstack.templatetags.hs import badge, when

# The sections of the rail: what a person may not open is left out.
SECTIONS = (
    ("", (("doctors.Doctor", "doctor"), ("hospitals.Hospital", "hospital"), ("accounts.User", "user"))),
    (gettext_lazy("What happened"), (("accounts.AuditEntry", "eye"), ("accounts.Mail", "mail"))),
    (
        gettext_lazy("Roles and lists"),
        (("auth.Group", "shield"), ("doctors.Specialty", "star"), ("doctors.Language", "lang")),
    ),
)
ON_THE_BAR = {"doctors.Doctor", "hospitals.Hospital", "accounts.User", "accounts.AuditEntry"}
COUNTED = 10_000  # rows that a list counts; beyond them it says "over"
AT_ONCE = 100  # rows that one act takes


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


class Short(Paginator):
    """Counts only so far: nobody reads page 400, and counting a million rows for it costs each visitor a second."""

    @cached_property
    def count(self):
        return self.object_list.order_by()[: COUNTED + 1].count()

    @property
    def is_over(self):
        return self.count > COUNTED


class PanelList(ChangeList):
    """One list of the panel: only the filters that it offers, each page in a fixed number of queries."""

    def get_filters_params(self, params=None):
        offered = {spec.parameter_name for spec in self.list_filter}
        return {name: value for name, value in (params or self.filter_params).items() if name in offered}

    def get_filters(self, request):
        """A value that is not among the choices of its filter counts as none."""
        found = super().get_filters(request)
        for spec in found[0]:
            if not hasattr(spec, "kind") and spec.value() not in {str(key) for key, _name in spec.lookup_choices}:
                spec.used_parameters.clear()
        return found

    def get_queryset(self, request, exclude_parameters=None):
        rows = super().get_queryset(request, exclude_parameters)
        return rows.prefetch_related(*self.model_admin.list_prefetch)

    def get_results(self, request):
        desk = self.model_admin
        self.request = request
        self.page, self.next, self.after = None, "", request.GET.get("after", "")
        if desk.pages_by:
            self.result_list, self.next = page_by_key(
                self.queryset, desk.pages_by, after=self.after, size=self.list_per_page, descending=True
            )
        else:
            self.page = desk.get_paginator(request, self.queryset, self.list_per_page).get_page(self.page_num)
            self.result_list = list(self.page.object_list)
        self.result_count = self.full_result_count = self.page.paginator.count if self.page else len(self.result_list)
        self.multi_page = self.can_show_all = self.show_full_result_count = self.show_admin_actions = False

    @property
    def headers(self):
        return list(result_headers(self))

    @cached_property
    def rows(self):
        """[{row, url, first cell, what stands under it, (label, cell) of the others, acts}] of this page."""
        desk = self.model_admin
        offered = desk.offered(self.request)
        found = []
        for row in desk.dress(self.request, self.result_list):
            cells = desk.cells(row, self.list_display)
            acts = [act for act in offered if desk.fits.get(act["name"], _always)(row)]
            (_name, first), *others = cells
            line = {"row": row, "url": desk.url_of(row), "first": first, "under": desk.under(row)}
            found.append({**line, "cells": others, "acts": acts})
        return found

    @property
    def offered(self):
        return self.model_admin.offered(self.request) if self.result_list else []

    @property
    def is_first(self):
        return not self.after

    @property
    def is_narrowed(self):
        return bool(self.query or self.has_active_filters)


def _always(row):
    return True


class ReasonForm(HouseForm, forms.Form):
    """Why an act of consequence is done."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=240, widget=forms.Textarea(attrs={"rows": 3}))
    required = {"reason": gettext_lazy("Say why")}


class PanelAdmin(ModelAdmin):
    """The manner of every list and form in the panel (see the head of this file)."""

    actions = None
    list_per_page = 25
    paginator = Short
    preserve_filters = False
    show_facets = ShowFacets.NEVER
    show_full_result_count = False
    view_on_site = False
    acts = reasons = facts = list_prefetch = ()
    fits, asks, said = {}, {}, {}
    pages_by = None
    deletable = False
    named_in_trail = False
    saved = gettext_lazy("%(who)s is saved.")

    # --- addresses ---------------------------------------------------------------------------------------------------

    def get_urls(self):
        view = self.admin_site.admin_view
        names = {name: self.url_name(name) for name in ("changelist", "add", "change", "history", "delete", *self.acts)}
        urls = [path("", view(self.changelist_view), name=names["changelist"])]
        urls += [
            path(f"{act.replace('_', '-')}/", view(partial(self.act_view, act=act)), name=names[act])
            for act in self.acts
        ]
        urls += [
            path("add/", view(self.add_view), name=names["add"]),
            path("<path:object_id>/history/", view(self.history_view), name=names["history"]),
            path("<path:object_id>/change/", view(self.change_view), name=names["change"]),
        ]
        if self.deletable:
            urls.append(path("<path:object_id>/delete/", view(self.delete_view), name=names["delete"]))
        return urls

    def url_name(self, act):
        return f"{self.opts.app_label}_{self.opts.model_name}_{act}"

    def url(self, act, *args):
        return reverse(f"admin:{self.url_name(act)}", args=args)

    def url_of(self, row):
        return self.url("change", quote(row.pk))

    @property
    def url_of_list(self):
        return self.url("changelist")

    @property
    def url_of_add(self):
        return self.url("add")

    # --- who may -------------------------------------------------------------------------------------------------------

    def may(self, request, act):
        """Does the person hold the permission that goes with the act: app.verb_model?"""
        verbs = getattr(getattr(self, act), "allowed_permissions", (act,))
        return all(request.user.has_perm(f"{self.opts.app_label}.{verb}_{self.opts.model_name}") for verb in verbs)

    def has_delete_permission(self, request, obj=None):
        return self.deletable and super().has_delete_permission(request, obj)

    def to_field_allowed(self, request, to_field):
        return False

    # --- lists ---------------------------------------------------------------------------------------------------------

    def get_changelist(self, request, **kwargs):
        return PanelList

    def changelist_view(self, request, extra_context=None):
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        title = str(capfirst(self.opts.verbose_name_plural))
        context = {"title": title, "desk": self, "may_add": self.has_add_permission(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_search_results(self, request, queryset, search_term):
        """At most six words, since each is a condition on every column that is searched."""
        words = search_term.replace('"', " ").replace("'", " ")[:120].split()[:6]
        return super().get_search_results(request, queryset, " ".join(words))

    def dress(self, request, rows):
        """What the cells need beyond the rows themselves may be fetched here, once for a page."""
        return rows

    def under(self, row):
        """A second line in small letters under the first cell."""
        return ""

    def heading(self, row):
        return str(row)

    def cells(self, row, names):
        """[(label, what the cell shows)]"""
        shown = []
        for name in names:
            attribute = getattr(self, name, None)
            value = attribute(row) if callable(attribute) else getattr(row, name)
            shown.append((capfirst(label_for_field(name, self.model, self)), self.show(value)))
        return shown

    def show(self, value):
        if isinstance(value, datetime):
            return format_html('<time datetime="{}">{}</time>', value.isoformat(), when(value))
        return "" if value is None else value

    def state_badge(self, row):
        return badge(row)

    state_badge.short_description = gettext_lazy("State")
    state_badge.admin_order_field = "state"

    # --- acts ----------------------------------------------------------------------------------------------------------

    def offered(self, request):
        """The acts that this person may do: [{name, label, url, asks}]"""
        return [
            {
                "name": act,
                "label": getattr(self, act).short_description,
                "url": self.url(act),
                "asks": act in self.asks,
            }
            for act in self.acts
            if self.may(request, act)
        ]

    def act_view(self, request, act):
        """Do something to one row or many. What `asks` names is asked first; nothing is done by a GET."""
        if not self.may(request, act):
            raise PermissionDenied
        if request.method != "POST" and not (request.method in ("GET", "HEAD") and act in self.asks):
            return HttpResponseNotAllowed(["POST"])
        rows = self.picked(request)
        if not rows:
            messages.warning(request, _("Tick at least one line first."))
            return HttpResponseRedirect(self.url_of_list)
        form = ReasonForm(request.POST if "sure" in request.POST else None) if act in self.reasons else None
        if act in self.asks and ("sure" not in request.POST or (form and not form.is_valid())):
            return self.ask(request, act, rows, form)
        reason = {"reason": form.cleaned_data["reason"]} if form else {}
        done, refused = self.do(request, act, rows, **reason)
        if refused and len(rows) == 1 and act in self.asks:
            return self.ask(request, act, rows, form, refusal=refused[0][1])
        for row, refusal in refused:
            messages.error(request, refusal if len(rows) == 1 else f"{row}: {refusal}")
        if done:
            messages.success(request, self.said[act] % {"who": ", ".join(map(str, done))})
        return self.after(request, act, done or rows)

    def do(self, request, act, rows, **reason):
        """-> (rows done, [(row, why not)]). Each row is its own act: one refusal does not undo the others."""
        done, refused = [], []
        for row in rows:
            try:
                if not self.fits.get(act, _always)(row):
                    raise RuleBroken(_("Nothing to do: look at the state."))
                getattr(self, act)(request, row, **reason)
                done.append(row)
            except RuleBroken as refusal:
                refused.append((row, str(refusal)))
        return done, refused

    def after(self, request, act, rows):
        return HttpResponseRedirect(self.url_of(rows[0]) if len(rows) == 1 else self.url_of_list)

    def picked(self, request):
        """The rows that were ticked, or the one whose button was pressed."""
        asked = request.POST.getlist("only") or request.POST.getlist("pick") or request.GET.getlist("pick")
        keys = self.keys(asked[:AT_ONCE])
        return list(self.get_queryset(request).filter(pk__in=keys).order_by("pk")) if keys else []

    def keys(self, texts):
        """The keys among these texts; what cannot be a key is left out."""
        found = []
        for text in texts:
            try:
                key = self.opts.pk.to_python(text)
            except (ValidationError, ValueError, OverflowError):
                continue
            if not isinstance(key, int) or 0 < key < 2**63:
                found.append(key)
        return found

    def ask(self, request, act, rows, form, refusal=""):
        question, text = self.asks[act]
        who = str(rows[0]) if len(rows) == 1 else f"{len(rows)} {self.opts.verbose_name_plural}"
        problems = [("", refusal)] if refusal else (form.problems if form else [])
        context = {
            **self.admin_site.each_context(request),
            "title": question % {"who": who},
            "text": text,
            "act": next(a for a in self.offered(request) if a["name"] == act),
            "desk": self,
            "rows": rows,
            "form": form,
            "problems": problems,
            "back": self.url_of(rows[0]) if len(rows) == 1 else self.url_of_list,
        }
        status = 409 if refusal else 422 if problems else 200
        return TemplateResponse(request, "admin/ask.html", context, status=status)

    # --- forms ---------------------------------------------------------------------------------------------------------

    def get_object(self, request, object_id, from_field=None):
        keys = self.keys([object_id])
        return self.get_queryset(request).filter(pk=keys[0]).first() if keys else None

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """The form's own fields, without the admin's widgets: those carry scripts and styles that our pages refuse."""
        return db_field.formfield(**kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "refusal", None)
        return type(form.__name__, (Refused, Apart, form) if refusal else (Apart, form), {"refusal": refusal})

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """As in Django, but each verb is its own transaction, and a broken rule comes back as an error on the form."""
        if object_id is not None and request.method in ("GET", "HEAD") and not self.has_change_permission(request):
            return self.facts_view(request, object_id)
        try:
            return self._changeform_view(request, object_id, form_url, extra_context)
        except RuleBroken as refusal:
            request.refusal = refusal
        except IntegrityError:
            request.refusal = RuleBroken(_("Someone else saved the same at this moment. Look at it, and save again."))
        return self._changeform_view(request, object_id, form_url, extra_context)

    def facts_view(self, request, object_id):
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        row = self.dress(request, [row])[0]
        context = {
            **self.admin_site.each_context(request),
            "title": self.heading(row),
            "desk": self,
            "original": row,
            "facts": [
                (label, value) for label, value in self.cells(row, self.facts or self.list_display) if value != ""
            ],
            "offered": self.offered_on(request, row),
            "trail": self.trail(request, row),
            "history": self.url("history", quote(row.pk)),
        }
        return TemplateResponse(request, "admin/facts.html", context)

    def offered_on(self, request, row):
        return [act for act in self.offered(request) if self.fits.get(act["name"], _always)(row)]

    def save_model(self, request, obj, form, change):
        """Nothing yet: the row and what hangs on it are one act, done in save_related."""

    def save_related(self, request, form, formsets, change):
        if change and request.POST.get("stamp", "") not in ("", stamp(form, formsets)):
            raise RuleBroken(
                _(
                    "Someone else changed this while you were typing. What you typed is below; save again to put it in "
                    "place of theirs."
                )
            )
        self.keep(request, form, formsets, change)

    def keep(self, request, form, formsets, change):
        raise PermissionDenied

    def construct_change_message(self, request, form, formsets, add=False):
        return ""

    def log_addition(self, request, obj, message):
        """The audit trail tells it, written by the verb: who, when, from where."""

    log_change = log_addition

    def response_add(self, request, obj, post_url_continue=None):
        messages.success(request, self.saved % {"who": self.get_object(request, str(obj.pk))})
        return HttpResponseRedirect(self.url_of(obj))

    def response_change(self, request, obj):
        return self.response_add(request, obj)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        new = capfirst(_("New %(what)s") % {"what": self.opts.verbose_name})
        context.update(
            title=str(obj) if obj else new,
            desk=self,
            problems=[p for f in (form, *formsets) for p in problems(f)],
            stamp=stamp(form, formsets) if obj else "",
            offered=self.offered_on(request, obj) if obj else [],
            trail=self.trail(request, obj) if obj else [],
            history=self.url("history", quote(obj.pk)) if obj else "",
        )
        response = super().render_change_form(request, context, add, change, form_url, obj)
        if request.method == "POST":
            response.status_code = 409 if getattr(request, "refusal", None) else 422
        return response

    # --- what happened to a row ------------------------------------------------------------------------------------------

    def trail(self, request, row, most=5):
        if not request.user.has_perm("accounts.view_auditentry"):
            return []
        return list(AuditEntry.objects.about(row).with_people().order_by("-at", "-id")[:most])

    def history_view(self, request, object_id, extra_context=None):
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row) or not request.user.has_perm("accounts.view_auditentry"):
            raise PermissionDenied
        entries = AuditEntry.objects.about(row).with_people()
        page = page_by_key(entries, ("at", "id"), after=request.GET.get("after", ""), size=50, descending=True)
        context = {
            **self.admin_site.each_context(request),
            "title": _("What happened to %(who)s") % {"who": row},
            "desk": self,
            "original": row,
            "back": self.url_of(row),
            "page": page,
            "is_first": not request.GET.get("after"),
        }
        return TemplateResponse(request, "admin/object_history.html", context)


class Apart:
    """Mixed into every form: what is typed goes onto a copy, so that the page around it shows what is stored."""

    def __init__(self, *args, instance=None, **kwargs):
        super().__init__(*args, instance=copy(instance), **kwargs)


class Refused:
    """Mixed into a form whose values were fine, but whose act was refused."""

    refusal = None

    def _post_clean(self):
        super()._post_clean()
        field = self.refusal.field if self.refusal.field in self.fields else None
        self.add_error(field, str(self.refusal))


def problems(form):
    """[(id of the input, sentence)] of a form, or of a formset with its forms."""
    if hasattr(form, "management_form"):
        found = [("", error) for error in form.non_form_errors()]
        return found + [problem for one in form.forms if one.errors for problem in one.problems]
    return form.problems


def stamp(form, formsets=()):
    """What the form showed when it was opened, in short: another stamp means that someone changed it since."""
    shown = [_plain(form.initial), *([_plain(one.initial) for one in formset.initial_forms] for formset in formsets)]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]


def _plain(initial):
    def text(value):
        values = value if isinstance(value, list | tuple) else [value]
        return sorted(str(getattr(one, "pk", one)) for one in values)

    return sorted((name, text(value)) for name, value in initial.items() if value not in (None, ""))
