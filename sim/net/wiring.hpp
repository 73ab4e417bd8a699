// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What a connector is to the engine: a pure function from a target neuron to its sources.
//
// Invariants
//   (1) sources_of may be called from any thread, for any target, any number of times, and always
//       gives the same list: it draws from (key, target) alone.
//   (2) edge numbers are unique within the projection; weights and delays are drawn by them.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/catalogue.hpp"
#include "sim/core/random.hpp"
#include "sim/net/description.hpp"

namespace sim {

struct Edge {
    std::uint32_t source;
    std::uint64_t number;
};

/// Coordinates of a population, um; one entry per neuron or empty.
struct Positions {
    std::vector<double> x, y, z;
    bool empty() const { return x.empty(); }
};

/// What a connector may know.
struct WiringContext {
    std::uint64_t pre_size;
    std::uint64_t post_size;
    bool same_population;  ///< neuron k of one is neuron k of the other (autapses)
    RandomKey key;
    const EdgeList* edges;  ///< explicit edges, or null
    const Positions* pre_positions;
    const Positions* post_positions;
};

class Wiring {
public:
    virtual ~Wiring() = default;
    /// Appends the sources of `target` in a fixed order.
    virtual void sources_of(std::uint64_t target, std::vector<Edge>& out) const = 0;
};

/// As the catalogue stores a connector; values in the order of its table.
/// Throws: BadNetwork with the rule that is broken (the caller adds the path)
using ConnectorFactory =
    std::function<std::unique_ptr<Wiring>(const std::vector<double>& values, const WiringContext&)>;

template <class C>
void register_connector(Catalogue& catalogue) {
    using P = typename C::Params;
    catalogue.add({PartKind::connector, std::string(C::name), std::string(C::summary),
                   std::string(C::source), describe<P>(C::params()), {}, {}},
                  ConnectorFactory([](const std::vector<double>& values, const WiringContext& context) {
                      return C::wire(assemble<P>(C::params(), values), context);
                  }));
}

/// A wiring given by a callable (target, out); the callable owns what it needs.
template <class F>
std::unique_ptr<Wiring> wiring_from(F function) {
    struct Callable final : Wiring {
        explicit Callable(F f) : function(std::move(f)) {}
        void sources_of(std::uint64_t target, std::vector<Edge>& out) const override {
            function(target, out);
        }
        F function;
    };
    return std::make_unique<Callable>(std::move(function));
}

}  // namespace sim
