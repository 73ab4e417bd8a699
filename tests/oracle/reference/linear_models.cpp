// SPDX-License-Identifier: BSD-3-Clause
// The models with linear equations, as matrices. Value 0 is what is compared with the threshold and
// what stands still while refractory.

#include <functional>
#include <numbers>

#include "sim/core/error.hpp"
#include "tests/oracle/reference/model.hpp"

namespace reference {
namespace {

/// The equations of a model: x' = rates x, and what inputs and spikes do.
struct Equations {
    struct Variable {
        std::string name;
        Real origin;  ///< x holds the variable less this
    };
    std::vector<Variable> variables;
    Vector initial{};
    Matrix rates{};
    Vector height{};
    Real threshold = 0;
    Vector exc{}, inh{}, current{};  ///< jumps of x at a unit input
    bool deaf_while_held = false;    ///< inputs other than currents are lost
    bool moves_while_held = false;   ///< value 0 does not stand still then
    Vector kept{};                   ///< factors of x at a spike; 1 unless said otherwise
    Vector jump{};                   ///< added to x at a spike

    std::size_t add(const std::string& name, Real start = 0, Real origin = 0) {
        const std::size_t k = variables.size();
        variables.push_back({name, origin});
        initial[k] = start;
        kept[k] = 1;
        return k;
    }
};

/// tau_m v' = e_l - v + tau_m / c_m (i_e + i_stim + ...)
Equations membrane(const Parameters& p) {
    Equations m;
    const auto v = m.add("v", 0, p("e_l"));
    m.rates[v][v] = -1 / p("tau_m");
    m.height[v] = 1;
    m.threshold = p("v_th") - p("e_l");
    m.kept[v] = 0;
    m.jump[v] = p("v_reset") - p("e_l");
    const auto stim = m.add("i_stim");
    m.rates[v][stim] = 1 / p("c_m");
    m.current[stim] = 1;
    const auto constant = m.add("", p("i_e"));
    m.rates[v][constant] = 1 / p("c_m");
    return m;
}

/// A current into the membrane that decays with tau; returns its place.
std::size_t add_current(Equations& m, const Parameters& p, const std::string& name, Real tau) {
    const auto i = m.add(name);
    m.rates[i][i] = -1 / tau;
    m.rates[0][i] = 1 / p("c_m");
    return i;
}

/// The same with a rise: i' = di - i / tau, di' = -di / tau; returns the place of di.
std::size_t add_alpha_current(Equations& m, const Parameters& p, const std::string& name,
                              Real tau) {
    const auto i = add_current(m, p, name, tau);
    const auto di = m.add("d" + name);
    m.rates[i][di] = 1;
    m.rates[di][di] = -1 / tau;
    return di;
}

Equations lif_delta(const Parameters& p) {
    Equations m = membrane(p);
    m.exc[0] = m.inh[0] = 1;
    m.deaf_while_held = true;
    return m;
}

Equations lif_soft_reset(const Parameters& p) {
    Equations m;
    const auto v = m.add("v", 0, p("e_l"));
    m.rates[v][v] = -1 / p("tau_m");
    m.rates[v][m.add("", p("i_e"))] = 1 / p("c_m");
    const auto stim = m.add("i_stim");
    m.rates[v][stim] = 1 / p("c_m");
    m.current[stim] = 1;
    m.height[v] = m.exc[v] = m.inh[v] = 1;
    m.threshold = p("v_th") - p("e_l");
    m.jump[v] = -p("v_drop");
    m.moves_while_held = true;
    return m;
}

Equations lif_exp(const Parameters& p) {
    Equations m = membrane(p);
    m.exc[add_current(m, p, "i_exc", p("tau_syn_exc"))] = 1;
    m.inh[add_current(m, p, "i_inh", p("tau_syn_inh"))] = 1;
    return m;
}

Equations lif_alpha(const Parameters& p) {
    constexpr Real e = std::numbers::e_v<Real>;  // a unit input peaks at 1
    Equations m = membrane(p);
    m.exc[add_alpha_current(m, p, "i_exc", p("tau_syn_exc"))] = e / p("tau_syn_exc");
    m.inh[add_alpha_current(m, p, "i_inh", p("tau_syn_inh"))] = e / p("tau_syn_inh");
    return m;
}

Equations lif_adaptive(const Parameters& p) {
    Equations m = lif_exp(p);
    const auto theta = m.add("theta");
    m.rates[theta][theta] = -1 / p("tau_theta");
    m.height[theta] = -1;
    m.jump[theta] = p("theta_jump");
    return m;
}

Equations glif(const Parameters& p) {
    Equations m = lif_exp(p);
    m.jump[add_current(m, p, "i_1", p("tau_1"))] = p("b_1");
    m.jump[add_current(m, p, "i_2", p("tau_2"))] = p("b_2");
    return m;
}

/// phase' = x / 1000, tau x' = bias + gain i_stim - x, x in Hz
Equations rate_unit(const Parameters& p) {
    Equations m;
    const auto phase = m.add("phase");
    m.height[phase] = 1;
    m.threshold = 1;
    m.jump[phase] = -1;
    const auto x = m.add("x", p("bias"));
    m.rates[phase][x] = Real(1) / 1000;
    m.rates[x][x] = -1 / p("tau");
    m.exc[x] = m.inh[x] = 1000 / p("tau");
    const auto stim = m.add("i_stim");
    m.rates[x][stim] = p("gain") / p("tau");
    m.current[stim] = 1;
    m.rates[x][m.add("", p("bias"))] = 1 / p("tau");
    return m;
}

class LinearModel : public Model {
public:
    explicit LinearModel(const Equations& m)
        : m_(m),
          free_(m.variables.size(), m.rates, m.height),
          held_(m.variables.size(), m.moves_while_held ? m.rates : held_rates(m.rates)) {}

