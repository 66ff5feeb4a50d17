"""Questionnaires and responses in and out of other formats; never imported by `surveys` proper."""
