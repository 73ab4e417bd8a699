// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Rate as a function of input: x = f(s), and its slope f'(s).

#include <Eigen/Core>
#include <string>
#include <string_view>
#include <vector>

namespace models {

enum class Activation { linear, relu, tanh, sigmoid, softplus };

/// "linear", "relu", "tanh", "sigmoid", "softplus"
std::vector<std::string> activation_names();
Activation activation_named(std::string_view name);  ///< Needs: one of activation_names

/// x = f(s), entry by entry.
Eigen::MatrixXd rate_of(Activation f, const Eigen::MatrixXd& s);

/// f'(s), entry by entry; that of relu is 0 at 0.
Eigen::MatrixXd slope_of(Activation f, const Eigen::MatrixXd& s);

}  // namespace models
