"""A post is judged by what its file, its words and its performer really are."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from elite8.core.config import RULES, Config
from elite8.core.domain.network import compose
from elite8.core.domain.rendition import Rendition
from elite8.core.domain.rule import Verdict
from elite8.core.domain.video import Video
from elite8.core.errors import Refused
from elite8.core.operations import gate, signing
from elite8.core.operations.library import find
from elite8.core.platforms import instagram, tiktok, youtube
from elite8.core.studio import Studio
from tests.films import lay

pytestmark = pytest.mark.media


@dataclass(frozen=True, kw_only=True)
class Scene:
    studio: Studio
    video: Video
    ready: Rendition

    def blocks(self, to: str = "tiktok", **more: Any) -> set[str]:
        found = gate.verdicts(self.studio, self.video, self.ready, to, **more)
        return {said.rule for said in found if said.verdict == "block"}

    def saying(self, text: str) -> "Scene":
        return replace(self, ready=worded(self.studio, self.ready, text))


def worded(studio: Studio, ready: Rendition, text: str) -> Rendition:
    owed = studio.config.disclosure.words("en")
    rules = studio.config.social.networks["tiktok"]
    tags = (owed.caption_tag, "VTuber")
    return replace(
        ready, wording=compose(text, ready.wording.title, owed.caption_sentence, tags, rules)
    )


@pytest.fixture
def scene(studio: Studio, clock: Any, filmed: Path) -> Scene:
    lay(filmed, studio.settings.state_dir)
    video = find(studio, "latest")
    clock.now = video.created_at
    ready = Rendition(
        post_id="p",
        video_id=video.id,
        character=video.character_id,
        folder="x",
        video=Path(video.path),
        cover=Path(video.cover),
        sha256=video.sha256,
        wording=compose("", video.title, "x", ("AI",), studio.config.social.networks["tiktok"]),
        facts={"ai_generated": True},
    )
    assert video.language == "en"
    return Scene(studio=studio, video=video, ready=worded(studio, ready, "Rain on a street"))


@pytest.mark.parametrize("to", ["tiktok", "instagram", "youtube", "outbox"])
def test_a_finished_video_with_its_words_may_go_anywhere(scene: Scene, to: str) -> None:
    found = gate.verdicts(scene.studio, scene.video, scene.ready, to)
    gate.refuse(found)
    assert {said.verdict for said in found} <= {"pass", "warn", "note"}
    assert {f"{to}-own-seconds", f"{to}-own-hashtags"} <= {said.rule for said in found}


def test_the_file_itself_is_measured(scene: Scene) -> None:
    found = gate.facts(scene.studio, scene.video, scene.ready, "tiktok")
    assert (found.width, found.height, found.fps) == (1080, 1920, 30)
    assert found.seconds == pytest.approx(3, abs=0.5)
    assert found.size_bytes == scene.ready.video.stat().st_size
    assert (found.rating, found.age, found.ai_flag) == ("sfw", 22, True)


def test_a_file_without_its_marks_is_blocked(scene: Scene, tmp_path: Path) -> None:
    changed = bytearray(scene.ready.video.read_bytes())
    changed[len(changed) // 2] ^= 1
    spoilt = tmp_path / "spoilt.mp4"
    spoilt.write_bytes(changed)
    assert replace(scene, ready=replace(scene.ready, video=spoilt)).blocks() == {"ai-marks"}


@pytest.mark.parametrize("older", [False, True])
def test_the_signing_key_is_made_beside_other_keys_and_an_older_one_stays(
    studio: Studio,
    older: bool,
) -> None:
    keys = studio.settings.state_dir / "keys"
    keys.mkdir(parents=True)
    made = signing.signing_key(studio)
    if older:
        for file in (keys / "signing").iterdir():
            file.rename(keys / file.name)
    (keys / "tokens.key").write_text("of the sign-ins")
    assert signing.signing_key(studio) == made


def test_a_file_that_is_gone_is_refused(scene: Scene, tmp_path: Path) -> None:
    gone = replace(scene.ready, video=tmp_path / "gone.mp4")
    with pytest.raises(Refused, match=r"gone\.mp4 is gone"):
        gate.verdicts(scene.studio, scene.video, gone, "tiktok")


def test_words_and_flag_that_say_no_ai_are_blocked(scene: Scene) -> None:
    silent = replace(scene.ready.wording, caption="Rain", hashtags=())
    quiet = replace(scene.ready, wording=silent, facts={})
    assert replace(scene, ready=quiet).blocks() == {"ai-caption"}


@pytest.mark.parametrize(
    ("to", "payload", "unflagged"),
    [
        ("youtube", (youtube, "metadata"), {"status": {"containsSyntheticMedia": False}}),
        ("tiktok", (tiktok, "post_info"), {"is_aigc": False}),
        ("instagram", (instagram, "container"), {}),
    ],
)
def test_what_is_sent_without_the_networks_flag_is_blocked(
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    to: str,
    payload: tuple[object, str],
    unflagged: dict[str, object],
) -> None:
    monkeypatch.setattr(*payload, lambda *_: unflagged)
    found = gate.verdicts(scene.studio, scene.video, scene.ready, to)
    assert "ai-flag" in {said.rule for said in found if said.verdict == "block"}


def test_the_ai_words_of_another_language_do_not_do(scene: Scene) -> None:
    scene.video.language = "de"
    assert scene.blocks() == {"ai-caption"}


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("a schoolgirl sings", {"no-minor-words"}),
        ("see fansly dot com", {"no-adult-links"}),
        ("#ad bit.ly/3x", {"no-short-links"}),
        ("https://example.org", {"ad-elsewhere"}),
    ],
)
def test_words_that_may_not_go_out_are_blocked(scene: Scene, text: str, blocks: set[str]) -> None:
    assert scene.saying(text).blocks() == blocks


def test_advertising_needs_the_label_of_its_region(scene: Scene) -> None:
    selling = replace(scene, ready=replace(scene.ready, promotes="own"))
    assert selling.blocks() == {"ad-elsewhere"}
    assert selling.blocks(regions=["US"]) == {"us-ad"}
    assert selling.saying("Werbung: Regen").blocks(regions=["DE"]) == set()


def test_a_rule_of_the_operator_s_own_counts(scene: Scene, edited_config: Any) -> None:
    folder = edited_config(RULES, '"rules": [', f'"rules": [{OWN},')
    studio = replace(scene.studio, config=Config(folder))
    assert replace(scene, studio=studio).blocks() == {"short-enough"}


OWN = """{"id": "short-enough", "check": "within_limits", "severity": "block", "what": "seconds",
"most": 2, "reason": "nothing over two seconds", "source": "mine", "as_of": "2026-11-23",
"confidence": "confirmed"}"""


def said(rule: str, verdict: Any) -> Verdict:
    return Verdict(
        rule=rule, verdict=verdict, reason=f"{rule} why", source="page", as_of=date(2026, 11, 23)
    )


def test_every_block_is_named_with_its_reason_and_source() -> None:
    with pytest.raises(Refused) as refused:
        gate.refuse([said("one", "block"), said("two", "warn"), said("three", "block")])
    assert str(refused.value) == (
        "it does not go out: one: one why [page, 2026-11-23]; three: three why [page, 2026-11-23]"
    )


def test_what_is_no_block_refuses_nothing() -> None:
    passing: list[Any] = ["pass", "warn", "note"]
    with pytest.raises(Refused) as refused:
        gate.refuse([*(said("other", verdict) for verdict in passing), said("one", "block")])
    assert "other" not in str(refused.value)
