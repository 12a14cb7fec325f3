"""Drawn runs of every profile agree; what fails is shrunk and can be replayed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from consensus_engine.errors import ProfileError
from consensus_engine.simulation.campaign import Campaign, percentile, run_seeds, shrink
from consensus_engine.simulation.checker import Verdict
from consensus_engine.simulation.mutants import MUTANTS, planted
from consensus_engine.simulation.plan import draw_plan
from consensus_engine.simulation.profile import PROFILES, load_profile
from consensus_engine.simulation.world import run_plan
from wattdag.cli.sim import app


@pytest.mark.parametrize(
    ("profile", "validators", "seeds"),
    [
        ("mixed", 4, range(3)),
        ("mixed", 5, range(1)),
        ("mixed", 7, range(128, 129)),
        ("byzantine", 4, range(4)),
        ("twins", 6, range(2)),
        ("wiped", 4, range(3)),
        ("restarts", 4, range(2)),
    ],
)
def test_drawn_runs_agree(profile: str, validators: int, seeds: range) -> None:
    """Every run of these seeds ends in AGREED; long campaigns take more of them."""
    results = list(run_seeds(load_profile(profile), validators, seeds))

    assert [(each.plan.seed, each.verdict.value) for each in results] == [(s, "AGREED") for s in seeds]


@pytest.mark.parametrize(("profile", "bound"), [("settled", 1), ("crashed", 2), ("equivocating", 2)])
def test_latency_is_three_delays_for_leaders_and_four_for_others(profile: str, bound: int) -> None:
    """Without faults 3 and 4 message delays; with two of seven faulty no worse than twice that."""
    campaign = Campaign()
    short = replace(load_profile(profile), warm_up_ms=7_000, duration_ms=2_000)
    campaign.add(run_plan(draw_plan(short, 7, 0)))

    assert percentile(campaign.leader_tenths, 99) <= 3 * bound  # type: ignore[operator]
    assert percentile(campaign.other_tenths, 50) <= 4 * bound  # type: ignore[operator]


def test_failing_run_is_shrunk_to_the_faults_that_matter() -> None:
    """With a planted bug, most faults of a failing plan can go and the verdict stays."""
    mutant = next(each for each in MUTANTS if each.name == "amnesia-off")
    plan = draw_plan(load_profile("wiped"), 4, 1)
    with planted(mutant):
        assert run_plan(plan).verdict is Verdict.DIVERGED
        result = shrink(plan)

    assert result.verdict is Verdict.DIVERGED
    assert len(result.plan.faults) < len(plan.faults)
    assert result.trace


def test_campaign_prints_the_documented_json() -> None:
    """Verdict counts, failing seeds and latencies, and nothing else on standard output."""
    arguments = ["run", "--validators", "4", "--seeds", "0:2", "--profile", "byzantine", "--json", "-"]
    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["verdicts"] == {"AGREED": 2, "NO_PROGRESS": 0, "DIVERGED": 0}
    assert document["failing_seeds"] == []
    assert set(document["latency_delays"]) == {"p50", "p99"}


def test_failing_campaign_prints_the_command_that_replays_it(tmp_path: Path) -> None:
    """More members are absent than the committee bears: the seed fails, and the command names it."""
    file = tmp_path / "broken.toml"
    file.write_text('base = "steady"\nduration_ms = 3000\nloss_percent = [100, 100]\nprogress_ms = 1000\n')

    result = CliRunner().invoke(app, ["run", "--validators", "4", "--seeds", "7:8", "--profile", str(file)])

    assert result.exit_code == 1
    assert "wattdag sim run --validators 4 --seeds 7:8" in result.stderr.replace("\n", " ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("nonsense = 1", "nonsense is no field"),
        ("delay_ms = [9, 3]", "must be a list of two rising integers"),
        ("delay_ms = 5", "must be a list of two rising integers"),
        ("crashes_max = true", "must be an integer"),
        ("epochs_repeat = 1", "must be true or false"),
        ('behaviours = ["kind"]', "takes a list of silent"),
        ('base = "other"', "base is 'other'"),
        ("duration_ms = -4", "must be 0 to 3600000"),
        ("= 3", "is not TOML"),
    ],
)
def test_profile_file_with_a_mistake_is_refused(tmp_path: Path, content: str, message: str) -> None:
    """The error names the file, the field and what it must be."""
    file = tmp_path / "profile.toml"
    file.write_text(content)

    with pytest.raises(ProfileError, match=message):
        load_profile(str(file))


def test_unknown_profile_is_refused_with_the_known_names() -> None:
    """Neither a name nor a file."""
    with pytest.raises(ProfileError, match="neither a profile \\(steady, "):
        load_profile("nowhere")


def test_profile_file_changes_its_base(tmp_path: Path) -> None:
    """A file names a profile and the fields that differ."""
    file = tmp_path / "calm.toml"
    file.write_text('base = "mixed"\nbyzantine_max = "F"\nbehaviours = ["twins"]\nloss_percent = [1, 2]\n')

    profile = load_profile(str(file))

    assert (profile.name, profile.byzantine_max, profile.loss_percent) == ("calm", None, (1, 2))
    assert profile.gc_depth == PROFILES["mixed"].gc_depth


@pytest.mark.parametrize("seeds", ["5", "5:5", "9:3", "a:b"])
def test_seeds_of_a_wrong_form_are_refused(seeds: str) -> None:
    """Two rising numbers, or exit code 2."""
    assert CliRunner().invoke(app, ["run", "--seeds", seeds]).exit_code == 2
