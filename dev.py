#!/usr/bin/env python3
"""Runs, tests and checks HealthStack with nothing but Python: `python3 dev.py --help` lists the commands."""

import argparse
import contextlib
import hashlib
import importlib.util
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import unquote, urlsplit

# The whole file stays readable for any Python 3.6, so that an old one reaches this sentence instead of a SyntaxError.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        f"HealthStack needs Python 3.11 or newer, and this is {sys.version_info[0]}.{sys.version_info[1]}. Install a\n"
        "newer one (from python.org or your system's packages) and start dev.py with it: python3.12 dev.py demo"
    )

ROOT = Path(__file__).resolve().parent
VAR = ROOT / "var"
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = str(BIN / ("python.exe" if os.name == "nt" else "python"))
MANAGE = [PYTHON, "manage.py"]
MAIN, MYSQL, DEV = "requirements.txt", "requirements-mysql.txt", "requirements-dev.txt"
SQLITE = "sqlite:///var/db.sqlite3"
TEST_MARIADB = "mysql://root@127.0.0.1:3306/healthstack"
# Where a database may have ways of its own: locks, the order of letters, what fits a column, much at once. `test` asks
# MariaDB these, `test --all` everything.
ON_MARIADB = (
    "tests/appointments",
    "tests/concurrency",
    "tests/entrance/test_at_once.py",
    "tests/finding",
    "tests/hospitals/test_import_directory.py",
    "tests/lib",
    "tests/panel/test_imports.py",
    "tests/patients",
    "tests/security/test_hostile.py::test_no_form_breaks_on_what_is_typed_into_it",
    "tests/security/test_hostile.py::test_no_page_breaks_on_what_its_address_asks",
    "tests/security/test_hostile.py::test_text_is_measured_before_it_comes_to_the_database",
    "tests/security/test_settings.py",
)
STEPS = []

# Runs inside the environment, where MySQLdb is. It reads DATABASE_URL, so that no process list shows a password.
MYSQL_SCRIPT = """
import os, sys
from urllib.parse import unquote, urlsplit
import MySQLdb
url, act = urlsplit(os.environ["DATABASE_URL"]), sys.argv[1]
name = unquote(url.path.lstrip("/"))
quoted = "`" + name.replace("`", "``") + "`"
try:
    cursor = MySQLdb.connect(host=url.hostname or "localhost", port=url.port or 3306, user=unquote(url.username or ""),
                             password=unquote(url.password or ""), connect_timeout=5).cursor()
    if act == "drop":
        cursor.execute("DROP DATABASE IF EXISTS " + quoted)
    cursor.execute("SELECT 1 FROM information_schema.schemata WHERE schema_name = %s", [name])
    if act != "ping" and not cursor.fetchone():
        cursor.execute("CREATE DATABASE " + quoted + " CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
except MySQLdb.Error as error:
    sys.exit(str(error.args[-1]))
"""

PIP_HINTS = {
    "DO NOT MATCH THE HASHES": "A download differs from what was locked. If it does again, distrust the source.",
    r"pkg-config|mysql_config|mysql\.h|Python\.h|gcc": "The MySQL driver is compiled here and lacks its tools. "
    "Debian, Ubuntu: apt install gcc pkg-config libmariadb-dev python3-dev. "
    "macOS: brew install mariadb-connector-c pkg-config.",
    "No space left": "The disk is full.",
    r"resolution|getaddrinfo|NewConnection|unreachable|timed out|refused|ProxyError|Could not f": "The package index "
    "did not answer. Check the network (and your proxy or mirror, if you use one), then start again.",
}


class Problem(Exception):
    """Something the person can mend; its text says what and how."""


@contextlib.contextmanager
def step(title):
    """Prints a numbered line of progress with the time its work took."""
    STEPS.append(title)
    began = time.monotonic()
    print(f"{len(STEPS)}. {title} ... ", end="", flush=True)
    try:
        yield
    except BaseException:
        print("not done", flush=True)
        raise
    print(f"{time.monotonic() - began:.1f} s", flush=True)


