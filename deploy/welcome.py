"""What `make run` prints: every link that works, and how to stop."""

from flask import Flask

from app import migrate
from app.clock import utc_now
from app.config import Config
from app.db import db
from app.services import demonstration, setup
from app.store import staff


def welcome(app: Flask) -> str:
    """Bring the database up to date, seed an empty demonstration, and return the words."""
    config: Config = app.config["HEARD"]
    migrate.upgrade(app.extensions["engine"])
    lines = ["", "Heard is running.", ""]
    if config.demo:
        lines += _demonstration(app, config)
    else:
        lines += _first_start(config)
    return "\n".join([*lines, "Stop all of it with Ctrl-C.", ""]) + "\n"


def _demonstration(app: Flask, config: Config) -> list[str]:
    if not staff.list_demo_users(db.session):
        # Imported only to seed: the coder behind it takes seconds to load.
        from app.worker.seed import seed_if_empty

        seed_if_empty(db.session, app.config["PACK"], instance=config.instance, now=utc_now())
    links = demonstration.links(db.session, now=utc_now())
    accounts = [
        f"    {user.name}: {', '.join(r.role.replace('_', ' ') for r in user.roles)}"
        for user in staff.list_demo_users(db.session)
    ]
    return [
        "  DEMONSTRATION: every answer, name and figure in it is synthetic.",
        "",
        f"  Survey:    {config.public_url}{links.survey}",
        f"  Check-in:  {config.public_url}{links.check_in}",
        f"  Staff:     {config.staff_url}/sign-in",
        "  One click signs in as:",
        *accounts,
        "",
    ]


def _first_start(config: Config) -> list[str]:
    code = setup.make_code(db.session, now=utc_now())
    if code is None:
        return [f"  Staff:     {config.staff_url}/sign-in", ""]
    return [
        "  Nobody has an account yet. Open this page and enter the code; it works once.",
        f"  Set-up:    {config.staff_url}/set-up",
        f"  Code:      {code}",
        "",
    ]
