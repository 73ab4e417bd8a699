# SPDX-License-Identifier: BSD-3-Clause
"""Files of a run, opened by the programs people use: h5py, Neo, h5dump, R and Octave.

usage: readers_test.py SHARPWAVE [unittest arguments]

A reader that is not installed is skipped, unless SHARPWAVE_REQUIRE_READERS is set.
Debian packages: python3-h5py python3-neo hdf5-tools r-cran-hdf5r octave
"""

import importlib
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
SPIKES = {"relayed": [(11.0, 0), (21.25, 0), (21.25, 2), (100.0625, 2), (151.0, 0)],
          "silent": [], "charged": []}
DURATION = 200.0


def missing(reader):
    if os.environ.get("SHARPWAVE_REQUIRE_READERS"):
        raise AssertionError(f"{reader} is not installed but required")
    raise unittest.SkipTest(f"skipped: {reader} is not installed")


def need_module(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        missing(f"the Python module {name}")


def output_of(command, *arguments):
    program = shutil.which(command)
    if program is None:
        missing(command)
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    # Octave 7 of Debian 12 says so on the way out, after everything is done.
    errors = done.stderr.replace(
        "error: ignoring const execution_exception& while preparing to exit\n", "")
    assert done.returncode == 0, f"{command} ends with {done.returncode}: {errors}"
    return done.stdout


class Readers(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        run = pathlib.Path(cls.folder.name) / "run"
        done = subprocess.run(
            [PROGRAM, "run", str(HERE / "recordings.toml"), "--out", str(run),
             "--progress", "none"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        cls.spikes = run / "spikes.h5"
        cls.traces = run / "traces.h5"

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def script(self, name, text):
        path = pathlib.Path(self.folder.name) / name
        path.write_text(text)
        return path

    def check_spikes(self, population, times, ids):
        """Times to a rounding of the sum of a time and a delay, ids exactly."""
        wanted = SPIKES[population]
        self.assertEqual(list(ids), [i for _, i in wanted])
        self.assertEqual(len(times), len(wanted))
        for time, (expected, _) in zip(times, wanted):
            self.assertAlmostEqual(time, expected, delta=1e-12)

    # h5py: the contract of SONATA's developer guide, item by item.

    def check_root(self, file, top):
        h5py = need_module("h5py")
        magic = file.attrs["magic"]
        self.assertEqual(magic, 0x0A7A)
        self.assertEqual((magic.dtype.str, magic.shape), ("<u4", ()))
        self.assertEqual(file.attrs["version"].dtype.str, "<u4")
        self.assertEqual(list(file.attrs["version"]), [0, 1])
        self.assertTrue(all(isinstance(one, h5py.Group) for one in file[top].values()))

    def check_column(self, dataset, kind, unit=None):
        self.assertEqual(dataset.dtype.str, kind)
        if unit is not None:
            self.assertEqual(dataset.attrs["units"], unit)

    def test_h5py_finds_sonata_spikes_to_the_letter(self):
        h5py = need_module("h5py")
        with h5py.File(self.spikes, "r") as file:
            self.check_root(file, "spikes")
            self.assertEqual(set(file["spikes"]), set(SPIKES))
            for name, group in file["spikes"].items():
                sorting = group.attrs.get_id("sorting")
                self.assertEqual(h5py.check_enum_dtype(sorting.dtype),
                                 {"none": 0, "by_id": 1, "by_time": 2})
                self.assertEqual(sorting.dtype.itemsize, 1)
                self.assertEqual(sorting.shape, ())
                self.assertEqual(group.attrs["sorting"], 2)
                times, ids = group["timestamps"], group["node_ids"]
                self.check_column(times, "<f8", "ms")
                self.check_column(ids, "<u8")
                self.assertEqual(times.shape, ids.shape)
                self.assertEqual(times.ndim, 1)
                self.assertEqual(sorted(zip(times, ids)), list(zip(times, ids)))
                self.check_spikes(name, times[()], ids[()])

    def test_h5py_finds_sonata_reports_to_the_letter(self):
        h5py = need_module("h5py")
        with h5py.File(self.traces, "r") as file:
            self.check_root(file, "report")
            self.assertEqual(set(file["report"]), {"charged", "silent.v", "silent.i_exc"})
            for name, unit, ids, step in (("charged", "mV", [0, 1], 0.5),
                                          ("silent.v", "mV", [1, 3], 1.0),
                                          ("silent.i_exc", "pA", [1, 3], 1.0)):
                report = file["report"][name]
                self.check_column(report["data"], "<f4", unit)
                mapping = report["mapping"]
                self.check_column(mapping["node_ids"], "<u8")
                self.assertEqual(list(mapping["node_ids"]), ids)
                self.assertEqual(mapping["node_ids"].attrs["sorted"], 1)
                self.assertEqual(mapping["node_ids"].attrs["sorted"].dtype.str, "|i1")
                self.check_column(mapping["index_pointers"], "<u8")
                self.assertEqual(list(mapping["index_pointers"]), list(range(len(ids) + 1)))
                self.check_column(mapping["element_ids"], "<u4")
                self.assertEqual(mapping["element_ids"].shape, (len(ids),))
                self.check_column(mapping["time"], "<f8", "ms")
                self.assertEqual(list(mapping["time"]), [0.0, DURATION, step])
                # The stop time is no row.
                self.assertEqual(report["data"].shape, (round(DURATION / step), len(ids)))

    def charged(self, row, neuron):
        """v = e_l + tau_m / c_m i_e (1 - exp(-t / tau_m)), mV."""
        return -65 + 20 / 250 * (100, 50)[neuron] * (1 - math.exp(-0.5 * row / 20))

    def test_h5py_reads_the_membrane_potential(self):
        h5py = need_module("h5py")
        with h5py.File(self.traces, "r") as file:
            data = file["report/charged/data"][()]
        for row, values in enumerate(data):
            for neuron, value in enumerate(values):
                # Half a unit in the last place of a float near 64.
                self.assertAlmostEqual(value, self.charged(row, neuron), delta=2.0 ** -18)

    # Neo: its generic types, filled from the arrays.

    def test_neo_makes_a_segment_of_spike_trains_and_signals(self):
        h5py, neo = need_module("h5py"), need_module("neo")
        pq = need_module("quantities")
        segment = neo.Segment(name="recordings")
        with h5py.File(self.spikes, "r") as file:
            for name, group in file["spikes"].items():
                unit = group["timestamps"].attrs["units"]
                for neuron in range(int(group.attrs["size"])):
                    times = group["timestamps"][group["node_ids"][()] == neuron]
                    segment.spiketrains.append(neo.SpikeTrain(
                        times, units=unit, t_stop=DURATION, name=f"{name}.{neuron}"))
        with h5py.File(self.traces, "r") as file:
            report = file["report/charged"]
            start, stop, step = report["mapping/time"]
            segment.analogsignals.append(neo.AnalogSignal(
                report["data"][()], units=report["data"].attrs["units"],
                t_start=start * pq.ms, sampling_period=step * pq.ms))
        trains = {train.name: train for train in segment.spiketrains}
        self.assertEqual(len(trains), 3 + 4 + 2)
        self.assertEqual([float(t) for t in trains["relayed.2"].rescale("s").round(9)],
                         [0.02125, 0.1000625])
        late = segment.time_slice(50 * pq.ms, DURATION * pq.ms)
        self.assertEqual({train.name: len(train) for train in late.spiketrains if len(train)},
                         {"relayed.0": 1, "relayed.2": 1})
        signal = segment.analogsignals[0]
        self.assertEqual(float(signal.t_stop), DURATION)
        self.assertEqual(signal.shape, (400, 2))

    # Programs: what they print is read back.

    def test_h5dump_prints_the_spikes(self):
        header = output_of("h5dump", "-H", self.spikes)
        for line in ("H5T_IEEE_F64LE", "H5T_STD_U64LE", 'ATTRIBUTE "sorting"', '"by_time"'):
            self.assertIn(line, header)

        def column(name):
            text = output_of("h5dump", "-y", "-m", "%.17g", "-d", name, self.spikes)
            data = text[text.index("DATA {"):].partition("{")[2].partition("}")[0]
            return [float(x) for x in data.replace(",", " ").split()]

        self.check_spikes("relayed", column("/spikes/relayed/timestamps"),
                          column("/spikes/relayed/node_ids"))
        self.assertEqual(column("/spikes/silent/timestamps"), [])

    def check_printed(self, text):
        """Lines "name = numbers", as the scripts below print them."""
        found = {}
        for line in text.splitlines():
            name, equals, values = line.partition(" = ")
            if equals:
                found[name] = values.split()
        times = [float(x) for x in found["times"]]
        self.check_spikes("relayed", times, [int(x) for x in found["ids"]])
        self.assertEqual(found["silent"], ["0"])
        v = [float(x) for x in found["v"]]
        self.assertEqual(len(v), 400)
        for row, value in enumerate(v):
            self.assertAlmostEqual(value, self.charged(row, 0), delta=2.0 ** -18)
        return found

    def test_r_reads_the_files(self):
        if shutil.which("Rscript") is None:
            missing("R")
        installed = output_of("Rscript", "-e", 'cat(requireNamespace("hdf5r", quietly = TRUE))')
        if installed != "TRUE":
            missing("the R package hdf5r")
        found = self.check_printed(output_of("Rscript", self.script("read.R", f"""
            suppressMessages(library(hdf5r))
            spikes <- H5File$new("{self.spikes}", mode = "r")
            relayed <- spikes[["spikes/relayed"]]
            line <- function(name, values) cat(name, "=", values, "\\n")
            line("times", sprintf("%.17g", relayed[["timestamps"]][]))
            line("ids", as.character(relayed[["node_ids"]][]))
            line("silent", as.character(spikes[["spikes/silent/timestamps"]]$dims))
            line("sorting", as.character(relayed$attr_open("sorting")$read()))
            line("units", h5attr(relayed[["timestamps"]], "units"))
            traces <- H5File$new("{self.traces}", mode = "r")
            line("v", sprintf("%.9g", traces[["report/charged/data"]][1, ]))
            """)))
        self.assertEqual(found["sorting"], ["by_time"])
        self.assertEqual(found["units"], ["ms"])

    def test_octave_loads_the_files(self):
        self.check_printed(output_of("octave-cli", "--norc", self.script("read.m", f"""
            s = load("-hdf5", "{self.spikes}").spikes;
            printf("times = %s\\n", sprintf("%.17g ", s.relayed.timestamps));
            printf("ids = %s\\n", sprintf("%d ", s.relayed.node_ids));
            printf("silent = %d\\n", numel(s.silent.timestamps));
            r = load("-hdf5", "{self.traces}").report;
            printf("v = %s\\n", sprintf("%.9g ", r.charged.data(1, :)));
            """)))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
