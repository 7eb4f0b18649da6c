"""The laws of the house, checked. Each failure names the file and the line."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import get_resolver

ROOT = Path(__file__).parent.parent

FLOORS = [  # ground first; a floor imports only from the floors before it
    {"accounts"},
    {"hospitals"},
    {"doctors", "patients"},
    {"billing"},
    {"appointments"},
    {"laboratory"},
    {"prescriptions"},
    {"pharmacy", "chat"},
]
LEVEL = {app: level for level, floor in enumerate(FLOORS) for app in sorted(floor)}
FACES = {"models", "workflow"}
MORE_FACES = {
    "accounts": {"access", "audit", "files", "notify", "passwords"},
    "billing": {"lines"},
    "appointments": {"slots", "search", "openings"},
}
HTTP = ("django.http", "django.shortcuts", "django.contrib.messages", "django.forms", "django.template")
FORBIDDEN_NAMES = {"utils.py", "common.py", "core.py", "helpers.py", "signals.py", "services.py"}
# One place asks what time it is; demo data and tests set it there.
CLOCKS = re.compile(r"\b(timezone\.now|datetime\.(utc)?now|date\.today|auto_now)\b")


def files(*folders):
    found = [p for folder in folders for p in (ROOT / folder).rglob("*.py")]
    assert found, folders
    return sorted(found)


def name_of(path):
    return str(path.relative_to(ROOT))


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno
        elif isinstance(node, ast.ImportFrom):
            raise AssertionError(f"{path}:{node.lineno} imports by dots; write the whole name")
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno


@pytest.mark.parametrize("path", files(*LEVEL), ids=name_of)
def test_imports_go_down_and_enter_by_the_face(path):
    home = path.relative_to(ROOT).parts[0]
    for name, line in imports(path):
        app, _, room = name.partition(".")
        where = f"{path}:{line} imports {name}"
        if app == "healthstack":
            assert name.startswith("healthstack.lib"), f"{where}: the roof"
        elif app in LEVEL and app != home:
            assert LEVEL[app] < LEVEL[home], f"{where}: upward or sideways"
            assert room.split(".")[0] in FACES | MORE_FACES.get(app, set()), f"{where}: not a face"


@pytest.mark.parametrize("path", files("healthstack/lib"), ids=name_of)
def test_the_cellar_knows_no_floor(path):
    for name, line in imports(path):
        app = name.partition(".")[0]
        assert app not in LEVEL, f"{path}:{line} imports {name}"
        assert app != "healthstack" or name.startswith("healthstack.lib"), f"{path}:{line} imports {name}"


@pytest.mark.parametrize("path", files(*LEVEL, "healthstack"), ids=name_of)
def test_nothing_is_fetched_by_a_string(path):
    if "migrations" in path.parts:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            by_string = called.endswith(("apps.get_model", "import_module", "__import__"))
            assert not by_string, f"{path}:{node.lineno} {called}"


def house_models():
    return [model for app in LEVEL for model in apps.get_app_config(app).get_models(include_auto_created=True)]


@pytest.mark.parametrize("model", house_models(), ids=lambda m: m._meta.label)
def test_keys_point_down_and_leave_no_name_there(model):
    home = model._meta.app_label
    for field in (*model._meta.fields, *model._meta.many_to_many):
        other = field.remote_field and field.remote_field.model._meta.app_label
        if other in LEVEL and other != home:
            assert LEVEL[other] < LEVEL[home], f"{model._meta.label}.{field.name} points up to {other}"
            assert field.remote_field.related_name in ("+", None) or field.remote_field.related_name.endswith("+"), (
                f"{model._meta.label}.{field.name} leaves {field.remote_field.related_name} on {other}"
            )
            assert field.remote_field.related_name, f"{model._meta.label}.{field.name} needs related_name='+'"


def rooms(name):
    """The files of one room: `name.py`, or what lies in a package of that name."""
    return [p for p in files(*LEVEL) if p.name == f"{name}.py" or p.parent.name == name]


@pytest.mark.parametrize("path", rooms("workflow"), ids=name_of)
def test_workflow_knows_nothing_of_http(path):
    for name, line in imports(path):
        assert not name.startswith(HTTP), f"{path}:{line} imports {name}"


@pytest.mark.parametrize("path", rooms("models"), ids=name_of)
def test_models_answer_and_never_act(path):
    for name, line in imports(path):
        last = name.rpartition(".")[2]
        assert last not in {"workflow", "notify", "audit", "record"}, f"{path}:{line} imports {name}"
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            assert node.name not in {"save", "delete", "save_base"}, f"{path}:{node.lineno} overrides {node.name}"


@pytest.mark.parametrize("path", rooms("views") + files("healthstack/pages"), ids=name_of)
def test_views_are_short_functions(path):
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ClassDef):
            bases = {ast.unparse(base) for base in node.bases}
            assert "pages" in path.parts, f"{path}:{node.lineno} is a class"
            assert not any(base.endswith("View") for base in bases), f"{path}:{node.lineno} is a class view"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.args.args[0].arg if node.args.args else ""
            if first == "request":
                length = node.end_lineno - node.lineno + 1
                assert length <= 25, f"{path}:{node.lineno} {node.name} has {length} lines"


@pytest.mark.parametrize("path", files(*LEVEL, "healthstack"), ids=name_of)
def test_rooms_have_the_names_of_the_house(path):
    assert path.name not in FORBIDDEN_NAMES, f"{path}: that says nothing about what lives there"


@pytest.mark.parametrize("path", files(*LEVEL, "healthstack"), ids=name_of)
def test_only_the_clock_knows_the_time(path):
    if name_of(path) == "healthstack/lib/clock.py" or "migrations" in path.parts:
        return
    for number, line in enumerate(path.read_text().splitlines(), 1):
        assert not CLOCKS.search(line.partition("#")[0]), f"{path}:{number} asks another clock"


@pytest.mark.parametrize("path", files(*LEVEL, "healthstack"), ids=name_of)
def test_every_room_says_what_lives_there(path):
    tree = ast.parse(path.read_text())
    if tree.body and path.name not in ("urls.py", "__init__.py") and "migrations" not in path.parts:
        assert ast.get_docstring(tree), f"{path} has no docstring"


def test_no_signal_but_one():
    heard = [
        f"{name_of(path)}:{node.lineno}"
        for path in files(*LEVEL, "healthstack")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".connect", "receiver"))
    ]
    assert [where.partition(":")[0] for where in heard] == ["accounts/apps.py"]


def verbs(app):
    """The public verbs of an app's workflow."""
    module = importlib.import_module(f"{app}.workflow")
    return {
        name: verb
        for name, verb in vars(module).items()
        if inspect.isfunction(verb) and not name.startswith("_") and verb.__module__.startswith(f"{app}.workflow")
    }


