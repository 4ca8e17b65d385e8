"""Limits with which the lake works unless a user says otherwise."""

# The largest share of a file's rows that may not fit its contract.
MAX_RESCUED = 0.05
