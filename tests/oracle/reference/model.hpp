// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A neuron model as the reference sees it: written once more, in long double, from its equations.
//
// A model holds the parameters of one neuron; a state is a vector whose meaning is the model's own.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/core/catalogue.hpp"
#include "sim/core/random.hpp"
#include "tests/oracle/reference/linear_system.hpp"

namespace reference {

/// Inputs that arrive at one instant.
struct Input {
    Real exc = 0;
    Real inh = 0;
    Real current = 0;
};

class Model {
public:
    virtual ~Model() = default;

    virtual Vector initial() const = 0;
    /// Sets a state variable, by its name in the catalogue, before the start.
    virtual void set(Vector& x, std::string_view variable, Real value) const = 0;
    virtual Real value(const Vector& x, std::string_view variable) const = 0;

    virtual bool fires(const Vector& x) const = 0;  ///< at or above the threshold
    virtual void receive(Vector& x, const Input& input, bool held) const = 0;
    virtual void reset(Vector& x) const = 0;
    /// Random parts of the state, at the start and after every spike.
    virtual void draw(Vector&, sim::RandomStream&) const {}

    /// Moves x over dt, or to the first instant at which it fires (up to rounding), which is
    /// returned; held states do not fire.
    /// Needs: a free state does not fire yet
    virtual std::optional<Real> advance(Vector& x, Real dt, bool held) const = 0;

    /// Moves x over dt, no spike on the way; grid timing looks at the end of a step only.
    virtual void flow(Vector& x, Real dt, bool held) const = 0;
    /// In grid timing, a crossing within a step counts even if the state has fallen again.
    virtual bool is_integrated() const = 0;
};

/// The parameters of a neuron by name.
class Parameters {
public:
    Parameters(const sim::PartInfo& info, const std::vector<double>& row) {
        for (std::size_t i = 0; i < row.size(); ++i) values_[info.params[i].name] = row[i];
    }
    Real operator()(const std::string& name) const { return values_.at(name); }

private:
    std::map<std::string, Real> values_;
};

/// Throws: UnknownName if the reference has no such model
std::unique_ptr<Model> make_model(const std::string& name, const Parameters& p);

std::unique_ptr<Model> make_linear_model(const std::string& name, const Parameters& p);
std::unique_ptr<Model> make_integrated_model(const std::string& name, const Parameters& p);

}  // namespace reference
