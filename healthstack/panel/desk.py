"""A list and its rows in the manner of the panel: addresses, acts, forms, and what happened to a row."""

from datetime import datetime
from functools import partial

from django.contrib import messages
from django.contrib.admin import ModelAdmin, ShowFacets
from django.contrib.admin.utils import label_for_field, quote, unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry
from healthstack.lib.paging import page_by_key
from healthstack.lib.rules import RuleBroken
from healthstack.panel.acts import Acts
from healthstack.panel.forms import Apart, Refused, problems, stamp
from healthstack.panel.lists import PanelList, Short
from healthstack.templatetags.hs import avatar, badge, when


class PanelAdmin(Acts, ModelAdmin):
    """The manner of every list and form in the panel (see `healthstack.panel`)."""

    actions = None
    list_per_page = 25
    paginator = Short
    preserve_filters = False
    show_facets = ShowFacets.NEVER
    show_full_result_count = False
    view_on_site = False
    facts = list_prefetch = ()
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

    def face(self, row):
        """The picture or the initials that stand before a name."""
        return avatar(row, "sm")

    def state_badge(self, row):
        return badge(row)

    state_badge.short_description = gettext_lazy("State")
    state_badge.admin_order_field = "state"

    # --- forms ---------------------------------------------------------------------------------------------------------

    def get_object(self, request, object_id, from_field=None):
        keys = self.keys([object_id])
        return self.get_single(request).filter(pk=keys[0]).first() if keys else None

    def get_single(self, request):
        """The rows of which one is shown by itself; what its page needs besides may be fetched with it."""
        return self.get_queryset(request)

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
