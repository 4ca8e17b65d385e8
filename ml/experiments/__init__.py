"""A/B tests of recommendation strategies: declared, sized, assigned, looked at, and ended.

An experiment is declared before it begins (`declaration`) and sized (`plan`). Units get a variant
by hash (`assignment`); what they are shown is logged, and joined to what they did (`exposures`).
A report (`report`) compares variants (`effects`) at a few planned looks, against boundaries that
keep the promised share of false alarms over all of them (`boundaries`). Two rankings can also be
compared within one list (`interleaving`).
"""
