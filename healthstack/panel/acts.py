"""What can be done to the rows of a list: one act for one row or many, with a question before it where it is of consequence."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from healthstack.lib.rules import RuleBroken
from healthstack.panel.forms import ReasonForm
from healthstack.panel.lists import always

AT_ONCE = 100  # rows that one act takes


class Acts:
    """The part of `PanelAdmin` that does things to rows."""

    acts = reasons = ()
    fits, asks, said = {}, {}, {}

    def may(self, request, act):
        """Does the person hold the permission that goes with the act: app.verb_model?"""
        verbs = getattr(getattr(self, act), "allowed_permissions", (act,))
        return all(request.user.has_perm(f"{self.opts.app_label}.{verb}_{self.opts.model_name}") for verb in verbs)

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

    def offered_on(self, request, row):
        return [act for act in self.offered(request) if self.fits.get(act["name"], always)(row)]

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
                if not self.fits.get(act, always)(row):
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
