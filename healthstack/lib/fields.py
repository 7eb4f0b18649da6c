"""Columns that Django does not have."""

from django.db import models


class ExactCharField(models.CharField):
    """Text that is equal only to the letter: keys, codes, search words.

    MySQL and MariaDB would otherwise match other case, accents and trailing spaces (security, law 8).
    """

    def db_parameters(self, connection):
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = "utf8mb4_bin"
        return parameters
