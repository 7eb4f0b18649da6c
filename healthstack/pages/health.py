"""Is the process alive, and can it serve? For probes: no person, no data, no table of ours."""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

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
    """200 when the database takes a write and every migration is applied, else 503."""
    try:
        problem = _problem()
    except Error:
        problem = "database"
    return JsonResponse({"status": problem or "ok"}, status=503 if problem else 200)


def _problem():
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "migrations"
        _migrated = True
    with connection.cursor() as cursor:
        # Takes the write lock of SQLite and asks MariaDB for a transaction that may write, and changes nothing.
        cursor.execute("UPDATE django_migrations SET app = app WHERE id = -1")
    return ""
