"""campaign.toml: written from the settings, read to equal settings, refused by name where it is wrong."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from pydantic import BaseModel, ValidationError

from lvgeo.campaign.read import SETTINGS_FILE, parse_settings, read_settings
from lvgeo.campaign.settings import CampaignSettings
from lvgeo.campaign.toml import settings_toml
from lvgeo.errors import InputRefusedError

HARD = {
    "campaign": {"name": '引号"与反斜杠\\和\t制表符', "language": "en", "seed": 7},
    "inputs": {"plots": ["plots", "更多地块"], "columns": {"plot_id": "地块编号", "带 空格": 'a"b'}},
    "land": {"village_min_area_mu": 2.5},
    "imagery": {"baseline_by_village": {"441302001201": "2023-11"}},
    "lagging": {"work_evidence": False, "rule": "either"},
    "growth": {"spacing_m": [2.5, 3.0], "fast": {"crown_m": [0.4, 0.5]}},
    "milestones": {"planted": date(2024, 3, 15)},
    "villages": {"demonstration": []},
}


def refusals(words, file="campaign.toml"):
    with pytest.raises(InputRefusedError) as refused:
        parse_settings(words, file)
    assert refused.value.exit_code == 3
    return refused.value.refusals


@pytest.mark.parametrize("words", [{}, HARD], ids=["defaults", "hard"])
def test_settings_survive_being_written_and_read(words, tmp_path):
    settings = parse_settings(words)
    (tmp_path / SETTINGS_FILE).write_text(settings_toml(settings), "utf-8")
    assert read_settings(tmp_path) == settings


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    """Editors on Windows put one there."""
    (tmp_path / SETTINGS_FILE).write_text(settings_toml(CampaignSettings()), "utf-8-sig")
    assert read_settings(tmp_path) == CampaignSettings()


def test_an_empty_file_is_all_defaults(tmp_path):
    (tmp_path / SETTINGS_FILE).touch()
    assert read_settings(tmp_path) == CampaignSettings()


def test_the_file_shows_every_key():
    def keys(table):
        return {
            k: keys(getattr(table, k)) if isinstance(getattr(table, k), BaseModel) else 0
            for k in type(table).model_fields
        }

    def shown(words, like):
        return {k: shown(v, like[k]) if isinstance(like[k], dict) else 0 for k, v in words.items()}

    wanted = keys(CampaignSettings())
    assert shown(tomllib.loads(settings_toml(CampaignSettings())), wanted) == wanted


def test_the_plan_stands_in_the_defaults():
    """2 mu a village, 150 trees a community, planted by the end of February 2024, two months running."""
    settings = CampaignSettings()
    assert (settings.land.village_min_area_mu, settings.land.community_min_trees) == (2.0, 150)
    assert settings.milestones.planted == date(2024, 2, 29)
    assert settings.milestones.demonstration_planted == date(2024, 2, 5)
    assert (settings.lagging.streak_months, settings.lagging.reply_days) == (2, 7)
    assert settings.growth.survival == 0.85


@pytest.mark.parametrize(
    ("words", "named", "nearest"),
    [
        ({"campain": {}}, "campain", "campaign"),
        ({"lagging": {"planting_grace": 10}}, "lagging.planting_grace", "planting_grace_days"),
        ({"land": {"village_min_area": 2}}, "land.village_min_area", "village_min_area_mu"),
        ({"growth": {"fast": {"crown": [1, 2]}}}, "growth.fast.crown", "crown_m"),
        ({"species": {"growth": {"quick": []}}}, "species.growth.quick", None),
        ({"埔心": 1}, "埔心", None),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(words, named, nearest):
    (refusal,) = refusals(words)
    assert (refusal.code, refusal.file, refusal.value) == ("setting_unknown", "campaign.toml", named)
    assert nearest is None or refusal.limit == nearest
    assert named in refusal.sentence("zh")
    assert named in refusal.sentence("en")


def test_every_fault_is_listed():
    found = refusals({"lagging": {"confidence": 2.0, "rul": "peers"}, "imagery": {"baseline": "2024-1"}})
    assert sorted(one.feature or one.value for one in found) == [
        "imagery.baseline",
        "lagging.confidence",
        "lagging.rul",
    ]


@pytest.mark.parametrize(
    "words",
    [
        {"land": {"village_min_area_mu": 0}},
        {"land": {"max_prior_canopy_share": 1.2}},
        {"land": {"repair": "guess"}},
        {"imagery": {"baseline": "2024-13"}},
        {"imagery": {"baseline_by_village": {"441302001201": "Januar"}}},
        {"lagging": {"confidence": 0.5}},
        {"lagging": {"min_control_villages": 2}},
        {"lagging": {"reply_days": -1}},
        {"milestones": {"planted": "29. Februar"}},
        {"campaign": {"language": "fr"}},
        {"campaign": "绿美"},
    ],
)
def test_a_value_out_of_its_range_is_refused_by_name(words):
    (refusal,) = refusals(words)
    ((table, keys),) = words.items()
    assert refusal.code == "setting_wrong"
    assert refusal.feature.startswith(f"{table}.{next(iter(keys))}" if isinstance(keys, dict) else table)
    assert refusal.feature in refusal.sentence("zh")
    assert refusal.value in refusal.sentence("zh")


@pytest.mark.parametrize("last", [0.02 + 1e-4, 0.02 - 1e-4, 0.5])
def test_month_weights_must_sum_to_one(last):
    weights = [*CampaignSettings().growth.month_weights[:-1], last]
    (refusal,) = refusals({"growth": {"month_weights": weights}})
    assert refusal.feature == "growth"
    assert "month_weights" in refusal.limit


@pytest.mark.parametrize("count", [11, 13])
def test_a_year_has_twelve_weights(count):
    (refusal,) = refusals({"growth": {"month_weights": [1 / count] * count}})
    assert refusal.feature == "growth.month_weights"


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        CampaignSettings().land.village_min_area_mu = 1.0


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputRefusedError) as refused:
        read_settings(tmp_path)
    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.value) == ("file_missing", str(tmp_path / SETTINGS_FILE))


@pytest.mark.parametrize("content", [b"[campaign", "name = '绿美'".encode("gbk"), b"[land]\na = 1\na = 2\n"])
def test_what_is_no_toml_is_refused(tmp_path, content):
    (tmp_path / SETTINGS_FILE).write_bytes(content)
    with pytest.raises(InputRefusedError) as refused:
        read_settings(tmp_path)
    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.file) == ("settings_broken", str(tmp_path / SETTINGS_FILE))


def _tables(model, path=()):
    yield path, model
    for key, one in model.model_fields.items():
        if isinstance(one.annotation, type) and issubclass(one.annotation, BaseModel):
            yield from _tables(one.annotation, (*path, key))


@pytest.mark.parametrize(
    ("path", "table"), list(_tables(CampaignSettings)), ids=lambda one: ".".join(one) if isinstance(one, tuple) else ""
)
def test_a_mistyped_key_of_every_table_is_refused_with_the_key_it_was_meant_to_be(path, table):
    for key in table.model_fields:
        words = {f"{key}x": 1}
        for part in reversed(path):
            words = {part: words}
        with pytest.raises(InputRefusedError) as caught:
            parse_settings(words)
        (refusal,) = [one for one in caught.value.refusals if one.code == "setting_unknown"]
        assert (refusal.value, refusal.limit) == (".".join((*path, f"{key}x")), key)


def test_a_voltage_that_is_none_is_refused_where_it_is_written():
    with pytest.raises(InputRefusedError) as caught:
        parse_settings({"land": {"power_line_m": {"high": 5.0}}})
    assert "power_line_m" in caught.value.refusals[0].feature
