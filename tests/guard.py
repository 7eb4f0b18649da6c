"""Nothing is written to a table of the house but in a workflow: looked at when it happens, on every connection.

The guard is on duty while a request is answered, a task runs, or one of our commands does: from there on, some frame on
the stack must be of a room that may write. Outside of that, a test sets its stage, and may write what it likes.
A write to another table costs one regular expression; a write of ours one walk along the stack.
"""

import re
import sys
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db.backends.signals import connection_created

ROOT = Path(__file__).parent.parent
WRITE = re.compile(
    r'\s*(?:insert(?:\s+or\s+\w+|\s+ignore)?\s+into|replace\s+into|update|delete(?:\s+[\w`"]+)?\s+from)\s+[`"]?(\w+)',
    re.IGNORECASE,
)
# Plain forms of the panel: rows that nothing else copies, never clinical or financial ones.
PLAIN_FORMS = set()
PEOPLE = "accounts_user"

ROOM, DOOR, LIBRARY, BETWEEN, OTHER = range(5)


class WrittenOutsideAWorkflow(AssertionError):
    """A row of the house was about to be written by something else than a verb."""


# What the guard refused in this test, so that a page that swallows the error fails as well.
caught = []


def install():
    """Watch every connection that is opened from now on, those of other threads too."""
    connection_created.connect(_watch, dispatch_uid="tests.guard")


def _watch(connection, **kwargs):
    if guard not in connection.execute_wrappers:
        connection.execute_wrappers.append(guard)


def guard(execute, sql, params, many, context):
    written = WRITE.match(sql)
    if written and written[1] in tables() and not _may_write(written[1]):
        refusal = WrittenOutsideAWorkflow(f"{written[1]} is written outside of a workflow: {sql[:120]}")
        caught.append(refusal)
        raise refusal
    return execute(sql, params, many, context)


@cache
def tables():
    """The tables of the house: those of the apps that lie beside this folder, the links between them included."""
    house = [config for config in apps.get_app_configs() if Path(config.path).parent == ROOT]
    return {m._meta.db_table for config in house for m in config.get_models(include_auto_created=True)} - PLAIN_FORMS


def _may_write(table):
    on_duty, nearest = False, None
    frame = sys._getframe(2)
    while frame is not None:
        kind = _kind(frame.f_code.co_filename, frame.f_code.co_name)
        if kind == ROOM:
            return True
        on_duty = on_duty or kind == DOOR
        if nearest is None and kind != BETWEEN:
            nearest = kind
        frame = frame.f_back
    return not on_duty or (table == PEOPLE and nearest == LIBRARY)


@cache
def _kind(filename, function):
    path = Path(filename)
    if path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / ".venv"):
        return _kind_of_ours(path.relative_to(ROOT).parts)
    text = path.as_posix()
    if "/django/db/migrations/" in text:
        return ROOM
    if text.endswith("/django/core/handlers/base.py"):
        return DOOR
    # A person's `save()` passes through Django's class whoever calls it.
    if "/django/db/" in text or (text.endswith("/contrib/auth/base_user.py") and function in ("save", "asave")):
        return BETWEEN
    # The moment of the last login, a password: Django and allauth see to them.
    if ("/django/contrib/auth/" in text and not text.endswith("/admin.py")) or "/allauth/" in text:
        return LIBRARY
    return OTHER


def _kind_of_ours(parts):
    if parts[0] == "tests":
        return BETWEEN
    if parts[1:] == ("workflow.py",) or parts[1:2] == ("workflow",) or "migrations" in parts:
        return ROOM
    if parts in (("accounts", "audit.py"), ("accounts", "files.py"), ("accounts", "notify.py")):
        return ROOM
    if parts[1:] == ("tasks.py",) or parts[:3] == ("healthstack", "management", "commands"):
        return DOOR
    return OTHER
