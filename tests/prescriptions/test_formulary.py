"""Printed names of medicines, taken apart; and left whole where that is not certain."""

import csv
import os
from pathlib import Path

import pytest
from django.conf import settings

from prescriptions.formulary import parse

SHARED = Path(os.environ.get("SHARED_DATA", settings.BASE_DIR.parent / "shared" / "data"))


@pytest.mark.parametrize(
    ("name", "ingredients", "form", "manner"),
    [
        ("Aceclofenac 100mg and Paracetamol 325mg Tablets", "Aceclofenac 100mg; Paracetamol 325mg", "tablet", ""),
        ("Aspirin Gastro-resistant Tablets IP 150 mg", "Aspirin 150 mg", "tablet", "gastro resistant"),
        ("Azithromycin Tablets IP 250 mg", "Azithromycin 250 mg", "tablet", ""),
        ("Amlodipine + Enalapril Tablet (5/1.5 Mg)", "Amlodipine 5 Mg; Enalapril 1.5 Mg", "tablet", ""),
        ("Rabeprazole (20 Mg) + Mosapride (15Mg) Tablet", "Rabeprazole 20 Mg; Mosapride 15Mg", "tablet", ""),
        (
            "Dapagliflozin 10mg+ Vildagliptin (Sustained release)100mg Tablets",
            "Dapagliflozin 10mg; Vildagliptin 100mg",
            "tablet",
            "sustained release",
        ),
        ("Diclofenac Sodium Injection IP 25mg per ml", "Diclofenac Sodium 25mg per ml", "injection", ""),
        ("Prednisolone (15Mg/5Ml) Syrup", "Prednisolone 15Mg/5Ml", "syrup", ""),
        ("Moxifloxacin Hydrochloride Eye Drops IP 0.5% w/v", "Moxifloxacin Hydrochloride 0.5% w/v", "eye drops", ""),
        ("Cholecalciferol Soft Gelatin Capsule 60000 IU", "Cholecalciferol 60000 IU", "capsule", "soft gelatin"),
    ],
)
def test_a_name_is_taken_apart(name, ingredients, form, manner):
    parsed = parse(name)
    assert "; ".join(f"{what} {strength}" for what, strength in parsed.ingredients) == ingredients
    assert (parsed.form, parsed.manner) == (form, manner)


@pytest.mark.parametrize(
    "name",
    [
        "Cotton Bandage 10 cm x 4 M",
        "Multivitamin Drops",
        "Calamine Lotion IP",
        "Combipack of Mifepristone Tablets IP 200mg (1 Tablet) & Misoprostol Tablets IP 200mcg (4 Tablets)",
        "Telmisartan 40mg + Cilnidipine 10mg + Metoprolol ER 50 Tablets",
        "Co-trimoxazole (Sulphamethoxazole 800mg and Trimethoprim 160mg) Tablets IP",
        "Vitamin B-Complex fort Zinc Capsule",
        "Risperidone 2mg Trihexyphenidyl 2 mg Tablets",
        "Tablets",
        "",
    ],
)
def test_what_is_not_certain_stays_whole(name):
    assert parse(name) is None


@pytest.mark.skipif(not SHARED.exists(), reason=f"{SHARED} is not here; SHARED_DATA names the folder it is in")
def test_most_of_the_list_is_understood_and_nothing_of_the_bandages():
    with (SHARED / "medicines-janaushadhi.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = [(row["Generic Name"], row["Group Name"]) for row in csv.DictReader(lines)]
    understood = {name for name, _group in rows if parse(name)}
    medicines = [name for name, group in rows if not group.startswith("Surgical")]
    assert len(understood & set(medicines)) > 0.8 * len(set(medicines))
    assert not [
        name for name, group in rows if group.startswith("Surgical") and name in understood and "gauze" in name.lower()
    ]
