"""A medicine's printed name taken apart: which substances, how much of each, in which form.

"Aceclofenac 100mg and Paracetamol 325mg Tablets" has two ingredients and the form tablet. What is not certain is left
out and said so: a name that was taken apart wrongly would be a warning that never comes.
"""

import csv
import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from django.conf import settings

# What a pharmacy calls the form, and the words that say so, the longer ones first.
FORMS = {
    "eye drops": ("eye drops", "eye/ear drops", "ophthalmic solution", "ophthalmic suspension", "eye drop"),
    "ear drops": ("ear drops", "ear drop"),
    "eye ointment": ("eye ointment", "ophthalmic ointment"),
    "nasal spray": ("nasal spray",),
    "tablet": ("tablets", "tablet"),
    "capsule": ("capsules", "capsule", "softgels", "softgel"),
    "inhalation": ("inhalation", "inhaler", "rotacaps", "respules", "respirator suspension", "respirator solution"),
    "injection": ("injection", "infusion"),
    "syrup": ("syrup", "elixir"),
    "oral drops": ("oral drops", "drops"),
    "suspension": ("oral suspension", "dry syrup", "suspension"),
    "solution": ("oral solution", "solution"),
    "cream": ("cream",),
    "gel": ("gel",),
    "ointment": ("ointment",),
    "lotion": ("lotion",),
    "sachet": ("sachets", "sachet"),
    "suppository": ("suppositories", "suppository", "pessaries", "pessary"),
    "strip": ("strips", "strip"),
    "spray": ("spray",),
    "powder": ("dusting powder", "powder", "granules"),
}
# How a form gives off what is in it: part of the form, not of the substance.
MANNER = re.compile(
    r"\b(?:gastro[- ]?resistant|enteric[- ]?coated|(?:prolonged|extended|sustained|modified|controlled|delayed)[- ]?release"
    r"|orally disintegrating|mouth dissolving|dispersible|effervescent|chewable|film[- ]?coated|soft gelatine?|hard gelatine?"
    r"|gastro[- ]?resistance|paediatric|pediatric|micronised|micronized|orodispersible|oral dispersible|disintegrating|oral|topical|vaginal|nasal|for)\b",
    re.IGNORECASE,
)
# With one of these in it, a part is no name of a substance.
NOT_A_SUBSTANCE = re.compile(
    r"\b(?:flavou?r|fort|forte|base|sterile|powder|concentrate|solution|tablets?|capsules?|kit|combi\w*|per|mouth|ulcer|in|of"
    r"|intravenous|amp|polypack|vial|complex|mixed|natural|janaushadhi|multi\w*|poly\w*vitamins?)\b",
    re.IGNORECASE,
)
BOOKS = re.compile(r"\b(?:IP|I\.P\.|BP|B\.P\.|USP|U\.S\.P\.|NF)\b")  # the book of standards that it follows
UNIT = r"(?:mg|mcg|μg|µg|gm|g|kg|ml|iu|million units|units?|billion|%\s*(?:w/w|w/v|v/v)?)"
PER = r"(?:\s*(?:per|/)\s*(?:\d+(?:\.\d+)?\s*)?(?:ml|g|gm|mg|dose|puff|actuation|vial|tablet|l)\b)?"
STRENGTH = re.compile(rf"(\d+(?:\.\d+)?\s*{UNIT}(?![a-z]){PER})", re.IGNORECASE)
# "(15/2 Mg)": the strengths of all ingredients in their order.
SEVERAL = re.compile(rf"\(\s*(\d+(?:\.\d+)?(?:\s*/\s*\d+(?:\.\d+)?)+)\s*({UNIT})\s*\)", re.IGNORECASE)
PLACES = ("oral", "topical", "vaginal", "nasal", "for")
BETWEEN = re.compile(r"\s*(?:,|\+|&|\band\b|\bwith\b)\s*", re.IGNORECASE)
# A name of a substance is words; with anything else in it, it was not understood.
NAME = re.compile(r"[A-Za-z][A-Za-z'\- ]*(?:\d+)?", re.ASCII)


SOURCE = "janaushadhi"
FILE = settings.BASE_DIR / "data" / "formulary.csv"
COLUMNS = ("row", "name", "pack", "price", "group")
# What a medicine of a form is usually counted in, and where it goes; a doctor may say otherwise.
USUAL = {
    "tablet": ("tablet", "oral"),
    "capsule": ("capsule", "oral"),
    "sachet": ("sachet", "oral"),
    "syrup": ("ml", "oral"),
    "suspension": ("ml", "oral"),
    "solution": ("ml", "oral"),
    "oral drops": ("ml", "oral"),
    "eye drops": ("drop", "eye"),
    "ear drops": ("drop", "ear"),
    "nasal spray": ("puff", "nose"),
    "inhalation": ("puff", "inhaled"),
    "cream": ("application", "skin"),
    "gel": ("application", "skin"),
    "ointment": ("application", "skin"),
    "lotion": ("application", "skin"),
    "eye ointment": ("application", "eye"),
    "injection": ("injection", ""),
    "suppository": ("suppository", "rectal"),
}


