"""check, compare, month, calibrate, train: the one place where the stages are wired together."""

from __future__ import annotations

from lvgeo.monthly.calibration import Calibrated, calibrate
from lvgeo.monthly.comparison import Comparison, compare
from lvgeo.monthly.due import DueList, due
from lvgeo.monthly.explanation import Explanation, explain
from lvgeo.monthly.polygons import check
from lvgeo.monthly.redraw import DrawnMap, draw_map
from lvgeo.monthly.results import Result
from lvgeo.monthly.supervision import month
from lvgeo.monthly.training import TrainingResult, train
from lvgeo.monthly.training_asked import Sampling

__all__ = [
    "Calibrated",
    "Comparison",
    "DrawnMap",
    "DueList",
    "Explanation",
    "Result",
    "Sampling",
    "TrainingResult",
    "calibrate",
    "check",
    "compare",
    "draw_map",
    "due",
    "explain",
    "month",
    "train",
]
