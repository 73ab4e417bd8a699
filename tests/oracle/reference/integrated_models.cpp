// SPDX-License-Identifier: BSD-3-Clause
// The models that have no closed form, integrated by Runge-Kutta 4 with tiny steps.

#include "tests/oracle/models/reference.hpp"

#include <numbers>

#include "tests/oracle/reference/model.hpp"

namespace reference {
namespace {

template <std::size_t n>
using Values = std::array<Real, n>;

// Longest step, and largest change of a value in one step. Over 500 ms the spike times of adex,
// which suffers most, move by 5e-9 ms when `change` is halved, and the others by less.
constexpr Real step = 0.004L;  // ms
constexpr Real change = 0.05L;

template <class E>
class Integrated final : public Model {
public:
    explicit Integrated(const Parameters& p) : e_(p) {}

    Vector initial() const override { return wide(e_.initial()); }
    void set(Vector& x, std::string_view variable, Real value) const override {
        x.at(place(variable)) = value;
    }
    Real value(const Vector& x, std::string_view variable) const override {
        return x.at(place(variable));
    }
    bool fires(const Vector& x) const override { return e_.gap(narrow(x)) >= 0; }
    void receive(Vector& x, const Input& input, bool held) const override {
        change_of(x, [&](Values<n>& y) { e_.receive(y, input, held); });
    }
    void reset(Vector& x) const override {
        change_of(x, [&](Values<n>& y) { e_.reset(y); });
    }
    void draw(Vector& x, sim::RandomStream& stream) const override {
        if constexpr (requires(Values<n>& y) { e_.draw(y, stream); })
            change_of(x, [&](Values<n>& y) { e_.draw(y, stream); });
    }
    std::optional<Real> advance(Vector& x, Real dt, bool held) const override {
        return solve(x, dt, held, !held);
    }
    void flow(Vector& x, Real dt, bool held) const override { solve(x, dt, held, false); }
    bool is_integrated() const override { return true; }

private:
    static constexpr std::size_t n = E::names.size();
    static_assert(n <= most_values);

    static std::size_t place(std::string_view variable) {
        std::size_t k = 0;
        while (E::names.at(k) != variable) ++k;
        return k;
    }
    std::optional<Real> solve(Vector& x, Real dt, bool held, bool stops) const {
        Values<n> y = narrow(x);
        const auto slope = [&](const Values<n>& at) { return e_.derivative(at, held); };
        const auto gap = [&](const Values<n>& at) { return stops ? e_.gap(at) : Real(-1); };
        const auto crossing = oracle::solve(slope, gap, y, dt, step, change);
        x = wide(y);
        return crossing;
    }
    template <class F>
    static void change_of(Vector& x, F&& f) {
        Values<n> y = narrow(x);
        f(y);
        x = wide(y);
    }
    static Values<n> narrow(const Vector& x) {
        Values<n> y{};
        std::copy_n(x.begin(), n, y.begin());
        return y;
    }
    static Vector wide(const Values<n>& y) {
        Vector x{};
        std::copy(y.begin(), y.end(), x.begin());
        return x;
    }

