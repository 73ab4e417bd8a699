// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Configuration files of a SONATA circuit: JSON with variables, and mistakes with their place.

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace data::circuit {

using Json = nlohmann::json;

/// Collects what is wrong, so that everything is reported at once.
class Mistakes {
public:
    /// As "place: text", or "place = value: text" where the text begins so.
    void add(const std::string& place, const std::string& text);

    /// Runs a part of the reading; false if it threw BadFile, which becomes a mistake.
    bool attempt(const std::function<void()>& part);

    bool empty() const { return messages_.empty(); }

    /// Throws: BadFile if all mistakes are files that cannot be read, else BadProtocol
    void check() const;

private:
    void add(std::string message);

    std::vector<std::string> messages_;
    bool only_files_ = true;
};

/// A JSON value and where it stands. A field that is missing is nothing, one of the wrong kind is
/// nothing and a mistake.
class Entry {
public:
    Entry(const Json& value, std::string file, std::string path, Mistakes& mistakes)
        : json_(&value), file_(std::move(file)), path_(std::move(path)), mistakes_(&mistakes) {}

    const Json& json() const { return *json_; }
    const std::string& path() const { return path_; }
    std::string place() const;  ///< "file: path"
    void mistake(const std::string& text) const;
    void mistake(const std::string& key, const std::string& text) const;

    std::optional<Entry> find(const std::string& key) const;
    std::vector<std::pair<std::string, Entry>> fields() const;  ///< none of what is no object
    std::vector<Entry> items() const;                           ///< itself, if it is no list

    std::optional<std::string> text() const;
    std::optional<std::string> text(const std::string& key) const;
    std::optional<double> number(const std::string& key) const;
    std::optional<bool> flag(const std::string& key) const;
    std::optional<std::vector<double>> numbers(const std::string& key) const;  ///< one or a list

    /// Keys that nobody asked for, "path.key".
    std::vector<std::string> rest() const;

private:
    std::string at(const std::string& key) const;

    const Json* json_;
    std::string file_;
    std::string path_;
    Mistakes* mistakes_;
    std::shared_ptr<std::set<std::string>> asked_ = std::make_shared<std::set<std::string>>();
};

/// Throws: BadFile as "file:line:column: ..."
Json read_json(const std::filesystem::path& path);

/// A configuration file with the variables of its manifest replaced in every text.
/// Variables: "$NAME" or "${NAME}", which may use each other; $configdir is the folder of the file,
/// which relative paths start from anyway.
Json read_config(const std::filesystem::path& path, Mistakes& mistakes);

}  // namespace data::circuit
