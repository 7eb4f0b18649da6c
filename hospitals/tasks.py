"""Background work on hospitals. Each is safe to run twice."""

from django_tasks import task

from hospitals import workflow
from hospitals.models import DirectoryImport


@task()
def check_directory(pk):
    workflow.check_directory(directory=DirectoryImport.objects.get(pk=pk))


@task()
def import_directory(pk):
    workflow.import_directory(directory=DirectoryImport.objects.get(pk=pk))