    Vector initial() const override { return m_.initial; }
    void set(Vector& x, std::string_view variable, Real value) const override {
        const auto k = place(variable);
        x.at(k) = value - m_.variables[k].origin;
    }
    Real value(const Vector& x, std::string_view variable) const override {
        const auto k = place(variable);
        return x.at(k) + m_.variables[k].origin;
    }
    bool fires(const Vector& x) const override { return free_.height(x) >= m_.threshold; }
    void receive(Vector& x, const Input& input, bool held) const override {
        const Real heard = held && m_.deaf_while_held ? 0 : 1;
        for (std::size_t k = 0; k < x.size(); ++k)
            x[k] += heard * (m_.exc[k] * input.exc + m_.inh[k] * input.inh) +
                    m_.current[k] * input.current;
    }
    void reset(Vector& x) const override {
        for (std::size_t k = 0; k < x.size(); ++k) x[k] = m_.kept[k] * x[k] + m_.jump[k];
    }
    std::optional<Real> advance(Vector& x, Real dt, bool held) const override {
        if (!held) return free_.first_rise(x, m_.threshold, dt);
        held_.flow(x, dt);
        return std::nullopt;
    }
    void flow(Vector& x, Real dt, bool held) const override {
        if (held) held_.flow(x, dt);
        else free_.flow(x, dt);
    }
    bool is_integrated() const override { return false; }

private:
    std::size_t place(std::string_view variable) const {
        std::size_t k = 0;
        while (m_.variables.at(k).name != variable) ++k;
        return k;
    }
    static Matrix held_rates(Matrix rates) {
        rates[0] = {};
        return rates;
    }

    Equations m_;
    RisingSystem free_;
    LinearSystem held_;
};

/// One spike at every instant with an excitatory input.
class Relay final : public Model {
public:
    Vector initial() const override { return {}; }
    void set(Vector& x, std::string_view, Real value) const override { x[0] = value; }
    Real value(const Vector& x, std::string_view) const override { return x[0]; }
    bool fires(const Vector& x) const override { return x[0] >= 1; }
    void receive(Vector& x, const Input& input, bool held) const override {
        if (!held) x[0] = input.exc > 0 ? 1 : 0;
    }
    void reset(Vector& x) const override { x[0] = 0; }
    std::optional<Real> advance(Vector&, Real, bool) const override { return std::nullopt; }
    void flow(Vector&, Real, bool) const override {}
    bool is_integrated() const override { return false; }
};

}  // namespace

std::unique_ptr<Model> make_linear_model(const std::string& name, const Parameters& p) {
    if (name == "relay") return std::make_unique<Relay>();
    static const std::map<std::string, std::function<Equations(const Parameters&)>> known{
        {"lif_delta", lif_delta},          {"lif_exp", lif_exp}, {"lif_alpha", lif_alpha},
        {"lif_adaptive", lif_adaptive},    {"glif", glif},       {"rate_unit", rate_unit},
        {"lif_soft_reset", lif_soft_reset}};
    const auto found = known.find(name);
    if (found == known.end()) return nullptr;
    return std::make_unique<LinearModel>(found->second(p));
}

std::unique_ptr<Model> make_model(const std::string& name, const Parameters& p) {
    if (auto model = make_linear_model(name, p)) return model;
    if (auto model = make_integrated_model(name, p)) return model;
    throw sim::UnknownName("the reference has no model '" + name +
                           "'; write its equations into tests/oracle/reference");
}

}  // namespace reference
