"""Product groups as a model of the catalogue: rules as the floor, a classifier, an endpoint."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from pydantic import Field, PositiveInt

from lakehouse.errors import LakehouseError
from lakehouse.lake import Lake
from ml.features import Features
from ml.groups.answers import Answers
from ml.groups.chat import Chat, EndpointError, EndpointSettings
from ml.groups.classifier import (
    SCOPES,
    ClassifierSettings,
    Probabilities,
    Scope,
    calibrated,
    in_scope,
    labels,
    probabilities,
    teach,
    temperature,
)
from ml.groups.endpoint import label_by_endpoint
from ml.groups.group_labels import GroupLabel, Tier
from ml.groups.labels import Part, ReadLabel, of_part, read_labels
from ml.groups.rules import Rules, RuleTier
from ml.groups.scores import f1_by_group, macro_f1, macro_f1_metric
from ml.groups.taxonomy import Taxonomy
from ml.metrics import Mean, Ratio
from ml.model import Model, Parameters, Serving, Training
from ml.tables import folder_of_files

if TYPE_CHECKING:
    import plotly.graph_objects as go
    import pyarrow as pa
    from pyspark.ml import PipelineModel

TABLE, OUTPUT = "feat_product_texts", "product_groups"
# What a classifier needs to learn a difference.
_MIN_GROUPS = 2


class GroupParameters(Parameters):
    """Of `ml/parameters.yml`, which explains them."""

    classifiers: Annotated[tuple[ClassifierSettings, ...], Field(min_length=1)]
    feature_count: PositiveInt


@dataclass(frozen=True)
class _Classified:
    """A classifier of a shop's descriptions, and what it says of all of them."""

    settings: ClassifierSettings
    fitted: PipelineModel
    temperature: float
    labels: dict[str, GroupLabel]


class ProductGroups(Model[GroupParameters]):
    """A classifier against the keyword rules that taught it; an endpoint, where there is a key."""

    name: ClassVar[str] = "product_groups"
    purpose: ClassVar[str] = (
        "Tells the group of each product from its name, for shops that record none: an endpoint "
        "where there is a key to one, else an embedded classifier, else keyword rules."
    )
    features: ClassVar[tuple[str, ...]] = (TABLE,)
    outputs: ClassVar[tuple[str, ...]] = (OUTPUT,)
    form: ClassVar[type[Parameters]] = GroupParameters

    def train(self, features: Features, training: Training[GroupParameters]) -> None:
        """Chooses a classifier by the labels to develop with, compares on those to test with."""
        taxonomy = Taxonomy.read()
        read = read_labels(taxonomy)
        descriptions = sorted(set(_texts(features).values()))
        rules = {label.description: label for label in _rules(taxonomy, read).label(descriptions)}
        known = [label for label in read if label.description in rules]
        development, test = of_part(known, Part.DEVELOPMENT), of_part(known, Part.TEST)
        training.limits = [
            "The groups are those of a gift and homeware shop; what else is sold is other.",
            "Labels are of one shop, online_retail: how sure rules are is learnt there, from "
            "labels that their keywords were written with, which flatter them.",
        ]
        least = training.parameters.rule.min_unit_count
        if min(len(development), len(test)) < least:
            training.unjudged = (
                f"{len(known)} of the shop's {len(descriptions)} product names have a label that a "
                f"reader gave, and a comparison needs {least} to develop with and {least} to test "
                "with: keyword rules label, unjudged."
            )
            return
        taught = [label for label in rules.values() if label.evidence]
        groups = sorted({label.group_id for label in taught})
        if len(groups) < _MIN_GROUPS:
            training.unjudged = (
                f"The keyword rules tell {len(groups)} of the groups in this shop, and a "
                "classifier learns from two or more: keyword rules label."
            )
            return
        tiers = {Tier.RULES.value: rules}
        told, spending = _by_endpoint(
            features.lake, taxonomy, [label.description for label in known]
        )
        training.limits += spending
        if told:
            tiers[Tier.ENDPOINT.value] = rules | told
        best = _tune(features, training, rules, taught, groups, development)
        tiers[Tier.CLASSIFIER.value] = best.labels
        for name, found in tiers.items():
            _score(training, Part.TEST.value, name, test, found)
        actual = [label.group_id for label in test]
        training.judge(
            macro_f1_metric(actual, _told(test, best.labels)),
            macro_f1_metric(actual, _told(test, rules)),
        )
        training.plots = {
            "f1_by_group": _f1_by_group(
                actual, {name: _told(test, found) for name, found in tiers.items()}
            )
        }
        training.pipeline = best.fitted
        training.state = {
            "groups": groups,
            "temperature": best.temperature,
            "scope": training.chosen["scope"],
            "classifier": best.settings.name,
        }

    def score(
        self, features: Features, serving: Serving, parameters: GroupParameters
    ) -> Mapping[str, pa.Table]:
        """A row per product with a text, by the best tier that told its group."""
        import pyarrow as pa

        taxonomy = Taxonomy.read()
        texts = _texts(features)
        descriptions = sorted(set(texts.values()))
        tier = _rules(taxonomy, read_labels(taxonomy))
        found = {label.description: label for label in tier.label(descriptions)}
        if serving.serves_model and serving.pipeline is not None:
            found = _by_classifier(features, serving.pipeline, serving.state, found)
        told, _ = _by_endpoint(features.lake, taxonomy, descriptions)
        found |= told
        rows = [(key, found[text]) for key, text in texts.items()]
        return {
            OUTPUT: pa.table(
                {
                    "product_key": pa.array([key for key, _ in rows], pa.string()),
                    "product_group": pa.array([label.group_id for _, label in rows], pa.string()),
                    "tier": pa.array([label.tier.value for _, label in rows], pa.string()),
                    "confidence": pa.array([label.confidence for _, label in rows], pa.float64()),
                }
            )
        }


