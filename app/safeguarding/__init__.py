from flask import Flask


def init_app(app: Flask) -> None:
    """Register the journey on the staff face."""
