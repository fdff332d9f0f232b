"""The demo's petition: run it, have every paper checked by a second program, say it in a few lines and on a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from referenda import __version__

if TYPE_CHECKING:
    from referenda.ledger.checkpoint import SigningKey
    from referenda.linkage.engine import Engine
    from referenda.workflows.run_petition_demo import PetitionDemo

FOLDER = "petition"
Check = Callable[[Path, Path | None], dict[str, Any]]


def run_petition(folder: Path, key: SigningKey, said: Callable[[str], None]) -> PetitionDemo:
    """Run the petition of an invented county in the demo's folder."""
    from referenda.assembly import law_of, open_store
    from referenda.formats.keyed_lines import read_keyed_lines
    from referenda.formats.voter_file import open_voter_file
    from referenda.workflows.run_petition_demo import COUNTY, PLACE, Tools, run_petition_demo

    tools = Tools(
        open_store,
        lambda path, counts: read_keyed_lines(path, county=COUNTY, sections=counts),
        lambda path: open_voter_file([path]),
        _engine,
    )
    own = folder / FOLDER
    own.mkdir()
    return run_petition_demo(own, folder / "records", key, law_of(PLACE), tools, said)


@contextmanager
def _engine() -> Iterator[Engine]:
    from referenda.assembly import matching_engine

    engine = matching_engine("duckdb", memory_bytes=1 << 30)
    try:
        yield engine
    finally:
        engine.close()


def write_petition(found: PetitionDemo, folder: Path, check: Check) -> list[dict[str, Any]]:
    """Write certificates, receipts and the petition's page; give what the checker said of each paper."""
    from referenda.pages.certificate import render_certificate
    from referenda.pages.petition import render_petition
    from referenda.workflows.run_petition_demo import write_petition_files

    papers = write_petition_files(found, folder / FOLDER, render_certificate)
    verdicts = [{"paper": str(paper), **check(found.record.folder, paper)} for paper in papers]
    report, clerks = found.report, found.clerks
    errors = clerks.errors
    names = [f"certificate-{number + 1}.pdf" for number in range(len(found.certificates))]
    beside = {
        "clerks": "These clerks are invented and their errors known. Of 1,000 signatures in order a look rejects "
        f"{1000 * errors.rejects_valid:.0f}; of 100 forged ones it accepts {100 * errors.accepts_forged:.0f}, and "
        f"{100 * errors.accepts_other:.0f} of 100 others that do not count and look like a voter's. "
        f"Of {clerks.looks:,} looks {clerks.wrong:,} were wrong, and {clerks.standing_wrong:,} errors stand. In truth "
        f"{found.valid_in_truth:,} signatures are valid.",
        "files": [(name, name) for name in (*names, *(paper.name for paper in papers))],
        "check": [f"python -m referenda_verify {found.record.folder} --receipt {paper}" for paper in papers[1:3]],
        "verdicts": [(Path(v["paper"]).name, v["verified"], _verdict(v)) for v in verdicts],
    }
    page = render_petition(
        report.content,
        limits=report.quality.funnel.limits if report.quality else None,
        made_on=f"{datetime.now(UTC):%Y-%m-%d}",
        version=__version__,
        beside=beside,
    )
    (folder / FOLDER / "report.html").write_text(page, encoding="utf-8")
    return verdicts


def _verdict(verdict: dict[str, Any]) -> str:
    """Say what the checker found of a paper."""
    found = verdict["receipt"]
    if not verdict["verified"] or found is None:
        return str((verdict["disagreement"] or {}).get("message", ""))
    if "certificate" in found:
        amended = "" if found["newest"] else ", amended since"
        return f"certificate No. {found['certificate']}, event {found['position']}{amended}"
    decision = (found["decision"] or "not decided").replace("_", " ")
    reason = f": {found['reason'].replace('_', ' ')}" if found["reason"] else ""
    return f"line {found['identity']} stands under the root as keyed; decided {decision}{reason}"


def petition_words(found: PetitionDemo) -> list[str]:
    """Say the petition in a few lines."""
    content = found.report.content
    sample, full = content["decided"]
    projection, estimate = content["projection"], content["projection"]["estimate"]
    looks, last, matched = full["second_looks"], content["certificates"][-1], content["matched"]
    twice = "1 duplicate" if sample["duplicates"] == 1 else f"{sample['duplicates']:,} duplicates"
    between = f"{100 * looks['low']:.1f} to {100 * looks['high']:.1f}"
    return [
        f"{content['requirement']:,} valid signatures needed, {content['raw_count']:,} filed; "
        f"{matched['signers']:,} signers found on more than one line on the first day",
        f"sample of {sample['lines']:,} by public dice (picked here so that a duplicate falls in): "
        f"{sample['valid']:,} valid, {twice}; the law projects "
        f"{projection['projected_valid']:,}: {projection['decision'].replace('_', ' ')}",
        f"unbiased estimate beside it: {estimate['valid']:,.0f}, between {estimate['low']:,.0f} and "
        f"{estimate['high']:,.0f}",
        f"every line decided by a named clerk: {full['valid']:,} valid; {looks['count']:,} of {looks['of']:,} blind "
        f"second looks differed ({100 * looks['share']:.1f} %, interval {between})",
        f"certificate No. {last['number']} amends No. {last['amends']['number']} after a late decision: "
        f"{last['valid']:,} valid, {last['result']['decision']}",
    ]


def petition_dict(found: PetitionDemo, verdicts: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the petition for JSON."""
    content = {key: value for key, value in found.report.content.items() if key != "quality"}
    return {**content, "clerks": {**vars(found.clerks), "errors": vars(found.clerks.errors)},
            "valid_in_truth": found.valid_in_truth, "papers": verdicts}  # fmt: skip
