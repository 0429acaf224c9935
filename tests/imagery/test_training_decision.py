"""Threshold and smoothing are chosen where they are not judged, and what cannot be measured is called so."""

import json
import math

import numpy as np
import pytest
from test_trees import labelled

from lvgeo.imagery import training
from lvgeo.imagery.accuracy import estimate_accuracy
from lvgeo.imagery.training import train_trees
from lvgeo.imagery.training_decision import Decision, Held, best_decision, nested_decisions, tallies_of
from lvgeo.imagery.training_sample import LabelledImage, Recipe
from lvgeo.monthly.training import TrainingResult


def held(likely, labels, fold):
    """One image of one row."""
    labels = np.array([labels], np.int8)
    image = LabelledImage(f"p{fold}", "", np.zeros((3, *labels.shape), np.uint8), np.ones(labels.shape, bool), labels)
    return Held(image, np.array([likely], np.float32), np.full(labels.shape, fold, np.int8))


def test_a_fold_is_decided_by_the_others():
    """In the first place canopy begins above 40, in the second above 160; neither may know its own."""
    first = held([30, 50] * 9, [0, 1] * 9, 0)
    second = held([150, 170] * 9, [0, 1] * 9, 1)
    tallies = tallies_of([first, second], 2)
    of_first, of_second = nested_decisions(tallies)
    assert (of_second.threshold, of_second.smooth_px) == (30, 1)
    assert (of_first.threshold, of_first.smooth_px) == (150, 1)
    assert not first.mapped([of_first, of_second]).any()
    assert second.mapped([of_first, of_second]).all()
    assert best_decision(tallies[:1]).canopy(first.likely).tolist() == [[False, True] * 9]


def test_tallies_say_what_a_threshold_calls_canopy():
    rng = np.random.default_rng(0)
    labels = rng.integers(-1, 2, (40, 50)).astype(np.int8)
    image = LabelledImage("a", "", np.zeros((3, 40, 50), np.uint8), rng.random((40, 50)) > 0.1, labels)
    one = Held(image, rng.integers(0, 256, (40, 50)).astype(np.float32), np.zeros((40, 50), np.int8))
    tallies = tallies_of([one], 1)
    for k, smooth_px in enumerate((1, 3, 5, 9)):
        for t, threshold in ((0, 25), (20, 125), (40, 225)):
            called = Decision(smooth_px, threshold).canopy(one.likely) & image.valid
            assert tallies[0, k, t].tolist() == [(called & (labels == label)).sum() for label in (0, 1)]
    assert tallies[0, 0, -1].sum() == (image.valid & (labels >= 0)).sum()


def test_accuracy_is_that_of_the_nested_decisions_and_the_model_is_that_of_all(monkeypatch, tmp_path):
    pytest.importorskip("sklearn", reason="the extra `train` is not installed")
    images = [labelled(k, f"village {k}") for k in range(3)]
    whole = train_trees(images, Recipe(0.6, lights=0))
    monkeypatch.setattr(training, "nested_decisions", lambda tallies: [Decision(1, 255)] * len(tallies))
    none = train_trees(images, Recipe(0.6, lights=0))
    assert none.accuracy.mapped_share == 0
    assert none.model.digest == whole.model.digest
    assert whole.accuracy.iou > 0.8
    # The analyst's choice of ground is no sample: screen and card say so.
    assert any("drawn at random" in line for line in TrainingResult(tmp_path, whole, ()).lines("en"))
    assert "random sample" in whole.model.card["intervals"]


def test_where_no_held_out_ground_has_canopy_its_accuracy_cannot_be_measured(tmp_path):
    """All canopy is marked in one place: without it there is nothing to learn from."""
    pytest.importorskip("sklearn", reason="the extra `train` is not installed")
    images = []
    for k in range(3):
        one = labelled(k, f"village {k}")
        labels = np.where(one.labels == 1, -1, 0).astype(np.int8)
        if k == 0:
            labels[:25, :25] = one.labels[:25, :25]
        images.append(LabelledImage(one.place, "", one.values, one.valid, labels))
    trained = train_trees(images, Recipe(0.6, lights=0))
    found = trained.accuracy
    assert math.isnan(found.recall) and math.isnan(found.recall_half)
    said = TrainingResult(tmp_path, trained, ()).lines("en")
    assert any("recall cannot be measured" in line for line in said)
    assert not any("0.00 ± 0.00" in line or "nan" in line for line in said)
    assert json.loads(json.dumps(trained.model.card, allow_nan=False))["accuracy"]["recall"] is None


def test_nothing_mapped_is_no_precision_of_nought():
    found = estimate_accuracy(np.array([[0, 0], [10, 190]]), 0.0)
    assert math.isnan(found.precision) and found.recall == 0
    assert found.area_share == pytest.approx(0.05)
    for one_class in ([[10, 0], [5, 0]], [[0, 10], [0, 5]]):
        assert math.isnan(estimate_accuracy(np.array(one_class), 0.4).precision)
    unseen = estimate_accuracy(np.array([[0, 0], [10, 190]]), 0.3)
    assert all(math.isnan(v) for v in (unseen.precision, unseen.recall, unseen.iou, unseen.area_share, unseen.overall))


@pytest.mark.parametrize(
    ("told", "half"), [("recall", "recall_half"), ("overall", "overall_half"), ("area_share", "area_half")]
)
def test_a_half_width_is_that_of_repeated_samples(told, half):
    """Strata of 200 drawn 4000 times from a map that is known: the spread told is the spread found, within 5 %."""
    rng = np.random.default_rng(1)
    hits, missed = rng.binomial(200, 0.8, 4000), rng.binomial(200, 0.1, 4000)
    every = [estimate_accuracy(np.array([[h, 200 - h], [m, 200 - m]]), 0.3) for h, m in zip(hits, missed, strict=True)]
    spread = np.std([getattr(one, told) for one in every]) * 1.959964
    assert np.mean([getattr(one, half) for one in every]) == pytest.approx(spread, rel=0.05)
