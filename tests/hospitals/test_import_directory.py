"""A directory comes in: all of it or nothing, again without doubles, and what hospitals say of themselves is kept."""

import io
import os
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments import workflow as appointments
from appointments.models import HospitalWord, Listing, Word
from healthstack.lib.rules import RuleBroken
from hospitals import tasks, workflow
from hospitals.models import DirectoryImport, Hospital
from hospitals.workflow import check_directory, import_directory, keep_directory, start_import
from tests.factories import DoctorFactory, HospitalFactory, UserFactory, trail
from tests.hospitals.test_directory import HEADER, line

State = DirectoryImport.State


def kept(*lines, source="National directory", by=None):
    content = "\n".join([HEADER, *lines, ""]).encode()
    return keep_directory(file=io.BytesIO(content), name="hospitals.csv", source=source, by=by)


def checked(*lines, **how):
    return check_directory(directory=kept(*lines, **how))


def imported(*lines, by=None, **how):
    directory = start_import(directory=checked(*lines, **how), by=by)
    return import_directory(directory=directory)


def found(client, text):
    page = client.get("/hospitals/", {"q": text}).content.decode()
    return [row.name for row in Hospital.objects.order_by("name") if f">{row.name}</a></h2>" in page]


class TestAll:
    def test_every_row_can_be_found_afterwards(self, client, administrator):
        directory = imported(
            line(1, pin="226001", state="Uttar Pradesh"), line(2, "Care Clinic", "Pune"), by=administrator
        )
        assert (directory.state, directory.rows, directory.done) == (State.DONE, 2, 2)
        assert (directory.added, directory.changed, directory.same) == (2, 0, 0)
        assert found(client, "apolo uttar") == ["Apollo Hospital"]
        hospital = Hospital.objects.get(name="Apollo Hospital")
        assert (hospital.state, hospital.kind, hospital.source, hospital.source_row) == (
            "approved",
            "hospital",
            "National directory",
            1,
        )
        assert hospital.slug == "apollo-hospital-lucknow"
        assert client.get(hospital.get_absolute_url()).status_code == 200
        assert trail(directory) == [
            "hospitals.directory_imported",
            "hospitals.import_started",
            "hospitals.directory_kept",
        ]

    def test_nobody_is_written_to(self, db, mailoutbox, django_capture_on_commit_callbacks):
        from accounts.models import Mail, Notification

        with django_capture_on_commit_callbacks(execute=True):
            imported(line(1).replace(",,,,", ",,0522 2205555,,", 1), line(2))
        assert not mailoutbox and not Mail.objects.exists() and not Notification.objects.exists()

    def test_the_file_goes_when_it_is_over(self, db, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            done, refused, waiting = imported(line(1)), checked(line(1, name="")), checked(line(1))
        there = [storages["private"].exists(one.file_key) for one in (done, refused, waiting)]
        assert there == [False, False, True]

    def test_nothing_can_be_found_before(self, client, db):
        directory = checked(line(1))
        assert directory.state == State.CHECKED
        assert (directory.added, directory.sample[0][1]) == (1, "Apollo Hospital")
        assert not Hospital.objects.exists()

    def test_words_are_those_that_each_would_have_had(self, db):
        imported(*(line(n, f"Hospital {n}", "Pune" if n % 2 else "Goa", state="Maharashtra") for n in range(1, 40)))
        before = sorted(HospitalWord.objects.values_list("hospital", "word__text"))
        HospitalWord.objects.all().delete()
        Word.objects.update(hospitals=0)
        for hospital in Hospital.objects.all():
            appointments.reindex_hospital(hospital=hospital)
        assert sorted(HospitalWord.objects.values_list("hospital", "word__text")) == before
        for word in Word.objects.all():
            assert word.hospitals == HospitalWord.objects.filter(word=word).count()


class TestNothing:
    @pytest.mark.parametrize(
        "lines", [[line(1), line(2, name="")], [line(1), line(1)], [line(1), '2,,"x" y,Pune,,,,,,,'], []]
    )
    def test_a_fault_refuses_the_whole_file(self, db, lines):
        directory = checked(*lines)
        assert directory.state == State.REFUSED
        assert directory.fault_count >= 1
        with pytest.raises(RuleBroken, match="cannot be imported: refused"):
            start_import(directory=directory, by=None)
        import_directory(directory=directory)
        assert not Hospital.objects.exists() and not Word.objects.exists()

    def test_what_fails_half_way_leaves_nothing(self, client, db, monkeypatch):
        from appointments.workflow import words

        imported(line(1, "Old One", "Agra"), source="Another")
        before = sorted(HospitalWord.objects.values_list("hospital", "word__text"))
        monkeypatch.setattr("hospitals.workflow.directories.BATCH", 5)
        calls, insert = [], words.insert

        def failing(*args, **kwargs):
            calls.append(args)
            if len(calls) == 5:
                raise RuntimeError("the disk is full")
            return insert(*args, **kwargs)

        monkeypatch.setattr(words, "insert", failing)
        directory = start_import(directory=checked(*(line(n, f"Care {n}") for n in range(1, 30))), by=None)
        with pytest.raises(RuntimeError):
            import_directory(directory=directory)
        directory.refresh_from_db()
        assert directory.state == State.FAILED
        assert [row.name for row in Hospital.objects.all()] == ["Old One"]
        assert sorted(HospitalWord.objects.values_list("hospital", "word__text")) == before
        assert found(client, "care") == []

        monkeypatch.setattr(words, "insert", insert)
        directory = import_directory(directory=start_import(directory=directory, by=None))
        assert (directory.state, directory.added) == (State.DONE, 29)

    def test_a_file_that_is_gone_is_a_failure_and_no_silence(self, db):
        directory = kept(line(1))
        storages["private"].delete(directory.file_key)
        with pytest.raises(OSError):
            check_directory(directory=directory)
        directory.refresh_from_db()
        assert directory.state == State.FAILED

    def test_it_must_be_checked_and_wanted_first(self, db):
        directory = kept(line(1))
        with pytest.raises(RuleBroken, match="being checked"):
            start_import(directory=directory, by=None)
        assert import_directory(directory=directory).state == State.CHECKING
        done = imported(line(1))
        with pytest.raises(RuleBroken, match="imported"):
            start_import(directory=done, by=None)


class TestAgain:
    def test_the_same_file_again_adds_nothing(self, db, django_assert_max_num_queries):
        lines = [line(n, f"Care {n}") for n in range(1, 60)]
        imported(*lines)
        rows = list(Hospital.objects.order_by("pk").values())
        directory = start_import(directory=checked(*lines), by=None)
        assert (directory.added, directory.changed, directory.same) == (0, 0, 59)
        with django_assert_max_num_queries(8):
            directory = import_directory(directory=directory)
        assert (directory.added, directory.changed, directory.same) == (0, 0, 59)
        assert list(Hospital.objects.order_by("pk").values()) == rows

    def test_what_changed_is_changed(self, client, db):
        imported(line(1), line(2, "Care Clinic", "Pune"))
        slug = Hospital.objects.get(source_row=1).slug
        directory = imported(line(1, "Apex Hospital", "Agra"), line(2, "Care Clinic", "Pune"), line(3, "New One"))
        assert (directory.added, directory.changed, directory.same) == (1, 1, 1)
        assert found(client, "apollo") == []
        assert found(client, "apex agra") == ["Apex Hospital"]
        assert Hospital.objects.get(source_row=1).slug == slug

    def test_doctors_follow_their_hospital(self, db):
        imported(line(1))
        doctor = DoctorFactory(hospitals=[Hospital.objects.get()])
        imported(line(1, "Apex Hospital", "Agra"))
        assert Listing.objects.get(doctor=doctor).where == "Apex Hospital, Agra"

    def test_the_listings_of_many_follow_at_once(self, db):
        places = [HospitalFactory(name=f"Place {n}") for n in range(2)]
        doctors = [DoctorFactory(hospitals=[place]) for place in places]
        Hospital.objects.update(city="Agra")
        appointments.relist_hospitals(hospitals=places)
        for doctor in doctors:
            assert Listing.objects.get(doctor=doctor).where.endswith(", Agra")

    def test_doctors_are_locked_before_their_hospital_changes(self, db):
        """As `hold_hospitals` says: every booking locks the doctor first, and then what the doctor stands on."""
        imported(line(1))
        DoctorFactory(hospitals=[Hospital.objects.get()])
        with CaptureQueriesContext(connection) as noted:
            imported(line(1, "Apex Hospital"))
        asked = [query["sql"] for query in noted]
        first = next(n for n, sql in enumerate(asked) if sql.startswith("SELECT") and "doctors_doctor" in sql)
        assert first < next(
            n
            for n, sql in enumerate(asked)
            if sql.startswith(("UPDATE `hospitals_hospital`", 'UPDATE "hospitals_hospital"'))
        )

    def test_another_directory_has_numbers_of_its_own(self, db):
        imported(line(1))
        directory = imported(line(1), source="Second")
        assert directory.added == 1
        assert sorted(Hospital.objects.values_list("slug", flat=True)) == [
            "apollo-hospital-lucknow",
            "apollo-hospital-lucknow-1",
        ]

    def test_a_suspended_one_stays_suspended(self, client, db):
        imported(line(1))
        appointments.suspend_hospital(hospital=Hospital.objects.get(), reason="Closed", by=None)
        imported(line(1, "Apex Hospital"))
        assert Hospital.objects.get().state == "suspended"
        assert found(client, "apex") == []

    def test_what_its_own_people_entered_is_kept(self, db):
        imported(line(1))
        hospital = Hospital.objects.get()
        workflow.appoint(hospital=hospital, user=UserFactory(), by=None)
        hospital.name = "Apollo of Lucknow"
        workflow.save_hospital(hospital=hospital, by=None)
        assert imported(line(1)).same == 1
        assert Hospital.objects.get().name == "Apollo of Lucknow"


class TestAddresses:
    def test_no_two_hospitals_have_the_same(self, db):
        HospitalFactory(slug="care-pune")
        imported(line(1, "Care", "Pune"), line(2, "Care", "Pune"), line(3, "अस्पताल", "पुणे"), line(4, "अस्पताल", "पुणे"))
        slugs = list(
            Hospital.objects.filter(source="National directory").order_by("source_row").values_list("slug", flat=True)
        )
        assert slugs == ["care-pune-1", "care-pune-2", "hospital", "hospital-4"]

    def test_a_likely_double_of_another_source_is_a_warning(self, db):
        HospitalFactory(name="Apollo hospital", postcode="226001")
        directory = checked(line(1, pin="226001"))
        assert [list(one) for one in directory.warnings] == [
            [2, "", "A hospital of this name and PIN code is here already."]
        ]
        assert directory.state == State.CHECKED


class TestTasks:
    def test_each_may_run_twice(self, db):
        directory = kept(line(1))
        for _turn in range(2):
            tasks.check_directory.enqueue(str(directory.pk))
        directory.refresh_from_db()
        assert directory.state == State.CHECKED
        start_import(directory=directory, by=None)
        for _turn in range(2):
            tasks.import_directory.enqueue(str(directory.pk))
        directory.refresh_from_db()
        assert (directory.state, directory.added, Hospital.objects.count()) == (State.DONE, 1, 1)


class TestCommand:
    def run(self, path, *more, capsys):
        call_command("import_hospitals", str(path), "--source", "Test", *more)
        return capsys.readouterr()

    @pytest.fixture
    def path(self, tmp_path):
        path = tmp_path / "hospitals.csv"
        path.write_text("\n".join([HEADER, line(1), line(2, "Care", pin="12")]), encoding="utf-8")
        return path

    def test_it_says_what_it_did(self, db, path, capsys):
        said = self.run(path, capsys=capsys)
        assert said.out == "2 rows. Added 2, changed 0, same 0.\n"
        assert "warning: line 3, Pincode: “12” is no PIN code and is left out." in said.err
        assert self.run(path, capsys=capsys).out == "2 rows. Added 0, changed 0, same 2.\n"

    def test_a_dry_run_changes_nothing(self, db, path, capsys):
        assert self.run(path, "--dry-run", capsys=capsys).out == "2 rows. Would add 2, changed 0, same 0.\n"
        assert not Hospital.objects.exists()

    def test_faults_are_named_and_nothing_is_changed(self, db, path, capsys):
        path.write_text("\n".join([HEADER, line(1), line(2, name="")]))
        with pytest.raises(CommandError, match="Nothing was imported: 1 faults"):
            self.run(path, capsys=capsys)
        assert "fault: line 3, Hospital_Name: The name is missing." in capsys.readouterr().err
        assert not Hospital.objects.exists()

    def test_a_path_or_a_name_that_makes_no_sense(self, db, tmp_path, path):
        with pytest.raises(CommandError, match="No such file"):
            call_command("import_hospitals", str(tmp_path / "nowhere.csv"), "--source", "Test")
        for source in ("", " ", "x" * 61):
            with pytest.raises(CommandError, match="--source"):
                call_command("import_hospitals", str(path), "--source", source)


# --- the whole file -----------------------------------------------------------------------------------------------------

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data"))
WHOLE = SHARED / "hospitals-india.csv"


@pytest.mark.skipif(not WHOLE.is_file(), reason=f"{WHOLE} is not here; SHARED_DATA names the folder it is in")
def test_the_directory_of_india_comes_in_whole_and_once(client, db, django_assert_max_num_queries):
    with WHOLE.open("rb") as file:
        directory = keep_directory(file=file, name=WHOLE.name, source="National Hospital Directory", by=None)
    directory = check_directory(directory=directory)
    assert (directory.state, directory.rows, directory.fault_count) == (State.CHECKED, 30606, 0)
    assert directory.warning_count > 500
    directory = import_directory(directory=start_import(directory=directory, by=None))
    assert (directory.added, directory.changed, directory.same) == (30606, 0, 0)
    assert Hospital.objects.findable().count() == 30606
    assert found(client, "chakrabortty multi speciality andaman") == ["Chakraborty Multi Speciality Hospital"]
    client.get("/hospitals/")
    for query in ("", "?q=hospital", "?q=apolo+chennai", "?city=luknow", "?open=now", "?emergency=yes&q=civil"):
        with django_assert_max_num_queries(12):
            assert client.get(f"/hospitals/{query}").status_code == 200
    directory = check_directory(directory=kept_again(directory))
    assert (directory.added, directory.changed, directory.same) == (0, 0, 30606)


def kept_again(directory):
    with WHOLE.open("rb") as file:
        return keep_directory(file=file, name=WHOLE.name, source=directory.source, by=None)
