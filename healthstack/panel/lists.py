"""Lists of the panel: counted only so far, or paged by key, in a fixed number of queries."""

from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.utils.functional import cached_property

from healthstack.lib.paging import page_by_key

COUNTED = 10_000  # rows that a list counts; beyond them it says "over"


class Short(Paginator):
    """Counts only so far: nobody reads page 400, and counting a million rows for it costs each visitor a second."""

    @cached_property
    def count(self):
        return self.object_list.order_by()[: COUNTED + 1].count()

    @property
    def is_over(self):
        return self.count > COUNTED


class PanelList(ChangeList):
    """One list of the panel: only the filters that it offers, each page in a fixed number of queries."""

    def get_filters_params(self, params=None):
        offered = {spec.parameter_name for spec in self.list_filter}
        return {name: value for name, value in (params or self.filter_params).items() if name in offered}

    def get_filters(self, request):
        """A value that is not among the choices of its filter counts as none."""
        found = super().get_filters(request)
        for spec in found[0]:
            if not hasattr(spec, "kind") and spec.value() not in {str(key) for key, _name in spec.lookup_choices}:
                spec.used_parameters.clear()
        return found

    def get_queryset(self, request, exclude_parameters=None):
        rows = super().get_queryset(request, exclude_parameters)
        return rows.prefetch_related(*self.model_admin.list_prefetch)

    def get_results(self, request):
        desk = self.model_admin
        self.request = request
        self.page, self.next, self.after = None, "", request.GET.get("after", "")
        if desk.pages_by:
            self.result_list, self.next = page_by_key(
                self.queryset, desk.pages_by, after=self.after, size=self.list_per_page, descending=True
            )
        else:
            self.page = desk.get_paginator(request, self.queryset, self.list_per_page).get_page(self.page_num)
            self.result_list = list(self.page.object_list)
        self.result_count = self.full_result_count = self.page.paginator.count if self.page else len(self.result_list)
        self.multi_page = self.can_show_all = self.show_full_result_count = self.show_admin_actions = False

    @property
    def headers(self):
        return list(result_headers(self))

    @cached_property
    def rows(self):
        """[{row, url, first cell, what stands under it, (label, cell) of the others, acts}] of this page."""
        desk = self.model_admin
        offered = desk.offered(self.request)
        found = []
        for row in desk.dress(self.request, self.result_list):
            cells = desk.cells(row, self.list_display)
            acts = [act for act in offered if desk.fits.get(act["name"], always)(row)]
            (_name, first), *others = cells
            line = {"row": row, "url": desk.url_of(row), "first": first, "under": desk.under(row)}
            found.append({**line, "cells": others, "acts": acts})
        return found

    @property
    def offered(self):
        return self.model_admin.offered(self.request) if self.result_list else []

    @property
    def is_first(self):
        return not self.after

    @property
    def is_narrowed(self):
        return bool(self.query or self.has_active_filters)


def always(row):
    return True
