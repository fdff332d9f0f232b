"""What the demo's page shows: the findings of `run_demo` as plain text and numbers for `pages.report`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from referenda import __version__

if TYPE_CHECKING:
    from referenda.law.condition import ConditionFinding
    from referenda.law.finding import Finding
    from referenda.ledger.event import Event
    from referenda.workflows.run_demo import Demo, MeasureShown, VoteShown
    from referenda.workflows.run_petition_demo import PetitionDemo

# Deadlines drawn on the timeline; those of a far election would squeeze the rest and stand among the facts instead.
DRAWN = (
    "comment_period_ends",
    "amendments_end",
    "fiscal_estimate_due",
    "title_and_summary_due",
    "filing_deadline",
    "failed_without_filing",
)
OUTCOMES = {
    "MeasureWithdrawn": ("withdrawn", "plain", "The proponents withdrew it while it was being circulated."),
    "MeasureFailed": ("failed", "bad", "No county reported a petition in time."),
}
NAMES = {"ballots": "Ballots", "yes": "Yes votes", "no": "No votes", "valid": "Valid votes"}
WHOLES = {"registered": "all registered voters", "valid": "all valid votes", "ballots": "all ballots"}


def page_content(found: Demo, verdicts: list[dict[str, Any]], petition: PetitionDemo) -> dict[str, Any]:
    """Gather everything that the page shows."""
    law = found.measures[0].law
    signed = all(verdict["signatures"] == "checked" for verdict in verdicts)
    return {
        "made_on": f"{datetime.now(UTC):%Y-%m-%d}",
        "version": __version__,
        "law": {"name": law.name, "digest": law.digest},
        "cases": [case_words(shown) for shown in found.measures],
        "six": _six(found),
        "petition": _petition(petition),
        "votes": [_vote(shown) for shown in found.votes],
        "records": [_record(verdict) for verdict in verdicts],
        "signatures": "Signatures of the checkpoints were checked too."
        if signed
        else "Signatures were not checked: that needs the library cryptography.",
    }


def case_words(shown: MeasureShown) -> dict[str, Any]:
    """Say one measure: its outcome, facts, moments and the steps of its requirement."""
    from referenda.terms.quantity import shown as number

    case = shown.case
    identifier = case.identifier or case.name
    deadlines = {deadline.name: deadline for deadline in shown.deadlines}
    last = next(event for event in reversed(shown.events) if event.kind in OUTCOMES)
    verdict, style, words = OUTCOMES[last.kind]
    filing, election = deadlines["filing_deadline"], deadlines["election_date"]
    summary = case.dates["official_summary_date"]
    return {
        "anchor": identifier.lower(),
        "name": identifier,
        "title": case.title or (case.received.name if case.received else ""),
        "verdict": f"{verdict} {'' if last.data.get('between') else 'on '}{_day(last)}",
        "style": style,
        "outcome_words": words,
        "requirement": number(shown.requirement.value),
        "dates": f"circulated from {summary}, to be filed by {filing.date:%A} {filing.date}",
        "facts": [
            {"name": "Signatures needed", "value": number(shown.requirement.value)},
            {"name": "Official summary date (day 0)", "value": f"{summary:%a} {summary}"},
            {"name": "Last day to file", "value": f"{filing.date:%a} {filing.date}"},
            {"name": "Election if filed on the last day", "value": f"{election.date:%a} {election.date}"},
        ],
        "moments": [
            *(_event(event, shown) for event in shown.events if event.kind != "RequirementDetermined"),
            *(
                {
                    "day": d.date.isoformat(),
                    "shown_day": f"{d.date:%a} {d.date}",
                    "kind": "deadline",
                    "words": d.about,
                    "why": d.words.replace("_", " "),
                    "cite": d.cite,
                    "sources": [],
                }
                for name in DRAWN
                if (d := deadlines.get(name))
            ),
        ],
        "spans": [(summary.isoformat(), filing.date.isoformat(), f"{filing.days} days to circulate")],
        "caption": "Filled circles happened; squares are deadlines of the law. The table below has the same numbers.",
        "requirement_steps": _steps(shown.requirement),
        "doubts": list(dict.fromkeys(str(e.data["doubt"]) for e in shown.events if e.data.get("doubt"))),
    }


def _event(event: Event, shown: MeasureShown) -> dict[str, Any]:
    """Say one event: its day, or the days between which it lies, what happened, and where that is from."""
    from referenda.petitions.procedure import deeds

    [deed, *_] = deeds(shown.law, shown.case.instrument, event.occurred_on, event.kind)
    why = "it happened"
    if between := event.data.get("between"):
        why = f"it happened between {between[0]} and {between[1]}; the day is not known"
    if late := event.data.get("late"):
        why += f", {late['days']} day{'' if late['days'] == 1 else 's'} late"
    return {
        "day": event.occurred_on.isoformat(),
        "shown_day": _day(event),
        "kind": "outcome" if event.kind in OUTCOMES else "fact",
        "words": _event_words(event, deed.about),
        "why": why,
        "cite": deed.cite,
        "sources": event.data.get("sources") or [],
    }


def _day(event: Event) -> str:
    """Write the day of an event, or the last one possible where it is not known."""
    day = f"{event.occurred_on:%a} {event.occurred_on}"
    return f"by {event.occurred_on}" if event.data.get("between") else day


def _event_words(event: Event, about: str) -> str:
    """Say what happened in this case, where its data say more than the deed's own words."""
    data = event.data
    match event.kind:
        case "MeasureReceived":
            return f"The Attorney General received “{data['name']}” from {', '.join(data['proponents'])}."
        case "MeasureTextSubmitted":
            return "The measure's text was submitted with the request."
        case "VoteScheduled" if data.get("hangs_on"):
            return f"Its text plans a second vote on {data['day']}, if the first passes: {data['rule']}."
        case "VoteScheduled":
            return f"Its text goes to a vote on {data['day']}: {data['rule']}."
        case "MeasureAmended":
            return f"The proponents amended the text; it became {data['text_version']}."
        case "TitleIssued":
            return "The title and summary was issued; circulation may begin (day 0)."
        case "MeasureWithdrawn":
            return f"Withdrawn by {', '.join(data['consent'])}." if data.get("consent") else "Withdrawn."
        case "MeasureFailed" if data["reason"] == "no_filing":
            return "It failed: no county reported a petition."
        case "ProponentsNotified":
            return "The Secretary of State told the proponents and the counties the last day to file."
        case "FiscalEstimateReceived":
            return "The fiscal estimate was received."
    return about


