"""The signed API of the case system: the same columns as the file, and the return of answers.

Described in docs/handover-api.yaml (OpenAPI).
"""

from dataclasses import asdict
from datetime import date, timedelta

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.clock import london_today, utc_now
from app.csrf import csrf
from app.db import db
from app.guards import Audience, audience
from app.services import contacts, handover, returns, signing
from app.services.json_rows import read_json
from app.services.tabular import TableError

from .handover import RETURN_DAYS, pack, pepper

UNSIGNED = "The call is not signed by a key in use, or not just now."
REPLAYED = "This very call was taken already. To send it again, sign it with the time it is now."
bp = Blueprint("handover_api", __name__, url_prefix="/api/handover/v1")


MOST_BYTES = 8 * 1024 * 1024  # some ten thousand cases; larger hand-overs go by file


@bp.before_request
def _signed() -> ResponseReturnValue | None:
    # Nothing of a body is read for somebody who has no key.
    if not signing.is_key_in_use(db.session, request.headers.get("X-Heard-Key", "")):
        return {"error": UNSIGNED}, 401
    request.max_content_length = MOST_BYTES
    if (request.content_length or 0) > MOST_BYTES:
        return {"error": "The body is larger than 8 MB; send it in parts."}, 413
    try:
        signing.verify(
            db.session,
            key_id=request.headers.get("X-Heard-Key", ""),
            method=request.method,
            path=request.full_path.removesuffix("?"),
            timestamp=request.headers.get("X-Heard-Timestamp", ""),
            signature=request.headers.get("X-Heard-Signature", ""),
            body=request.get_data(),
            now=utc_now(),
        )
    except signing.SignatureError:
        return {"error": UNSIGNED}, 401
    except signing.ReplayError:
        return {"error": REPLAYED}, 409
    return None


@bp.post("/cases")
@csrf.exempt
@audience(Audience.SIGNED_OUT)
def take_cases() -> ResponseReturnValue:
    """Take cases; each row that cannot be used is named, the rest go through."""
    try:
        report = handover.take_cases(
            db.session, request.get_data(), "the body", pack=pack(), how="api", by=None,
            now=utc_now(), read=read_json,
        )  # fmt: skip
    except TableError as error:
        return {"error": str(error)}, 400
    return asdict(report)


@bp.post("/contacts")
@csrf.exempt
@audience(Audience.SIGNED_OUT)
def take_contacts() -> ResponseReturnValue:
    """Take contact details into their own sealed store."""
    try:
        report = contacts.take_contacts(
            db.session, request.get_data(), "the body", pepper=pepper(), how="api",
            by=None, now=utc_now(), read_rows=read_json,
        )  # fmt: skip
    except TableError as error:
        return {"error": str(error)}, 400
    return asdict(report)


@bp.get("/returns")
@audience(Audience.SIGNED_OUT)
def list_returns() -> ResponseReturnValue:
    """Return what came of requests sent since a day; never text."""
    today = london_today()
    try:
        since = date.fromisoformat(request.args.get("since", ""))
    except ValueError:
        since = today - timedelta(days=RETURN_DAYS)
    rows = returns.list_returns(db.session, since=since, until=today)
    return {"since": since.isoformat(), "returns": [asdict(row) for row in rows]}
