"""What administrators see of reviews: all of them, to hide one with a reason and to show it again."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import workflow
from appointments.models import Review


class Shown(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("Shown"), "shown"

    def lookups(self, request, model_admin):
        return [("shown", _("Shown")), ("hidden", _("Hidden"))]

    def queryset(self, request, queryset):
        if self.value() == "shown":
            return queryset.shown()
        return queryset.exclude(hidden_at=None) if self.value() == "hidden" else queryset


@admin.register(Review)
class ReviewAdmin(admin.ModelAdmin):
    """Reviews by patients who were seen. Nobody writes or changes one here; of who wrote it stands what all may read."""

    list_display = ("moment", "of", "by", "how_many", "words", "standing")
    list_filter = (Shown,)
    list_select_related = ("doctor__user", "appointment__patient__guardian")
    sortable_by = ()
    search_fields = ("doctor__user__name", "text")
    search_help_text = gettext_lazy("Doctor or words")
    pages_by = ("written_at", "id")
    facts = (*list_display, "replied", "why")
    acts = ("hide", "unhide")
    reasons = ("hide",)
    fits = {"hide": lambda review: review.hidden_at is None, "unhide": lambda review: review.hidden_at is not None}
    asks = {
        "hide": (
            gettext_lazy("Hide the review of %(who)s?"),
            gettext_lazy("Nobody reads it any more and it no longer counts. Doctor and patient read why."),
        )
    }
    said = {"hide": gettext_lazy("Hidden: %(who)s"), "unhide": gettext_lazy("Shown again: %(who)s")}

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_hide_permission(self, request):
        return request.user.has_perm("appointments.hide_review")

    def has_unhide_permission(self, request):
        return request.user.has_perm("appointments.unhide_review")

    @admin.display(description=gettext_lazy("Written"))
    def moment(self, review):
        return review.written_at

    @admin.display(description=gettext_lazy("Doctor"))
    def of(self, review):
        return review.doctor.name

    @admin.display(description=gettext_lazy("By"))
    def by(self, review):
        return review.by_name

    @admin.display(description=gettext_lazy("Stars"))
    def how_many(self, review):
        return review.stars

    @admin.display(description=gettext_lazy("Words"))
    def words(self, review):
        return review.text

    @admin.display(description=gettext_lazy("Answer"))
    def replied(self, review):
        return review.answer

    @admin.display(description=gettext_lazy("Why it is hidden"))
    def why(self, review):
        return review.hidden_reason

    @admin.display(description=gettext_lazy("State"))
    def standing(self, review):
        kind, word = ("bad", _("Hidden")) if review.hidden_at else ("ok", _("Shown"))
        return format_html('<span class="badge b-{}">{}</span>', kind, word)

    @admin.action(description=gettext_lazy("Hide"), permissions=["hide"])
    def hide(self, request, review, reason=""):
        workflow.hide_review(review=review, reason=reason, by=request.user)

    @admin.action(description=gettext_lazy("Show again"), permissions=["unhide"])
    def unhide(self, request, review):
        workflow.unhide_review(review=review, by=request.user)
