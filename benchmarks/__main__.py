"""The command: `python -m benchmarks [--only NAME …] [--rounds N] [--no-peers] [--output FILE]`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from benchmarks import machine
from benchmarks.bench import ROOT, Bench, ProgramError
from benchmarks.parts import PARTS
from benchmarks.table import Row, Section, markdown


def main() -> None:
    """Measure the parts that are asked for and write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure designer against its peers.")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=list(PARTS), help=f"parts: {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=3, help="how often each program runs (default 3)")
    parser.add_argument("--no-peers", action="store_true", help="this project only, nothing is installed")
    parser.add_argument(
        "--output", type=Path, help="where to write; default docs/benchmarks.md, or standard output with --only"
    )
    asked = parser.parse_args()

    bench = Bench(asked.rounds, not asked.no_peers)
    sections, failed = [], False
    for name in asked.only or PARTS:
        print(name, file=sys.stderr, flush=True)
        began = time.perf_counter()
        title, measure = PARTS[name]
        try:
            rows = measure(bench)
        except ProgramError as error:
            print(error, file=sys.stderr, flush=True)
            rows, failed = [Row("failed", str(error).splitlines()[0], "no error", False)], True
        sections.append(Section(name, title, rows, time.perf_counter() - began))
    text = markdown(sections, machine.facts(bench.with_peers), bench.skipped)
    output = asked.output or (None if asked.only else ROOT / "docs" / "benchmarks.md")
    if output is None:
        print(text)
    else:
        output.write_text(text, encoding="utf-8")
        print(f"written: {output}", file=sys.stderr)
    sys.exit(failed)


if __name__ == "__main__":
    main()
