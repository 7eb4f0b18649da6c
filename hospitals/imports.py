"""What administrators see of directories that come in: send a file, look at what was found, say yes, read the report."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.forms.models import ModelForm
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from healthstack.lib.forms import HouseForm
from hospitals import tasks, workflow
from hospitals.models import DirectoryImport

State = DirectoryImport.State
MEGABYTE = 1024 * 1024
COLUMNS = (
    gettext_lazy("Number"),
    gettext_lazy("Name"),
    gettext_lazy("City"),
    gettext_lazy("State"),
    gettext_lazy("Street"),
    gettext_lazy("PIN code"),
    gettext_lazy("Phone"),
)
COUNTS = ("added", "changed", "same")
NOTICES = 100  # of each kind on one page


class DirectoryForm(HouseForm, ModelForm):
    required = {"source": gettext_lazy("Enter the name of the directory"), "file": gettext_lazy("Choose a file")}

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV in UTF-8. The first line names the columns: a number, a name, and a city or district at least; state, "
            "address, PIN code, phone and coordinates if you have them."
        ),
        error_messages={"empty": gettext_lazy("This file is empty. Choose another one.")},
    )

    class Meta:
        model = DirectoryImport
        fields = ("source",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["source"].help_text = _(
            "The same name every time this directory comes: a row with the same number is then the same hospital."
        )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > settings.FILE_BYTES:
            most = settings.FILE_BYTES // MEGABYTE
            raise ValidationError(
                _("The file is larger than %(most)d MB. Larger ones come in by the command.") % {"most": most}
            )
        return file


class DirectoryImportAdmin(admin.ModelAdmin):
    """Directories of hospitals, the newest first."""

    form = DirectoryForm
    fields = ("source", "file")
    add_form_template = "admin/hospitals/directoryimport/send.html"
    list_display = ("label", "state_badge", "rows", "added", "changed", "same", "by", "created_at")
    list_select_related = ("by",)
    sortable_by = ()
    pages_by = ("created_at", "id")
    facts = ("state_badge", "file_name", "rows", "added", "changed", "same", "by", "created_at", "finished_at")
    acts = ("start",)
    fits = {"start": lambda directory: directory.state in (State.CHECKED, State.FAILED) and directory.rows > 0}
    said = {"start": gettext_lazy("%(who)s is being imported.")}

    @admin.display(description=gettext_lazy("Directory"))
    def label(self, directory):
        return directory.source

    @admin.action(description=gettext_lazy("Import these hospitals"))
    def start(self, request, directory):
        workflow.start_import(directory=directory, by=request.user)
        tasks.import_directory.enqueue(str(directory.pk))

    def offered(self, request):
        """Nothing on the list: a directory is imported from the page that shows what is in it."""
        return []

    def offered_on(self, request, row):
        return [act for act in super().offered(request) if self.fits[act["name"]](row)]

    def may(self, request, act):
        return request.user.has_perm("hospitals.import_hospital")

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("hospitals.import_hospital")

    has_add_permission = has_view_permission

    def has_change_permission(self, request, obj=None):
        return False

    def heading(self, directory):
        return directory.source

    def cells(self, row, names):
        """Before it is done, the counts are what would be: the page says so, but they are no facts."""
        shown = super().cells(row, names)
        if row.state == State.DONE:
            return shown
        return [(label, "" if name in COUNTS else value) for name, (label, value) in zip(names, shown, strict=True)]

    def keep(self, request, form, formsets, change):
        file = form.cleaned_data["file"]
        directory = workflow.keep_directory(file=file, name=file.name, source=form.instance.source, by=request.user)
        form.instance.pk = directory.pk
        tasks.check_directory.enqueue(str(directory.pk))

    def response_add(self, request, obj, post_url_continue=None):
        messages.success(request, _("The file is here. Look at what is in it before you import it."))
        return HttpResponseRedirect(self.url_of(obj))

    def facts_view(self, request, object_id):
        response = super().facts_view(request, object_id)
        directory = response.context_data["original"]
        response.template_name = "admin/hospitals/directoryimport/facts.html"
        response.context_data.update(
            directory=directory,
            busy=directory.state in (State.CHECKING, State.RUNNING),
            notices=[
                (_("Faults"), directory.faults[:NOTICES], directory.fault_count),
                (_("Warnings"), directory.warnings[:NOTICES], directory.warning_count),
            ],
            most=NOTICES,
            columns=COLUMNS,
            sample=[list(zip(COLUMNS, row, strict=False)) for row in directory.sample],
        )
        return response
