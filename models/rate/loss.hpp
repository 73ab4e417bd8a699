// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace models {

/// What an answer o costs, for a target t.
enum class Loss {
    cross_entropy,  ///< of softmax(o): -sum t log p, error p - t
    squared,        ///< 1/2 sum (o - t)^2, error o - t
};

}  // namespace models
