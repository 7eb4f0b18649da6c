"""The catalogue of diagnoses: how it is read, and how a code is found."""

import gzip

import pytest
from django.core.management import CommandError, call_command

from patients import diagnoses, workflow
from patients.diagnoses import Row
from patients.management.commands.load_icd10 import OURS
from patients.models import Diagnosis

ROWS = [
    Row("E11", "Type 2 diabetes mellitus", True),
    Row("E11.9", "Type 2 diabetes mellitus without complications", False),
    Row("J45", "Asthma", True),
    Row("J45.0", "Predominantly allergic asthma", False),
    Row("L20.8", "Other atopic dermatitis", False),
]


@pytest.fixture
def catalogue(db):
    workflow.load_diagnoses(rows=ROWS, by=None)


def found(typed):
    return list(Diagnosis.objects.matching(typed).values_list("code", flat=True))


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("J45", ["J45", "J45.0"]),
        ("j45.0", ["J45.0"]),
        ("e119", ["E11.9"]),
        ("E1", ["E11", "E11.9"]),
        ("asthma", ["J45", "J45.0"]),
        ("ASTHMA allergic", ["J45.0"]),
        ("diab mell", ["E11", "E11.9"]),
        ("diabetes asthma", []),
        ("zebra", []),
        ("of the", []),
        ("%", []),
        ("' OR 1=1 --", []),
        ("दमा", []),
    ],
)
def test_a_code_is_found_by_its_beginning_and_by_words(catalogue, typed, codes):
    assert found(typed) == codes


def test_loading_again_adds_nothing_and_a_title_that_changed_is_found_by_its_new_words(catalogue):
    assert workflow.load_diagnoses(rows=ROWS, by=None) == (0, 0)
    assert workflow.load_diagnoses(rows=[Row("J45", "Bronchial asthma", True)], by=None) == (0, 1)
    assert found("bronchial") == ["J45"]
    assert Diagnosis.objects.count() == len(ROWS)


def test_the_whole_catalogue_of_the_project_is_read_and_loaded_once(db, capsys):
    call_command("load_icd10")
    assert "12246 codes. Added 12246, changed 0." in capsys.readouterr().out
    call_command("load_icd10")
    assert "Added 0, changed 0." in capsys.readouterr().out
    assert found("essential hypertension")[0] == "I10"
    assert found("type 2 diabetes")[0] == "E11"


def test_chapters_and_blocks_are_nobodys():
    codes = {row.code for row in diagnoses.read(OURS)}
    assert {"A00", "A00.0"} <= codes
    assert not {"I", "A00-A09"} & codes


@pytest.mark.parametrize("content", [b"", b"code,name\nA00,Cholera\n", b"\xff\xfe\x00"])
def test_a_file_that_is_none_is_refused_in_words(db, tmp_path, content):
    for file, packed in ((tmp_path / "a.csv", content), (tmp_path / "a.csv.gz", gzip.compress(content))):
        file.write_bytes(packed)
        with pytest.raises(CommandError):
            call_command("load_icd10", file)
    with pytest.raises(CommandError):
        call_command("load_icd10", tmp_path / "none.csv")
    (tmp_path / "broken.gz").write_bytes(b"code,description")
    with pytest.raises(CommandError):
        call_command("load_icd10", tmp_path / "broken.gz")
