// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// What a study is: a protocol in C++ that is more than one simulated network, such as a training
// run or a comparison of methods. One header in protocols/studies, its name in
// protocols/CMakeLists.txt.
//
// Every study S has
//   name, summary, source   text; the file stem is the name
//   Params, params()        numbers in house units and their table, defaults in the members
//   texts()                 the table of parameters that are names, one of a few each, or paths
//   results()               what it finds: name and meaning with shape and unit, for `show`
//   run(params, context)    does it and gives the results: numbers, texts, lists and lists of
//                           lists by name. Once `context.cancelled()` it stops where what it has
//                           found so far is true, and gives that
//
// Invariant: the results depend on parameters and seed, never on the number of threads.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "protocols/file/parameter_table.hpp"
#include "protocols/file/protocol_file.hpp"
#include "sim/core/catalogue.hpp"

namespace protocols {

using Json = nlohmann::ordered_json;

/// What a study is given beside its parameters.
/// Thread: `cancelled` and `progress` any, `file` one
class StudyContext {
public:
    struct Setting {
        const sim::Catalogue& catalogue;
        std::uint64_t seed = 1;
        int threads = 1;
    };

    explicit StudyContext(const Setting& setting) : setting_(setting) {}
    virtual ~StudyContext() = default;
    StudyContext(const StudyContext&) = delete;
    StudyContext& operator=(const StudyContext&) = delete;

    const sim::Catalogue& catalogue() const { return setting_.catalogue; }
    std::uint64_t seed() const { return setting_.seed; }
    int threads() const { return setting_.threads; }

    /// Says how far the study has come: a fraction in [0, 1] and a short line without its end.
    virtual void progress(double fraction, const std::string& line) = 0;

    /// Whether the study should stop at the next clean point; once true it stays so. A study that
    /// has asked and was told so counts as incomplete.
    bool cancelled() {
        if (is_stop_wanted()) was_cancelled_ = true;
        return was_cancelled_;
    }
    bool was_cancelled() const { return was_cancelled_; }

    /// Where a further file of this name goes, for whatever writes it; it belongs to the run.
    /// Throws: BadFile if the name is taken, or none of a file in the folder
    virtual std::filesystem::path file(const std::string& name) = 0;

protected:
    virtual bool is_stop_wanted() const = 0;

private:
    Setting setting_;
    std::atomic<bool> was_cancelled_ = false;
};

/// Everything that decides the results of a study.
struct StudySettings {
    ParameterValues values;
    std::uint64_t seed = 1;
};

/// As the catalogue stores a study.
struct Study {
    std::function<ParameterTable(const sim::Catalogue&)> parameters;
    std::function<Json(const ParameterValues&, StudyContext&)> run;
};

/// The study that a file is about (`study = "name"` in its head); nothing if it is a protocol, or
/// no TOML.
std::optional<std::string> study_of(const Source& file);

/// Defaults; over them what a file of write_study says, if there is one, and then the overrides:
/// parameters by their names, and run.seed.
/// Throws: BadProtocol with every mistake, each located
StudySettings read_study(const ParameterTable& table, const std::optional<Source>& file,
                         const std::vector<Override>& overrides);

/// All settings as a file, which gives the same results again.
std::string write_study(const std::string& name, const ParameterTable& table,
                        const StudySettings& settings);

}  // namespace protocols

namespace sim {

/// Turns a study into an entry of the catalogue.
template <class S>
void register_study(Catalogue& catalogue) {
    catalogue.add(
        protocols::protocol_part<S>(),
        protocols::Study{protocols::parameter_table<S>, [](const protocols::ParameterValues& values,
                                                           protocols::StudyContext& context) {
                             return S::run(protocols::assemble_parameters<S>(values), context);
                         }});
}

}  // namespace sim
