"""The words by which hospitals are found, and the slips of the pen of every word."""

from collections import Counter

from django.db.models import F

from appointments.models import HospitalWord, Near, Word
from appointments.search import slips, words
from healthstack.lib.bulk import insert
from healthstack.lib.transactions import one_transaction
from hospitals.models import Department, Hospital, Service

MOST = 80  # words of one hospital


@one_transaction
def reindex_hospital(*, hospital):
    """Everything the search knows of a hospital, anew; nothing when it cannot be found any more."""
    reindex_hospitals(hospitals=[hospital])


@one_transaction
def reindex_hospitals(*, hospitals):
    """As `reindex_hospital`, for some hundreds at once: a directory brings tens of thousands."""
    keys = [hospital.pk for hospital in hospitals]
    wanted = _wanted(keys)
    have = {pk: {} for pk in keys}
    for row in HospitalWord.objects.filter(hospital__in=keys).values_list("hospital_id", "word__text", "word_id", "pk"):
        have[row[0]][row[1]] = row[2:]
    known = enter({text for pk in keys for text in wanted[pk] - set(have[pk])})
    counts, gone, new = Counter(), [], []
    for pk in sorted(keys):
        for text in sorted(set(have[pk]) - wanted[pk]):
            word, row = have[pk][text]
            counts[word] -= 1
            gone.append(row)
        for text in sorted(wanted[pk] - set(have[pk])):
            counts[known[text]] += 1
            new.append((known[text], pk))
    for first in range(0, len(gone), 1000):
        HospitalWord.objects.filter(pk__in=gone[first : first + 1000]).delete()
    if new:
        insert(HospitalWord, ("word", "hospital"), new)
    _count(counts)


def _wanted(keys):
    """{hospital id: its words}, none for one that cannot be found."""
    texts = {pk: [] for pk in keys}
    findable = Hospital.objects.findable().filter(pk__in=keys)
    for pk, *facts in findable.values_list("pk", "name", "city", "region"):
        texts[pk] = facts
    inside = (
        Department.objects.open().filter(hospital__in=keys).order_by("pk"),
        Service.objects.filter(hospital__in=keys).order_by("pk"),
    )
    for rows in inside:
        for pk, name in rows.values_list("hospital_id", "name"):
            if texts[pk]:
                texts[pk].append(name)
    return {pk: set(words(" ".join(some), most=MOST)) for pk, some in texts.items()}


def _count(counts):
    """{word id: how many hospitals more}: one statement for all words that change by the same number."""
    by_number = {}
    for word, n in sorted(counts.items()):
        if n:
            by_number.setdefault(n, []).append(word)
    for n, keys in sorted(by_number.items()):
        Word.objects.filter(pk__in=keys).update(hospitals=F("hospitals") + n)


def enter(texts):
    """{text: id} of these words. Those that nobody had before are entered, with their slips of the pen."""
    known = dict(Word.objects.filter(text__in=texts).values_list("text", "pk")) if texts else {}
    if new := sorted(set(texts) - set(known)):
        # Another writer may enter the same word at the same moment: the keys of both tables let one row of it in.
        Word.objects.bulk_create([Word(text=text) for text in new], ignore_conflicts=True)
        made = dict(Word.objects.filter(text__in=new).values_list("text", "pk"))
        near = [(variant, made[text]) for text in new for variant in sorted(slips(text))]
        if near:
            insert(Near, ("variant", "word"), near, ignore_conflicts=True)
        known |= made
    return known
