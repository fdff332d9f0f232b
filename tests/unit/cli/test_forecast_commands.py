"""`referenda forecast qualify` and `cushion` as typed."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from referenda.cli.app import app

QUALIFY = ["forecast", "qualify", "us/ca", "--instrument", "statute", "--draws", "600"]
SUMMARY = ["--event", "official_summary_date=2025-01-23", "--as-of", "2025-03-24"]
FILED = ["--requirement", "546651", "--as-of", "2025-08-01"]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def forecast(*words: str) -> dict[str, object]:
    found = run(*QUALIFY, *words, "--json")
    assert found.exit_code == 0, found.output
    answer: dict[str, object] = json.loads(found.stdout)
    return answer


def faults(*words: str) -> list[str]:
    found = run(*words)
    assert found.exit_code == 2, found.output
    return [line for line in found.stderr.splitlines() if line.startswith("error: ")]


def test_one_number_is_enough_and_the_law_gives_requirement_and_days() -> None:
    found = forecast(*SUMMARY, "--gathered-so-far", "120000")
    assert found["requirement"] == 546_651
    assert found["inputs"]["deadline"] == "2025-07-22"  # type: ignore[index]
    assert 0 < found["qualifies"] < 1  # type: ignore[operator]
    assert sum(found["outcomes"].values()) == pytest.approx(1)  # type: ignore[attr-defined]


def test_the_same_command_gives_the_same_answer() -> None:
    words = (*FILED, "--raw-count", "760000", "--valid", "7700/10000")
    assert forecast(*words) == forecast(*words)


def test_the_answer_names_its_priors_inputs_seed_and_program() -> None:
    found = forecast(*SUMMARY)
    assert {"gathering", "validity", "validity_of_place", "duplicates"} <= set(found["priors"])  # type: ignore[call-overload]
    assert found["seed"] == 1
    assert found["inputs"]["law"]  # type: ignore[index]
    assert found["program"]


def test_words_for_people_begin_with_the_chance() -> None:
    found = run(*QUALIFY, *FILED, "--raw-count", "900000", "--valid", "8000/10000")
    assert found.exit_code == 0
    assert found.stdout.startswith("It is ")
    assert "with 900,000 signatures filed, the petition qualifies" in found.stdout
    assert "qualifies on the random sample" in found.stdout


def test_a_page_and_pictures_are_written_whole(tmp_path: Path) -> None:
    page, svg, png = tmp_path / "f.html", tmp_path / "f.svg", tmp_path / "f.png"
    words = ("--html", str(page), "--picture", str(svg), "--picture", str(png))
    found = run(*QUALIFY, *SUMMARY, "--gathered-so-far", "90000", *words)
    assert found.exit_code == 0, found.output
    assert "<html" in page.read_text("utf-8")
    assert svg.read_text("utf-8").startswith("<svg")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f.html", "f.png", "f.svg"]


def test_another_kind_of_picture_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    page = tmp_path / "f.html"
    said = faults(*QUALIFY, *FILED, "--raw-count", "700000", "--html", str(page), "--picture", str(tmp_path / "f.gif"))
    assert any("this is no kind of picture" in line for line in said)
    assert not page.exists()


def test_a_place_without_its_law_is_forecast_by_its_history() -> None:
    found = run(*["forecast", "qualify", "us/or", "--requirement", "112020", "--raw-count", "165000", "--draws", "600"])
    assert found.exit_code == 0, found.output
    assert "every line is checked" in found.stdout
    assert faults("forecast", "qualify", "us/or", "--raw-count", "165000") == [
        "error: the number of signatures needed is not known. Give --requirement; the law of this place is not encoded."
    ]


def test_every_contradiction_is_told_at_once(tmp_path: Path) -> None:
    gathered = tmp_path / "gathered.csv"
    gathered.write_text("date,total\n2025-02-01,5000\n2025-02-20,4000\n")
    said = faults(*QUALIFY, *SUMMARY, "--gathered", str(gathered), "--valid", "11/10", "--draws", "x")
    assert len(said) == 3
    assert any("2025-02-20" in line or "4000" in line for line in said)
    assert any("more than all of the lines" in line for line in said)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ((*SUMMARY, "--gathered-so-far", "5", "--valid", "8/10"), "more lines were checked than the 5 gathered"),
        ((*FILED, "--raw-count", "0"), "nothing was filed"),
        (
            (*FILED, "--raw-count", "600000", "--valid", "700000/700000"),
            "more lines were checked than the 600,000 filed",
        ),
        (("--as-of", "2026-01-01", "--event", "official_summary_date=2025-01-23"), "the deadline was 2025-07-22"),
        (("--start", "2025-05-01", "--deadline", "2025-04-01"), "the deadline is not after the first day"),
        ((*FILED,), "the days on which signatures may be gathered are not known"),
        ((*FILED, "--raw-count", "9", "--draws", "12"), "so many draws are not made"),
        ((*FILED, "--raw-count", "9", "--filed", "none.csv"), "--filed and --raw-count say the same"),
    ],
)
def test_nonsense_gets_a_clear_error(words: tuple[str, ...], fault: str) -> None:
    draws = QUALIFY if "--draws" not in words else QUALIFY[:-2]
    assert any(fault in line for line in faults(*draws, *words))


def test_totals_of_the_drive_may_still_be_given_when_it_was_filed_and_its_time_is_over(tmp_path: Path) -> None:
    gathered = tmp_path / "gathered.csv"
    gathered.write_text("date,total\n2025-02-20,300000\n2025-07-22,760000\n")
    words = ("--event", "official_summary_date=2025-01-23", "--as-of", "2025-08-01", "--gathered", str(gathered))
    assert forecast(*words, "--raw-count", "760000")["inputs"]["raw_count"] == 760_000  # type: ignore[index]
    [said] = faults(*QUALIFY, *words)
    assert "the deadline was 2025-07-22, and no raw count is given" in said


def test_the_day_after_the_deadline_asks_for_what_was_filed() -> None:
    [said] = faults(*QUALIFY, "--event", "official_summary_date=2025-01-23", "--as-of", "2025-07-23")
    assert "the deadline was 2025-07-22, and no raw count is given" in said


def test_the_cushion_says_what_certainty_takes_and_costs(tmp_path: Path) -> None:
    words = (
        "forecast",
        "cushion",
        "us/ca",
        "--instrument",
        "statute",
        *FILED,
        "--valid",
        "7700/10000",
        "--draws",
        "500",
    )
    found = run(*words, "--certainty", "0.9", "--cost", "6.50", "--json")
    assert found.exit_code == 0, found.output
    [row] = json.loads(found.stdout)["needed"]
    assert row["by_sample"]["raw_count"] > row["in_the_end"]["raw_count"] > 546_651 / 0.77
    assert row["in_the_end"]["cost"] == pytest.approx(6.5 * row["in_the_end"]["raw_count"])
    page = tmp_path / "c.html"
    shown = run(*words, "--html", str(page))
    assert "on the sample alone" in shown.stdout
    assert "Striking bad lines and duplicates adds no valid signature" in page.read_text("utf-8")
    assert any("not an amount" in line for line in faults(*words, "--cost", "six"))


def test_a_cushion_without_a_sample_says_nothing_of_one(tmp_path: Path) -> None:
    page = tmp_path / "c.html"
    words = ("forecast", "cushion", "us/mi", "--requirement", "340047", "--draws", "500", "--cost", "0")
    shown = run(*words, "--html", str(page))
    assert shown.exit_code == 0, shown.output
    assert "in the end" in shown.stdout
    assert "on the sample" not in shown.stdout
    assert "on the sample" not in page.read_text("utf-8").lower()


def test_page_and_words_name_the_same_number_to_file(tmp_path: Path) -> None:
    page = tmp_path / "c.html"
    words = ("forecast", "cushion", "us/ca", "--requirement", "546651", "--draws", "500", "--cost", "4")
    shown = run(*words, *SUMMARY, "--duplicates", "20/10000", "--certainty", "0.95", "--html", str(page))
    assert shown.exit_code == 0, shown.output
    [number] = re.findall(r"in the end, file ([\d,]+)", page.read_text("utf-8"))
    assert f"{number} (" in shown.stdout
    assert number.endswith("000")
    assert "{" not in page.read_text("utf-8").partition("The inputs of this forecast")[2].partition("</table>")[0]


def test_a_law_that_leaves_its_sample_to_officials_is_forecast_as_a_full_check_and_says_so() -> None:
    found = run("forecast", "qualify", "us/mi", "--requirement", "340047", "--raw-count", "425000", "--draws", "600")
    assert found.exit_code == 0, found.output
    assert "every line is taken as checked" in found.stdout
    assert "random sample" not in found.stdout


def test_lines_drawn_by_chance_say_more_than_lines_that_came_first() -> None:
    def width(*words: str) -> float:
        levels = forecast(*FILED, "--raw-count", "760000", "--valid", "7700/10000", *words)["quantiles"]["valid_share"]  # type: ignore[index]
        return float(levels["0.9"] - levels["0.1"])

    assert width("--random") < width() / 2
    assert any("--random speaks" in line for line in faults(*QUALIFY, *FILED, "--raw-count", "760000", "--random"))
