from django.db import migrations, models

import healthstack.lib.clock


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0007_documents"),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="at",
            field=models.DateTimeField(default=healthstack.lib.clock.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="immunization",
            name="at",
            field=models.DateTimeField(default=healthstack.lib.clock.now),
            preserve_default=False,
        ),
        # The new indexes before the old ones go: MariaDB needs one for the key to the patient.
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["patient", "at", "id"], name="document_in_time"),
        ),
        migrations.AddIndex(
            model_name="immunization",
            index=models.Index(fields=["patient", "at", "id"], name="immunization_in_time"),
        ),
        migrations.RemoveIndex(model_name="document", name="document_of_patient"),
        migrations.RemoveIndex(model_name="immunization", name="immunization_of_patient"),
    ]
