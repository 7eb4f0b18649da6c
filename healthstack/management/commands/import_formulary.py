"""Import the list of medicines that doctors prescribe from."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from prescriptions import formulary, workflow


class Command(BaseCommand):
    help = "Import a list of medicines. A row of the same source and number is the same medicine, ever again."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, nargs="?", default=formulary.FILE, help="a CSV file in UTF-8")
        parser.add_argument("--source", default=formulary.SOURCE, help="the name of the list, at most 60 characters")

    def handle(self, *, file, source, verbosity, **options):
        if not source.strip() or len(source) > 60:
            raise CommandError("--source takes 1 to 60 characters.")
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                items = formulary.read(lines)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        except ValueError as error:
            raise CommandError(f"{file}: {error} Nothing was imported.") from None
        done = workflow.import_formulary(items=items, source=source.strip(), by=None)
        if verbosity > 1:
            for row, printed in done.not_understood:
                self.stderr.write(f"not understood: row {row}: {printed}", style_func=str)
        self.stdout.write(
            f"{len(items)} medicines. Added {done.added}, changed {done.changed}, same {done.same}."
            f" Of {len(done.not_understood)} the ingredients are not certain; they are kept by name and never checked"
            " (--verbosity 2 names them)."
        )
