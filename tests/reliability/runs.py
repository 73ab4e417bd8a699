# SPDX-License-Identifier: BSD-3-Clause
"""What the tests of reliability share: runs of busy.toml and what their files hold."""

import os
import pathlib
import subprocess
import sys

PROTOCOL = pathlib.Path(__file__).parent / "busy.toml"
SKIPPED = 77  # exit code that ctest takes for "did not run"

try:
    import h5py
    import numpy
except ImportError as error:
    print(f"skipped: {error} (Debian: python3-h5py)")
    sys.exit(1 if os.environ.get("SHARPWAVE_REQUIRE_READERS") else SKIPPED)


def command(program, folder):
    return [program, "run", str(PROTOCOL), "--out", str(folder), "--force", "--progress", "none"]


def run(program, folder, **options):
    return subprocess.run(command(program, folder), capture_output=True, text=True, **options)


def recordings(folder):
    """The files of a run that are there."""
    return [path for path in (folder / "spikes.h5", folder / "traces.h5") if path.exists()]


def tables(path):
    """Group -> columns, as any reader finds them: the file is opened without further ado."""
    with h5py.File(path, "r") as file:
        found = {}
        for name, group in file.get("spikes", {}).items():
            found["/spikes/" + name] = [group["timestamps"][()], group["node_ids"][()]]
        for name, group in file.get("report", {}).items():
            found["/report/" + name] = [group["data"][()]]
        return found


def acknowledged(path):
    """Group -> rows that the file says are safe, of a file that a run has left open."""
    with h5py.File(path, "r", swmr=True) as file:
        counts = file["sharpwave/committed"]
        return dict(zip(counts.attrs["groups"], counts[()].tolist()))


class Reference:
    """An undisturbed run, to which what is left of others is compared."""

    def __init__(self, program, folder):
        done = run(program, folder)
        assert done.returncode == 0, done.stderr
        self.tables = {}
        for path in recordings(folder):
            self.tables.update(tables(path))
        assert len(self.tables) == 6, sorted(self.tables)
        assert all(len(columns[0]) > 1000 for columns in self.tables.values())

    def compare(self, path):
        """Rows by group; every kept row has to be the one of the reference, from the first on."""
        rows = {}
        for group, columns in tables(path).items():
            lengths = {len(column) for column in columns}
            assert len(lengths) == 1, f"{path} {group}: columns of {sorted(lengths)} rows"
            rows[group] = lengths.pop()
            for kept, whole in zip(columns, self.tables[group]):
                assert kept.dtype == whole.dtype, f"{path} {group}: {kept.dtype}"
                assert len(kept) <= len(whole), f"{path} {group}: more rows than the reference"
                assert numpy.array_equal(kept, whole[: len(kept)]), f"{path} {group}: other rows"
        return rows
