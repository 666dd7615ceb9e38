"""The command `doctor`: why the hub does not take a request, in plain words."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from exchange import clock
from exchange.client.doctor import capture, diffing, examining, identity, visiting
from exchange.client.doctor.findings import Finding, Report
from exchange.client.doctor.identity import Identity
from exchange.client.folder import Folder
from exchange.domain.errors import Refusal
from exchange.wire.encoding import read_json

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_BUILDERS = {"ours": "the base that the hub would build", "yours": "your base", "hub": "the base that the hub built"}


@click.command("doctor")
@click.option("--folder", type=click.Path(path_type=Path), help="Folder of the authority's keys.")
@click.option("--sandbox", type=_FILE, help="sandbox.json, instead of a folder; needs --authority.")
@click.option("--authority", metavar="SLUG", help="Which authority of the sandbox.")
@click.option("--request", type=_FILE, help="A raw HTTP/1.1 request, as your client sent it.")
@click.option("--base", type=_FILE, help="The signature base that your client built for it.")
@click.option("--send", is_flag=True, help="Also send that request to the hub, as it stands.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor_command(*, request: Path | None, base: Path | None, send: bool, as_json: bool, **who: Any) -> None:  # noqa: ANN401 -- click converts them
    """Tell why the hub does not take your requests.

    Without --request it asks the hub who you are to it: reached or not, clocks, keys, sequence. With --request it does
    what the hub does to that request, step by step, and shows the signature base and where yours differs. It prints no
    body of a message and no private key. It ends with 0 when all is well and with 1 when something is wrong.
    """
    if request is None and (base is not None or send):
        raise click.UsageError("--base and --send need --request.")
    try:
        mine = _identity(**who)
        report = visiting.visit(mine, clock.now) if request is None else _examined(mine, request, base, send=send)
    except (identity.NotUsable, capture.NoRequest) as reason:
        raise click.ClickException(str(reason)) from None
    if as_json:
        click.echo(json.dumps({"authority": mine.urn, "base_url": mine.base_url, **report.as_json()}, indent=2))
    else:
        click.echo("\n".join(_page(mine, report)))
    sys.exit(0 if report.well else 1)


def _identity(folder: Path | None, sandbox: Path | None, authority: str | None) -> Identity:
    if (folder is None) == (sandbox is None) or (sandbox is None) != (authority is None):
        raise click.UsageError("Give --folder, or --sandbox with --authority.")
    if folder is not None:
        return identity.of_folder(Folder(folder))
    try:
        described = read_json(sandbox.read_bytes()) if sandbox else None
    except Refusal:
        described = None
    return identity.of_sandbox(described if isinstance(described, dict) else {}, authority or "")


def _examined(mine: Identity, request: Path, base: Path | None, *, send: bool) -> Report:
    captured = capture.read(request.read_bytes(), mine.base_url)
    report = examining.examine(mine, captured, base.read_bytes() if base else None, clock.now())
    if send:
        visiting.send(mine, captured.request, report)
    return report


def _page(mine: Identity, report: Report) -> Iterator[str]:
    yield f"{mine.urn} at {mine.base_url}"
    yield ""
    for finding in report.findings:
        yield from _lines(finding)
    yield ""
    reference = report.bases.get("hub", report.bases.get("ours"))
    differs = reference is not None and report.bases.get("yours", reference) != reference
    for builder, text in report.bases.items():
        if builder != "yours" or not differs:
            yield f"{_BUILDERS[builder]}:"
            yield from (f"  {diffing.visible(line)}" for line in text.split("\n"))
            yield ""
    if reference is not None and differs:
        yield "line by line (· is a space at the end, ␍ a carriage return, ⍽ a no-break space):"
        yield from diffing.side_by_side(reference, report.bases["yours"])
        yield ""
    count = sum(not finding.ok for finding in report.findings)
    yield "All is well." if report.well else f"{count} of {len(report.findings)} are wrong. Mend the first one first."


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{'ok   ' if finding.ok else 'WRONG'}  {finding.name:<11} {finding.words}"
    if finding.next_step:
        yield f"{'':19}-> {finding.next_step}"
    if finding.code:
        yield f"{'':19}-> docs/errors.md, {finding.code}"
