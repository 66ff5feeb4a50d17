"""Promises the store can break, one name per cause; `app/errors.py` turns them into pages."""


class NotFoundError(LookupError):
    """Nothing of that kind exists, or this person may not know that it does."""


class ConflictError(Exception):
    """Somebody else changed it first."""
