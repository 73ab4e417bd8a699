// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The reversible network again, as plain loops over numbers with every state stored: what the
// network, its reversal and its gradients are held against.
//
// It shares weights and constants with the network under test and nothing else but the elementary
// functions. Sums run in the order the header of the gradient promises.

#include <cmath>
#include <vector>

#include "models/rate/episode_batch.hpp"
#include "models/rate/reversible_network.hpp"
#include "sim/core/exponential.hpp"

namespace oracle {

using Grid = std::vector<std::vector<double>>;  // [unit][lane]

struct PlainBptt {
    const models::ReversibleNetwork& net;
    const models::EpisodeBatch& batch;
    models::Loss kind;

    std::size_t n = net.units(), k = net.config().inputs, o = net.config().outputs;
    std::size_t lanes = batch.lanes;
    std::vector<double> weights = net.weights();
    std::vector<Grid> a{}, b{};  // [step][unit][lane], as stored: whole numbers in fixed point
    double loss = 0;
    std::vector<double> gradient{};

    double scale() const { return net.is_fixed() ? std::ldexp(1.0, -30) : 1.0; }
    static double squash(double x) {
        const double e = sim::expm1(2 * std::fmin(20.0, std::fmax(-20.0, x)));
        return e / (e + 2);
    }
    Grid rates(const Grid& state) const {
        Grid r = state;
        for (auto& row : r)
            for (double& x : row) x = squash(x * scale());
        return r;
    }
    // [phi, x, 1] of one group.
    Grid source(const Grid& state, std::size_t t, std::size_t columns) const {
        Grid s = rates(state);
        if (columns == n) return s;
        for (std::size_t i = 0; i < k; ++i) {
            const double* x = batch.input_at(t) + i * lanes;
            s.emplace_back(x, x + lanes);
        }
        if (net.config().bias) s.emplace_back(lanes, 1.0);
        return s;
    }
    Grid features(const Grid& after_a, const Grid& after_b) const {
        Grid f;
        if (net.config().readout_from_both) f = rates(after_a);
        for (const auto& row : rates(after_b)) f.push_back(row);
        if (net.config().bias) f.emplace_back(lanes, 1.0);
        return f;
    }
    Grid product(std::size_t begin, std::size_t rows, std::size_t stride, const Grid& x) const {
        Grid y(rows, std::vector<double>(lanes, 0.0));
        for (std::size_t i = 0; i < rows; ++i)
            for (std::size_t j = 0; j < x.size(); ++j)
                for (std::size_t l = 0; l < lanes; ++l)
                    y[i][l] += weights[begin + i * stride + j] * x[j][l];
        return y;
    }
    Grid transposed_product(std::size_t begin, std::size_t columns, std::size_t stride,
                            const Grid& z) const {
        Grid y(columns, std::vector<double>(lanes, 0.0));
        for (std::size_t j = 0; j < columns; ++j)
            for (std::size_t i = 0; i < z.size(); ++i)
                for (std::size_t l = 0; l < lanes; ++l)
                    y[j][l] += weights[begin + i * stride + j] * z[i][l];
        return y;
    }
    void move(Grid& state, const Grid& drive) const {
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t l = 0; l < lanes; ++l) {
                const double c = net.leaks()[i], d = net.drives()[i];
                state[i][l] = net.is_fixed()
                                  ? std::floor(c * state[i][l]) +
                                        std::nearbyint(drive[i][l] * (d * std::ldexp(1.0, 30)))
                                  : c * state[i][l] + drive[i][l] * d;
            }
    }

    void forward() {
        const auto start = net.initial_state(lanes);
        const auto grid = [&](const std::vector<double>& from) {
            Grid g;
            for (std::size_t i = 0; i < n; ++i)
                g.emplace_back(from.begin() + long(i * lanes),
                               from.begin() + long((i + 1) * lanes));
            return g;
        };
        a = {grid(start.a)};
        b = {grid(start.b)};
        for (std::size_t t = 0; t < batch.steps; ++t) {
            Grid next_a = a.back(), next_b = b.back();
            move(next_a, product(0, n, net.stride_a(), source(next_b, t, net.columns_a())));
            move(next_b,
                 product(net.begin_b(), n, net.stride_b(), source(next_a, t, net.columns_b())));
            a.push_back(next_a);
            b.push_back(next_b);
        }
    }

