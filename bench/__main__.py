"""python -m bench: every measurement in turn; results go to bench/results and into bench/README.md's tables by hand."""

import runpy
import sys

PARTS = ("bench.settle", "bench.synth", "bench.service", "bench.matching")


def main() -> None:
    """Run each part with its default size."""
    for part in PARTS:
        print(f"== {part}", flush=True)
        sys.argv = [part]
        runpy.run_module(part, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
