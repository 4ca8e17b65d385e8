"""The maximum that is found is the highest, and a fit that has none says so."""

from __future__ import annotations

import numpy as np
import pytest

from lakehouse.errors import LakehouseError
from ml.lifetime.likelihood import maximise
from ml.metrics import Floats


def _bell(centre: Floats, width: Floats, at: Floats) -> tuple[float, Floats]:
    """A normal log-likelihood of the parameters' logarithms, and its gradient."""
    away = (at - centre) / width
    return float(-(away**2).sum() / 2), -away / width


def test_a_normal_likelihood_has_its_own_standard_errors() -> None:
    centre, width = np.array([1.0, -2.0]), np.array([0.5, 3.0])
    found = maximise(lambda at: _bell(centre, width, at), np.ones((1, 2)), count=100)
    assert found.parameters == pytest.approx(np.exp(centre))
    # Of a mean over 100: a tenth of the width, and by the delta method times the parameter.
    assert found.standard_errors == pytest.approx(np.exp(centre) * width / 10, rel=1e-6)
    assert found.at_limit == (False, False)


def test_a_maximum_out_of_reach_is_at_the_limit_and_has_no_standard_error() -> None:
    centre = np.array([50.0, 1.0])
    found = maximise(lambda at: _bell(centre, np.ones(2), at), np.ones((1, 2)), count=100)
    assert found.parameters == pytest.approx(np.exp([10, 1]))
    assert found.at_limit == (True, False)
    assert np.isnan(found.standard_errors).all()


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_of_several_maxima_the_highest_is_taken(order: list[int]) -> None:
    def two_hills(at: Floats) -> tuple[float, Floats]:
        lower = _bell(np.array([-3.0]), np.ones(1), at)
        higher = _bell(np.array([3.0]), np.ones(1), at)
        hills = [(lower[0], lower[1]), (higher[0] + 1, higher[1])]
        return max(hills, key=lambda hill: hill[0])

    starts = np.exp(np.array([[-4.0], [4.0]]))[order]
    found = maximise(two_hills, starts, count=10)
    assert found.parameters == pytest.approx([np.exp(3)], rel=1e-5)
    assert found.log_likelihood == pytest.approx(10)


def test_a_search_that_ends_on_a_slope_is_refused() -> None:
    with pytest.raises(LakehouseError, match="found no maximum"):
        maximise(lambda at: (0.0, np.ones(1)), np.ones((1, 1)), count=10)