    E e_;
};

/// Conductances and constant currents, what most of these models have.
struct Synapses {
    explicit Synapses(const Parameters& p)
        : e_exc(p("e_exc")), e_inh(p("e_inh")), tau_exc(p("tau_syn_exc")),
          tau_inh(p("tau_syn_inh")), i_e(p("i_e")) {}
    Real current(Real v, Real g_exc, Real g_inh) const {
        return i_e - g_exc * (v - e_exc) - g_inh * (v - e_inh);
    }
    Real e_exc, e_inh, tau_exc, tau_inh, i_e;
};

struct LifCondExp {
    static constexpr std::array names{"v", "g_exc", "g_inh", "i_stim"};
    using X = Values<4>;
    explicit LifCondExp(const Parameters& p)
        : synapses(p), c(p("c_m")), g_l(p("g_l")), e_l(p("e_l")), v_th(p("v_th")),
          v_reset(p("v_reset")) {}
    X initial() const { return {e_l, 0, 0, 0}; }
    Real gap(const X& x) const { return x[0] - v_th; }
    void receive(X& x, const Input& input, bool) const {
        x[1] += input.exc;
        x[2] -= input.inh;
        x[3] += input.current;
    }
    void reset(X& x) const { x[0] = v_reset; }
    X derivative(const X& x, bool held) const {
        const Real i = synapses.current(x[0], x[1], x[2]) - g_l * (x[0] - e_l) + x[3];
        return {held ? 0 : i / c, -x[1] / synapses.tau_exc, -x[2] / synapses.tau_inh, 0};
    }
    Synapses synapses;
    Real c, g_l, e_l, v_th, v_reset;
};

struct LifCondAdaptive {
    static constexpr std::array names{"v", "g_exc", "g_inh", "theta", "i_stim"};
    using X = Values<5>;
    explicit LifCondAdaptive(const Parameters& p)
        : synapses(p),
          c(p("c_m")),
          g_l(p("g_l")),
          e_l(p("e_l")),
          v_th_min(p("v_th_min")),
          v_reset(p("v_reset")),
          jump(p("theta_jump")),
          tau_theta(p("tau_theta")) {}
    X initial() const { return {e_l, 0, 0, 0, 0}; }
    Real gap(const X& x) const { return x[0] - (v_th_min + x[3]); }
    void receive(X& x, const Input& input, bool) const {
        x[1] += input.exc;
        x[2] -= input.inh;
        x[4] += input.current;
    }
    void reset(X& x) const {
        x[0] = v_reset;
        x[3] += jump;
    }
    X derivative(const X& x, bool held) const {
        const Real i = synapses.current(x[0], x[1], x[2]) - g_l * (x[0] - e_l) + x[4];
        return {held ? 0 : i / c, -x[1] / synapses.tau_exc, -x[2] / synapses.tau_inh,
                -x[3] / tau_theta, 0};
    }
    Synapses synapses;
    Real c, g_l, e_l, v_th_min, v_reset, jump, tau_theta;
};

struct LifCondAlpha {
    static constexpr std::array names{"v", "g_exc", "z_exc", "g_inh", "z_inh", "i_stim"};
    using X = Values<6>;
    explicit LifCondAlpha(const Parameters& p)
        : synapses(p), c(p("c_m")), g_l(p("g_l")), e_l(p("e_l")), v_th(p("v_th")),
          v_reset(p("v_reset")) {}
    X initial() const { return {e_l, 0, 0, 0, 0, 0}; }
    Real gap(const X& x) const { return x[0] - v_th; }
    void receive(X& x, const Input& input, bool) const {
        x[2] += std::numbers::e_v<Real> * input.exc;
        x[4] -= std::numbers::e_v<Real> * input.inh;
        x[5] += input.current;
    }
    void reset(X& x) const { x[0] = v_reset; }
    X derivative(const X& x, bool held) const {
        const Real i = synapses.current(x[0], x[1], x[3]) - g_l * (x[0] - e_l) + x[5];
        return {held ? 0 : i / c,
                (x[2] - x[1]) / synapses.tau_exc, -x[2] / synapses.tau_exc,
                (x[4] - x[3]) / synapses.tau_inh, -x[4] / synapses.tau_inh, 0};
    }
    Synapses synapses;
    Real c, g_l, e_l, v_th, v_reset;
};

/// Brette & Gerstner 2005, eq. 2-3.
struct Adex {
    static constexpr std::array names{"v", "w", "g_exc", "g_inh", "i_stim"};
    using X = Values<5>;
    explicit Adex(const Parameters& p)
        : synapses(p), c(p("c_m")), g_l(p("g_l")), e_l(p("e_l")), v_th(p("v_th")),
          delta(p("delta_t")), v_peak(p("v_peak")), v_reset(p("v_reset")), a(p("a")), b(p("b")),
          tau_w(p("tau_w")) {}
    X initial() const { return {e_l, 0, 0, 0, 0}; }
    Real gap(const X& x) const { return x[0] - v_peak; }
    void receive(X& x, const Input& input, bool) const {
        x[2] += input.exc;
        x[3] -= input.inh;
        x[4] += input.current;
    }
    void reset(X& x) const {
        x[0] = v_reset;
        x[1] += b;
    }
    X derivative(const X& x, bool held) const {
        const Real upstroke = g_l * delta * std::exp((x[0] - v_th) / delta);
        const Real i = synapses.current(x[0], x[2], x[3]) - g_l * (x[0] - e_l) + upstroke - x[1] +
                       x[4];
        return {held ? 0 : i / c, (a * (x[0] - e_l) - x[1]) / tau_w, -x[2] / synapses.tau_exc,
                -x[3] / synapses.tau_inh, 0};
    }
    Synapses synapses;
    Real c, g_l, e_l, v_th, delta, v_peak, v_reset, a, b, tau_w;
};

/// Currents that decay exponentially, as in exp_if and escape_noise.
struct CurrentMembrane {
    explicit CurrentMembrane(const Parameters& p)
        : c(p("c_m")), tau_m(p("tau_m")), e_l(p("e_l")), v_th(p("v_th")), v_reset(p("v_reset")),
          tau_exc(p("tau_syn_exc")), tau_inh(p("tau_syn_inh")), i_e(p("i_e")) {}
    Real c, tau_m, e_l, v_th, v_reset, tau_exc, tau_inh, i_e;
};

/// Fourcaud-Trocme et al. 2003, eq. 10.
struct ExpIf : CurrentMembrane {
    static constexpr std::array names{"v", "i_exc", "i_inh", "i_stim"};
    using X = Values<4>;
    explicit ExpIf(const Parameters& p)
        : CurrentMembrane(p), delta(p("delta_t")), v_peak(p("v_peak")) {}
    X initial() const { return {e_l, 0, 0, 0}; }
    Real gap(const X& x) const { return x[0] - v_peak; }
    void receive(X& x, const Input& input, bool) const {
        x[1] += input.exc;
        x[2] += input.inh;
        x[3] += input.current;
    }
    void reset(X& x) const { x[0] = v_reset; }
    X derivative(const X& x, bool held) const {
        const Real v = (e_l - x[0] + delta * std::exp((x[0] - v_th) / delta)) / tau_m +
                       (x[1] + x[2] + x[3] + i_e) / c;
        return {held ? 0 : v, -x[1] / tau_exc, -x[2] / tau_inh, 0};
    }
    Real delta, v_peak;
};

/// A spike when the integral of the hazard reaches an exponential random number.
struct EscapeNoise : CurrentMembrane {
    static constexpr std::array names{"v", "i_exc", "i_inh", "hazard", "target", "i_stim"};
    using X = Values<6>;
    explicit EscapeNoise(const Parameters& p)
        : CurrentMembrane(p), rho(p("rho_0")), delta(p("delta_u")) {}
    X initial() const { return {e_l, 0, 0, 0, 1, 0}; }
    Real gap(const X& x) const { return x[3] - x[4]; }
    void draw(X& x, sim::RandomStream& stream) const { x[4] = stream.exponential(); }
    void receive(X& x, const Input& input, bool) const {
        x[1] += input.exc;
        x[2] += input.inh;
        x[5] += input.current;
    }
    void reset(X& x) const {
        x[0] = v_reset;
        x[3] = 0;
    }
    X derivative(const X& x, bool held) const {
        const Real v = (e_l - x[0]) / tau_m + (x[1] + x[2] + x[5] + i_e) / c;
        return {held ? 0 : v, -x[1] / tau_exc, -x[2] / tau_inh,
                held ? 0 : rho * std::exp((x[0] - v_th) / delta), 0, 0};
    }
    Real rho, delta;
};

/// Izhikevich 2003, eq. 1-3; its c and d are the resets.
struct Izhikevich {
    static constexpr std::array names{"v", "u", "i_stim"};
    using X = Values<3>;
    explicit Izhikevich(const Parameters& p)
        : a(p("a")), b(p("b")), c(p("c")), d(p("d")), v_th(p("v_th")), i_e(p("i_e")) {}
    X initial() const { return {c, b * c, 0}; }
    Real gap(const X& x) const { return x[0] - v_th; }
    void receive(X& x, const Input& input, bool held) const {
        if (!held) x[0] += input.exc + input.inh;
        x[2] += input.current;
    }
    void reset(X& x) const {
        x[0] = c;
        x[1] += d;
    }
    X derivative(const X& x, bool held) const {
        const Real v = 0.04L * x[0] * x[0] + 5 * x[0] + 140 - x[1] + i_e + x[2];
        return {held ? 0 : v, a * (b * x[0] - x[1]), 0};
    }
    Real a, b, c, d, v_th, i_e;
};

/// Brette et al. 2007, appendix B, benchmark 3. After a spike `block` keeps the gap below 0 until v
/// has been below v_th.
struct HodgkinHuxley {
    static constexpr std::array names{"v", "m", "h", "n", "g_exc", "g_inh", "block", "i_stim"};
    using X = Values<8>;
    explicit HodgkinHuxley(const Parameters& p)
        : synapses(p), c(p("c_m")), g_l(p("g_l")), e_l(p("e_l")), g_na(p("g_na")), e_na(p("e_na")),
          g_k(p("g_k")), e_k(p("e_k")), v_t(p("v_t")), v_th(p("v_th")) {}
    X initial() const {
        const auto [a_m, b_m, a_h, b_h, a_n, b_n] = rates(e_l);
        return {e_l, a_m / (a_m + b_m), a_h / (a_h + b_h), a_n / (a_n + b_n), 0, 0, residue, 0};
    }
    Real gap(const X& x) const { return x[0] - x[6] - v_th; }
    void receive(X& x, const Input& input, bool) const {
        x[4] += input.exc;
        x[5] -= input.inh;
        x[7] += input.current;
    }
    void reset(X& x) const { x[6] = 200; }
    X derivative(const X& x, bool) const {
        const auto [v, m, h, n, g_exc, g_inh, block, i_stim] = x;
        const auto [a_m, b_m, a_h, b_h, a_n, b_n] = rates(v);
        const Real i = synapses.current(v, g_exc, g_inh) - g_l * (v - e_l) -
                       g_na * m * m * m * h * (v - e_na) - g_k * n * n * n * n * (v - e_k) + i_stim;
        const Real below = std::clamp((v_th - v) / 5, Real(0), Real(1));
        return {i / c, a_m * (1 - m) - b_m * m, a_h * (1 - h) - b_h * h, a_n * (1 - n) - b_n * n,
                -g_exc / synapses.tau_exc, -g_inh / synapses.tau_inh,
                10 * below * below * (3 - 2 * below) * (residue - block), 0};
    }

private:
    static constexpr Real residue = 1e-12L;  // mV