def _texts(features: Features) -> dict[str, str]:
    """What each product is called, else its brand and categories; by its key.

    Raises:
        LakehouseError: the shop has no products with a text.
    """
    from pyspark.sql import functions as f

    text = f.coalesce("product_name", "product_text").alias("description")
    rows = features.table(TABLE).select("product_key", text).orderBy("product_key").toArrow()
    if not rows.num_rows:
        raise LakehouseError(f"No product of {features.shop_id} has a name, brand or category.")
    return {str(row["product_key"]): str(row["description"]) for row in rows.to_pylist()}


def _rules(taxonomy: Taxonomy, read: Sequence[ReadLabel]) -> RuleTier:
    return RuleTier(Rules.read(taxonomy.ids), of_part(read, Part.DEVELOPMENT))


def _tune(
    features: Features,
    training: Training[GroupParameters],
    rules: Mapping[str, GroupLabel],
    taught: Sequence[GroupLabel],
    groups: Sequence[str],
    development: Sequence[ReadLabel],
) -> _Classified:
    """The classifier, and its scope, that do best by the labels to develop with."""
    part, count = Part.DEVELOPMENT.value, training.parameters.feature_count
    _score(training, part, Tier.RULES.value, development, rules)
    descriptions = list(rules)
    candidates: list[tuple[float, Scope, _Classified]] = []
    for settings in training.parameters.classifiers:
        fitted = teach(features.spark, settings, count, groups, taught)
        given = probabilities(features.spark, fitted, descriptions)
        at = _temperature(descriptions, given, groups, development)
        classified = labels(descriptions, calibrated(given, at), groups, settings.name)
        for scope in SCOPES:
            found = in_scope(scope, rules, classified)
            _score(training, part, f"{settings.name}_{scope}", development, found)
            value = macro_f1([label.group_id for label in development], _told(development, found))
            candidates.append((value, scope, _Classified(settings, fitted, at, found)))
    _, scope, best = max(candidates, key=lambda candidate: candidate[0])
    training.chosen = {
        "classifier": best.settings.name,
        "scope": scope,
        "temperature": best.temperature,
    }
    return best


def _temperature(
    descriptions: Sequence[str],
    given: Probabilities,
    groups: Sequence[str],
    development: Sequence[ReadLabel],
) -> float:
    """By the labels of groups that the classifier knows."""
    place = {text: number for number, text in enumerate(descriptions)}
    number = {group: index for index, group in enumerate(groups)}
    usable = [label for label in development if label.group_id in number]
    right = np.array([number[label.group_id] for label in usable], dtype=np.int64)
    return temperature(given[[place[label.description] for label in usable]], right)


def _by_classifier(
    features: Features,
    pipeline: PipelineModel,
    state: Mapping[str, Any],
    rules: Mapping[str, GroupLabel],
) -> dict[str, GroupLabel]:
    """What the loaded classifier tells, in the scope that was chosen."""
    descriptions = list(rules)
    given = calibrated(probabilities(features.spark, pipeline, descriptions), state["temperature"])
    classified = labels(descriptions, given, state["groups"], state["classifier"])
    return in_scope(state["scope"], rules, classified)


def _by_endpoint(
    lake: Lake, taxonomy: Taxonomy, descriptions: Sequence[str]
) -> tuple[dict[str, GroupLabel], list[str]]:
    """What the endpoint tells, and what it cost; nothing without a key, or where it fails.

    Another tier tells what it does not: each row says which one did.
    """
    from lakehouse.console import console

    chat = Chat.from_environment(os.environ, EndpointSettings.read())
    if chat is None:
        return {}, []
    try:
        run = label_by_endpoint(descriptions, taxonomy, chat, Answers.of_file(_answers(lake)))
    except EndpointError as error:
        console.print(f"The endpoint told no groups: {error}", markup=False)
        return {}, [f"The endpoint told no groups: {error}"]
    spending = run.spending
    cost = (
        f"The endpoint {chat.settings.model} told {len(run.labels)} of {len(descriptions)} product "
        f"names, {run.kept_count} of them before; {spending.request_count} requests for "
        f"{spending.cost:.4f} US dollars."
    )
    console.print(cost, markup=False)
    return {label.description: label for label in run.labels}, [cost]


def _answers(lake: Lake) -> Path:
    """Where paid answers are kept."""
    return folder_of_files(lake) / "_answers" / "product_groups.parquet"


def _told(judged: Sequence[ReadLabel], found: Mapping[str, GroupLabel]) -> list[str]:
    return [found[label.description].group_id for label in judged]


def _score(
    training: Training[GroupParameters],
    part: str,
    candidate: str,
    judged: Sequence[ReadLabel],
    found: Mapping[str, GroupLabel],
) -> None:
    actual, told = [label.group_id for label in judged], _told(judged, found)
    right = np.array(actual) == np.array(told)
    stated = np.array([found[label.description].confidence for label in judged])
    training.score(candidate, part, "macro_f1", macro_f1_metric(actual, told))
    training.score(candidate, part, "accuracy", Mean(right.astype(np.float64)))
    training.score(
        candidate, part, "confidence_by_accuracy", Ratio(stated, right.astype(np.float64))
    )


def _f1_by_group(actual: Sequence[str], tiers: Mapping[str, Sequence[str]]) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    for name, told in tiers.items():
        scores = f1_by_group(actual, told)
        figure.add_bar(x=list(scores), y=list(scores.values()), name=name)
    figure.update_layout(title="F1 of each group on the labels to test with", yaxis_title="F1")
    return figure
