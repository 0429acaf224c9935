"""Planting is looked for in colour: a village flown without blue has none, and does not end the month."""

from datetime import date
from types import SimpleNamespace

from lvgeo.campaign.settings import CampaignSettings
from lvgeo.monthly import assess

CODE = "441399001201"


def test_a_scene_without_blue_is_not_searched_for_planting(monkeypatch):
    asked_for = []
    monkeypatch.setattr(assess, "is_early", lambda *_: True)
    monkeypatch.setattr(assess, "due_on", lambda *_: date(2024, 1, 1))
    monkeypatch.setattr(assess, "work_job", lambda _bench, code, _asked: asked_for.append(code))
    monkeypatch.setattr(assess, "guarded", lambda *_: {})
    asked = SimpleNamespace(areas={CODE: 1}, asked_on=date(2024, 9, 1), engine="threads")
    for in_colour, wanted in ((True, [CODE]), (False, [])):
        asked_for.clear()
        scene = SimpleNamespace(files=(SimpleNamespace(in_colour=in_colour),))
        bench = SimpleNamespace(
            names={CODE: "A"}, classified=SimpleNamespace(pairs={CODE: SimpleNamespace(scene=scene)})
        )
        found = assess._worked(bench, {CODE: None}, asked, 0.0, CampaignSettings(), [])
        assert asked_for == wanted
        assert [one.word for one in found.values()] == ["cannot_tell" for _ in wanted]
