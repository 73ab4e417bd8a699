// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Passes spikes on: one spike at every instant at which an excitatory spike arrives.

#include "models/neurons/linear.hpp"
#include "sim/run/model.hpp"

namespace models {

struct Relay {
    static constexpr std::string_view name = "relay";
    static constexpr std::string_view summary =
        "repeats every spike that arrives through an excitatory synapse, at the same instant";
    static constexpr std::string_view source =
        "parrot_neuron of NEST (Gewaltig & Diesmann 2007, Scholarpedia 2:1430), one spike an "
        "instant";

    template <class T = double>
    struct Params {
        T t_ref = 0;
    };
    static constexpr auto params() {
        using P = Params<>;
        using enum sim::Unit;
        namespace r = sim::range;
        return std::array{
            sim::Param<P>{"t_ref", &P::t_ref, ms, r::non_negative,
                          "arrivals this soon after a spike are lost"},
        };
    }

    template <class T = double>
    struct State {
        T arrived;
    };
    static constexpr auto states() {
        using S = State<>;
        using enum sim::Unit;
        return std::array{
            sim::StateField<S>{"arrived", &S::arrived, none, "1 while a spike is passed on"},
        };
    }

    static constexpr std::array ports{
        sim::Port{"exc", sim::Unit::none, "any weight above 1e-300 passes the spike on"},
        sim::Port{"inh", sim::Unit::none, "ignored"}};

    /// Nothing happens between inputs.
    static constexpr bool events_only = true;

    static State<> initial(const Params<>&) { return {0}; }

    template <class T>
    static T gap(const Params<T>&, const State<T>& s, T unit) {
        return s.arrived - unit;
    }

    template <class T>
    static void receive(const Params<T>&, State<T>& s, const sim::Input<T>& in) {
        s.arrived = min(in.exc * T(1e300), T(1));
    }
    template <class T>
    static void receive_held(const Params<T>&, State<T>&, const sim::Input<T>&) {}
    template <class T>
    static void reset(const Params<T>&, State<T>& s) {
        s.arrived = T(0);
    }

    template <class T = double>
    struct Flow {};
    static Flow<> flow(const Params<>&, double) { return {}; }
    template <class T>
    static void advance(const Params<T>&, const Flow<T>&, State<T>&) {}
    template <class T>
    static void hold(const Params<T>&, const Flow<T>&, State<T>&) {}

    template <class T>
    static State<T> derivative(const Params<T>&, const State<T>&, T) {
        return {T(0)};
    }
    static std::array<double, 1> rates(const Params<>&) { return {0}; }

    template <class T>
    static T bound(const Params<T>& p, const Flow<T>&, const State<T>& s, const State<T>&, T) {
        return gap(p, s, T(1));
    }
};

}  // namespace models
