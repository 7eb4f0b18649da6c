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


@task()
def resume_imports():
    for directory in workflow.resume_imports():
        again = check_directory if directory.state == DirectoryImport.State.CHECKING else import_directory
        again.enqueue(str(directory.pk))
