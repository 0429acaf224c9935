"""A month in which a community's image is broken at its head, and others are missing: each is told as what it is."""

import shutil

import lvgeo

BROKEN, GONE, HANDED_IN = "441399001001", "441399001002", "441399001201"


def test_a_broken_image_is_named_first_and_is_not_said_to_be_missing(demo, tmp_path):
    root = tmp_path / "street"
    shutil.copytree(demo.folder, root)
    for image in (root / "imagery" / "2024-09").iterdir():  # of one village only: there is less to judge
        if image.stem != HANDED_IN:
            image.unlink()
    broken = root / "imagery" / "2024-09" / f"{BROKEN}.tif"
    broken.write_bytes(b"II*\0 and no more")
    found = lvgeo.month(root, "2024-09")
    assert found.left_out[0].file == str(broken)
    missing = {one.feature.split(" ")[0] for one in found.left_out if one.code == "scene_missing"}
    assert GONE in missing
    assert not {BROKEN, HANDED_IN} & missing
    told = {row["village_code"]: row["note"] for row in found.rows["compliance"] if row["task"] == "trees"}
    assert "拒收清单" in told[BROKEN]
    assert told[GONE] == "本月没有影像可数"
