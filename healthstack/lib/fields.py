"""Columns that Django does not have."""

from django.db import models
from django.db.models.fields.mixins import FieldCacheMixin


class ExactCharField(models.CharField):
    """Text that is equal only to the letter: keys, codes, search words.

    MySQL and MariaDB would otherwise match other case, accents and trailing spaces (security, law 8).
    """

    def db_parameters(self, connection):
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = "utf8mb4_bin"
        return parameters


class Kept(FieldCacheMixin):
    """Put on a model, Django deletes none of its rows: not by `row.delete()`, and not along with something else.

    It stands among the model's fields as a GenericRelation does, because the collector, which every deletion of a row
    goes through, asks those what else would have to go. It has no column and no migration. Deletions of a whole
    queryset that bypass the collector are for the queryset to refuse.
    """

    is_relation = one_to_many = True
    many_to_many = many_to_one = one_to_one = concrete = auto_created = editable = hidden = False
    remote_field = related_model = None

    @property
    def cache_name(self):
        return self.name

    def contribute_to_class(self, model, name):
        self.model, self.name = model, name
        model._meta.add_field(self, private=True)

    def bulk_related_objects(self, rows, using):
        raise TypeError(f"Rows of {self.model._meta.label} are never deleted.")


class OnlyAdded(models.QuerySet):
    """Rows that are only added: what would change or remove one is refused, by whichever way Django comes.

    `update` also stands for bulk_update, `_update` for save() of a row that is there, which needs the model's
    `base_manager_name`; `Kept` on the model stands for delete() of a row.
    """

    def update(self, *args, **values):
        raise TypeError(f"Rows of {self.model._meta.label} are never changed.")

    def delete(self, *args):
        raise TypeError(f"Rows of {self.model._meta.label} are never deleted.")

    update.alters_data = delete.alters_data = True
    _update, _raw_delete = update, delete

    def bulk_create(self, rows, *args, update_conflicts=False, **options):
        if update_conflicts:
            self.update()
        return super().bulk_create(rows, *args, **options)
