"""Fields that forms of doctors share."""

from django import forms
from django.db.models import Exists


class Several(forms.ModelMultipleChoiceField):
    """Rows that are ticked; a key that no column can hold is a wrong choice, not a failure of the database."""

    def __init__(self, queryset, **kwargs):
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(queryset, **kwargs)

    def offer(self, ticked):
        """Show the choices, in one query that says as well which of them are ticked. -> the keys of those"""
        rows = list(self.queryset.annotate(ticked=Exists(ticked)))
        self.choices = [(row.pk, str(row)) for row in rows]
        return [row.pk for row in rows if row.ticked]

    def clean(self, value):
        for key in value or ():
            if not (str(key).isdecimal() and len(str(key)) < 19):
                raise forms.ValidationError(self.error_messages["invalid_choice"], params={"value": str(key)[:20]})
        return super().clean(value)
