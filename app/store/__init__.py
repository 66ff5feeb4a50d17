"""Every query. Functions take a session first, return rows or values, and never commit."""
