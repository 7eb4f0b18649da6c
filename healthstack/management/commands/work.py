"""The worker: runs the queue, and ticks once a minute. One per machine is enough; more do no harm."""

import signal
import time

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

PAUSE = 1  # seconds between two looks at an empty queue
TICK = 60  # seconds


class Command(BaseCommand):
    help = "Run background work until stopped."

    def handle(self, **options):
        self.going = True
        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self.stop)
        ticked = 0.0
        while self.going:
            try:
                if time.monotonic() - ticked >= TICK or not ticked:
                    call_command("tick")
                    ticked = time.monotonic()
                call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
            except DatabaseError as error:
                # A database that is away comes back; the queue waits in it.
                self.stderr.write(f"database: {type(error).__name__}, trying again")
                time.sleep(5)
            except SystemExit:
                break
            close_old_connections()
            if self.going:
                time.sleep(PAUSE)

    def stop(self, *_):
        self.going = False
        raise SystemExit(0)
