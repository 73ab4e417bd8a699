// SPDX-License-Identifier: BSD-3-Clause
#include "models/rate/activation.hpp"

#include <array>
#include <cmath>

namespace models {
namespace {

constexpr std::array<std::pair<std::string_view, Activation>, 5> names{
    {{"linear", Activation::linear},
     {"relu", Activation::relu},
     {"tanh", Activation::tanh},
     {"sigmoid", Activation::sigmoid},
     {"softplus", Activation::softplus}}};

// Entry by entry, so that a value does not depend on its place in a matrix.
double sigmoid(double s) {
    const double e = std::exp(-std::abs(s));
    return (s >= 0 ? 1 : e) / (1 + e);
}

double softplus(double s) { return std::max(s, 0.0) + std::log1p(std::exp(-std::abs(s))); }

}  // namespace

std::vector<std::string> activation_names() {
    std::vector<std::string> result;
    for (const auto& [name, f] : names) result.emplace_back(name);
    return result;
}

Activation activation_named(std::string_view name) {
    for (const auto& [known, f] : names)
        if (known == name) return f;
    return Activation::linear;
}

Eigen::MatrixXd rate_of(Activation f, const Eigen::MatrixXd& s) {
    switch (f) {
        case Activation::linear: return s;
        case Activation::relu: return s.cwiseMax(0.0);
        case Activation::tanh: return s.unaryExpr([](double v) { return std::tanh(v); });
        case Activation::sigmoid: return s.unaryExpr(&sigmoid);
        case Activation::softplus: return s.unaryExpr(&softplus);
    }
    return s;
}

Eigen::MatrixXd slope_of(Activation f, const Eigen::MatrixXd& s) {
    switch (f) {
        case Activation::linear: return Eigen::MatrixXd::Ones(s.rows(), s.cols());
        case Activation::relu: return s.unaryExpr([](double v) { return v > 0 ? 1.0 : 0.0; });
        case Activation::tanh:
            return s.unaryExpr([](double v) {
                const double x = std::tanh(v);
                return 1 - x * x;
            });
        case Activation::sigmoid:
            return s.unaryExpr([](double v) {
                const double x = sigmoid(v);
                return x * (1 - x);
            });
        case Activation::softplus: return s.unaryExpr(&sigmoid);
    }
    return s;
}

}  // namespace models
