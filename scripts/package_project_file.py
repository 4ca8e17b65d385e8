"""Puts dbt_project.yml beside the models that a wheel brings; an editable install has none."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ProjectFileHook(BuildHookInterface[Any]):
    """Run by hatchling before it builds."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the file to a wheel (`standard`, not `editable`)."""
        if version == "standard":
            build_data["force_include"]["dbt_project.yml"] = "lakehouse/project/dbt_project.yml"
