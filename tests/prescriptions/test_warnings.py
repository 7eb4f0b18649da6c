"""Warnings by ingredient, and saying what was not checked."""

import pytest

from prescriptions.warnings import ALLERGY, DOUBLE, NOT_CHECKED, check, family, substance


def kinds(*args, **facts):
    return [(w.kind, w.ingredient) for w in check(*args, **facts)]


@pytest.mark.parametrize(
    ("name", "is_"),
    [
        ("Amoxycillin Trihydrate", "amoxicillin"),
        ("AMOXICILLIN", "amoxicillin"),
        ("Diclofenac Sodium", "diclofenac"),
        ("Sodium chloride", "sodium chloride"),
        ("Acetaminophen", "paracetamol"),
        ("Ibuprofen 400", "ibuprofen"),
    ],
)
def test_salts_case_and_other_names_do_not_hide_a_substance(name, is_):
    assert substance(name) == is_


def test_nothing_to_warn_of():
    assert kinds([("Paracetamol 500 mg", ["Paracetamol"])], ["Penicillin"]) == []


def test_an_allergy_is_found_in_the_second_ingredient():
    medicines = [("Combiflam", ["Paracetamol", "Ibuprofen"])]
    assert kinds(medicines, ["ibuprofen"]) == [(ALLERGY, "ibuprofen")]


@pytest.mark.parametrize("allergy", ["Penicillin", "penicillins", "Ampicillin", "amoxycillin"])
def test_one_penicillin_warns_of_all(allergy):
    assert (ALLERGY, "amoxicillin") in kinds([("Mox 500", ["Amoxycillin Trihydrate"])], [allergy])


def test_the_sentence_says_whether_it_is_the_substance_or_its_family():
    (itself,) = check([("Mox", ["Amoxicillin"])], ["Amoxicillin"])
    (related,) = check([("Mox", ["Amoxicillin"])], ["Penicillin"])
    assert "has it" in itself.sentence
    assert "family" in related.sentence


def test_a_doubled_ingredient_is_found_among_the_new_and_the_current_ones():
    twice = [("Crocin", ["Paracetamol"]), ("Combiflam", ["Ibuprofen", "Paracetamol"])]
    assert (DOUBLE, "paracetamol") in kinds(twice, [])
    assert (DOUBLE, "paracetamol") in kinds(twice[:1], [], [("Dolo", ["Acetaminophen"])])


def test_unknown_ingredients_are_not_checked_and_it_is_said():
    assert kinds([("Tonic", None)], ["Penicillin"]) == [(NOT_CHECKED, "")]


def test_a_free_text_that_names_the_allergy_is_warned_of_all_the_same():
    assert kinds([("Tab Amoxicillin 500", None)], ["Penicillin"])[0] == (ALLERGY, "amoxicillin")


def test_allergies_that_nobody_asked_about_are_not_checked():
    (warning,) = check([("Dolo", ["Paracetamol"])], [], allergies_known=False)
    assert "NOT CHECKED" in warning.sentence
    assert not warning.needs_reason


def test_interactions_are_never_silently_safe():
    two = [("Dolo", ["Paracetamol"]), ("Warf", ["Warfarin"])]
    assert any("Interactions" in w.sentence and "NOT CHECKED" in w.sentence for w in check(two, []))


def test_a_family_is_itself_for_whatever_has_none():
    assert family("Paracetamol") == {"paracetamol"}
