"""The CSRF guard of every form, in a module that leads nowhere else."""

from flask_wtf import CSRFProtect

csrf = CSRFProtect()