def environment(**values):
    """The environment of every child: text is UTF-8, and no other project's settings module leaks in."""
    env = dict(os.environ, PYTHONUTF8="1", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", **values)
    env.pop("DJANGO_SETTINGS_MODULE", None)
    return env


def capture(command, env=None):
    """Runs a command quietly; returns its exit code, output and errors."""
    done = subprocess.run(
        list(map(str, command)),
        env=env or environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    return done.returncode, done.stdout, done.stderr


def required(command, failure, env=None):
    """Runs a command quietly and returns its output; a failure is a Problem that ends with its last lines."""
    code, out, err = capture(command, env)
    if code:
        raise Problem(f"{failure}\n\n{last_lines(out + err)}")
    return out


def last_lines(text):
    """The end of an output, indented, without the passwords of addresses."""
    return "\n".join("    " + line for line in re.sub(r"//[^/\s@]+@", "//***@", text).strip().splitlines()[-20:])


# --- the environment and its packages


def ensure_venv():
    """Creates `.venv`, or makes it anew when its Python is gone or too old."""
    check = "import sys, importlib.util as u; sys.exit(sys.version_info < (3, 11) or not u.find_spec('pip'))"
    if os.path.exists(PYTHON) and capture([PYTHON, "-c", check])[0] == 0:
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise Problem(
            "This Python lacks its venv module. Debian, Ubuntu: apt install python3-venv. Elsewhere: install Python\n"
            "from python.org. Then start again."
        )
    with step("Python environment in .venv"):
        required([sys.executable, "-m", "venv", "--clear", VENV], "The environment .venv could not be made.")


def lock_text(name):
    """The text of a lock file."""
    if not (ROOT / name).exists():
        raise Problem(f"{name} is missing. Take it from the repository, or make it: python3 dev.py lock")
    return (ROOT / name).read_text("utf-8")


def install(*names):
    """Brings the environment to the locked packages; a stamp for each lock file makes the usual case free."""
    ensure_venv()
    texts = {name: lock_text(name) for name in names}
    sums = {VENV / f"installed-{name}": hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
    stale = [stamp for stamp, value in sums.items() if not stamp.exists() or stamp.read_text() != value]
    if stale:
        files = [stamp.name.replace("installed-", "") for stamp in stale]
        count = sum(len(re.findall(r"(?m)^[\w.,\[\]-]+==", texts[name])) for name in files)
        with step(f"Packages: {count} of {', '.join(files)} (a minute or so)"):
            pip_install("--require-hashes", *(part for name in files for part in ("-r", name)))
        for stamp in stale:
            stamp.write_text(sums[stamp])


def pip_install(*arguments):
    """Installs with uv where it is and works, else with pip, whose failure names its likely cause."""
    uv = find_uv()
    if uv and capture([uv, "pip", "install", "--python", PYTHON, *arguments])[0] == 0:
        return
    code, out, err = capture([PYTHON, "-m", "pip", "install", "--quiet", "--retries", "2", *arguments])
    if code:
        hint = next((hint for words, hint in PIP_HINTS.items() if re.search(words, out + err)), "The reason is below.")
        raise Problem(f"The packages could not be installed. {hint}\n\n{last_lines(out + err)}")


def find_uv():
    """The path of uv, which locks and installs fast, on this machine or in the environment."""
    return shutil.which("uv") or shutil.which("uv", path=str(BIN))


# --- the database


def setting(name):
    """A value from the environment or from .env, as the settings read it; None without it."""
    dotenv = ROOT / ".env"
    text = dotenv.read_text("utf-8") if dotenv.is_file() else ""
    found = re.search(rf"""(?m)^(?:export )?{name}=['"]?([^'"\s]+)""", text)
    return os.environ.get(name) or (found[1] if found else None)


def database_url():
    """Where the data is; SQLite unless something else is said."""
    return setting("DATABASE_URL") or SQLITE


def sqlite_file():
    """The database file, or None when DATABASE_URL names MySQL or MariaDB."""
    url = urlsplit(database_url())
    if url.scheme == "mysql":
        return None
    if url.scheme != "sqlite" or not url.path.strip("/"):
        raise Problem("DATABASE_URL must look like sqlite:///var/db.sqlite3, or for MariaDB mysql://user@host/name")
    return ROOT / unquote(url.path)[1:]


def install_site():
    """Installs what the site needs on the chosen database."""
    install(*([MAIN] if sqlite_file() else [MAIN, MYSQL]))


def prepare_database(fresh, yes):
    """Creates a missing MySQL or MariaDB database; with `fresh`, removes what is there."""
    file, url = sqlite_file(), urlsplit(database_url())
    local = VAR in file.parents if file else url.hostname in (None, "localhost", "127.0.0.1", "::1")
    if fresh and not (local or yes):
        raise Problem(f"--fresh would delete {file or 'a database on ' + url.hostname}. If you mean it, add --yes.")
    if fresh and file:
        for end in ("", "-wal", "-shm", "-journal"):
            Path(f"{file}{end}").unlink(missing_ok=True)
    if not file:
        failure = f"The database server at {url.hostname or 'localhost'}:{url.port or 3306} does not answer or refuses."
        with step("Database"):
            command = [PYTHON, "-c", MYSQL_SCRIPT, "drop" if fresh else "create"]
            required(command, f"{failure} Start it, or correct DATABASE_URL.", environment(DATABASE_URL=url.geturl()))
    if fresh:
        shutil.rmtree(VAR / "mails", ignore_errors=True)


# --- demo


def demo(options, _):
    """Installs what is missing, loads the demo data, runs server and worker until Ctrl-C."""
    refuse_production()
    check_port(options.port)
    install_site()
    prepare_database(options.fresh, options.yes)
    site = f"http://127.0.0.1:{options.port}"  # what the mails of the demo link to
    env = environment(DEBUG="True", PYTHONUNBUFFERED="1", SITE_URL=site)
    with step("Tables"):
        required([*MANAGE, "migrate", "--no-input"], "The tables could not be made.", env)
    with step("Demo data"):
        logins = required([*MANAGE, "load_demo"], "The demo data could not be loaded.", env)
    address, children = f"127.0.0.1:{options.port}", {}
    try:
        with step("Server and worker"):
            children["worker"] = start("worker", [*MANAGE, "work"], env)
            children["server"] = start("server", [*MANAGE, "runserver", "--noreload", address], env)
            wait_until_live(children, f"http://{address}/health/live")
        print(f"\nHealthStack runs at http://{address}/\n\n{logins.strip()}\n")
        print("Its mails are files in var/mails, its logs in var/logs. Ctrl-C stops it.", flush=True)
        while True:
            time.sleep(0.5)
            check_alive(children)
    except KeyboardInterrupt:
        print("\nStopping.", flush=True)
        return 0
    finally:
        stop(children)


def refuse_production():
    """The demo opens doors that a real site keeps shut: known passwords, mails for all to read."""
    debug = setting("DEBUG")
    if debug and debug.lower() not in ("1", "true", "yes", "on", "y", "t", "ok"):
        raise Problem(
            f"DEBUG is {debug} here, so this is set up as a real site, and the demo does not run on one.\n"
            "Take DEBUG out of the environment and of .env, or use another folder."
        )


def check_port(port):
    """Refuses a port that another program has."""
    with socket.socket() as probe:
        if os.name == "posix":  # elsewhere this option would let two programs share the port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or error
            raise Problem(
                f"Port {port} cannot be used ({why}). If another program has it,\n"
                f"perhaps a demo that still runs, stop that, or choose another: --port {8001 if port != 8001 else 8002}"
            ) from None


def start(name, command, env):
    """Starts a child in a group of its own, so that Ctrl-C reaches it through us and in order."""
    own = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if os.name == "nt" else {"start_new_session": True}
    (VAR / "logs").mkdir(exist_ok=True)
    with open(VAR / "logs" / f"{name}.log", "wb") as log:
        return subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **own)


def wait_until_live(children, address):
    """Returns once the server answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    answer = "nothing"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        check_alive(children)
        try:
            opener.open(address, timeout=5).close()
            return
        except urllib.error.HTTPError as error:
            answer = error.code
        except OSError:
            pass
        time.sleep(0.1)
    raise Problem(f"After a minute {address} answers {answer}. The server's last lines:\n\n{log_end('server')}")


def check_alive(children):
    """Complains when a child has ended by itself."""
    for name, child in children.items():
        if child.poll() is not None:
            raise Problem(f"The {name} stopped by itself ({child.returncode}). Its last lines:\n\n{log_end(name)}")


def log_end(name):
    """The last lines of a child's log."""
    return last_lines((VAR / "logs" / f"{name}.log").read_text("utf-8", "replace"))


def stop(children):
    """Asks the children to end, then ends whatever is left of their groups."""
    for kind in ("SIGTERM", "SIGKILL"):
        for child in children.values():
            with contextlib.suppress(OSError):
                os.killpg(child.pid, getattr(signal, kind)) if os.name == "posix" else child.terminate()
        for child in children.values():
            # A second Ctrl-C means: do not wait.
            with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
                child.wait(10)


# --- single commands


def run(options, _):
    """Runs the server alone on the database that is there."""
    check_port(options.port)
    file = sqlite_file()
    if file and not file.exists():
        raise Problem("There is no database yet. Make one with demo data: dev.py demo, or empty: dev.py manage migrate")
    install_site()
    return become([*MANAGE, "runserver", f"127.0.0.1:{options.port}"])


def manage(arguments):
    """Passes everything on to manage.py, for example: dev.py manage migrate."""
    install_site()
    return become([*MANAGE, *arguments])


def become(command):
    """Hands terminal and signals over to a Django command; DEBUG is on unless the caller says otherwise."""
    env = environment()
    env.setdefault("DEBUG", "True")
    if os.name == "posix":
        os.execve(command[0], command, env)  # noqa: S606
    return subprocess.call(command, env=env)


def lint(_, __):
    """Checks code, templates, migrations and production settings; tries all before it fails."""
    install(MAIN, DEV)
    in_memory = {"DATABASE_URL": "sqlite://:memory:"}
    production = {"DEBUG": "False", "SECRET_KEY": secrets.token_urlsafe(60), "ALLOWED_HOSTS": "healthstack.example"}
    checks = [
        ("Code (ruff check)", ["-m", "ruff", "check", "--output-format", "concise", "."], {}),
        ("Code layout (ruff format)", ["-m", "ruff", "format", "--check", "."], {}),
        ("Templates (djlint)", ["-m", "djlint", "templates", "--lint", "--quiet"], {}),
        ("Migrations", ["manage.py", "makemigrations", "--check", "--dry-run"], {"DEBUG": "True"}),
        ("Production settings", ["manage.py", "check", "--deploy", "--fail-level", "WARNING"], production),
    ]
    failed = []
    for title, command, values in checks:
        with contextlib.suppress(Problem), step(title):
            code, out, err = capture([PYTHON, *command], environment(**in_memory, **values))
            if code:
                failed.append(f"{title}:\n\n{(out + err).strip()}")
                raise Problem
    if failed:
        raise Problem("\n\n".join(failed))
    return 0


def lock(_, extra):
    """Writes the lock files from pyproject.toml; further arguments go to uv (--upgrade takes the newest)."""
    import tomllib  # not at the top: the Pythons that are told to be too old lack it

    ensure_venv()
    if not find_uv():
        with step("uv"):
            pip_install("uv")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {MAIN: project["dependencies"], MYSQL: extras["mysql"], DEV: extras["dev"]}
    with tempfile.TemporaryDirectory() as folder:
        # First all of it together, so that what two files share has one version; uv prefers what is locked already.
        together = Path(folder, "together.txt")
        together.write_text("\n".join(lock_text(name) for name in wanted if (ROOT / name).exists()), "utf-8")
        with step("Versions that fit together"):
            compile_lock([line for lines in wanted.values() for line in lines], together, *extra)
        for name, lines in wanted.items():
            with step(name):
                compile_lock(lines, Path(folder, name), "--constraint", together)
        made = {name: Path(folder, name).read_text("utf-8") for name in wanted}
    if "://" in "".join(made.values()):
        raise Problem("The lock files would name an address and were not written. Look at uv's configuration.")
    for name, text in made.items():
        (ROOT / name).write_text(text, "utf-8", newline="\n")
    return 0


def compile_lock(lines, target, *arguments):
    """Locks requirement lines for every platform, with hashes."""
    source = target.with_suffix(".in")
    source.write_text("\n".join(lines), "utf-8")
    quiet = ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--no-strip-extras"]
    command = [find_uv(), "pip", "compile", source, "-o", target, "--universal", "--python-version", "3.11"]
    required([*command, "--generate-hashes", *quiet, *arguments], "uv found no versions that fit together.")


# --- the suite


def test(options, arguments):
    """Runs the tests on SQLite with browser journeys, then on MariaDB what may differ there; says what it left out."""
    if options.all and options.sqlite_only:
        raise Problem("--all and --sqlite-only contradict each other.")
    install(MAIN, DEV)
    left_out, chromium = [], find_chromium()
    if not chromium:
        left_out.append("Browser journeys: no Chromium or Chrome found. Install one, or set CHROMIUM to its path.")
    mariadb, why_not = ("", "left out by --sqlite-only.") if options.sqlite_only else find_mariadb()
    if why_not:
        left_out.append(f"MariaDB: {why_not}")
    title = "SQLite, with journeys" if chromium else "SQLite, without journeys"
    everything = {"HEALTHSTACK_ALL": "1" if options.all else ""}
    env = environment(DATABASE_URL=SQLITE, CHROMIUM=chromium or "", **everything)
    results = {title: pytest(title, arguments if chromium else without_journeys(arguments), env)}
    if mariadb and results[title][0] != 2:  # 2: interrupted by the person
        part = () if options.all or selected(arguments) else ON_MARIADB
        title = "MariaDB, what may differ there" if part else "MariaDB, without journeys"
        env = environment(DATABASE_URL=mariadb, **everything)
        results[title] = pytest(title, [*without_journeys(arguments), *part], env)
    code = verdict(results, left_out, arguments, options.all)
    if not options.all:
        print("With --all: every test on MariaDB too, and every page at three widths instead of one for each theme.")
    return code


def selected(arguments):
    """Whether the person says which tests to run, by a path or by words."""
    return any(part.startswith(("-k", "-m")) or (ROOT / part.partition("::")[0]).exists() for part in arguments)


def pytest(title, arguments, env):
    """One run of pytest straight to the terminal; returns its exit code and its counts."""
    print(f"\n== {title}\n", flush=True)
    report = VAR / "test-report.xml"
    report.unlink(missing_ok=True)
    command = [PYTHON, "-m", "pytest", f"--junit-xml={report}"]
    if not any(re.match(r"-n|--numprocesses|(-p)?no:xdist|--pdb|--trace", part) for part in arguments):
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        # A few at a time: else one core gets all the long walks, which come last, and the others wait for it.
        command += ["-n", str(min(cores, 8)), "--maxschedchunk", "4"]
    code = subprocess.call([*command, *arguments], env=env)
    head = report.read_text("utf-8", "replace")[:500] if report.exists() else ""
    counts = re.findall(r'\b(tests|failures|errors|skipped)="([1-9]\d*)"', head)
    return code, ", ".join(f"{number} {word}" for word, number in reversed(counts))


def without_journeys(arguments):
    """The arguments with `not journey` joined to their own -m, since pytest obeys only the last -m."""
    rest, own, parts = [], "", iter(arguments)
    for part in parts:
        if part.startswith("-m"):
            own = part[2:] or next(parts, "")
        else:
            rest.append(part)
    return [*rest, "-m", f"({own}) and not journey" if own else "not journey"]


def verdict(results, left_out, arguments, everything):
    """Prints a line for each run and each thing left out; returns the exit code."""
    empty = [title for title, (code, _) in results.items() if code == 5]
    # Where the caller selected tests, one of the runs may have none of them, but not every run.
    excused = empty if arguments and len(empty) < len(results) else []
    failed = [title for title, (code, _) in results.items() if code and title not in excused]
    print()
    for title, (_, counts) in results.items():
        word = "no tests" if title in empty else "FAILED" if title in failed else "passed"
        print(f"{title}: {word}{counts and f' ({counts})'}")
    for line in left_out or ["nothing"]:
        print(f"Left out: {line}")
    if left_out and everything:
        print("FAILED: --all allows nothing to be left out.")
    return 1 if failed or (left_out and everything) else 0


def find_chromium():
    """The path of a Chromium or Chrome: CHROMIUM if set, else the usual places."""
    if os.environ.get("CHROMIUM"):
        return shutil.which(os.environ["CHROMIUM"])
    names = ["chromium", "/usr/bin/chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
    names += [f"/Applications/{app}.app/Contents/MacOS/{app}" for app in ("Chromium", "Google Chrome")]
    for folder in filter(None, map(os.environ.get, ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData"))):
        names += [rf"{folder}\Google\Chrome\Application\chrome.exe", rf"{folder}\Chromium\Application\chrome.exe"]
    return next(filter(None, map(shutil.which, names)), None)


def find_mariadb():
    """The address of a MariaDB for tests and no reason, or no address and the reason."""
    address = os.environ.get("HEALTHSTACK_TEST_MARIADB") or TEST_MARIADB
    url = urlsplit(address)
    host, port = url.hostname or "localhost", url.port or 3306
    advice = f"Start one there, or set HEALTHSTACK_TEST_MARIADB=mysql://user:password@host:port/{url.path.strip('/')}"
    try:
        socket.create_connection((host, port), timeout=2).close()
        install(MYSQL)
    except OSError:
        return "", f"nothing answers at {host}:{port}. {advice}"
    except Problem as problem:
        return "", f"its driver is missing. {problem}"
    code, _, err = capture([PYTHON, "-c", MYSQL_SCRIPT, "ping"], environment(DATABASE_URL=address))
    return ("", f"{host}:{port} refuses: {err.strip().splitlines()[-1]}. {advice}") if code else (address, "")


# --- speed


def bench(options, _):
    """Measures the pages against a bare one, small and at scale, on SQLite and on a MariaDB where there is one."""
    install(MAIN, DEV)
    mariadb, why_not = ("", "left out by --quick.") if options.quick else find_mariadb()
    if why_not:
        print(f"Left out: MariaDB: {why_not}", file=sys.stderr)
    command = [PYTHON, "-m", "bench", *(["--quick"] if options.quick else []), "--mariadb", mariadb]
    return subprocess.call([*command, *(["--json", options.json] if options.json else [])], env=environment())


# --- the command line


def parse(arguments):
    """The options and the arguments that are for pytest or uv."""
    top = argparse.ArgumentParser(prog="dev.py", description="Runs, tests and checks HealthStack.")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    parsers = {}
    for act in (demo, test, run, manage, lint, lock, bench):
        parsers[act] = commands.add_parser(act.__name__, help=act.__doc__, allow_abbrev=False)
        parsers[act].set_defaults(act=act)
    for act in (demo, run):
        parsers[act].add_argument("--port", type=int, default=8000)
    parsers[demo].add_argument("--fresh", action="store_true", help="delete the demo's database and mails first")
    parsers[demo].add_argument("--yes", action="store_true", help="allow --fresh outside var/ and on another machine")
    parsers[test].add_argument("--all", action="store_true", help="everything, and fail if anything is left out")
    parsers[test].add_argument("--sqlite-only", action="store_true", help="leave MariaDB out")
    parsers[bench].add_argument("--quick", action="store_true", help="SQLite alone, under five minutes")
    parsers[bench].add_argument("--json", metavar="FILE", help="write the figures there as a list")
    options, extra = top.parse_known_args(arguments)
    if extra and options.act not in (test, lock):
        top.error(f"unknown: {' '.join(extra)}")
    return options, extra


def interrupt(*_):
    """Lets a polite request to end go the way of Ctrl-C."""
    raise KeyboardInterrupt


def main(arguments):
    """Dispatches; every expected failure ends as a sentence and a non-zero exit code."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupt)
    sys.stdout.reconfigure(errors="replace")  # demo names on a console that cannot write them
    os.chdir(ROOT)
    VAR.mkdir(exist_ok=True)
    try:
        if arguments[:1] == ["manage"]:  # past argparse, which would take -h and the like for itself
            return manage(arguments[1:])
        options, extra = parse(arguments)
        return options.act(options, extra)
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
