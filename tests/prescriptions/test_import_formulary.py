"""The list of medicines: taken over once, found by words, kept whole where it is not understood."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from prescriptions import formulary
from prescriptions.formulary import Item, named, read, tidy
from prescriptions.models import Ingredient, Medication
from prescriptions.workflow import import_formulary

ROWS = [
    Item(1, "Paracetamol Tablets IP 500mg", "10's", Decimal("9.50"), "Analgesic"),
    Item(2, "Aceclofenac 100mg and Paracetamol 325mg Tablets", "10's", Decimal("10.32"), "Analgesic"),
    Item(3, "Amoxycillin Capsules IP 500 mg", "10's", Decimal("50"), "Antibiotics"),
    Item(4, "Calamine Lotion IP", "100 ml", None, "Dermatology"),
]


def take(rows=ROWS):
    return import_formulary(items=rows, source="a list", by=None)


def found(text):
    return [str(row) for row in Medication.objects.matching(text)]


@pytest.fixture(autouse=True)
def _database(db):
    """All of it is in tables."""


def test_names_are_taken_apart_and_what_is_not_understood_is_reported():
    done = take()
    assert (done.added, done.changed, done.same) == (4, 0, 0)
    assert done.not_understood == [(4, "Calamine Lotion IP")]
    mixture = Medication.objects.get(row=2)
    assert str(mixture) == "Aceclofenac + Paracetamol 100 mg + 325 mg"
    assert (mixture.form, mixture.pack, mixture.price) == ("tablet", "10's", Decimal("10.32"))
    assert mixture.printed == "Aceclofenac 100mg and Paracetamol 325mg Tablets"
    assert [str(part) for part in mixture.parts.all()] == ["Aceclofenac 100 mg", "Paracetamol 325 mg"]
    whole = Medication.objects.get(row=4)
    assert (str(whole), whole.form, whole.parts.count()) == ("Calamine Lotion IP", "", 0)


def test_the_same_list_again_changes_nothing():
    take()
    keys = set(Medication.objects.values_list("pk", flat=True))
    done = take()
    assert (done.added, done.changed, done.same) == (0, 0, 4)
    assert set(Medication.objects.values_list("pk", flat=True)) == keys


def test_a_row_that_changed_keeps_its_key_and_gets_new_words():
    take()
    before = Medication.objects.get(row=3).pk
    done = take([ROWS[0], ROWS[2]._replace(printed="Ampicillin Capsules IP 500 mg")])
    assert (done.added, done.changed, done.same) == (0, 1, 1)
    assert Medication.objects.get(row=3).pk == before
    assert not found("amox")
    assert found("ampi") == ["Ampicillin 500 mg"]
    assert Medication.objects.count() == 4  # what the list does not have any more stays


def test_another_list_has_rows_of_its_own():
    take()
    import_formulary(items=ROWS[:1], source="another list", by=None)
    assert Medication.objects.filter(row=1).count() == 2
    assert Ingredient.objects.filter(slug="paracetamol").count() == 1


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("para", ["Paracetamol 500 mg", "Aceclofenac + Paracetamol 100 mg + 325 mg"]),
        ("PARA 500", ["Paracetamol 500 mg"]),
        ("para acecl", ["Aceclofenac + Paracetamol 100 mg + 325 mg"]),
        ("amoxicillin", ["Amoxycillin 500 mg"]),  # under its other name
        ("calam", ["Calamine Lotion IP"]),
        ("etamol", []),
        ("para zebra", []),
        ("", []),
        ("%", []),
    ],
)
def test_each_word_is_the_beginning_of_one_in_name_or_ingredient(typed, names):
    take()
    assert found(typed) == names


def test_finding_takes_one_question(django_assert_num_queries):
    take()
    with django_assert_num_queries(1):
        list(Medication.objects.matching("para 500")[:8])


@pytest.mark.parametrize(
    ("printed", "is_"),
    [
        ("500mg", "500 mg"),
        ("500 Mg", "500 mg"),
        ("1gm", "1 g"),
        ("250mg / 5ml", "250 mg/5 ml"),
        ("0.5% w/v", "0.5 % w/v"),
    ],
)
def test_one_strength_is_written_one_way(printed, is_):
    assert tidy(printed) == is_


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Paracetamol", ["Paracetamol"]),
        ("Paracetamol syrup", ["Paracetamol"]),
        ("Aspirin (gastro-resistant)", ["Aspirin"]),
        ("Amoxicillin with clavulanic acid", ["Amoxicillin", "clavulanic acid"]),
        ("Paracetamol 500 mg", ["Paracetamol"]),
        ("5% of what?", []),
        ("", []),
    ],
)
def test_a_typed_name_names_substances(typed, names):
    assert named(typed) == names


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no column"),
        ("row,name,pack,price\n1,Paracetamol,x,1\n", "no column group"),
        ("row,name,pack,price,group\n1,,x,1,y\n", "Line 2"),
        ("row,name,pack,price,group\n1,A,x,1,y\nx,B,x,1,y\n", "Line 3"),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_line(text, says):
    with pytest.raises(ValueError, match=says):
        read(StringIO(text))


def test_a_price_that_is_none_is_left_out():
    header = "row,name,pack,price,group\n"
    for price in ("free", "NaN", "-1", "1e99"):
        (item,) = read(StringIO(f"{header}1,Paracetamol,x,{price},y\n"))
        assert item.price is None


def test_the_command_says_what_it_did(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(
        "row,name,pack,price,group\n1,Paracetamol Tablets IP 500mg,10's,9.5,x\n2,Calamine Lotion IP,1,2,x\n"
    )
    out, errors = StringIO(), StringIO()
    call_command("import_formulary", file, source="a list", verbosity=2, stdout=out, stderr=errors)
    assert "2 medicines. Added 2, changed 0, same 0. Of 1" in out.getvalue()
    assert "row 2: Calamine Lotion IP" in errors.getvalue()
    file.write_text("row,name\n1,x\n")
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_formulary", file)
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_formulary", tmp_path / "none.csv")


def test_the_projects_own_list_is_read_whole():
    with formulary.FILE.open(encoding="utf-8", newline="") as lines:
        items = read(lines)
    assert len(items) > 2000
    assert len({item.row for item in items}) == len(items)
    done = import_formulary(items=items, source=formulary.SOURCE, by=None)
    assert len(done.not_understood) < 0.15 * len(items)
    assert found("paracetamol 650")
