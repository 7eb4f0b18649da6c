"""One transaction per verb, run again when the database asks for it."""

import random
import time
from functools import wraps

from django.db import OperationalError, connection, transaction

# MariaDB: deadlock, lock wait timeout, record changed since last read, node not ready (Galera). SQLite: its writers do
# not queue, so one of very many may wait longer than its timeout; nothing was written then, not even the BEGIN.
RETRY = {1213, 1205, 1020, 1047, "database is locked"}
TRIES = 8


def one_transaction(verb):
    """Run the verb in one transaction; a deadlock or a lost race runs it again, at most eight times, with jitter.

    Inside another verb it joins that verb's transaction: only the outermost may try again, because the server has
    rolled everything back by then.
    """

    @wraps(verb)
    def run(*args, **kwargs):
        if connection.in_atomic_block:
            with transaction.atomic():
                return verb(*args, **kwargs)
        for turn in range(TRIES):
            try:
                with transaction.atomic():
                    return verb(*args, **kwargs)
            except OperationalError as error:
                code = error.args[0] if error.args else 0
                if code not in RETRY or turn == TRIES - 1:
                    raise
                time.sleep(random.uniform(0, 0.01 * 2**turn))  # noqa: S311 - jitter, not a secret
        return None

    return run
