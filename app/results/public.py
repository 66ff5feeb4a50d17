""" "You said, we did" for everyone: what people said, and what became of it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.guards import Audience, audience

from .cards import public_cards

bp = Blueprint("results", __name__)


@bp.get("/what-we-did")
@audience(Audience.PUBLIC)
def what_we_did() -> ResponseReturnValue:
    """Show what people said and what was done about it."""
    return render_template(
        "results/what_we_did.html", base="public.html", is_public=True, cards=public_cards()
    )
