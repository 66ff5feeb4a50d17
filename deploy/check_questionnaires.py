"""Check every questionnaire that ships; part of `make check`."""

import sys

from surveys import check, library


def main() -> None:
    """Print each problem, and exit 1 when there is one."""
    found = 0
    names = library.list_names()
    for name in names:
        for problem in check(library.get(name)):
            sys.stdout.write(f"{name}\t{problem.code}\t{problem.where}\t{problem.message}\n")
            found += 1
    sys.stdout.write(f"{len(names)} questionnaires, {found} problems\n")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