class Item(NamedTuple):
    """One row of a list of medicines, as it is printed there."""

    row: int
    printed: str
    pack: str
    price: Decimal | None
    group: str


def read(lines):
    """[Item] of a CSV file with the columns row, name, pack, price and group. Raises ValueError with a sentence."""
    table = csv.DictReader(lines)
    if missing := set(COLUMNS) - set(table.fieldnames or ()):
        raise ValueError(f"There is no column {', '.join(sorted(missing))}.")
    return [_item(n, line) for n, line in enumerate(table, 2)]


def _item(number, line):
    name = " ".join((line["name"] or "").split())
    if not name or len(name) > 300 or not (line["row"] or "").isascii() or not (line["row"] or "").isdigit():
        raise ValueError(f"Line {number} has no name or no row.")
    try:
        price = Decimal(line["price"]) if line["price"] else None
    except InvalidOperation:
        price = None
    if price is not None and not (price.is_finite() and 0 <= price < 10**8):
        price = None
    return Item(int(line["row"]), name, (line["pack"] or "")[:60], price, (line["group"] or "")[:60])


def tidy(strength):
    """'500mg' and '500 Mg' are both '500 mg'."""
    text = re.sub(r"(\d)\s*([A-Za-zμµ%])", r"\1 \2", strength)
    text = re.sub(r"\b(?:gm|gms)\b", "g", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(mg|mcg|ml|kg|g)\b", lambda match: match[0].lower(), text, flags=re.IGNORECASE)
    return " ".join(re.sub(r"\s*/\s*", "/", text).split())


class Parsed(NamedTuple):
    ingredients: tuple  # ((name, strength as printed), …)
    form: str  # a key of FORMS
    manner: str  # "prolonged release", empty for the plain form


def parse(name):
    """-> Parsed, or None when the name is not certainly that of a medicine with known ingredients."""
    text = " ".join(BOOKS.sub(" ", name).split())
    form, text = _take_form(text)
    text, given = _open_brackets(text)
    if not form or "(" in text or ")" in text:
        return None
    manners = [match.lower().replace("-", " ") for match in MANNER.findall(text)]
    text = MANNER.sub(" ", text)
    parts = [part for part in BETWEEN.split(text) if part.strip(" .-")]
    ingredients = [_ingredient(part) for part in parts]
    if not ingredients or None in ingredients:
        return None
    if given and len(given) == len(ingredients) and not any(strength for _name, strength in ingredients):
        ingredients = [(name, strength) for (name, _none), strength in zip(ingredients, given, strict=True)]
    elif given or not all(strength for _name, strength in ingredients):
        return None
    manner = next((m for m in manners if m not in PLACES), "")
    return Parsed(tuple(ingredients), form, manner)


def _open_brackets(text):
    """(the text without the brackets that only hold a strength or a manner, the strengths of "(5/1.5 Mg)")."""
    given = []
    if several := SEVERAL.search(text):
        given = [f"{number} {several[2]}" for number in several[1].replace(" ", "").split("/")]
        text = SEVERAL.sub(" ", text)
    return re.sub(rf"\(\s*({STRENGTH.pattern}|{MANNER.pattern})\s*\)", r" \1 ", text, flags=re.IGNORECASE), given


def _take_form(text):
    """(form, the text without its words); the form that is named last, since 'Eye Drops' ends a name and 'oral' may begin it."""
    found = []
    for form, words in FORMS.items():
        for word in words:
            for match in re.finditer(rf"\b{re.escape(word)}\b", text, re.IGNORECASE):
                found.append((match.end(), match.end() - match.start(), match.start(), form))
    if not found:
        return "", text
    end, _length, begin, form = max(found)
    return form, f"{text[:begin]} {text[end:]}"


def _ingredient(part):
    """(name, strength) of one part between two commas, or None when more is in it than that."""
    strengths = STRENGTH.findall(part)
    if len(strengths) > 1:
        return None
    name = " ".join(STRENGTH.sub(" ", part).split()).strip(" .-")
    if not NAME.fullmatch(name) or NOT_A_SUBSTANCE.search(name) or len(name) < 3 or len(name.split()) > 5:
        return None
    return name[:120], " ".join(strengths[0].split()) if strengths else ""


def named(text):
    """The names of substances in what a doctor typed, form, manner and strength left out; [] when it is more than names.

    "Amoxicillin with clavulanic acid" names two. Whether they are known is not asked here.
    """
    _form, rest = _take_form(STRENGTH.sub(" ", text))
    rest = MANNER.sub(" ", rest.replace("(", " ").replace(")", " "))
    parts = [" ".join(part.split()).strip(" .-") for part in BETWEEN.split(rest)]
    parts = [part for part in parts if part]
    return parts if all(NAME.fullmatch(part) for part in parts) else []
