// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Tasks of memory without behaviour: copy, counting, one sequence, evidence, adding.

#include "protocols/tasks/rate_task.hpp"

namespace protocols {

/// Symbols of an alphabet are shown one a step; after a delay, a go signal asks for all of them in
/// order. Inputs: the symbols, go. Chance is 1 / alphabet.
struct CopyTask : RateTask {
    std::size_t symbols = 3, alphabet = 4, delay = 50;
    /// How often the second half of the alphabet is drawn in training (the whole episode is of one
    /// half then); negative: all symbols alike. Tests are half and half.
    double rare = -1;

    std::size_t inputs() const override { return alphabet + 1; }
    std::size_t outputs() const override { return alphabet; }
    models::Loss loss() const override { return models::Loss::cross_entropy; }
    Episode episode(sim::RandomStream& draws) const override;
    double score(const models::ReversibleNetwork& network, sim::RandomStream& draws) const override;
    double criterion() const override { return 0.99; }

private:
    Episode draw(sim::RandomStream& draws, double rare_part) const;
};

/// a^n b^n: after a mark, n times a, n times b; the next symbol is to be told at every step, the
/// mark again at the end. Only the first b cannot be foreseen, so an episode counts as right with
/// at most one error. Source: Gers & Schmidhuber 2001, IEEE Trans. Neural Netw. 12:1333
struct CountingTask : RateTask {
    std::size_t least = 22, most = 25;  ///< n

    std::size_t inputs() const override { return 3; }
    std::size_t outputs() const override { return 3; }
    models::Loss loss() const override { return models::Loss::cross_entropy; }
    Episode episode(sim::RandomStream& draws) const override;
    double score(const models::ReversibleNetwork& network, sim::RandomStream& draws) const override;
    double criterion() const override { return 0.99; }
};

/// One sequence of symbols, the same always: after each symbol the next is to be told.
struct SequenceTask : RateTask {
    std::size_t alphabet = 6, length = 20;
    std::uint64_t seed = 1;  ///< of the sequence

    std::size_t inputs() const override { return alphabet; }
    std::size_t outputs() const override { return alphabet; }
    models::Loss loss() const override { return models::Loss::cross_entropy; }
    Episode episode(sim::RandomStream& draws) const override;
    double score(const models::ReversibleNetwork& network, sim::RandomStream& draws) const override;
    double criterion() const override { return 1; }
    std::size_t batch() const override { return 1; }
};

/// Seven cues left or right, a delay, then a decision for the side that had more.
/// Source: as the task of Morcos & Harvey 2016, Nat Neurosci 19:1672, in steps
struct EvidenceTask : RateTask {
    std::size_t cues = 7, cue_steps = 2, gap = 2, delay_min = 20, delay_max = 30;

    std::size_t inputs() const override { return 3; }  ///< left, right, go
    std::size_t outputs() const override { return 2; }
    models::Loss loss() const override { return models::Loss::cross_entropy; }
    Episode episode(sim::RandomStream& draws) const override;
    double score(const models::ReversibleNetwork& network, sim::RandomStream& draws) const override;
    double criterion() const override { return 0.95; }
};

/// Numbers in (0, 1), two of them marked, one in each half; their sum is to be told at the end.
/// The score is the mean squared error; always telling 1 gives 1/6.
/// Source: Hochreiter & Schmidhuber 1997, Neural Computation 9:1735, experiment 4, on (0, 1)
struct AddingTask : RateTask {
    std::size_t length = 50;

    std::size_t inputs() const override { return 2; }  ///< number, mark
    std::size_t outputs() const override { return 1; }
    models::Loss loss() const override { return models::Loss::squared; }
    Episode episode(sim::RandomStream& draws) const override;
    double score(const models::ReversibleNetwork& network, sim::RandomStream& draws) const override;
    bool is_error() const override { return true; }
    double criterion() const override { return 0.005; }
    std::size_t batch() const override { return 32; }
};

}  // namespace protocols
