"""Errors that a user can act on: one sentence each, no stack trace."""


class LakehouseError(Exception):
    """Something the user can mend: a file, a setting, a port. The text says what and how."""
