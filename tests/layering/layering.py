# SPDX-License-Identifier: BSD-3-Clause
"""The arrows between the folders: who may include whom, and which folder may see which library."""

import pathlib
import re

# Folder -> what it may include besides itself. A header stands for itself alone. A folder that is
# not named here belongs to the nearest one above that is.
ARROWS = {
    "sim/core": [],
    "sim/net": ["sim/core"],
    "sim/record": ["sim/core", "sim/net/description.hpp"],
    "sim/ode": ["sim/core"],
    "sim/run": ["sim/core", "sim/net", "sim/record", "sim/ode"],
    "models/rate": ["sim/core", "sim/ode"],
    "models": ["sim/core", "sim/ode", "sim/run/model.hpp", "sim/run/source_model.hpp"],
    "plasticity": ["sim/core", "sim/run/rule.hpp"],
    "data/digits": ["sim/core"],
    "data": ["sim/core", "sim/record", "sim/net/description.hpp"],
    "protocols/file": ["sim/core", "sim/net"],
    "protocols/circuits": ["sim/core", "sim/net", "models", "plasticity"],
    "protocols/experiments": ["sim/core", "sim/net", "sim/record", "protocols/file",
                              "protocols/circuits"],
    "protocols/studies": ["sim/core", "sim/net", "sim/run", "sim/record", "protocols/file",
                          "protocols/circuits", "protocols/analysis", "protocols/tasks",
                          "protocols/replay", "models", "plasticity", "data"],
    "protocols/analysis": ["sim/core"],
    "protocols/tasks": ["sim/core", "models", "data/digits"],
    "protocols/replay": ["sim/core", "models", "protocols/tasks"],
    "protocols/cli": ["sim", "models", "plasticity", "data", "protocols"],
}

# Library header -> the folders that may see it.
LIBRARIES = {
    "boost/numeric/odeint": ["sim/ode"],
    "Random123/": ["sim/core"],
    "tbb/": ["sim"],
    "hdf5.h": ["data"],
    "openssl/": ["data"],
    "zlib.h": ["data"],
    "Eigen/": ["models", "protocols/circuits", "protocols/studies"],
    "toml++/": ["protocols/file"],
    "nlohmann/": ["data", "protocols"],
    "CLI/": ["protocols/cli"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def lies_in(path, place):
    return path == place or path.startswith(place + "/")


def allowed(folder):
    """What a folder may include, or None if it has no arrows at all."""
    places = [known for known in ARROWS if lies_in(folder, known)]
    return places + ARROWS[places[0]] if places else None


def complaint(file, own, library):
    """What is wrong with one include of `file`; None if nothing is."""
    folder = file.rpartition("/")[0]
    if library:
        for header, places in LIBRARIES.items():
            if library.startswith(header) and not any(lies_in(folder, p) for p in places):
                return f"<{library}> belongs to {' and '.join(places)}"
        return None
    places = allowed(folder)
    if places is None:
        return f"{folder} has no arrows; give it some in tests/layering/layering.py"
    if not any(lies_in(own, place) for place in places):
        return f'"{own}" is not among {", ".join(places)}'
    return None


def violations(root):
    """Every include under `root` that goes against an arrow, as `file:line: complaint`."""
    found = []
    tops = sorted({place.split("/")[0] for place in ARROWS})
    for path in sorted(p for top in tops for p in pathlib.Path(root, top).rglob("*.?pp")):
        file = path.relative_to(root).as_posix()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if include := INCLUDE.match(line):
                if text := complaint(file, *include.groups()):
                    found.append(f"{file}:{number}: {text}")
    return found
