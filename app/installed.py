"""The area pack in force: the one loaded into the database, or the one the settings name.

Every process looks now and then whether another one loaded a new pack, so that names, lines and
thresholds change everywhere without a restart.
"""

from time import monotonic

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.packs import Pack
from app.services import packs

LOOK_EVERY = 5.0  # seconds
SEEN, LOOKED = "pack_seen", "pack_looked"


def init_packs(app: Flask) -> None:
    """Take up the loaded pack now, and look again before requests."""
    app.extensions[SEEN] = None
    refresh(app)
    app.before_request(lambda: _look(app))


def refresh(app: Flask) -> None:
    """Take up the loaded pack if it is another than the one in force."""
    app.extensions[LOOKED] = monotonic()
    try:
        with app.extensions["sessions"]() as session:
            found = packs.find_installed(session)
    except SQLAlchemyError:
        return  # no tables yet, or the database is away: the present pack stays
    if found is not None and found.sha256 != app.extensions[SEEN]:
        app.extensions[SEEN] = found.sha256
        _use(app, found.pack)


def _look(app: Flask) -> None:
    if monotonic() - app.extensions[LOOKED] >= LOOK_EVERY:
        refresh(app)


def _use(app: Flask, pack: Pack) -> None:
    app.config["PACK"] = app.jinja_env.globals["pack"] = pack
    if app.jinja_env.cache is not None:
        app.jinja_env.cache.clear()  # macros keep what they once printed
