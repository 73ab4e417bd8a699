// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Digits shown row by row; which it was is to be told at the last row.
//
// Source: Cheng & Brown 2025, Neural Computation 37:403, row-wise MNIST of the authors' public code

#include "data/digits/digits.hpp"
#include "protocols/tasks/rate_task.hpp"

namespace protocols {

class DigitRowsTask : public RateTask {
public:
    /// Throws: sim::BadParameter if images to learn from and to test with differ in size, or are
    ///         none
    DigitRowsTask(data::Digits train, data::Digits test);

    std::size_t inputs() const override { return train_.columns; }
    std::size_t outputs() const override { return data::Digits::classes; }
    models::Loss loss() const override { return models::Loss::cross_entropy; }
    Episode episode(sim::RandomStream& draws) const override;
    double score(const models::ReversibleNetwork& network, sim::RandomStream& draws) const override;
    double criterion() const override { return 0.9; }

private:
    Episode show(const data::Digits& digits, std::size_t which) const;

    data::Digits train_, test_;
};

}  // namespace protocols
