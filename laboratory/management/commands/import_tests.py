"""Import the catalogue of laboratory tests from a JSON file."""

import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from laboratory import workflow
from laboratory.workflow.catalogue import Faulty

OURS = settings.BASE_DIR / "data" / "lab-tests.json"


class Command(BaseCommand):
    help = "Import laboratory tests. A test of the same name is the same test, ever again; without a file, the project's own."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, nargs="?", default=OURS, help='JSON: {"source": …, "tests": […]}')

    def handle(self, *, file, **options):
        try:
            catalogue = json.loads(file.read_text(encoding="utf-8"))
            rows, source = catalogue["tests"], catalogue["source"]
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        except (ValueError, KeyError, TypeError, RecursionError):
            raise CommandError(f'{file} is no catalogue: JSON with "source" and "tests".') from None
        if not isinstance(rows, list) or not isinstance(source, str) or not 0 < len(source) <= 160:
            raise CommandError(f'{file}: "tests" is a list, and "source" a text of at most 160 characters.')
        try:
            counts = workflow.import_tests(rows=rows, source=source, by=None)
        except Faulty as faulty:
            for n, name, sentence in faulty.faults:
                self.stderr.write(f"fault: test {n}{f', {name}' if name else ''}: {sentence}", style_func=str)
            raise CommandError(faulty.sentence) from None
        self.stdout.write(
            f"{len(rows)} tests. Added {counts['added']}, changed {counts['changed']}, same {counts['same']}."
        )
