"""What administrators see of people, groups, the trail and the outbox. UserAdmin and GroupAdmin are registered on the
roof, which knows the built-in groups."""

import re
from datetime import datetime, time, timedelta

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.forms.models import ModelForm
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import resolve
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import workflow
from accounts.models import AuditEntry, GroupPolicy, Leaflet, Mail, User
from healthstack.lib.forms import HouseForm
from healthstack.lib.rules import RuleBroken

# --- people ------------------------------------------------------------------------------------------------------------


class InGroup(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("Group"), "group"

    def lookups(self, request, model_admin):
        return [(name, name) for name in Group.objects.order_by("name").values_list("name", flat=True)]

    def queryset(self, request, queryset):
        return queryset.in_group(self.value()) if self.value() else queryset


class MayLogIn(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("Account"), "account"

    def lookups(self, request, model_admin):
        return [("open", _("Open")), ("closed", _("Closed"))]

    def queryset(self, request, queryset):
        return queryset.filter(is_active=self.value() == "open") if self.value() else queryset


class UserForm(HouseForm, ModelForm):
    """The groups of a person that are given by hand."""

    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Groups"), required=False, widget=forms.CheckboxSelectMultiple
    )
    by_record = ()

    class Meta:
        model = User
        fields = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = Group.objects.exclude(name__in=self.by_record).order_by("name").values_list("name", flat=True)
        self.fields["groups"].choices = [(name, name) for name in names]
        self.fields["groups"].label = self.base_fields["groups"].label
        self.had = set(self.instance.groups.values_list("name", flat=True)) if self.instance.pk else set()
        self.initial["groups"] = sorted(self.had.intersection(names))


class UserAdmin(admin.ModelAdmin):
    """People: their groups, and whether they may log in. Nobody is entered here: people sign up themselves."""

    form = UserForm
    fieldsets = ((None, {"fields": ("groups",)}),)
    list_display = ("person", "address", "roles", "last_seen", "second_step", "standing")
    list_filter = (InGroup, MayLogIn)
    list_prefetch = ("groups",)
    search_fields = ("email", "name")
    search_help_text = gettext_lazy("Name or e-mail")
    ordering = ("email",)
    named_in_trail = True
    acts = ("disable", "enable", "end_sessions", "reset_second_step")
    fits = {
        "disable": lambda user: user.is_active,
        "enable": lambda user: not user.is_active,
        "end_sessions": lambda user: user.is_active,
        "reset_second_step": lambda user: user.has_second_step,
    }
    asks = {
        "end_sessions": (
            gettext_lazy("Log out %(who)s everywhere?"),
            gettext_lazy("Every browser in which they are logged in finds the login with its next click."),
        ),
        "reset_second_step": (
            gettext_lazy("Remove the second step of %(who)s?"),
            gettext_lazy(
                "For somebody who lost phone, key and codes. Make sure first that it is them: whoever knows the password"
                " can then log in. They are told by mail, and are logged out everywhere."
            ),
        ),
        "disable": (
            gettext_lazy("Close the account of %(who)s?"),
            gettext_lazy(
                "They are out with their next click and cannot log in. Nothing is deleted; you can open it again."
            ),
        ),
    }
    said = {
        "disable": gettext_lazy("Closed: %(who)s"),
        "enable": gettext_lazy("Open again: %(who)s"),
        "end_sessions": gettext_lazy("Logged out everywhere: %(who)s"),
        "reset_second_step": gettext_lazy("The second step is removed: %(who)s"),
    }
    saved = gettext_lazy("The groups of %(who)s are saved. They count from the next click on.")
    facts = ("person", "address", "roles", "joined", "last_seen", "second_step", "standing")

    def get_queryset(self, request):
        return super().get_queryset(request).with_second_step()

    def has_add_permission(self, request):
        return False

    @admin.display(description=gettext_lazy("Name"), ordering="name")
    def person(self, user):
        return format_html("{}{}", self.face(user), user)

    @admin.display(description=gettext_lazy("E-mail"), ordering="email")
    def address(self, user):
        return user.email

    @admin.display(description=gettext_lazy("Groups"))
    def roles(self, user):
        return ", ".join(sorted(group.name for group in user.groups.all()))

    @admin.display(description=gettext_lazy("Joined"))
    def joined(self, user):
        return user.joined_at

    @admin.display(description=gettext_lazy("Last log-in"), ordering="last_login")
    def last_seen(self, user):
        return user.last_login or _("Never")

    @admin.display(description=gettext_lazy("Second step"))
    def second_step(self, user):
        return _("On") if user.has_second_step else ""

    @admin.display(description=gettext_lazy("Account"), ordering="is_active")
    def standing(self, user):
        kind, word = ("ok", _("Open")) if user.is_active else ("bad", _("Closed"))
        return format_html('<span class="badge b-{}">{}</span>', kind, word)

    @admin.action(description=gettext_lazy("Close account"), permissions=["disable"])
    def disable(self, request, user):
        workflow.disable_user(user=user, by=request.user)

    @admin.action(description=gettext_lazy("Open account"), permissions=["disable"])
    def enable(self, request, user):
        workflow.enable_user(user=user, by=request.user)

    @admin.action(description=gettext_lazy("Log out everywhere"), permissions=["disable"])
    def end_sessions(self, request, user):
        workflow.end_sessions(user=user, by=request.user)

    @admin.action(description=gettext_lazy("Remove second step"), permissions=["disable"])
    def reset_second_step(self, request, user):
        workflow.reset_second_step(user=user, by=request.user)

    def keep(self, request, form, formsets, change):
        chosen = set(form.cleaned_data["groups"])
        offered = {name for name, _label in form.fields["groups"].choices}
        add, remove = chosen - form.had, (form.had & offered) - chosen
        if add or remove:
            workflow.change_groups(user=form.instance, add=sorted(add), remove=sorted(remove), by=request.user)


# --- groups ------------------------------------------------------------------------------------------------------------


class GroupForm(HouseForm, ModelForm):
    """A group and what it may do: the permissions that some page of ours asks for, app by app."""

    permissions = forms.TypedMultipleChoiceField(
        label=gettext_lazy("What it may do"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    requires_two_step = forms.BooleanField(
        label=gettext_lazy("People in this group must have a second step"),
        required=False,
        help_text=gettext_lazy("Whoever has none is led to it with the next click, and opens nothing else until then."),
    )
    built_in = asked_for = ()
    required = {"name": gettext_lazy("Enter a name")}

    class Meta:
        model = Group
        fields = ("name",)
        error_messages = {"name": {"unique": gettext_lazy("There is a group of that name already.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        held = set(self.instance.permissions.values_list("pk", flat=True)) if self.instance.pk else set()
        by_app = {}
        for permission in Permission.objects.select_related("content_type").order_by("content_type__app_label", "name"):
            app = permission.content_type.app_label
            if permission.pk in held or f"{app}.{permission.codename}" in self.asked_for:
                by_app.setdefault(_("Groups") if app == "auth" else app.capitalize(), []).append(
                    (permission.pk, permission.name)
                )
        self.fields["permissions"].choices = list(by_app.items())
        self.fields["permissions"].label = self.base_fields["permissions"].label
        self.initial["permissions"] = sorted(held)
        policy = GroupPolicy.objects.filter(group=self.instance.pk).first()
        self.initial["requires_two_step"] = bool(policy and policy.requires_two_step)
        if self.instance.name in self.built_in:
            self.fields["name"].disabled = True
            self.fields["name"].help_text = _("This group is built in, so its name stays.")

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())


class GroupAdmin(admin.ModelAdmin):
    """Roles. Everything that a person may do comes from the groups they are in."""

    form = GroupForm
    fieldsets = ((None, {"fields": ("name", "requires_two_step", "permissions")}),)
    list_display = ("label", "people", "keys_held", "kind")
    search_fields = ("name",)
    search_help_text = gettext_lazy("Name")
    ordering = ("name",)
    deletable = True
    built_in = ()

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(keys_n=Count("permissions"))

    def dress(self, request, rows):
        members = User.groups.through.objects.filter(group__in=rows).order_by().values_list("group")
        count = dict(members.annotate(n=Count("pk")))
        for group in rows:
            group.people_n = count.get(group.pk, 0)
        return rows

    @admin.display(description=gettext_lazy("Name"))
    def label(self, group):
        return group.name

    @admin.display(description=gettext_lazy("People"))
    def people(self, group):
        return group.people_n if hasattr(group, "people_n") else group.user_set.count()

    @admin.display(description=gettext_lazy("Permissions"))
    def keys_held(self, group):
        return group.keys_n

    @admin.display(description=gettext_lazy("Kind"))
    def kind(self, group):
        return _("Built in") if group.name in self.built_in else _("Made here")

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or obj.name not in self.built_in)

    def render_change_form(self, request, context, **kwargs):
        group = context["original"]
        context["built_in"] = bool(group) and group.name in self.built_in
        context["may_delete"] = bool(group) and self.has_delete_permission(request, group)
        context["people"] = group.user_set.count() if group else 0
        return super().render_change_form(request, context, **kwargs)

    def keep(self, request, form, formsets, change):
        permissions = form.cleaned_data["permissions"]
        group = workflow.save_group(group=form.instance, permissions=permissions, by=request.user)
        form.instance.pk = group.pk
        if "requires_two_step" in form.changed_data:
            workflow.require_second_step(group=group, required=form.cleaned_data["requires_two_step"], by=request.user)

    def delete_view(self, request, object_id, extra_context=None):
        group = self.get_object(request, object_id)
        if group is None:
            raise Http404
        if not self.has_delete_permission(request, group):
            raise PermissionDenied
        refusal = ""
        if request.method == "POST":
            try:
                workflow.delete_group(group=group, by=request.user)
                self.message_user(request, _("The group %(name)s is deleted.") % {"name": group.name})
                return HttpResponseRedirect(self.url_of_list)
            except RuleBroken as broken:
                refusal = str(broken)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Delete the group %(name)s?") % {"name": group.name},
            "desk": self,
            "original": group,
            "people": group.user_set.count(),
            "problems": [("", refusal)] if refusal else [],
        }
        return TemplateResponse(request, "admin/delete_confirmation.html", context, status=409 if refusal else 200)


# --- pages of text -----------------------------------------------------------------------------------------------------


class LeafletForm(HouseForm, ModelForm):
    required = {
        "slug": gettext_lazy("Enter a word for the address"),
        "title": gettext_lazy("Enter a title"),
        "text": gettext_lazy("Enter the text"),
    }

    class Meta:
        model = Leaflet
        fields = ("slug", "title", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 24})}
        error_messages = {"slug": {"unique": gettext_lazy("There is a page with this address already.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["slug"].help_text = _("One word of small letters: imprint")
        self.fields["text"].help_text = _(
            "Headings begin with ##, points of a list with -, **bold**, [a link](https://example.org). HTML stays text."
        )
        if self.instance.pk:  # pages link to it
            self.fields["slug"].disabled = True

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        if self.instance.pk:
            return slug
        if not re.fullmatch("[a-z]{2,40}", slug):
            raise forms.ValidationError(_("Enter one word of small letters, such as imprint"))
        if resolve(f"/{slug}/").view_name != "leaflet":
            raise forms.ValidationError(_("Another page has this address."))
        return slug


@admin.register(Leaflet)
class LeafletAdmin(admin.ModelAdmin):
    """What the owner of the site says about it. No page is deleted: others link to it."""

    form = LeafletForm
    fieldsets = ((None, {"fields": ("slug", "title", "text")}),)
    list_display = ("label", "where", "changed")
    search_fields = ("title", "slug")
    search_help_text = gettext_lazy("Title")
    named_in_trail = True
    facts = ("label", "where", "changed")

    @admin.display(description=gettext_lazy("Title"), ordering="title")
    def label(self, leaflet):
        return leaflet.title

    @admin.display(description=gettext_lazy("Address"), ordering="slug")
    def where(self, leaflet):
        return leaflet.get_absolute_url()

    @admin.display(description=gettext_lazy("Changed"), ordering="changed_at")
    def changed(self, leaflet):
        return leaflet.changed_at

    def keep(self, request, form, formsets, change):
        workflow.save_leaflet(leaflet=form.instance, by=request.user)


# --- the trail -----------------------------------------------------------------------------------------------------------


class Day(admin.SimpleListFilter):
    """A bound of the list, typed as a date."""

    kind = "date"

    def lookups(self, request, model_admin):
        return [("", "")]

    def moment(self):
        """The first moment of the day that was typed, in the site's zone; None when it is no day of these centuries."""
        try:
            on = parse_date((self.value() or "")[:10])
        except ValueError:
            return None
        return timezone.make_aware(datetime.combine(on, time.min)) if on and 1900 < on.year < 2200 else None


class Since(Day):
    title, parameter_name = gettext_lazy("From day"), "since"

    def queryset(self, request, queryset):
        return queryset.filter(at__gte=self.moment()) if self.moment() else queryset


class Until(Day):
    title, parameter_name = gettext_lazy("To day"), "until"

    def queryset(self, request, queryset):
        return queryset.filter(at__lt=self.moment() + timedelta(days=1)) if self.moment() else queryset


class ReadOnly(admin.ModelAdmin):
    """A list that is only read."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(AuditEntry)
class AuditAdmin(ReadOnly):
    """Who did what, when, to what. Reasons are shown where they are about accounts, never where they may be medical."""

    list_display = ("moment", "person", "what", "about", "why")
    list_filter = (Since, Until)
    list_select_related = ("by",)
    list_per_page = 50
    sortable_by = ()
    search_fields = ("code",)
    search_help_text = gettext_lazy("Code, e-mail or key")
    pages_by = ("at", "id")
    facts = ("moment", "person", "what", "about", "why", "details", "key", "origin", "reference")

    def get_search_results(self, request, queryset, search_term):
        """An e-mail finds what that person did and what was done to them; a key what was done to its row; else the code."""
        text = " ".join(search_term.split())[:254]
        if not text:
            return queryset, False
        if "@" in text:
            people = list(User.objects.filter(email__startswith=text.lower()).values_list("pk", flat=True)[:20])
            mine = Q(by__in=people) | Q(about_type=User._meta.label, about_key__in=[str(pk) for pk in people])
            return queryset.filter(mine), False
        if text.isdecimal() or len(text) == 36:
            types = [model._meta.label for model in apps.get_models()]  # the index begins with the type
            return queryset.filter(about_type__in=types, about_key=text.lower()), False
        return queryset.filter(code__startswith=text.lower()), False

    def dress(self, request, rows):
        return self.admin_site.named(rows, request)

    def heading(self, entry):
        return entry.code

    @admin.display(description=gettext_lazy("When"))
    def moment(self, entry):
        return entry.at

    @admin.display(description=gettext_lazy("Who"))
    def person(self, entry):
        return str(entry.by) if entry.by else _("The system")

    @admin.display(description=gettext_lazy("What"))
    def what(self, entry):
        return format_html("<code>{}</code>", entry.code)

    @admin.display(description=gettext_lazy("About"))
    def about(self, entry):
        if "about" not in vars(entry):
            return self.key(entry)
        if entry.about:
            return format_html('<a href="{}">{}</a>', entry.about[1], entry.about[0])
        return entry.about_type.partition(".")[2] or ""

    @admin.display(description=gettext_lazy("Why"))
    def why(self, entry):
        return entry.reason if entry.code.partition(".")[0] in self.tells_why else ""

    tells_why = ("accounts", "hospitals", "doctors")

    @admin.display(description=gettext_lazy("Details"))
    def details(self, entry):
        facts = entry.facts if isinstance(entry.facts, dict) else {}
        return format_html_join("", '<span class="fact">{}: {}</span>', [(k, _words(v)) for k, v in facts.items()])

    @admin.display(description=gettext_lazy("Key"))
    def key(self, entry):
        return f"{entry.about_type} {entry.about_key}".strip()

    @admin.display(description=gettext_lazy("From address"))
    def origin(self, entry):
        return entry.address

    @admin.display(description=gettext_lazy("Reference"))
    def reference(self, entry):
        return entry.request_id


def _words(value):
    return ", ".join(map(str, value)) or "-" if isinstance(value, list) else value


# --- the outbox ------------------------------------------------------------------------------------------------------------


class Sent(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("State"), "state"

    def lookups(self, request, model_admin):
        return [("failed", _("Failed")), ("waiting", _("Waiting")), ("sent", _("Sent"))]

    def queryset(self, request, queryset):
        if self.value() == "failed":
            return queryset.failed()
        if self.value() == "waiting":
            return queryset.filter(sent_at=None, attempts=0).exclude(next_try_at=None)
        return queryset.exclude(sent_at=None) if self.value() == "sent" else queryset


@admin.register(Mail)
class MailAdmin(ReadOnly):
    """The outbox. What a letter says is nobody's business here: it may carry codes and links."""

    list_display = ("moment", "addressee", "about_what", "standing", "tries", "failure")
    list_filter = (Sent,)
    sortable_by = ()
    search_fields = ("to", "subject")
    search_help_text = gettext_lazy("E-mail or subject")
    pages_by = ("created_at", "id")
    acts = ("retry",)
    fits = {"retry": lambda mail: mail.sent_at is None and mail.attempts > 0}
    said = {"retry": gettext_lazy("Tried again within a minute: %(who)s")}
    facts = (*list_display, "next_try", "sent")

    @admin.display(description=gettext_lazy("Written"))
    def moment(self, mail):
        return mail.created_at

    @admin.display(description=gettext_lazy("To"))
    def addressee(self, mail):
        return mail.to

    @admin.display(description=gettext_lazy("Subject"))
    def about_what(self, mail):
        return mail.subject

    @admin.display(description=gettext_lazy("State"))
    def standing(self, mail):
        if mail.sent_at:
            kind, word = "ok", _("Sent")
        elif mail.next_try_at is None:
            kind, word = "bad", _("Given up")
        else:
            kind, word = ("warn", _("Trying again")) if mail.attempts else ("info", _("Waiting"))
        return format_html('<span class="badge b-{}">{}</span>', kind, word)

    @admin.display(description=gettext_lazy("Tries"))
    def tries(self, mail):
        return mail.attempts

    @admin.display(description=gettext_lazy("Error"))
    def failure(self, mail):
        return mail.error

    @admin.display(description=gettext_lazy("Next try"))
    def next_try(self, mail):
        return mail.next_try_at

    @admin.display(description=gettext_lazy("Sent"))
    def sent(self, mail):
        return mail.sent_at

    @admin.action(description=gettext_lazy("Try again"), permissions=["change"])
    def retry(self, request, mail):
        workflow.retry_mail(mail=mail, by=request.user)
