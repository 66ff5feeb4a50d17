"""The area pack of this installation, where one was loaded."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.models import Setting

KEY = "area_pack"


def find_pack(session: Session) -> Mapping[str, Any] | None:
    """Return the loaded pack: document, "sha256", "loaded_at"; None for a shipped one."""
    setting = session.get(Setting, KEY)
    return setting.value if setting else None


def put_pack(session: Session, value: Mapping[str, Any]) -> None:
    """Put a pack in the place of the one before."""
    session.merge(Setting(key=KEY, value=dict(value)))
