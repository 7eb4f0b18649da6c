"""The catalogue of tests, and what a hospital asks for them."""

import json
import os
from decimal import Decimal as D
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from healthstack.lib.stamps import Stale
from laboratory import workflow
from laboratory.models import Price, Range, Test
from laboratory.ranges import pick
from laboratory.workflow.catalogue import Faulty, prices_stamp
from tests.factories import trail

ROOT = Path(__file__).parents[2]
OURS = json.loads((ROOT / "data" / "lab-tests.json").read_text(encoding="utf-8"))
WHOLE = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data")) / "lab-tests.json"
ROW = {
    "name": "Iron",
    "group": "Salts",
    "specimen": "blood",
    "kind": "number",
    "unit": "μg/dl",
    "ranges": [{"low": 60}],
}


def take(*rows):
    return workflow.import_tests(rows=list(rows), source="A source", by=None)


def test_our_own_catalogue_is_imported_and_a_second_time_nothing_is_left_to_do(db, capsys):
    call_command("import_tests")
    assert f"Added {len(OURS['tests'])}, changed 0, same 0" in capsys.readouterr().out
    call_command("import_tests")
    assert f"Added 0, changed 0, same {len(OURS['tests'])}" in capsys.readouterr().out
    assert set(Range.objects.values_list("source", flat=True)) == {OURS["source"]}


@pytest.mark.parametrize(
    ("sex", "days", "low"), [("male", 20000, 14), ("female", 20000, 12), ("female", 4000, 12), ("male", 6573, 12)]
)
def test_ranges_are_by_sex_and_age(db, sex, days, low):
    call_command("import_tests", stdout=StringIO())
    test = Test.objects.get(name="Haemoglobin (Hb)")
    assert pick([row.span for row in test.ranges.all()], sex, days).low == low


def test_a_range_without_an_age_is_for_grown_ups_and_no_child_is_measured_by_it():
    for row in OURS["tests"]:
        for part in row["ranges"]:
            assert part.get("from_days", 0) or part.get("to_days"), row["name"]


def test_every_name_of_the_source_is_kept_or_left_out_on_purpose():
    if not WHOLE.is_file():
        pytest.skip(f"{WHOLE} is not here; SHARED_DATA names the folder it is in")
    there = {row["name"].strip() for row in json.loads(WHOLE.read_text())}
    assert there - {name for row in OURS["tests"] for name in row["raw"]} == {"others"}


def test_what_changed_is_changed(db):
    take(ROW)
    assert take({**ROW, "unit": "mg/dl"}) == {"added": 0, "changed": 1, "same": 0}
    assert take({**ROW, "unit": "mg/dl", "ranges": [{"low": 61}]})["changed"] == 1
    assert Range.objects.get().low == 61
    assert Test.objects.get().unit == "mg/dl"


FAULTS = [
    ({"name": ""}, "blank"),
    ({"name": "x" * 121}, "120"),
    ({"kind": "guess"}, "not a valid choice"),
    ({"specimen": "tears"}, "not a valid choice"),
    ({"kind": "choice"}, "belongs to a choice"),
    ({"kind": "text"}, "Only a number"),
    ({"ranges": [{}]}, "at least one end"),
    ({"ranges": [{"low": 5, "high": 4}]}, "range_low_before_high"),
    ({"ranges": [{"low": "NaN"}]}, "number"),
    ({"ranges": [{"low": "five"}]}, "cannot be read"),
    ({"ranges": [{"low": 1, "from_days": 9, "to_days": 9}]}, "range_has_days"),
    ({"ranges": [{"low": 1, "from_days": "soon"}]}, "integer"),
    ({"ranges": 7}, "cannot be read"),
    ({"price": 7}, "Unknown: price"),
]


@pytest.mark.parametrize(("change", "words"), FAULTS)
def test_each_fault_is_named_and_nothing_is_imported(db, change, words):
    with pytest.raises(Faulty) as faulty:
        take({**ROW, "name": "Zinc"}, {**ROW, **change})
    ((n, _name, sentence),) = faulty.value.faults
    assert n == 2
    assert words in sentence
    assert not Test.objects.exists()


def test_all_faults_are_named_at_once(db):
    with pytest.raises(Faulty) as faulty:
        take("text", ROW, ROW, {**ROW, "name": "Zinc", "kind": "?"})
    assert [n for n, _name, _sentence in faulty.value.faults] == [1, 3, 4]


@pytest.mark.parametrize(
    ("text", "words"),
    [("[1", "is no catalogue"), ("[]", "is no catalogue"), ('{"tests": 7, "source": "s"}', "is a list")],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(db, tmp_path, text, words):
    file = tmp_path / "tests.json"
    file.write_text(text)
    with pytest.raises(CommandError, match=words):
        call_command("import_tests", str(file))


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_tests", str(tmp_path / "none.json"))


def test_a_hospital_says_what_it_does_and_for_how_much(tests, hospital, hospital_admin):
    haemoglobin, sugar, _colour = tests
    workflow.change_prices(hospital=hospital, prices={haemoglobin: D(300), sugar: None}, by=hospital_admin)
    assert dict(Price.objects.current().values_list("test__name", "amount")) == {
        "Haemoglobin": D(300),
        "Urine colour": D(80),
    }
    assert "laboratory.prices_changed" in trail(hospital)
    workflow.change_prices(hospital=hospital, prices={sugar: D(90)}, by=hospital_admin)
    assert Price.objects.current().get(test=sugar).amount == 90


def test_who_saw_an_older_price_list_is_told(tests, hospital, hospital_admin):
    seen = prices_stamp(hospital, tests[:1])
    workflow.change_prices(hospital=hospital, prices={tests[0]: D(300)}, seen=seen, by=hospital_admin)
    with pytest.raises(Stale):
        workflow.change_prices(hospital=hospital, prices={tests[0]: D(350)}, seen=seen, by=hospital_admin)
