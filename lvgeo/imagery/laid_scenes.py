"""Lay a scene of several files on its baseline, or a baseline of several on its first, and hold them together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lvgeo.imagery.flight_looks import Look, Table
from lvgeo.imagery.flights import LITTLE
from lvgeo.imagery.jobs import Scales
from lvgeo.imagery.laying import Laid, Laying
from lvgeo.imagery.registration import Registration

if TYPE_CHECKING:
    from lvgeo.imagery.jobs import FilesJob, Scene

__all__ = ["baseline_apart_m", "lay", "lay_baseline"]


def lay(job: FilesJob, whole: Registration, scales: Scales) -> Laid:
    """Lay the files of a scene.

    Parameters
    ----------
    job
        Which.
    whole
        How the scene as handed over lies against the baseline.
    scales
        Digital numbers that become 0 and 255, in the scene and in the baseline.

    Raises
    ------
    InputRefusedError
        If a block cannot be read.
    """
    table, files = Table(job, scales), job.scene.files
    looks = [table.look(file) for file in files]
    known = [k for k, look in enumerate(looks) if look.found]
    anchor = max(known, key=lambda k: len(looks[k].tiles), default=0)
    laying = Laying(table, looks, anchor, whole)
    if not known:
        return laying.laid()
    if whole.refusal or any(laying.better_alone(k) for k in known):
        # Flights lie apart: one registration of them all is a mixture.
        laying.reference = replace(looks[anchor].registration, bend=())
    laying.put(anchor, np.zeros(2), "baseline")
    laying.put_overlapping()
    for k in known:
        if not laying.each[k].by:
            laying.put_on_baseline(k)
            laying.put_overlapping()
    laying.put_unknown(known)
    return laying.laid()


def lay_baseline(job: FilesJob, scales: Scales) -> Laid:
    """Lay the files of a baseline on its first, where they overlap; as `lay`."""
    nowhere = np.zeros((1, 2))
    looks = [Look(Registration(refusal="flat" if k else ""), nowhere, nowhere) for k in range(len(job.scene.files))]
    laying = Laying(Table(job, scales), looks, 0, Registration())
    laying.put(0, np.zeros(2), "baseline")
    laying.put_overlapping()
    laying.put_unknown(())
    return laying.laid()


def baseline_apart_m(job: FilesJob, scene: Scene, registration: Registration, scales: Scales) -> float:
    """How far a file of the baseline clearly lies off where a scene is held against it, 0 where none does.

    Files of a baseline that do not overlap cannot be laid on each other; beside the scene it is seen where they lie.

    Parameters
    ----------
    job, scales
        As `lay` takes them.
    scene, registration
        How the month's scene is read.

    Raises
    ------
    InputRefusedError
        If a block cannot be read.
    """
    if registration.refusal:
        return 0.0
    table = Table(replace(job, scene=job.baseline, baseline=scene), Scales(scales.baseline, scales.scene))
    turned = replace(
        registration,
        row_shift_px=-registration.row_shift_px,
        col_shift_px=-registration.col_shift_px,
        row_estimate_px=-registration.row_estimate_px,
        col_estimate_px=-registration.col_estimate_px,
        bend=tuple(tuple(-c for c in axis) for axis in registration.bend),
    )
    laying = Laying(table, [table.look(file) for file in job.baseline.files], 0, turned)
    whole, worst = job.grid.height * job.grid.width, 0.0
    for k, one in enumerate(laying.each):
        telling = one.look.found and one.part is not None and one.part.height * one.part.width > LITTLE * whole
        if telling and laying.better_alone(k):
            worst = max(worst, one.look.left_px(one.look.read_at(turned, job.grid)))
    return worst * job.grid.ground_pixel_m