WITH_VERBS = [
    "accounts",
    "hospitals",
    "doctors",
    "patients",
    "billing",
    "appointments",
    "laboratory",
    "prescriptions",
    "chat",
]


@pytest.mark.parametrize("app", WITH_VERBS)
def test_verbs_speak_in_names_and_sentences(app):
    for name, verb in verbs(app).items():
        verb = inspect.unwrap(verb)
        kinds = {p.kind for p in inspect.signature(verb).parameters.values()}
        helper = name in {"lock", "free_slug", "stranded", "refresh", "fingerprint"}
        assert helper or kinds <= {inspect.Parameter.KEYWORD_ONLY}, f"{app}.{name} takes arguments without names"
        assert inspect.getdoc(verb), f"{app}.{name} has no docstring"


def acts():
    """[(app, verb, address, view)]: the addresses of the apps that are named like a verb of their workflow."""
    found = []
    for entry in get_resolver().url_patterns:
        app = getattr(entry, "namespace", None)
        if app in WITH_VERBS:
            for url in entry.url_patterns:
                if url.name in verbs(app):
                    found.append((app, url.name, str(url.pattern), url.callback))
    return found


# Who runs a hospital does all of this by one permission, hospitals.run_hospital; an invitation is its own key.
BY_ONE_KEY = {("doctors", "reassign"), ("billing", "pay_at_desk")} | {
    ("hospitals", verb)
    for verb in (
        "accept_invitation",
        "add_closure",
        "add_department",
        "add_service",
        "ask_administrator",
        "close_department",
        "dismiss",
        "invite",
        "publish_opening",
        "remove_closure",
        "remove_photo",
        "remove_service",
        "rename_department",
        "send_for_checking",
        "set_photo",
        "withdraw_invitation",
    )
}


@pytest.mark.parametrize(("app", "verb", "address", "view"), acts(), ids=lambda x: x if isinstance(x, str) else "")
def test_one_word_in_all_rooms(app, verb, address, view):
    """The verb is the address, the view, the permission, and the name of its test."""
    last = address.strip("/").split("/")[-1]
    assert (
        last == verb.replace("_", "-") or last.startswith(("<", "profile")) or verb in ("book", "draft", "write_review")
    ), address
    assert view.__name__ == verb
    codenames = {c.partition("_")[0] for c in _codenames(app)} | _codenames(app)
    known = verb in codenames or f"{verb}_appointment" in codenames or app == "accounts"
    assert known or (app, verb) in BY_ONE_KEY, f"no permission {app}.{verb}"


def _codenames(app):
    return {name for model in apps.get_app_config(app).get_models() for name, _words in model._meta.permissions}


@pytest.mark.parametrize("app", WITH_VERBS)
def test_every_verb_is_tried(app):
    """Every verb of a workflow is named in a test of its app, or in the races."""
    texts = "".join(p.read_text() for p in files("tests"))
    missing = [name for name in verbs(app) if not re.search(rf"\b{name}\b", texts)]
    assert not missing


def test_every_group_of_the_table_has_permissions_that_exist():
    from healthstack.roles import ROLES

    known = {
        f"{model._meta.app_label}.{codename}"
        for model in apps.get_models()
        for codename in [
            *(name for name, _words in model._meta.permissions),
            *(f"{act}_{model._meta.model_name}" for act in model._meta.default_permissions),
        ]
    }
    for name, permissions in ROLES.items():
        assert set(permissions) <= known, f"{name}: {set(permissions) - known}"
        assert len(permissions) == len(set(permissions)), f"{name} names one twice"
