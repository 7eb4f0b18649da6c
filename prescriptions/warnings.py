"""What a doctor is warned of while writing: allergies and doubled ingredients, by ingredient.

Pure functions over names. A warning never stands in the way: it asks for a reason, which stays. What cannot be checked
is said to be NOT CHECKED; silence would look like safety. No data on interactions of medicines is at hand, so that they
are never checked, and every prescription says so.
"""

import re
from typing import NamedTuple

from django.utils.translation import gettext as _

ALLERGY, DOUBLE, NOT_CHECKED = "allergy", "double", "not_checked"
# Words that say what of a substance it is (its salt, its water), not which substance.
SALTS = frozenset(
    "acetate besilate besylate bromide calcium chloride citrate dihydrate diphosphate disodium fumarate gluconate"
    " hcl hydrate hydrobromide hydrochloride hyclate lactate magnesium maleate malate mesilate mesylate monohydrate"
    " nitrate palmitate pantothenate phosphate potassium sodium succinate sulfate sulphate tartrate trihydrate valerate zinc".split()
)
# The same substance under another name: INN first, then what India, Britain or America also call it.
ALSO = {
    "amoxycillin": "amoxicillin",
    "acetaminophen": "paracetamol",
    "albuterol": "salbutamol",
    "frusemide": "furosemide",
    "cyclosporine": "ciclosporin",
    "rifampin": "rifampicin",
    "glyburide": "glibenclamide",
    "adrenaline": "epinephrine",
    "lignocaine": "lidocaine",
    "acetylsalicylic acid": "aspirin",
    "clavulanate": "clavulanic acid",
}
# Substances to all of which somebody allergic to one of them may react. Source: the prescribing information of ampicillin
# and of amoxicillin (FDA), where an earlier reaction to any of the penicillins is a contraindication. No other family was
# read in a source, so none is here.
FAMILIES = {
    "penicillin": (
        "penicillin",
        "benzylpenicillin",
        "phenoxymethylpenicillin",
        "amoxicillin",
        "ampicillin",
    ),
}


class Warning(NamedTuple):
    kind: str
    medicine: int  # its position among the medicines, from 0
    ingredient: str
    sentence: str

    @property
    def key(self):
        """What an overriding belongs to: the same warning again needs no second reason."""
        return f"{self.kind}:{self.ingredient}"

    @property
    def needs_reason(self):
        return self.kind != NOT_CHECKED


def substance(name):
    """The substance that a name means, salts and case left out: 'Amoxicillin Trihydrate' is 'amoxicillin'.

    A name that is nothing but a salt ('Sodium chloride', 'Zinc sulphate') stays whole.
    """
    parts = re.findall(r"[^\W\d_]+", name.casefold())
    found = " ".join([part for part in parts if part not in SALTS] or parts)
    return ALSO.get(found, found)


def family(name):
    """All substances of the family to which it belongs; else itself alone."""
    found = substance(name)
    for head, members in FAMILIES.items():
        if found in members or found in (f"{head}s", head):
            return frozenset(members)
    return frozenset((found,))


def check(medicines, allergies, current=(), *, allergies_known=True):
    """The warnings for these medicines. -> [Warning]

    medicines: [(name, [ingredients] or None when they are not known)]. allergies: the substances that the patient must
    not get. current: [(name, [ingredients] or None)] that the patient takes already. allergies_known: was the
    patient ever asked?
    """
    found = []
    danger = {member: allergy for allergy in allergies for member in family(allergy)}
    seen = {}
    for name, ingredients in current:
        for ingredient in ingredients or ():
            seen.setdefault(substance(ingredient), (name, True))
    for n, (name, ingredients) in enumerate(medicines):
        found += list(_of_one(n, name, ingredients, danger, seen))
    if not allergies_known:
        found.append(
            Warning(NOT_CHECKED, -1, "", _("Allergies NOT CHECKED: the patient was not asked about them yet."))
        )
    if len(medicines) + len(current) > 1:
        found.append(
            Warning(NOT_CHECKED, -1, "", _("Interactions between medicines NOT CHECKED: no data for it here."))
        )
    return found


def _of_one(n, name, ingredients, danger, seen):
    """The warnings for one medicine; what it holds is seen from now on."""
    if not ingredients:
        # Its name may say it: a free text "Amoxicillin 500" is looked at word by word.
        text = substance(name)
        for member, allergy in danger.items():
            if re.search(rf"\b{re.escape(member)}\b", text):
                yield _allergy(n, name, member, allergy)
        yield Warning(
            NOT_CHECKED, n, "", _("%(name)s NOT CHECKED: its ingredients are not known here.") % {"name": name}
        )
        return
    for ingredient in ingredients:
        key = substance(ingredient)
        if allergy := danger.get(key):
            yield _allergy(n, name, key, allergy)
        if key in seen:
            other, already = seen[key]
            words = _("%(name)s and %(other)s both have %(what)s.")
            if already and other == name:
                words = _("The patient should be taking %(name)s already.")
            elif already:
                words = _("%(name)s has %(what)s, as has %(other)s, which the patient should be taking already.")
            yield Warning(DOUBLE, n, key, words % {"name": name, "other": other, "what": ingredient})
        seen[key] = (name, False)


def _allergy(n, name, key, allergy):
    if substance(allergy) == key:
        words = _("Allergy: the patient must not get %(allergy)s, and %(name)s has it.")
    else:
        words = _("Allergy: the patient must not get %(allergy)s, and %(name)s is of its family.")
    return Warning(ALLERGY, n, key, words % {"allergy": allergy, "name": name})
