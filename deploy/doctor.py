"""Say in one sentence what this machine lacks. Runs on any Python, before anything is installed."""

import subprocess
import sys


def main():
    """Exit with one sentence when Python or Node is missing or too old."""
    if sys.version_info < (3, 11):
        sys.exit(
            "Heard needs Python 3.11 or newer; this is %d.%d. Install it and try again."
            % sys.version_info[:2]
        )
    try:
        version = subprocess.check_output(["node", "--version"]).decode().strip()
    except (OSError, subprocess.CalledProcessError):
        sys.exit("Heard needs Node 20 or newer, and there is none. Install it and try again.")
    if int(version.lstrip("v").split(".")[0]) < 20:
        sys.exit("Heard needs Node 20 or newer; this is %s. Install it and try again." % version)


main()
