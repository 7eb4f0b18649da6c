"""`python3 dev.py bench`: fills a database with a town and one with a country, measures both, prints the table.

Growth compares pages of ten rows with pages of ten rows. The demo alone has fewer doctors than some searches show, so the
small site is the demo with four hundred doctors and two thousand visits more: hardly more than fill a page of every list.
What a page takes is divided by what the floor took beside it, on either site, before the two are compared: a machine is
not as fast in one minute as in the next. How much the floor itself took more is said below the table.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "bench"
SIZES = {"small": (400, 2_000), "large": (10_000, 100_000)}  # doctors and visits besides those of the demo
SECRET = "bench-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # noqa: S105 - signs nothing that lasts


def child(arguments, **values):
    """Runs Python in a child and returns its output; its progress goes to the terminal."""
    env = {**os.environ, "CACHE_URL": "locmemcache://", "PYTHONPATH": str(ROOT), **values}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, stdout=subprocess.PIPE, encoding="utf-8")
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} failed.\n{done.stdout}")
    return done.stdout


def fill(title, url, *seed):
    print(f"-- {title}: filling", file=sys.stderr, flush=True)
    child(["manage.py", "migrate", "--no-input", "-v0"], DATABASE_URL=url, DEBUG="True")
    child(["manage.py", *seed], DATABASE_URL=url, DEBUG="True")


def measured(title, url, rounds):
    print(f"-- {title}: measuring", file=sys.stderr, flush=True)
    production = {"DEBUG": "False", "SECRET_KEY": SECRET, "ALLOWED_HOSTS": "testserver", "LOG_LEVEL": "ERROR"}
    return json.loads(child(["-m", "bench.measure", str(rounds)], DATABASE_URL=url, **production))


def databases(mariadb):
    """[(name, address by size)]; what an earlier run left there is gone."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in FOLDER.glob("*.sqlite3*"):
        file.unlink()
    yield "SQLite", {size: f"sqlite:///{(FOLDER / size).as_posix()}.sqlite3" for size in SIZES}
    if mariadb:
        server = mariadb.rpartition("/")[0]
        names = {size: f"healthstack_bench_{size}" for size in SIZES}
        import MySQLdb  # only where MariaDB is measured
        from environ import Env

        facts = Env.db_url_config(mariadb)
        cursor = MySQLdb.connect(
            host=facts["HOST"] or "localhost",
            port=int(facts["PORT"] or 3306),
            user=facts["USER"],
            password=facts["PASSWORD"],
        ).cursor()
        for name in names.values():
            cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
            cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        yield "MariaDB", {size: f"{server}/{name}" for size, name in names.items()}
        for name in names.values():
            cursor.execute(f"DROP DATABASE `{name}`")


def grown(database, small, large):
    """The rows of both sites, with how much more a page takes on the large one."""
    usual = {row["page"]: row["seconds"] / row["floor"] for row in small}
    for row in [*small, *large]:
        growth = round(row.pop("seconds") / row["floor"] / usual[row["page"]], 2)
        yield {**row, "database": database, "growth": growth}


def show(rows):
    """The table that stands in the README."""
    print("| page | database | visits | ÷ floor | cold | growth | queries | bytes |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    for row in rows:
        print(
            f"| {row['page']} | {row['database']} | {row['rows']:,} | {row['floor_ratio']:.2f} | {row['cold']:.2f}"
            f" | {row['growth']:.2f} | {row['queries']} | {row['bytes']:,} |"
        )
    for database in dict.fromkeys(row["database"] for row in rows):
        floors = {row["rows"]: row["floor"] for row in reversed(rows) if row["database"] == database}
        small, large = floors[min(floors)], floors[max(floors)]
        print(f"The floor on {database} took {large / small:.2f} of its time on the small site.")


def main():
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="SQLite alone, fewer rounds: under five minutes")
    parser.add_argument("--json", metavar="FILE", help="write the figures there as well")
    parser.add_argument("--mariadb", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    rounds, rows = (21, []) if options.quick else (41, [])
    for database, urls in databases("" if options.quick else options.mariadb):
        found = {}
        for size, (doctors, visits) in SIZES.items():
            title = f"{database}, {visits:,} visits"
            fill(title, urls[size], "seed_scale", "--doctors", str(doctors), "--appointments", str(visits))
            found[size] = measured(title, urls[size], rounds)
        rows += grown(database, **found)
    show(rows)
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
