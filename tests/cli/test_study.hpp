// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A study for tests of what the command line does with studies: it adds up random numbers.

#include <array>
#include <chrono>
#include <fstream>
#include <thread>

#include "protocols/studies/study.hpp"
#include "sim/core/error.hpp"
#include "sim/core/random.hpp"

namespace protocols {

struct Adding {
    static constexpr std::string_view name = "adding";
    static constexpr std::string_view summary = "sums of random numbers";
    static constexpr std::string_view source = "none: made for tests";

    struct Params {
        std::string form = "uniform", table;
        double terms = 4, gain = 2, pause = 0;
    };
    static constexpr auto params() {
        using P = Params;
        using enum sim::Unit;
        return std::array{
            sim::Param<P>{"terms", &P::terms, none, sim::Range{1, 1000, false, false, true},
                          "numbers to add"},
            sim::Param<P>{"gain", &P::gain, mV, sim::range::positive, "of every number"},
            sim::Param<P>{"pause", &P::pause, ms, sim::range::non_negative, "before every number"},
        };
    }
    static std::array<TextParam<Params>, 2> texts() {
        return {{{"form", &Params::form,
                  [](const sim::Catalogue&) {
                      return std::vector<std::string>{"uniform", "normal"};
                  },
                  "of the distribution"},
                 {"table", &Params::table, nullptr, "a file whose size is told"}}};
    }
    static constexpr auto results() {
        return std::array{ResultInfo{"sum", "of all terms"},
                          ResultInfo{"terms[]", "one after the other"},
                          ResultInfo{"table_bytes", "size of the table, null without one"}};
    }

    static Json run(const Params& p, StudyContext& context) {
        Json results = Json::object();
        results["sum"] = 0.0;
        results["terms"] = Json::array();
        results["table_bytes"] = nullptr;
        if (!p.table.empty()) {
            if (!std::filesystem::is_regular_file(p.table))
                throw sim::BadFile(p.table + ": cannot be read; give another table");
            results["table_bytes"] = std::filesystem::file_size(p.table);
        }
        std::ofstream log;
        sim::RandomStream random({context.seed()}, 0);
        const auto count = static_cast<int>(p.terms);
        for (int i = 0; i < count && !context.cancelled(); ++i) {
            context.progress(i / p.terms, "term " + std::to_string(i + 1));
            if (!log.is_open()) log.open(context.file("terms.txt"));
            std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(p.pause));
            const double term = p.gain * (p.form == "normal" ? random.normal() : random.uniform());
            if (i == 999) throw sim::NumericFailure("adding: term 1000 is one too many");
            log << term << std::endl;
            results["terms"].push_back(term);
            results["sum"] = results["sum"].get<double>() + term;
        }
        return results;
    }
};

}  // namespace protocols
