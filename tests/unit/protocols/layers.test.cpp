// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "protocols/file/expression.hpp"
#include "tests/unit/protocols/helpers.hpp"

using namespace protocols;
using namespace protocols::test;
using Catch::Matchers::Contains;
using Catch::Matchers::WithinRel;

namespace {

double value_of(std::string_view text) {
    return evaluate(text, [](std::string_view name, std::size_t offset) -> double {
        if (name == "x") return 3;
        throw ExpressionError{offset, "unknown"};
    });
}

const std::string varied = small + R"(
[variants.g.5]
neurons.exc.tau_m = "30 ms"
remove = "projections.noise_to_exc"

[variants.g.4]
parameters.J = "0.2 mV"
neurons.exc.i_e = "=J"
sources.more = {model = "poisson", rate = 1}
)";

}  // namespace

TEST_CASE("expressions follow the usual precedence", "[unit]") {
    CHECK(value_of("1 + 2 * x ^ 2") == 19);
    CHECK(value_of("-x^2") == -9);
    CHECK(value_of("2 ^ 3 ^ 2") == 512);
    CHECK(value_of("2 ^ -1") == 0.5);
    CHECK(value_of("8 / 4 / 2 - (1 - 2)") == 2);
    CHECK(value_of("max(1, x, 2) + min(4, x) + abs(-1)") == 7);
    CHECK(value_of("round(2.6) + floor(2.6) + ceil(2.2) + sqrt(4)") == 10);
    CHECK_THAT(value_of("exp(log(x)) * pi / e"), WithinRel(3.4671820494, 1e-9));
    CHECK(value_of("min(3)") == 3);
    CHECK(value_of("1.5 s + 2ms") == 1502);
    CHECK(value_of("2 kHz") == 2000);
}

TEST_CASE("total_number is the number of edges for a connection probability", "[unit]") {
    // k edges between n pairs leave a pair out with probability (1 - 1/n)^k.
    CHECK_THAT(value_of("1 - (1 - 1 / 60)^total_number(0.1, 10, 6)"), WithinRel(0.1, 1e-13));
    CHECK(value_of("total_number(0, 10, 6)") == 0);
}

TEST_CASE("a function wants its arguments", "[unit]") {
    const auto text_of = [](std::string_view text) {
        try {
            value_of(text);
        } catch (const ExpressionError& error) {
            return error.text;
        }
        return std::string();
    };
    CHECK(text_of("sqrt(1, 2)") == "'sqrt' takes 1 argument, has 2");
    CHECK(text_of("2 * total_number(0.1)") == "'total_number' takes 3 arguments, has 1");
    CHECK(text_of("max()") == "unexpected ')'");
}

TEST_CASE("a broken expression says where", "[unit]") {
    const auto offset = [](std::string_view text) {
        try {
            value_of(text);
        } catch (const ExpressionError& error) {
            return error.offset;
        }
        return std::string_view::npos;
    };
    CHECK(offset("1 + y") == 4);
    CHECK(offset("1 +") == 3);
    CHECK(offset("(1") == 2);
    CHECK(offset("1 2") == 2);
    CHECK(offset("2 parsec") == 2);
    CHECK(offset("sine(1)") == 0);
    CHECK(offset("1 / 0") == 0);
    CHECK(offset("") == 0);
    CHECK(offset(std::string(5000, '(')) < 5000);
    CHECK(offset(std::string(5000, '-') + "1") < 5000);
}

TEST_CASE("overrides reach parameters and fields", "[unit]") {
    const auto d = read(small, {{"g", "4"}, {"neurons.exc.tau_m", "15ms"}, {"run.seed", "7"},
                                {"neurons.inh.i_e", "=twice * 1 pA"},
                                {"neurons.exc.initial.v", "-60"}});
    CHECK(d.projections.at(1).weight.a == -80);
    CHECK(d.neurons.at(0).params.at("tau_m").a == 15);
    CHECK(d.neurons.at(1).params.at("i_e").a == 8);
    CHECK(d.neurons.at(0).initial.at("v").a == -60);
    CHECK(d.run.seed == 7);
}

TEST_CASE("an override that leads nowhere names the nearest path", "[unit]") {
    CHECK(mistakes(small, {{"neurons.exd.tau_m", "1"}}) ==
          "--set neurons.exd.tau_m=1: error: leads nowhere: there is no 'exd' in neurons - did you "
          "mean 'neurons.exc.tau_m'?\n");
    CHECK_THAT(mistakes(small, {{"nuerons.exc.tau_m", "1"}}), Contains("'neurons.exc.tau_m'?"));
    CHECK_THAT(mistakes(small, {{"twicee", "1"}}), Contains("did you mean 'twice'?"));
    CHECK_THAT(mistakes(small, {{"neurons.exc.taum", "1"}}),
               Contains("--set neurons.exc.taum=1: error: unknown key 'taum'"));
    CHECK_THAT(mistakes(small, {{"phases.0.duration", "1"}}), Contains("there is no 'phases'"));
    CHECK_THAT(mistakes(small, {{"neurons.exc.tau_m.normal", "1"}}), Contains("leads nowhere"));
    CHECK(mistakes(small, {{"g", "abc"}}) == "--set g=abc: error: must be a number\n");
    CHECK(mistakes(small, {{"J", "-1"}}) == "--set J=-1: error: must be >= 0\n");
    CHECK(mistakes(small, {{"run.resolution", "0"}}) ==
          "--set run.resolution=0: error: must be > 0\n");
}

TEST_CASE("--set needs path=value", "[unit]") {
    const auto set = parse_override(" run.seed = 3 ");
    CHECK(set.path == "run.seed");
    CHECK(set.value == "3");
    CHECK(parse_override("g==2 * 3").value == "=2 * 3");
    CHECK_THROWS_AS(parse_override("g"), sim::BadParameter);
    CHECK_THROWS_AS(parse_override("=4"), sim::BadParameter);
}

TEST_CASE("a parameter chooses its variant", "[unit]") {
    const auto five = read(varied);
    CHECK(five.neurons.at(0).params.at("tau_m").a == 30);
    CHECK(five.projections.size() == 1);
    const auto four = read(varied, {{"g", "4"}});
    CHECK(four.neurons.at(0).params.at("tau_m").a == 20);
    CHECK(four.neurons.at(0).params.at("i_e").a == 0.2);
    CHECK(four.sources.at(1).name == "more");
    CHECK(read(varied, {{"g", "4"}, {"J", "0.3"}}).neurons.at(0).params.at("i_e").a == 0.3);
    CHECK(read(varied, {{"g", "6"}}).sources.size() == 1);
}

TEST_CASE("like copies what a table does not say itself", "[unit]") {
    const auto d = read(with("model = \"lif_exp\"\nsize = 20", "like = \"exc\"\nsize = 20"));
    CHECK(d.neurons.at(1).params.at("tau_m").a == 20);
    CHECK(d.neurons.at(1).size == 20);
    const auto text = with("tau_m = \"20 ms\"", "like = \"inh\"");
    CHECK(mistakes(text) == "");
    CHECK_THAT(mistakes(text, {{"neurons.inh.like", "exc"}}), Contains("goes in a circle"));
}

TEST_CASE("a mistake shared by like is reported once", "[unit]") {
    auto text = with("model = \"lif_exp\"\nsize = 20", "like = \"exc\"");
    text.replace(text.find("20 ms"), 5, "20 mV");
    CHECK(validate_file({text, "f"}, {}, catalogue()).size() == 1);
}