def _steps(finding: Finding) -> list[dict[str, str]]:
    from referenda.terms.quantity import shown as number

    return [
        {"about": step.about or step.name, "words": step.words, "shown": number(step.value), "cite": step.cite}
        for step in finding.steps
    ]


def _six(found: Demo) -> dict[str, Any]:
    from referenda.terms.quantity import shown as number

    six, yuba = found.six_californias, found.yuba.counties[0]
    limits = {limit.upper: limit for limit in six.limits}
    needed = 100 * six.lower_limit.signatures / six.raw_count
    must, did = 100 * six.rest_must_reach / six.raw_rest, 100 * six.rest_reached / six.raw_rest
    rates = [(row.county, float(100 * row.validity_share)) for row in six.rows if row.validity_share is not None]
    return {
        "words": f"{number(six.published_total)} of {number(six.raw_count)} signatures were projected valid, "
        f"{number(six.lower_limit.signatures - six.published_total)} fewer than the 95 percent that would have led "
        f"to a full check. {six.decision_cite} ends the petition there.",
        "parts": [
            (f"{six.counties_known} counties with public figures", six.valid_known),
            ("the others", six.rest_reached),
        ],
        "limits": [
            (limits["full_check"].signatures, "95 %, from here a full check"),
            (six.requirement, "the requirement"),
            (limits["sufficient"].signatures, "above 110 %, enough on the sample"),
        ],
        "count_caption": f"{six.counties_known} of {six.counties} counties have raw count and rate in public sources. "
        f"The others filed {number(six.raw_rest)} signatures; {must:.1f} % of them had to be valid for a full check, "
        f"and the official total leaves {did:.1f} %.",
        "rates": rates,
        "needed_rate": needed,
        "dots_caption": f"{len(rates)} counties with a published rate. The line is what the State needed for a full "
        f"check: {number(six.lower_limit.signatures)} of {number(six.raw_count)}. Open circles are below it.",
        "worked": {
            "county": "Yuba",
            "words": "Two duplicates were first reported, then eight: six more duplicates in a sample of 500 took the "
            "county from 58.8 to 51.1 percent. One more would have cost "
            f"{number(yuba.one_more_duplicate or 0)} of its {number(yuba.count.raw_count)} signatures.",
            "steps": _steps(yuba.finding) if yuba.finding else [],
        },
        "rows": [
            {
                "county": row.county,
                "raw_count": "" if row.raw_count is None else number(row.raw_count),
                "rate": "" if row.validity_share is None else f"{float(100 * row.validity_share):.1f}",
                "projected": "" if row.projected_valid is None else number(row.projected_valid),
            }
            for row in six.rows
        ],
    }


