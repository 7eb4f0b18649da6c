"""An import whose worker was killed goes on by itself, or fails in words; and a directory comes from one file at a time."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from healthstack.lib.rules import RuleBroken
from hospitals import tasks, workflow
from hospitals.models import DirectoryImport, Hospital
from tests.factories import trail
from tests.hospitals.test_directory import HEADER, line
from tests.hospitals.test_import_directory import checked, kept

State = DirectoryImport.State
FOUND, MINUTES_LATER, MUCH_LATER = "2026-03-02 08:00", "2026-03-02 08:04", "2026-03-02 08:06"


@pytest.fixture
def desk(administrator, sign_in):
    return sign_in(administrator)


@pytest.fixture
def killed(db, at):
    """An import that was wanted, and whose worker was killed at once."""
    at(FOUND)
    return workflow.start_import(directory=checked(line(1), line(2, "Care", "Pune")), by=None)


def tick(*directories):
    tasks.resume_imports.enqueue()
    for directory in directories:
        directory.refresh_from_db()


@pytest.fixture
def no_worker(monkeypatch):
    """What is put into the queue is taken out by a worker that is killed again."""
    monkeypatch.setattr(workflow, "import_directory", lambda directory: None)
    monkeypatch.setattr(workflow, "check_directory", lambda directory: None)


class TestGoesOn:
    def test_the_import_is_begun_again_and_ends(self, killed, at):
        at(MUCH_LATER)
        tick(killed)
        assert (killed.state, killed.added, Hospital.objects.count()) == (State.DONE, 2, 2)
        assert trail(killed)[:2] == ["hospitals.directory_imported", "hospitals.import_resumed"]

    def test_so_is_the_check(self, db, at):
        at(FOUND)
        directory = kept(line(1))
        at(MUCH_LATER)
        tick(directory)
        assert (directory.state, directory.added, directory.interrupted) == (State.CHECKED, 1, 0)
        assert not Hospital.objects.exists()

    def test_what_has_just_moved_on_is_left_alone(self, killed, at):
        at(MINUTES_LATER)
        tick(killed)
        assert (killed.state, killed.interrupted) == (State.RUNNING, 0)

    def test_a_long_file_that_is_still_read_is_left_alone(self, db, at, monkeypatch):
        monkeypatch.setattr("hospitals.workflow.directories.BATCH", 1)
        at(FOUND)
        directory, seen = kept(line(1), line(2)), []

        def look(*facts):
            at(MINUTES_LATER if not seen else MUCH_LATER)
            tick(directory)
            seen.append(directory.interrupted)
            return [], [], []

        monkeypatch.setattr("hospitals.workflow.directories._plan", look)
        workflow.check_directory(directory=directory)
        assert seen == [0, 0]

    def test_what_is_settled_is_left_alone(self, db, at):
        at(FOUND)
        waiting, refused = checked(line(1)), checked(line(1, name=""))
        at(MUCH_LATER)
        tick(waiting, refused)
        assert (waiting.state, refused.state) == (State.CHECKED, State.REFUSED)

    def test_the_page_says_that_it_was_interrupted(self, killed, at, desk, no_worker):
        at(MUCH_LATER)
        tick(killed)
        page = desk.get(reverse("admin:hospitals_directoryimport_change", args=[killed.pk])).content.decode()
        assert "It was interrupted and has begun again." in page


class TestFails:
    @pytest.fixture
    def given_up(self, killed, at, no_worker):
        for hour in (9, 10, 11):
            at(f"2026-03-02 {hour:02}:00")
            tick(killed)
        return killed

    def test_who_kills_its_worker_each_time_is_not_begun_for_ever(self, given_up):
        assert (given_up.state, given_up.interrupted, given_up.runs) == (State.FAILED, 3, None)
        assert not Hospital.objects.exists()

    def test_the_page_says_so_and_offers_to_try_again(self, given_up, desk, monkeypatch):
        monkeypatch.undo()
        address = reverse("admin:hospitals_directoryimport_change", args=[given_up.pk])
        page = desk.get(address).content.decode()
        assert "It was interrupted 3 times. Nothing was changed. Try again, or send the file once more." in page
        page = desk.post("/admin/hospitals/directoryimport/start/", {"only": given_up.pk}, follow=True).content.decode()
        assert "<b>Imported.</b> 2 added" in page

    def test_a_check_that_failed_offers_no_import(self, db, at, no_worker, desk):
        at(FOUND)
        directory = kept(line(1))
        for hour in (9, 10, 11):
            at(f"2026-03-02 {hour:02}:00")
            tick(directory)
        page = desk.get(reverse("admin:hospitals_directoryimport_change", args=[directory.pk])).content.decode()
        assert "It was interrupted 3 times. Nothing was changed. Send the file once more." in page
        assert "Import these hospitals" not in page


class TestLate:
    """Somebody who was thought dead comes back: what others have done since stands."""

    def test_a_check_does_not_undo_a_start(self, db):
        directory = kept(line(1))
        late = DirectoryImport.objects.get(pk=directory.pk)
        workflow.start_import(directory=workflow.check_directory(directory=directory), by=None)
        assert workflow.check_directory(directory=late).state == State.RUNNING

    def test_a_failure_does_not_undo_the_end(self, killed, monkeypatch):
        late = DirectoryImport.objects.get(pk=killed.pk)
        workflow.import_directory(directory=killed)

        def fails(directory):
            raise RuntimeError("the disk is full")

        monkeypatch.setattr("hospitals.workflow.directories._import", fails)
        with pytest.raises(RuntimeError):
            workflow.import_directory(directory=late)
        assert DirectoryImport.objects.get(pk=killed.pk).state == State.DONE

    def test_an_import_does_nothing_again(self, killed):
        late = DirectoryImport.objects.get(pk=killed.pk)
        workflow.import_directory(directory=killed)
        assert workflow.import_directory(directory=late).state == State.DONE
        assert trail(killed).count("hospitals.directory_imported") == 1


class TestOneFileAtATime:
    SENTENCE = "National directory is being imported from another file already. Try again when that is done."

    def test_the_second_file_waits_until_the_first_is_done(self, killed):
        second = checked(line(1), line(3, "New One"))
        with pytest.raises(RuleBroken, match=self.SENTENCE):
            workflow.start_import(directory=second, by=None)
        workflow.import_directory(directory=killed)
        done = workflow.import_directory(directory=workflow.start_import(directory=second, by=None))
        assert (done.added, done.same, Hospital.objects.count()) == (1, 1, 3)

    def test_another_directory_need_not_wait(self, killed):
        other = workflow.start_import(directory=checked(line(1), source="Second"), by=None)
        assert other.state == State.RUNNING

    def test_the_panel_says_so(self, killed, desk):
        second = checked(line(1))
        answer = desk.post("/admin/hospitals/directoryimport/start/", {"only": second.pk}, follow=True)
        assert self.SENTENCE in answer.content.decode()
        assert "Import these hospitals" in answer.content.decode()

    def test_so_does_the_command(self, killed, tmp_path):
        path = tmp_path / "hospitals.csv"
        path.write_text("\n".join([HEADER, line(1)]), encoding="utf-8")
        with pytest.raises(CommandError, match=self.SENTENCE):
            call_command("import_hospitals", str(path), "--source", "National directory")
