"""Import a directory of hospitals from a CSV file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from healthstack.lib.rules import RuleBroken
from hospitals import workflow


class Command(BaseCommand):
    help = "Import a directory of hospitals. A row of the same source and number is the same hospital, ever again."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="a CSV file in UTF-8 whose first line names the columns")
        parser.add_argument("--source", required=True, help="the name of the directory, at most 60 characters")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *, file, source, dry_run, **options):
        if not source.strip() or len(source) > 60:
            raise CommandError("--source takes 1 to 60 characters.")
        try:
            with file.open("rb") as content:
                directory = workflow.keep_directory(file=content, name=file.name, source=source.strip(), by=None)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        directory = workflow.check_directory(directory=directory)
        self.say("warning", directory.warnings, directory.warning_count)
        self.say("fault", directory.faults, directory.fault_count)
        if directory.fault_count:
            raise CommandError(f"Nothing was imported: {directory.fault_count} faults.")
        if not dry_run:
            try:
                directory = workflow.start_import(directory=directory, by=None)
            except RuleBroken as refusal:
                raise CommandError(refusal.sentence) from None
            directory = workflow.import_directory(directory=directory)
        done = "Would add" if dry_run else "Added"
        self.stdout.write(
            f"{directory.rows} rows. {done} {directory.added}, changed {directory.changed}, same {directory.same}."
        )

    def say(self, kind, notices, count):
        for line, column, sentence in notices:
            self.stderr.write(f"{kind}: line {line}{f', {column}' if column else ''}: {sentence}", style_func=str)
        if count > len(notices):
            self.stderr.write(f"{kind}: {count - len(notices)} more", style_func=str)
