"""What `warnings` is told about a patient: the allergies, what is taken already, and what is in each medicine."""

from patients.models import Patient
from prescriptions import formulary, warnings
from prescriptions.models import Ingredient, MedicationIngredient, Medicine


def warnings_of(patient, medicines, *, visit):
    """The warnings for these medicines of a visit. -> [Warning], four queries

    medicines: Medicine rows, saved or not. Other editions of the visit's prescription do not count as taken already.
    """
    if not medicines:
        return []
    current = list(Medicine.objects.current(patient).exclude(prescription__appointment=visit))
    named = with_ingredients([*medicines, *current])
    return warnings.check(
        named[: len(medicines)],
        [allergy.substance for allergy in patient.allergies.current()],
        named[len(medicines) :],
        allergies_known=patient.allergy_status != Patient.AllergyStatus.NOT_ASKED,
    )


def with_ingredients(rows):
    """[(what it is called, its ingredients or None)]

    Of a medicine of the list, what the list says; of free text, what it names, if all of that is known as an ingredient.
    """
    of_list = {}
    linked = {row.medication_id for row in rows if row.medication_id}
    for part in MedicationIngredient.objects.filter(medication__in=linked).select_related("ingredient"):
        of_list.setdefault(part.medication_id, []).append(part.ingredient.name)
    read = [[] if row.medication_id else [warnings.substance(n) for n in formulary.named(row.name)] for row in rows]
    slugs = {slug for found in read for slug in found}
    known = set(Ingredient.objects.filter(slug__in=slugs).values_list("slug", flat=True)) if slugs else set()
    return [
        (
            str(row),
            of_list.get(row.medication_id) if row.medication_id else found if found and known >= set(found) else None,
        )
        for row, found in zip(rows, read, strict=True)
    ]
