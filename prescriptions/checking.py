"""What `warnings` is told about a patient: the allergies, what is taken already, and what is in each medicine."""

from django.db.models import BigIntegerField, Value

from patients.models import Patient
from prescriptions import formulary, warnings
from prescriptions.models import Ingredient, MedicationIngredient, Medicine


def warnings_of(patient, medicines, *, visit, allergies=None):
    """The warnings for these medicines of a visit. -> [Warning], three queries

    medicines: Medicine rows, saved or not. Other editions of the visit's prescription do not count as taken already.
    allergies: those of the patient, where they are known to the page.
    """
    if not medicines:
        return []
    current = list(Medicine.objects.current(patient).exclude(prescription__appointment=visit))
    named = with_ingredients([*medicines, *current])
    return warnings.check(
        named[: len(medicines)],
        [allergy.substance for allergy in (patient.allergies.current() if allergies is None else allergies)],
        named[len(medicines) :],
        allergies_known=patient.allergy_status != Patient.AllergyStatus.NOT_ASKED,
    )


def with_ingredients(rows):
    """[(what it is called, its ingredients or None)]

    Of a medicine of the list, what the list says; of free text, what it names, if all of that is known as an ingredient.
    """
    linked = {row.medication_id for row in rows if row.medication_id}
    read = [[] if row.medication_id else [warnings.substance(n) for n in formulary.named(row.name)] for row in rows]
    of_list, known = {}, set()
    for medication, slug in _look_up(linked, {one for found in read for one in found}):
        if medication:
            of_list.setdefault(medication, []).append(slug)
        else:
            known.add(slug)
    typed = [found if found and known >= set(found) else None for found in read]
    return [
        (str(row), of_list.get(row.medication_id) if row.medication_id else found)
        for row, found in zip(rows, typed, strict=True)
    ]


def _look_up(medications, slugs):
    """[(medication, slug of an ingredient of it)], and [(None, slug)] of the ingredients that there are: one query."""
    parts = MedicationIngredient.objects.order_by().filter(medication__in=medications)
    named = Ingredient.objects.filter(slug__in=slugs).annotate(nothing=Value(None, BigIntegerField()))
    parts, named = parts.values_list("medication", "ingredient__slug"), named.values_list("nothing", "slug")
    if medications and slugs:
        return parts.union(named, all=True)
    return parts if medications else named
