"""The admin panel: Django's admin in our frame, for the group Administrators alone.

An app's admin.py says in Django's words what its lists and forms show; registered, each class gets the manner of
`PanelAdmin`. What a class may say besides Django's options:

    acts            methods decorated with @admin.action(description, permissions): what can be done to a row. Called with
                    (request, row), and reason= where `reasons` names the act
    fits            {act: row -> bool}: when the act is offered
    asks            {act: (question with %(who)s, text)}: the acts that ask before they do it
    said            {act: sentence with %(who)s}: what is said afterwards
    facts           methods shown where the row can be read but not changed
    pages_by        (moment, key): a list that grows without end, newest first, paged by key and never counted
    list_prefetch   what the list's cells need
    keep(request, form, formsets, change)   saves a form, through a verb of a workflow
"""

from healthstack.panel.desk import PanelAdmin
from healthstack.panel.lists import PanelList, Short
from healthstack.panel.site import SECTIONS, Panel, PanelFrame

__all__ = ["SECTIONS", "Panel", "PanelAdmin", "PanelFrame", "PanelList", "Short"]
