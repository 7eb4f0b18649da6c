"""What stands in the tables of the house, so that a test can say that nothing was changed."""

import hashlib
from contextlib import contextmanager

from django.db import connection

from tests import guard

TRAIL = "accounts_auditentry"
LIBRARIES = {"account_emailaddress", "auth_group", "auth_group_permissions"}


def names():
    """All tables in which an act could leave something, the trail aside."""
    return sorted((guard.tables() | LIBRARIES) - {TRAIL})


def rows(table):
    """[{column: value}]"""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a table of ours
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def digest():
    """{table: (how many rows, what is in them)}"""
    found = {}
    for table in names():
        lines = sorted(map(repr, rows(table)))
        found[table] = (len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest())
    return found


@contextmanager
def writes():
    """Inside the block, every statement that writes to a table is noted: [(table, statement)]."""
    noted = []

    def note(execute, sql, params, many, context):
        written = guard.WRITE.match(sql)
        if written:
            noted.append((written[1], sql[:160]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield noted
