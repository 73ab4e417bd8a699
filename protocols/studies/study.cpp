// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/studies/study.hpp"

#include <algorithm>

#include "protocols/file/evaluator.hpp"
#include "protocols/file/layers.hpp"
#include "protocols/file/toml_text.hpp"
#include "sim/core/text.hpp"

namespace protocols {
namespace {

// Layers of settings: the tree of the defaults, in which values are replaced.
class Settings {
public:
    Settings(const ParameterTable& table, const std::optional<Source>& file,
             const std::vector<Override>& overrides)
        : table_(table),
          root_(parse_toml(parameters_section(table) + "[run]\nseed = 1\n")),
          folder_(file ? std::filesystem::path(file->name).parent_path() : ""),
          diagnostics_(file.value_or(Source{"", "parameters"}), overrides) {
        if (file) read(*file);
        apply_overrides();
    }

    StudySettings evaluate() {
        StudySettings settings;
        settings.values = values_of(table_, root_, folder_, diagnostics_);
        Evaluator evaluator(root_, diagnostics_);
        settings.seed = evaluator.count(*root_.find("run")->find("seed"), "run.seed").value_or(0);
        diagnostics_.check();
        return settings;
    }

private:
    void read(const Source& file) {
        Node given;
        try {
            given = parse_toml(file.text);
        } catch (const SyntaxError& error) {
            return diagnostics_.error(error.location, error.text);
        }
        for (const Node& section : given.children) {
            if (section.key == "study") continue;
            Node* own = root_.find(section.key);
            if (own == nullptr)
                unknown(section, "the file of a study", {"study", "parameters", "run"});
            else if (!section.is_table())
                diagnostics_.error(section.location, section.key, "must be a table");
            else
                for (const Node& child : section.children) put(*own, child);
        }
    }

    void put(Node& section, const Node& value) {
        Node* own = section.find(value.key);
        const auto path = section.key + "." + value.key;
        if (own == nullptr) return unknown(value, section.key, section.keys());
        if (value.is_table() || value.is_list())
            return diagnostics_.error(value.location, path, "must be a number or a text");
        set_parameter(*own, path, value, diagnostics_);
    }

    void unknown(const Node& node, const std::string& place,
                 const std::vector<std::string>& known) {
        diagnostics_.error(node.key_location, "there is no '" + node.key + "' in " + place +
                                                  sim::suggestion(node.key, known));
    }

    void apply_overrides() {
        const auto& all = diagnostics_.overrides();
        for (std::size_t i = 0; i < all.size(); ++i) {
            const auto path = split_path(all[i].path);
            const bool is_named = path.size() == 1;
            const bool is_known = path.size() == 2 && (path[0] == "parameters" || path[0] == "run");
            Node* section = root_.find(is_known ? path[0] : "parameters");
            Node value = override_value(all[i], i);
            value.key = path.empty() ? "" : path.back();
            Node* own = is_named || is_known ? section->find(value.key) : nullptr;
            if (own == nullptr) nowhere(all[i].path, value.location);
            else set_parameter(*own, section->key + "." + value.key, value, diagnostics_);
        }
    }

    void nowhere(const std::string& path, Location location) {
        auto known = root_.find("parameters")->keys();
        known.emplace_back("run.seed");
        diagnostics_.error(location, "leads nowhere: the study has no '" + path + "'" +
                                         sim::suggestion(path, known));
    }

    const ParameterTable& table_;
    Node root_;
    std::filesystem::path folder_;  // where paths in the file start
    Diagnostics diagnostics_;
};

}  // namespace

std::optional<std::string> study_of(const Source& file) {
    try {
        const Node root = parse_toml(file.text);
        const Node* name = root.find("study");
        if (name != nullptr && name->is_text()) return name->text;
    } catch (const SyntaxError&) {
        // Whoever reads the protocol says where.
    }
    return std::nullopt;
}

StudySettings read_study(const ParameterTable& table, const std::optional<Source>& file,
                         const std::vector<Override>& overrides) {
    return Settings(table, file, overrides).evaluate();
}

std::string write_study(const std::string& name, const ParameterTable& table,
                        const StudySettings& settings) {
    std::string text = "study = " + quoted(name) + "\n\n[parameters]\n";
    for (std::size_t i = 0; i < table.texts.size(); ++i)
        text += table.texts[i].name + " = " + quoted(settings.values.texts[i]) + "\n";
    for (std::size_t i = 0; i < table.numbers.size(); ++i)
        text += table.numbers[i].name + " = " + real(settings.values.numbers[i]) + "\n";
    return text + "\n[run]\nseed = " + whole(settings.seed) + "\n";
}

}  // namespace protocols
