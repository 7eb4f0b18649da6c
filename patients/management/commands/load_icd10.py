"""Load the catalogue of diagnoses."""

import gzip
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from healthstack.lib.rules import RuleBroken
from patients import diagnoses, workflow

OURS = settings.BASE_DIR / "data" / "icd10.csv.gz"


class Command(BaseCommand):
    help = "Load the codes of the ICD-10. Twice is the same as once; without a file, the project's own."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, nargs="?", default=OURS, help="CSV, also packed as .gz")

    def handle(self, *, file, **options):
        try:
            rows = diagnoses.read(file)
            added, changed = workflow.load_diagnoses(rows=rows, by=None)
        except (OSError, gzip.BadGzipFile, EOFError) as error:
            raise CommandError(f"{file}: {error}") from None
        except UnicodeDecodeError:
            raise CommandError(f"{file} is no text in UTF-8.") from None
        except RuleBroken as refusal:
            raise CommandError(refusal.sentence) from None
        self.stdout.write(f"{len(rows)} codes. Added {added}, changed {changed}.")
