"""Is the process alive, and can it serve? For probes: no person, no data, no table of ours."""

from contextlib import contextmanager
from threading import Thread

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

PATIENCE = 0.5  # seconds until a database that says nothing counts as away
_migrated = False


@login_not_required
@never_cache
@require_safe
def live(request):
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def ready(request):
    """200 when the database takes a write and every migration is applied, else 503: within a second in any case."""
    problem = _problem(connection) if connection.vendor == "sqlite" else _problem_in_time()
    return JsonResponse({"status": problem or "ok"}, status=503 if problem else 200)


def _problem_in_time():
    """Asked in a thread: a server that takes the call and then says nothing is found out only by not waiting for it.

    The thread has a connection of its own with short timeouts, so that it ends soon, and takes nothing along.
    """
    if not _migrated:
        MigrationLoader(None)  # imports the migrations; that the first probe takes longer is not the database's fault
    found = []

    def ask():
        with _own_connection() as own:
            found.append(_problem(own))

    thread = Thread(target=ask, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return found[0] if found else "database"


@contextmanager
def _own_connection():
    own = connection.copy()
    own.settings_dict["OPTIONS"].update(connect_timeout=1, read_timeout=1, write_timeout=1)
    try:
        yield own
    finally:
        own.close()


def _problem(database):
    global _migrated
    try:
        if not _migrated:
            executor = MigrationExecutor(database)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return "migrations"
            _migrated = True
        with database.cursor() as cursor:
            # Takes the write lock of SQLite and asks MariaDB for a transaction that may write, and changes nothing.
            cursor.execute("UPDATE django_migrations SET app = app WHERE id = -1")
    except Error:
        return "database"
    return ""
