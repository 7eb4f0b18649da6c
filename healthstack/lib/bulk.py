"""Very many rows of a plain table at once."""

from django.db import connection
from django.db.models.constants import OnConflict


def insert(model, names, rows, *, ignore_conflicts=False):
    """Insert tuples of values, as the database takes them, for the columns of these fields.

    Five times as fast as `bulk_create`, which makes an instance of each: for tables of which one act writes hundreds of
    thousands, and which nothing but ids and words stands in.
    """
    quote, meta = connection.ops.quote_name, model._meta
    into = connection.ops.insert_statement(on_conflict=OnConflict.IGNORE if ignore_conflicts else None)
    columns = ", ".join(quote(meta.get_field(name).column) for name in names)
    marks = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.executemany(f"{into} {quote(meta.db_table)} ({columns}) VALUES ({marks})", rows)
