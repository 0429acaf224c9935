"""Tell a scene's light again, from sunlit ground alone: it had been told from ground in a cloud's shadow too."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.radiometry import fit_radiometry
from lvgeo.imagery.registered import read_registered
from lvgeo.imagery.sample import Sample, sampled
from lvgeo.imagery.scale import scale_of
from lvgeo.imagery.scene_reader import SceneReader

if TYPE_CHECKING:
    from lvgeo.imagery.fitting import Fitted
    from lvgeo.imagery.jobs import SceneJob
    from lvgeo.imagery.shade import Shade

__all__ = ["fit_sunlit"]


def fit_sunlit(job: SceneJob, fitted: Fitted, shade: Shade, threads: int = 1) -> Fitted:
    """Find how a scene shines beside its baseline, where neither lay in shadow; where it lies stays as it was found.

    Parameters
    ----------
    job
        Which.
    fitted
        As it was told from all of it.
    shade
        Ground that tells nothing of its light.
    threads
        Windows in work at a time; changes nothing but the time.

    Raises
    ------
    InputRefusedError
        If a block cannot be read, or next to no sunlit ground shows at both dates.
    """
    grid, roles, baseline, scene = job.grid, job.model.roles, job.baseline.files, fitted.scene.files
    with ThreadPoolExecutor(threads) as pool:
        with SceneReader(baseline, grid, roles, scale_of(baseline, grid, roles)) as reader:
            before = sampled([reader], baseline, pool, shade)
        with SceneReader(scene, grid, roles, scale_of(scene, grid, roles)) as reader:
            after = [
                Sample.of(one.window, read_registered(reader, one.window, fitted.registration)) for one in before
            ]  # fmt: skip
        both = [one.seen & two.seen for one, two in zip(before, after, strict=True)]
        radiometry = fit_radiometry(
            [one.pixels.values for one in before], [one.pixels.values for one in after], both, pool.map
        ) if before else None  # fmt: skip
    if radiometry is None or not math.isfinite(radiometry.residual_dn):
        raise InputRefusedError(Refusal("light_unknown", file=scene[0].path, feature=job.village_code))
    return replace(fitted, radiometry=radiometry)
