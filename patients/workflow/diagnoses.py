"""The catalogue of diagnoses comes in from its file."""

from accounts.audit import record
from healthstack.lib.transactions import one_transaction
from patients.diagnoses import words
from patients.models import Diagnosis, DiagnosisWord


@one_transaction
def load_diagnoses(*, rows, by):
    """Codes that are new are added, titles that changed are changed; none is removed, since records name them.

    rows: [diagnoses.Row]. -> (added, changed). Twice is the same as once.
    """
    known = {row.code: row for row in Diagnosis.objects.all()}
    rows = list({row.code: row for row in rows}.values())
    new = [Diagnosis(**row._asdict()) for row in rows if row.code not in known]
    changed = []
    for row in rows:
        old = known.get(row.code)
        if old and (old.title, old.is_category) != (row.title, row.is_category):
            old.title, old.is_category = row.title, row.is_category
            changed.append(old)
    Diagnosis.objects.bulk_create(new, batch_size=500)
    Diagnosis.objects.bulk_update(changed, ["title", "is_category"], batch_size=200)
    _index(Diagnosis.objects.in_bulk([row.code for row in (*new, *changed)], field_name="code").values())
    if new or changed:
        record("patients.diagnoses_loaded", by=by, added=len(new), changed=len(changed))
    return len(new), len(changed)


def _index(diagnoses):
    keys = [row.pk for row in diagnoses]
    for n in range(0, len(keys), 500):
        DiagnosisWord.objects.filter(diagnosis__in=keys[n : n + 500]).delete()
    found = (DiagnosisWord(word=word, diagnosis=row) for row in diagnoses for word in words(row.title))
    DiagnosisWord.objects.bulk_create(found, batch_size=500)
