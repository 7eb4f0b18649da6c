from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hospitals", "0003_stalled_imports"),
    ]

    operations = [
        migrations.AlterField(
            model_name="invitation",
            name="role",
            field=models.CharField(
                choices=[
                    ("administrator", "Hospital administrator"),
                    ("receptionist", "Receptionist"),
                    ("technician", "Laboratory technician"),
                ],
                max_length=20,
                verbose_name="role",
            ),
        ),
        migrations.AlterField(
            model_name="staff",
            name="role",
            field=models.CharField(
                choices=[
                    ("administrator", "Hospital administrator"),
                    ("receptionist", "Receptionist"),
                    ("technician", "Laboratory technician"),
                ],
                default="administrator",
                max_length=20,
                verbose_name="role",
            ),
        ),
    ]
