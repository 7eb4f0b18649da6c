"""Doses, last days and codes of what was prescribed before. A dose that is more than a number and a unit keeps its words."""

import secrets
from datetime import timedelta

from django.db import migrations

from healthstack.lib import clock
from prescriptions.dosing import read_before

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
AT_ONCE = 500


def fill(apps, schema_editor):
    Medicine = apps.get_model("prescriptions", "Medicine")
    Prescription = apps.get_model("prescriptions", "Prescription")
    rows = []
    for row in Medicine.objects.select_related("prescription").order_by("pk").iterator(AT_ONCE):
        for name, value in read_before(row.dose, row.frequency).items():
            setattr(row, name, value)
        if row.prescription.signed_at:
            row.ends_on = clock.local(row.prescription.signed_at).date() + timedelta(row.days - 1)
        rows.append(row)
        if len(rows) == AT_ONCE:
            _write(Medicine, rows)
    _write(Medicine, rows)
    for row in Prescription.objects.filter(state="signed", code=None).only("pk").iterator(AT_ONCE):
        code = "".join(secrets.choice(LETTERS) for _n in range(16))
        Prescription.objects.filter(pk=row.pk).update(code=code)


def _write(model, rows):
    names = ("dose_quantity", "dose_unit", "pattern", "every", "period", "as_needed", "ends_on")
    model.objects.bulk_update(rows, names, batch_size=100)
    rows.clear()


class Migration(migrations.Migration):
    dependencies = [("prescriptions", "0002_formulary_and_doses")]

    # Back again nothing is to be done: the columns go, and the words of before are still there.
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
