"""Releases of gold: sets of Delta versions that passed every test together, for readers to rely on.

A release is written once and never changes (`record`). It is published when nothing of the project
is stale or failed (`publish`), can be gone back to (`rollback`) and held to another one (`diff`);
`maintain` deletes what no kept release needs.
"""