    Values<6> rates(Real v) const {
        const Real u = v - v_t;
        const auto linear = [](Real x, Real width) {
            return x == 0 ? width : x / std::expm1(x / width);
        };
        return {0.32L * linear(13 - u, 4), 0.28L * linear(u - 40, 5),
                0.128L * std::exp((17 - u) / 18), 4 / (1 + std::exp((40 - u) / 5)),
                0.032L * linear(15 - u, 5), 0.5L * std::exp((10 - u) / 40)};
    }
    Synapses synapses;
    Real c, g_l, e_l, g_na, e_na, g_k, e_k, v_t, v_th;
};

}  // namespace

std::unique_ptr<Model> make_integrated_model(const std::string& name, const Parameters& p) {
    if (name == "lif_cond_exp") return std::make_unique<Integrated<LifCondExp>>(p);
    if (name == "lif_cond_adaptive") return std::make_unique<Integrated<LifCondAdaptive>>(p);
    if (name == "lif_cond_alpha") return std::make_unique<Integrated<LifCondAlpha>>(p);
    if (name == "adex") return std::make_unique<Integrated<Adex>>(p);
    if (name == "exp_if") return std::make_unique<Integrated<ExpIf>>(p);
    if (name == "escape_noise") return std::make_unique<Integrated<EscapeNoise>>(p);
    if (name == "izhikevich") return std::make_unique<Integrated<Izhikevich>>(p);
    if (name == "hodgkin_huxley") return std::make_unique<Integrated<HodgkinHuxley>>(p);
    return nullptr;
}

}  // namespace reference
