"""One function per thing a person does: check, write, audit, commit."""
