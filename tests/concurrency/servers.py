"""Processes of the site over the database of the test: killed without warning, and started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).parent.parent.parent


def database_url():
    """Of the database of this test, for another process."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    password = f":{facts['PASSWORD']}" if facts["PASSWORD"] else ""
    return f"mysql://{facts['USER']}{password}@{facts['HOST'] or '127.0.0.1'}:{facts['PORT'] or 3306}/{facts['NAME']}"


def start(command, **options):
    """Another process of Python over this database, in a group of its own, so that a kill takes its children along."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, start_new_session=True, **options)


def kill(process):
    """At once, without a chance to tidy up."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Server:
    """One process of the site, always on the same port."""

    def __init__(self, log):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log, self.process = log, None

    def start(self):
        command = ["-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", "--workers", "1"]
        command += ["--worker-class", "gthread", "--threads", "8", "--log-level", "error", "healthstack.wsgi"]
        with self.log.open("ab") as log:
            self.process = start(command, stdout=log, stderr=log)

    def is_up(self):
        with suppress(OSError, HTTPException):
            there = HTTPConnection("127.0.0.1", self.port, timeout=2)
            there.request("GET", "/health/live")
            return there.getresponse().status == 200
        return False

    def wait(self, seconds=60):
        end = time.monotonic() + seconds
        while not self.is_up():
            assert time.monotonic() < end, f"no server after {seconds} s: {self.log.read_text()[-2000:]}"
            time.sleep(0.1)

    def kill(self):
        if self.process:
            kill(self.process)
            self.process = None
