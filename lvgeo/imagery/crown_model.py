"""What a crown looks like, and what images it was learnt from: a small network of plain numbers, kept as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from lvgeo.errors import InputRefusedError, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["FEATURES", "CrownDomain", "CrownModel", "load_crowns", "save_crowns", "span_domain"]

FEATURES: Final = 17
HELD: Final = 4.0  # standard deviations beyond which a feature says no more
SHRUNK: Final = 0.2  # of the correlations, towards none: the labelled images are few
CARD_FILE: Final = "model.json"
MAX_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class CrownDomain:
    """What kind of images the labelled ones are: by how much each feature varies over an image (its spread).

    Parameters
    ----------
    mean
        (17,) of the labelled images' spreads.
    inverse
        (17, 17) inverse of their covariance, shrunk (Ledoit and Wolf 2004), over the number of features.
    reach
        Distance (Mahalanobis 1936) of the labelled image that lies farthest from those of the other places.
    """

    mean: NDArray[np.float64]
    inverse: NDArray[np.float64]
    reach: float

    def distance(self, spread: NDArray[np.float64]) -> float:
        """How unlike the labelled images an image of that spread is."""
        off = spread - self.mean
        return float(np.sqrt(off @ self.inverse @ off))

    def knows(self, spread: NDArray[np.float64]) -> bool:
        """Whether an image is no less like the labelled ones than they are like each other."""
        return bool(np.isfinite(spread).all()) and self.distance(spread) <= self.reach


def span_domain(spreads: NDArray[np.float64], places: Sequence[str]) -> CrownDomain:
    """Learn what kind of images the labelled ones are.

    Parameters
    ----------
    spreads
        (image, 17), from `Crowns.spread`.
    places
        Of each image: its distance is from images of other places.
    """
    named = np.array(places)
    apart = [_spanned(spreads[named != place], 0.0).distance(one) for one, place in zip(spreads, places, strict=True)]
    return _spanned(spreads, max(apart))


def _spanned(spreads: NDArray[np.float64], reach: float) -> CrownDomain:
    sigma = spreads.std(axis=0, ddof=1)
    alike = (1 - SHRUNK) * np.corrcoef(spreads.T) + SHRUNK * np.eye(spreads.shape[1])
    inverse = np.linalg.inv(alike * np.outer(sigma, sigma)) / spreads.shape[1]
    return CrownDomain(spreads.mean(axis=0), inverse, reach)


@dataclass(frozen=True, slots=True, eq=False)
class CrownModel:
    """A network of one hidden layer from features to likeness, 0 to about 1.

    Parameters
    ----------
    mean, scale
        (17,) of the features.
    hidden, hidden_bias
        (17, h) and (h,).
    output, output_bias
        (h,) and a number.
    threshold
        Likeness above which a maximum is a crown.
    domain
        What kind of images it was learnt from.
    card
        Where it is from, and its tallies on places held out.
    """

    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    hidden: NDArray[np.float32]
    hidden_bias: NDArray[np.float32]
    output: NDArray[np.float32]
    output_bias: float
    threshold: float
    domain: CrownDomain
    card: Mapping[str, Any]

    def likeness(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Likeness of features (..., 17)."""
        held = np.clip((features - self.mean) / self.scale, -HELD, HELD)
        within = np.maximum(held @ self.hidden + self.hidden_bias, 0.0)
        found: NDArray[np.float32] = (within @ self.output + self.output_bias).astype(np.float32)
        return found


def save_crowns(model: CrownModel, folder: Path) -> None:
    """Write a model as ``model.json``; the same model gives the same bytes."""
    numbers = {
        "mean": model.mean, "scale": model.scale, "hidden": model.hidden, "hidden_bias": model.hidden_bias,
        "output": model.output,
    }  # fmt: skip
    head = {key: np.round(value.astype(float), 5).tolist() for key, value in numbers.items()}
    head |= {"domain": {
        "mean": np.round(model.domain.mean, 5).tolist(), "inverse": np.round(model.domain.inverse, 5).tolist(),
        "reach": round(model.domain.reach, 4),
    }}  # fmt: skip
    head |= {"output_bias": round(model.output_bias, 5), "threshold": model.threshold, "card": dict(model.card)}
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(head, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / CARD_FILE).write_text(text + "\n", encoding="utf-8")


def load_crowns(folder: Path) -> CrownModel:
    """Read a model's folder.

    Raises
    ------
    InputRefusedError
        If it is not what `save_crowns` wrote.
    """
    try:
        return _load(folder / CARD_FILE)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputRefusedError(Refusal("model_broken", file=str(folder), value=str(error))) from error


def _load(path: Path) -> CrownModel:
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{CARD_FILE}: size")
    head = json.loads(path.read_text(encoding="utf-8"))
    keys = ("mean", "scale", "hidden", "hidden_bias", "output")
    mean, scale, hidden, bias, output = (np.array(head[key], np.float32) for key in keys)
    domain = _domain(head["domain"])
    sound = mean.shape == scale.shape == (FEATURES,) and hidden.shape == (FEATURES, len(bias))
    known = all(np.isfinite(a).all() for a in (mean, hidden, bias, output)) and (scale > 0).all()
    if not sound or output.shape != bias.shape or not known:
        raise ValueError(f"{CARD_FILE}: {', '.join(keys)}")
    return CrownModel(
        mean, scale, hidden, bias, output, float(head["output_bias"]), float(head["threshold"]), domain, head["card"]
    )


def _domain(said: Mapping[str, Any]) -> CrownDomain:
    mean, inverse = (np.array(said[key], np.float64) for key in ("mean", "inverse"))
    if mean.shape != (FEATURES,) or inverse.shape != (FEATURES, FEATURES) or not np.isfinite(inverse).all():
        raise ValueError(f"{CARD_FILE}: domain")
    return CrownDomain(mean, inverse, float(said["reach"]))
