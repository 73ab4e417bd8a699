# SPDX-License-Identifier: BSD-3-Clause
"""Kills runs (SIGKILL) at random moments: no file may be lost, nor a spike that was acknowledged.

usage: kill_test.py SHARPWAVE [--kills N] [--seed N]

After each kill
  - `sharpwave recover` succeeds, and every file then opens in a plain reader;
  - every table holds as many rows as were acknowledged (/sharpwave/committed) when the run died,
    in all columns, and they are the first rows of an undisturbed run.
"""

import argparse
import json
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time

import runs


def kill(program, folder, after):
    """Starts a run and kills it `after` seconds; was it still running?"""
    process = subprocess.Popen(runs.command(program, folder), stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
    try:
        process.wait(after)
        assert process.returncode == 0, process.stderr.read()
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    finally:
        process.stderr.close()
    return process.returncode == -signal.SIGKILL


def check(program, folder, reference, killed):
    """Rows that were kept; None if the run died before it had files."""
    files = runs.recordings(folder)
    if not files:
        return None
    promised = {}
    for path in files:
        promised.update(runs.acknowledged(path))
    done = subprocess.run([program, "recover", str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, f"recover ends with {done.returncode}: {done.stderr}"
    kept = {}
    for path in files:
        kept.update(reference.compare(path))
    assert kept == promised, f"{kept} rows kept, {promised} acknowledged"
    summary = folder / "summary.json"
    state = json.loads(summary.read_text())["state"]
    assert state == "complete" or killed, state
    return sum(kept.values())


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)

    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        start = time.monotonic()
        reference = runs.Reference(options.program, scratch / "reference")
        longest = time.monotonic() - start
        early = late = 0
        kept = []
        for number in range(options.kills):
            folder = scratch / "run"
            shutil.rmtree(folder, ignore_errors=True)
            after = rng.uniform(0, longest)
            start = time.monotonic()
            killed = kill(options.program, folder, after)
            # Follows the load of the machine, so that few runs end before their time.
            longest = 1.02 * longest if killed else time.monotonic() - start
            try:
                rows = check(options.program, folder, reference, killed)
            except Exception as error:
                raise AssertionError(f"kill {number}, after {after:.4f} s: {error}") from error
            early += rows is None
            late += not killed
            kept.append(rows or 0)
    print(f"{options.kills - late} kills of {options.kills} runs: {early} before there were "
          f"files, {sum(0 < rows for rows in kept)} with rows kept, at most {max(kept)}; "
          f"no acknowledged row lost")
    assert any(kept), "no run lived long enough to acknowledge a row"


if __name__ == "__main__":
    main()
