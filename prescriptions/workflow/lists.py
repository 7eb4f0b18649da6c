"""The list of known medicines."""

from typing import NamedTuple

from accounts.audit import record
from appointments.search import words
from healthstack.lib.transactions import one_transaction
from prescriptions import formulary
from prescriptions.models import Ingredient, Medication, MedicationIngredient, MedicationWord
from prescriptions.warnings import substance

MOST_WORDS = 40
FACTS = ("name", "strength", "form", "manner", "pack", "price", "group", "printed")


class Imported(NamedTuple):
    """What came of an import. not_understood: [(row, printed name)], kept without ingredients."""

    added: int
    changed: int
    same: int
    not_understood: list


@one_transaction
def import_formulary(*, items, source, by):
    """Take a list of medicines over: a row of the same source and number is the same medicine, ever again. -> Imported

    items: [formulary.Item]. What is not in the list any more stays, since prescriptions may point to it.
    """
    there = {row.row: row for row in Medication.objects.filter(source=source).select_for_update()}
    new, changed, not_understood = [], [], []
    parsed = {item.row: formulary.parse(item.printed) for item in items}
    for item in items:
        facts = _facts(item, parsed[item.row])
        row = there.get(item.row)
        if row is None:
            new.append(Medication(source=source, row=item.row, **facts))
        elif any(getattr(row, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(row, name, value)
            changed.append(row)
        if not parsed[item.row]:
            not_understood.append((item.row, item.printed))
    Medication.objects.bulk_create(new, batch_size=500)
    Medication.objects.bulk_update(changed, FACTS, batch_size=200)
    _write_parts([*new, *changed], source, parsed)
    record("prescriptions.formulary_imported", by=by, source=source, added=len(new), changed=len(changed))
    return Imported(len(new), len(changed), len(items) - len(new) - len(changed), not_understood)


def _facts(item, parsed):
    ingredients = parsed.ingredients if parsed else ()
    name = " + ".join(name for name, _strength in ingredients) or item.printed
    return {
        "name": name[:200],
        "strength": " + ".join(formulary.tidy(strength) for _name, strength in ingredients)[:120],
        "form": parsed.form if parsed else "",
        "manner": parsed.manner if parsed else "",
        "pack": item.pack,
        "price": item.price,
        "group": item.group,
        "printed": item.printed,
    }


def _write_parts(rows, source, parsed):
    """The ingredients and the words of new and changed medicines, written anew."""
    numbers = [row.row for row in rows]
    # Not every database says which keys it has given.
    keys = dict(Medication.objects.filter(source=source, row__in=numbers).values_list("row", "pk")) if numbers else {}
    for model in (MedicationIngredient, MedicationWord):
        model.objects.filter(medication__in=keys.values()).delete()
    known = _ingredients({name for n in numbers if parsed[n] for name, _strength in parsed[n].ingredients})
    parts, all_words = [], []
    for row in rows:
        key, of_row = keys[row.row], parsed[row.row].ingredients if parsed[row.row] else ()
        parts += [
            MedicationIngredient(
                medication_id=key, ingredient=known[substance(name)], strength=formulary.tidy(strength)[:60], position=n
            )
            for n, (name, strength) in enumerate(of_row, 1)
        ]
        text = " ".join([row.printed, row.name, row.strength, *(substance(name) for name, _strength in of_row)])
        all_words += [MedicationWord(text=word, medication_id=key) for word in words(text, most=MOST_WORDS)]
    MedicationIngredient.objects.bulk_create(parts, batch_size=1000)
    MedicationWord.objects.bulk_create(all_words, batch_size=1000)


def _ingredients(names):
    """{slug: Ingredient}, those that are new written first."""
    slugs = {substance(name): name for name in sorted(names, reverse=True)}
    there = set(Ingredient.objects.filter(slug__in=slugs).values_list("slug", flat=True))
    Ingredient.objects.bulk_create(
        [Ingredient(slug=slug, name=name) for slug, name in sorted(slugs.items()) if slug not in there]
    )
    return {row.slug: row for row in Ingredient.objects.filter(slug__in=slugs)}
