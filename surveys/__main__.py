"""`python -m surveys`."""

from __future__ import annotations

import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from surveys.cli import main

if __name__ == "__main__":
    # The one clock of this package: commands are given the day, everything below takes it.
    today = datetime.now(tz=ZoneInfo("Europe/London")).date()  # noqa: TID251
    sys.exit(main(sys.argv[1:], today))
