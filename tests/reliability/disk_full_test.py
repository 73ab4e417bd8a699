# SPDX-License-Identifier: BSD-3-Clause
"""Runs on small file systems that fill up: exit code 5, what was there before intact.

usage: disk_full_test.py SHARPWAVE [--levels N] [--limit]

As root, runs on a tmpfs of a few MB with ever more free room; with --limit, or where nothing can be
mounted, under a limit of the size of a file (ulimit -f). At every level
  - the exit code is 5, and the message names a file of the run and the bytes that it needed;
  - every file that is left opens in a plain reader, and its rows are the first ones of an
    undisturbed run, equally many in all columns;
  - a run that got as far as writing rows says in summary.json that it failed.
"""

import argparse
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import tempfile

import runs

MESSAGE = re.compile(r"^sharpwave: error: (?P<path>\S+): cannot .*, (?P<bytes>\d+) bytes needed",
                     re.MULTILINE)


class Tmpfs:
    """A tmpfs with `room` bytes free."""

    def __init__(self, folder, size):
        self.folder = folder
        self.size = size
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.size}", "tmpfs", str(folder)],
                       check=True, capture_output=True)

    def run(self, program, folder, room):
        ballast = self.folder / "ballast"
        with open(ballast, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, self.size - room)
        try:
            return runs.run(program, folder)
        finally:
            ballast.unlink()

    def close(self):
        subprocess.run(["umount", str(self.folder)], check=True)


class FileLimit:
    """No file may grow beyond `room` bytes."""

    def run(self, program, folder, room):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        return runs.run(program, folder, preexec_fn=limit)

    def close(self):
        pass


def small_disk(folder, size, limit):
    if not limit and os.geteuid() == 0:
        try:
            return Tmpfs(folder, size)
        except (subprocess.CalledProcessError, FileNotFoundError):
            pass
    return FileLimit()


def check(done, folder, reference):
    """Rows that were kept."""
    assert done.returncode == 5, f"exit code {done.returncode}: {done.stderr}"
    said = MESSAGE.search(done.stderr)
    assert said, f"no path and bytes in: {done.stderr!r}"
    assert pathlib.Path(said["path"]).parent in (folder, folder.parent), said["path"]
    assert int(said["bytes"]) > 0, done.stderr
    rows = 0
    for path in runs.recordings(folder):
        rows += sum(reference.compare(path).values())
    if rows:
        state = json.loads((folder / "summary.json").read_text())["state"]
        assert state == "failed", state
    return rows


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("program")
    parser.add_argument("--levels", type=int, default=50)
    parser.add_argument("--limit", action="store_true")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        reference = runs.Reference(options.program, scratch / "reference")
        sizes = [path.stat().st_size for path in runs.recordings(scratch / "reference")]
        mount = scratch / "disk"
        mount.mkdir()
        disk = small_disk(mount, sum(sizes), options.limit)
        # From nothing to just too little; most levels where files begin and first rows come.
        enough = sum(sizes) if isinstance(disk, Tmpfs) else min(sizes)
        kept = []
        try:
            for level in range(options.levels):
                room = int(0.97 * enough * (level / max(options.levels - 1, 1)) ** 3)
                folder = mount / "run"
                done = disk.run(options.program, folder, room)
                try:
                    kept.append(check(done, folder, reference))
                except Exception as error:
                    raise AssertionError(f"{room} bytes free: {error}") from error
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            disk.close()
    print(f"{options.levels} levels up to {0.97 * enough / 2**20:.1f} MiB "
          f"({type(disk).__name__}): {sum(0 < rows for rows in kept)} with rows kept, "
          f"at most {max(kept)}; exit code 5 and the first rows of the reference each time")
    assert any(kept), "no level had room for a row"


if __name__ == "__main__":
    main()
