"""Every act on medicines and prescriptions."""

from prescriptions.workflow.lists import import_formulary
from prescriptions.workflow.writing import Warned, draft, replace, sign, withdraw

__all__ = ["Warned", "draft", "import_formulary", "replace", "sign", "withdraw"]
