"""Directories that come in at once, from two people or twice by the queue, and one whose worker is killed half way."""

import io
import subprocess
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.db import connection

from appointments.models import HospitalWord
from healthstack.lib import clock
from hospitals import tasks, workflow
from hospitals.models import DirectoryImport, Hospital
from hospitals.workflow import directories
from tests.concurrency import servers
from tests.concurrency.race import at_once, sort_out
from tests.factories import trail
from tests.hospitals.test_directory import HEADER, line

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
State = DirectoryImport.State
ROWS = 60


@pytest.fixture
def checked(administrator):
    """checked() is a file of the same directory that was looked at."""

    def send():
        content = "\n".join([HEADER, *(line(n, f"Care {n}") for n in range(1, ROWS + 1))]).encode()
        facts = {"name": "hospitals.csv", "source": "National directory", "by": administrator}
        return workflow.check_directory(directory=workflow.keep_directory(file=io.BytesIO(content), **facts))

    return send


@pytest.fixture
def running(checked, administrator):
    return workflow.start_import(directory=checked(), by=administrator)


def start(directory, by):
    return lambda: workflow.start_import(directory=directory, by=by)


def import_it(directory):
    """As the queue does: the row is fetched when the task begins."""
    return lambda: workflow.import_directory(directory=DirectoryImport.objects.get(pk=directory.pk))


def each_is_there_once():
    numbers = sorted(Hospital.objects.values_list("source_row", flat=True))
    assert numbers == list(range(1, ROWS + 1))
    words = list(HospitalWord.objects.values_list("hospital", "word"))
    assert len(words) == len(set(words)) > ROWS


def test_one_file_is_wanted_by_ten_and_started_once(checked, administrator):
    directory = checked()
    won, refused = sort_out(at_once([start(directory, administrator)] * 10))
    assert (len(won), len(refused)) == (1, 9)
    assert {str(refusal) for refusal in refused} == {"This file cannot be imported: being imported."}
    assert trail(directory).count("hospitals.import_started") == 1


def test_of_ten_files_of_one_directory_one_is_imported_and_the_others_wait(checked, administrator):
    files = [checked() for _ in range(10)]
    won, refused = sort_out(at_once([start(one, administrator) for one in files]))
    assert (len(won), len(refused)) == (1, 9)
    sentence = "National directory is being imported from another file already. Try again when that is done."
    assert {str(refusal) for refusal in refused} == {sentence}
    workflow.import_directory(directory=won[0])
    later = next(one for one in files if one.pk != won[0].pk)
    done = workflow.import_directory(directory=workflow.start_import(directory=later, by=administrator))
    assert (done.added, done.same) == (0, ROWS)
    each_is_there_once()


def test_a_task_that_the_queue_runs_six_times_at_once_is_one_import(running):
    results, _none = sort_out(at_once([import_it(running)] * 6))
    running.refresh_from_db()
    assert (running.state, running.added) == (State.DONE, ROWS)
    assert {result.state for result in results} <= {State.DONE, State.RUNNING}
    assert trail(running).count("hospitals.directory_imported") == 1
    each_is_there_once()


def test_without_the_lock_the_same_task_breaks_on_itself(running, monkeypatch):
    """The control: or the test above would prove nothing."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time (BEGIN IMMEDIATE), which hides what the control wants to show.")
    monkeypatch.setattr(directories, "_locked", lambda pk, *states: DirectoryImport.objects.get(pk=pk))
    results = at_once([import_it(running)] * 6)
    assert [result for result in results if isinstance(result, Exception)]


def test_a_slow_import_is_not_taken_for_a_dead_one(running, at, monkeypatch):
    at("2026-03-02 09:00")
    add, seen = directories._add, []

    def look(*rows):
        add(*rows)
        if connection.vendor != "sqlite":  # there, whoever looks waits for the one writer
            at_once([workflow.resume_imports])
        seen.append(DirectoryImport.objects.get(pk=running.pk).interrupted)

    monkeypatch.setattr(directories, "_add", look)
    workflow.import_directory(directory=running)
    assert seen == [0]
    assert workflow.resume_imports() == []
    each_is_there_once()


HALF_WAY = """
import sys, time
import django
from django.conf import settings
settings.STORAGES["private"]["OPTIONS"]["location"] = sys.argv[2]  # that of the tests has the number of the process
django.setup()
from hospitals.models import DirectoryImport
from hospitals.workflow import directories

def stop(changed):
    print("half way", flush=True)
    time.sleep(60)

directories._change = stop
directories.import_directory(directory=DirectoryImport.objects.get(pk=sys.argv[1]))
"""


def test_a_worker_that_is_killed_half_way_has_written_nothing_and_another_ends_it(running, at):
    kept_in = storages["private"].location
    process = servers.start(["-c", HALF_WAY, str(running.pk), kept_in], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "half way\n"
    finally:
        servers.kill(process)
    assert not Hospital.objects.exists()
    at(clock.now() + timedelta(minutes=6))
    tasks.resume_imports.enqueue()
    running.refresh_from_db()
    assert (running.state, running.added, running.interrupted) == (State.DONE, ROWS, 1)
    each_is_there_once()
