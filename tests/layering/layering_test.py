# SPDX-License-Identifier: BSD-3-Clause
import pathlib
import tempfile
import unittest

from layering import violations

ROOT = pathlib.Path(__file__).parents[2]


class Layering(unittest.TestCase):
    def complaints_about(self, file, text):
        with tempfile.TemporaryDirectory() as root:
            path = pathlib.Path(root, file)
            path.parent.mkdir(parents=True)
            path.write_text(text)
            return violations(root)

    def test_every_include_follows_an_arrow(self):
        self.assertGreater(len(list(ROOT.glob("sim/core/*.hpp"))), 5)
        self.assertEqual(violations(ROOT), [])

    def test_an_include_against_an_arrow_is_named_with_its_place(self):
        found = self.complaints_about("sim/core/a.hpp", '#pragma once\n#include "sim/net/b.hpp"\n')
        self.assertEqual(found, ['sim/core/a.hpp:2: "sim/net/b.hpp" is not among sim/core'])

    def test_a_model_sees_what_a_model_is_but_not_the_engine(self):
        self.assertEqual(
            self.complaints_about("models/neurons/a.hpp", '#include "sim/run/model.hpp"\n'), [])
        found = self.complaints_about("models/neurons/a.hpp", '#include "sim/run/simulation.hpp"\n')
        self.assertEqual(len(found), 1)

    def test_rate_networks_and_their_tasks_need_no_engine(self):
        self.assertEqual(
            self.complaints_about("protocols/tasks/a.hpp", '#include "models/rate/b.hpp"\n'), [])
        for file in "models/rate/a.hpp", "protocols/tasks/a.hpp", "protocols/replay/a.hpp":
            found = self.complaints_about(file, '#include "sim/run/model.hpp"\n')
            self.assertEqual(len(found), 1)

    def test_nothing_includes_tests(self):
        found = self.complaints_about("protocols/cli/main.cpp", '#include "tests/helper.hpp"\n')
        self.assertEqual(len(found), 1)

    def test_an_include_relative_to_its_folder_is_refused(self):
        self.assertEqual(len(self.complaints_about("data/formats/a.cpp", '#include "b.hpp"\n')), 1)

    def test_a_library_is_seen_by_its_folder_alone(self):
        self.assertEqual(self.complaints_about("data/formats/a.cpp", "#include <hdf5.h>\n"), [])
        found = self.complaints_about("sim/run/a.cpp", "#include <hdf5.h>\n")
        self.assertEqual(found, ["sim/run/a.cpp:1: <hdf5.h> belongs to data"])

    def test_a_folder_without_arrows_is_refused(self):
        found = self.complaints_about("sim/new/a.hpp", '#include "sim/core/error.hpp"\n')
        self.assertEqual(len(found), 1)


if __name__ == "__main__":
    unittest.main()
