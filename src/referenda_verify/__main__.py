"""The command `python -m referenda_verify DIR`: exit code 0 when the record agrees in all six steps, else 2."""

import argparse
import json
import sys
import time

from referenda_verify.record import verify


def main() -> int:
    """Check the record that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m referenda_verify", description="Check a public record.")
    parser.add_argument("folder", metavar="DIR", help="the folder of the record")
    parser.add_argument("--json", action="store_true", help="say the report as JSON")
    parser.add_argument("--receipt", metavar="FILE", help="a receipt, or a certificate's JSON, to hold to the record")
    parser.add_argument("--key", metavar="VERIFIER_KEY", help="the key, known from elsewhere, that must have signed")
    options, begun = parser.parse_args(), time.monotonic()

    def progress(done: int, total: int) -> None:
        if sys.stderr.isatty() and time.monotonic() - begun > 1:
            print(f"\r{done:,} of {total:,} events", end="\r", file=sys.stderr, flush=True)

    report = verify(options.folder, options.key, progress, options.receipt)
    words = json.dumps(report.as_dict(), indent=2) if options.json else report.words()
    print(words.encode(sys.stdout.encoding or "utf-8", "backslashreplace").decode(sys.stdout.encoding or "utf-8"))
    return 0 if report.verified else 2


if __name__ == "__main__":
    sys.exit(main())