    // The derivative of the mean loss by the output of step t; adds the loss.
    Grid error(std::size_t t) {
        Grid e = product(net.begin_out(), o, net.stride_out(), features(a[t + 1], b[t + 1]));
        double count = 0;
        for (const double w : batch.taught) count += w;
        for (std::size_t l = 0; l < lanes; ++l) {
            const double weight = batch.taught_at(t)[l];
            double largest = e[0][l], sum = 0;
            for (std::size_t i = 1; i < o; ++i) largest = std::fmax(largest, e[i][l]);
            for (std::size_t i = 0; i < o; ++i) sum += sim::exp(e[i][l] - largest);
            for (std::size_t i = 0; i < o; ++i) {
                const double wanted = batch.target_at(t)[i * lanes + l];
                if (kind == models::Loss::cross_entropy) {
                    const double p = sim::exp(e[i][l] - largest) / sum;
                    if (weight * wanted != 0) loss -= weight * wanted * std::log(p) / count;
                    e[i][l] = p - wanted;
                } else {
                    e[i][l] -= wanted;
                    loss += weight * 0.5 * e[i][l] * e[i][l] / count;
                }
                e[i][l] *= weight * (1 / count);
            }
        }
        return e;
    }

    void add_outer(std::size_t begin, std::size_t stride, const Grid& z, const Grid& x) {
        for (std::size_t i = 0; i < z.size(); ++i)
            for (std::size_t j = 0; j < x.size(); ++j)
                for (std::size_t l = 0; l < lanes; ++l)
                    gradient[begin + i * stride + j] += z[i][l] * x[j][l];
    }
    static void add_through(Grid& g, const Grid& back, std::size_t from, const Grid& phi) {
        for (std::size_t i = 0; i < g.size(); ++i)
            for (std::size_t l = 0; l < g[i].size(); ++l)
                g[i][l] += back[from + i][l] * (1 - phi[i][l] * phi[i][l]);
    }
    static Grid times(Grid g, const std::vector<double>& factors) {
        for (std::size_t i = 0; i < g.size(); ++i)
            for (double& x : g[i]) x *= factors[i];
        return g;
    }

    void backward() {
        loss = 0;
        gradient.assign(weights.size(), 0.0);
        Grid g_a(n, std::vector<double>(lanes, 0.0)), g_b = g_a;
        for (std::size_t t = batch.steps; t-- > 0;) {
            if (batch.is_taught(t)) {
                const Grid e = error(t);
                const Grid f = features(a[t + 1], b[t + 1]);
                add_outer(net.begin_out(), net.stride_out(), e, f);
                const Grid back =
                    transposed_product(net.begin_out(), f.size(), net.stride_out(), e);
                const bool both = net.config().readout_from_both;
                if (both) add_through(g_a, back, 0, rates(a[t + 1]));
                add_through(g_b, back, both ? n : 0, rates(b[t + 1]));
            }
            const Grid z_b = times(g_b, net.drives());
            add_outer(net.begin_b(), net.stride_b(), z_b, source(a[t + 1], t, net.columns_b()));
            add_through(g_a, transposed_product(net.begin_b(), n, net.stride_b(), z_b), 0,
                        rates(a[t + 1]));
            const Grid z_a = times(g_a, net.drives());
            add_outer(0, net.stride_a(), z_a, source(b[t], t, net.columns_a()));
            g_b = times(g_b, net.leaks());
            add_through(g_b, transposed_product(0, n, net.stride_a(), z_a), 0, rates(b[t]));
            g_a = times(g_a, net.leaks());
        }
    }

    // Loss of the mean-field run with other weights; only in double precision is it smooth.
    double loss_with(const std::vector<double>& other) {
        weights = other;
        forward();
        loss = 0;
        for (std::size_t t = 0; t < batch.steps; ++t)
            if (batch.is_taught(t)) error(t);
        weights = net.weights();
        return loss;
    }
};

}  // namespace oracle