def _petition(found: PetitionDemo) -> dict[str, Any]:
    from referenda.cli.demo_petition import FOLDER, petition_words

    last = found.report.content["certificates"][-1]
    return {
        "title": found.report.content["title"],
        "verdict": last["result"]["decision"],
        "words": petition_words(found),
        "content": found.report.content,
        "links": [
            ["the petition's own page", f"{FOLDER}/report.html"],
            *([f"certificate No. {c.content['number']} (PDF)", f"{FOLDER}/certificate-{c.content['number']}.pdf"]
              for c in found.certificates),
        ],
    }  # fmt: skip


def _vote(shown: VoteShown) -> dict[str, Any]:
    from referenda.terms.quantity import shown as number

    counts = shown.findings[0][1].tally.known()
    return {
        "title": shown.title,
        "source": shown.sources[0],
        "counts": ", ".join(f"{name} {number(value)}" for name, value in counts.items()) + ".",
        "rules": [
            {
                "label": label,
                "text": finding.rule,
                "passed": finding.passed,
                "bars": [bar for c in finding.conditions if (bar := _bar(c, finding.tally.known()))],
                "words": [condition.words for condition in finding.conditions],
            }
            for label, finding in shown.findings
        ],
    }


def _bar(condition: ConditionFinding, quantities: Mapping[str, int | Fraction]) -> dict[str, Any] | None:
    """Draw a condition as a share of its whole; None where it compares other things than a count with a share.

    `yes >= 55% of valid` is one, and so is `yes > no`, which is more than half of the valid votes.
    """
    from referenda.law.condition import share_of
    from referenda.terms.quantity import shown as number

    left, right = condition.condition.left.node, condition.condition.right.node
    if left.op != "name" or condition.left is None:
        return None
    if right.op == "name" and {left.name, right.name} == {"yes", "no"}:
        whole, threshold = "valid", Fraction(1, 2)
    elif (share := share_of(right)) is not None:
        whole, threshold = share.name, share.share
    else:
        return None
    value = condition.left / Fraction(quantities[whole])
    more_than = " more than" if condition.condition.operator == ">" else ""
    return {
        "words": f"{NAMES[left.name]} as a share of {WHOLES[whole]}",
        "value": float(value),
        "value_words": f"{float(100 * value):.2f} %: {number(condition.left)}",
        "threshold": float(threshold),
        "threshold_words": f"needed{more_than} {float(100 * threshold):g} %",
        "met": bool(condition.met),
    }


def _record(verdict: dict[str, Any]) -> dict[str, Any]:
    return {
        "case": verdict["case"],
        "verified": verdict["verified"],
        "message": (verdict["disagreement"] or {}).get("message", ""),
        "events": verdict["events"],
        "findings": len(verdict["findings"]),
        "root": verdict["root"] or "",
        "folder": verdict["folder"],
    }
