from collections import Counter

from django.db import migrations

from appointments.search import slips, words


def fill(apps, schema_editor):
    """Slips of the pen for the words that doctors have already, and words for the hospitals that are there already."""
    model = {name: apps.get_model("appointments", name) for name in ("Word", "Near", "HospitalWord")}
    hospitals = apps.get_model("hospitals", "Hospital").objects.filter(state="approved")
    of = {
        pk: set(words(" ".join(texts), most=80))
        for pk, *texts in hospitals.order_by("pk").values_list("pk", "name", "city", "region")
    }
    known = set(model["Word"].objects.values_list("text", flat=True))
    missing = sorted({text for texts in of.values() for text in texts} - known)
    model["Word"].objects.bulk_create([model["Word"](text=text) for text in missing], batch_size=1000)
    keys = dict(model["Word"].objects.values_list("text", "pk"))
    near = (model["Near"](variant=variant, word_id=pk) for text, pk in keys.items() for variant in sorted(slips(text)))
    model["Near"].objects.bulk_create(near, ignore_conflicts=True, batch_size=1000)
    rows = [model["HospitalWord"](word_id=keys[text], hospital_id=pk) for pk in of for text in sorted(of[pk])]
    model["HospitalWord"].objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    for text, n in sorted(Counter(text for texts in of.values() for text in texts).items()):
        model["Word"].objects.filter(pk=keys[text]).update(hospitals=n)


class Migration(migrations.Migration):
    dependencies = [("appointments", "0002_in_full")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
