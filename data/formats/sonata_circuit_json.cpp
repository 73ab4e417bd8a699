// SPDX-License-Identifier: BSD-3-Clause
#include "data/formats/sonata_circuit_json.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>

#include "sim/core/error.hpp"
#include "sim/core/text.hpp"

namespace data::circuit {

// Mistakes.

void Mistakes::add(std::string message) {
    if (std::find(messages_.begin(), messages_.end(), message) == messages_.end())
        messages_.push_back(std::move(message));
}

void Mistakes::add(const std::string& place, const std::string& text) {
    only_files_ = false;
    add(place + (text.starts_with('=') ? " " : ": ") + text);
}

bool Mistakes::attempt(const std::function<void()>& part) {
    try {
        part();
        return true;
    } catch (const sim::BadFile& bad) {
        add(bad.what());
        return false;
    }
}

void Mistakes::check() const {
    if (messages_.empty()) return;
    if (only_files_) throw sim::BadFile(sim::join(messages_, "\n"));
    throw sim::BadProtocol(messages_);
}

// Entries.

std::string Entry::place() const { return path_.empty() ? file_ : file_ + ": " + path_; }

std::string Entry::at(const std::string& key) const {
    return path_.empty() ? key : path_ + "." + key;
}

void Entry::mistake(const std::string& text) const { mistakes_->add(place(), text); }

void Entry::mistake(const std::string& key, const std::string& text) const {
    mistakes_->add(file_ + ": " + at(key), text);
}

std::optional<Entry> Entry::find(const std::string& key) const {
    asked_->insert(key);
    if (!json_->is_object()) return std::nullopt;
    const auto found = json_->find(key);
    if (found == json_->end() || found->is_null()) return std::nullopt;
    return Entry(*found, file_, at(key), *mistakes_);
}

std::vector<std::pair<std::string, Entry>> Entry::fields() const {
    std::vector<std::pair<std::string, Entry>> all;
    if (!json_->is_object()) {
        mistake("must be an object {\"name\": ...}");
        return all;
    }
    for (const auto& [key, value] : json_->items())
        all.emplace_back(key, Entry(value, file_, at(key), *mistakes_));
    return all;
}

std::vector<Entry> Entry::items() const {
    if (!json_->is_array()) return {*this};
    std::vector<Entry> all;
    for (std::size_t i = 0; i < json_->size(); ++i)
        all.emplace_back((*json_)[i], file_, path_ + "[" + std::to_string(i) + "]", *mistakes_);
    return all;
}

std::optional<std::string> Entry::text() const {
    if (json_->is_string()) return json_->get<std::string>();
    mistake("must be a text");
    return std::nullopt;
}

std::optional<std::string> Entry::text(const std::string& key) const {
    const auto found = find(key);
    return found ? found->text() : std::nullopt;
}

std::optional<std::vector<double>> Entry::numbers(const std::string& key) const {
    const auto found = find(key);
    if (!found) return std::nullopt;
    std::vector<double> values;
    for (const auto& one : found->items()) {
        if (!one.json().is_number()) {
            one.mistake("must be a number");
            return std::nullopt;
        }
        values.push_back(one.json().get<double>());
    }
    return values;
}

std::optional<double> Entry::number(const std::string& key) const {
    const auto found = find(key);
    if (!found) return std::nullopt;
    if (found->json().is_number()) return found->json().get<double>();
    found->mistake("must be a number");
    return std::nullopt;
}

std::optional<bool> Entry::flag(const std::string& key) const {
    const auto found = find(key);
    if (!found) return std::nullopt;
    if (found->json().is_boolean()) return found->json().get<bool>();
    found->mistake("must be true or false");
    return std::nullopt;
}

std::vector<std::string> Entry::rest() const {
    std::vector<std::string> keys;
    if (json_->is_object())
        for (const auto& [key, value] : json_->items())
            if (!asked_->contains(key)) keys.push_back(at(key));
    return keys;
}

// Files.

Json read_json(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw sim::BadFile(path.string() + ": " + std::strerror(errno));
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (in.bad()) throw sim::BadFile(path.string() + ": cannot be read to its end");
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& error) {
        const std::size_t at = std::min(error.byte > 0 ? error.byte - 1 : 0, text.size());
        const auto before = std::string_view(text).substr(0, at);
        const auto line = std::count(before.begin(), before.end(), '\n') + 1;
        const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
        throw sim::BadFile(path.string() + ":" + std::to_string(line) + ":" +
                           std::to_string(at - start + 1) + ": is no JSON from here on");
    } catch (const Json::exception& error) {
        throw sim::BadFile(path.string() + ": is no JSON: " + error.what());
    }
}

namespace {

bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string stripped(const std::string& key) {
    std::string name;
    std::copy_if(key.begin(), key.end(), std::back_inserter(name), is_name);
    return name;
}

class Manifest {
public:
    explicit Manifest(const Entry& root) {
        values_["configdir"] = ".";
        if (const auto manifest = root.find("manifest"))
            for (const auto& [key, value] : manifest->fields())
                if (value.text()) raw_.insert_or_assign(stripped(key), value);
    }

    /// Replaces the variables in a text; `entry` is where it stands.
    std::string replaced(const std::string& text, const Entry& entry) {
        std::string result;
        for (std::size_t i = 0; i < text.size();) {
            if (text[i] != '$') {
                result += text[i++];
                continue;
            }
            const bool braced = i + 1 < text.size() && text[i + 1] == '{';
            const std::size_t from = i + (braced ? 2 : 1);
            std::size_t end = from;
            while (end < text.size() && is_name(text[end])) ++end;
            result += value(text.substr(from, end - from), entry);
            i = end + (braced && end < text.size() && text[end] == '}' ? 1 : 0);
        }
        return result;
    }

    void replace_all(const Entry& entry, Json& json) {
        if (json.is_object()) {
            for (const auto& [key, value] : entry.fields()) replace_all(value, json[key]);
        } else if (json.is_array()) {
            const auto items = entry.items();
            for (std::size_t i = 0; i < items.size(); ++i) replace_all(items[i], json[i]);
        } else if (json.is_string()) {
            json = replaced(json.get<std::string>(), entry);
        }
    }

private:
    std::string value(const std::string& name, const Entry& user) {
        if (const auto known = values_.find(name); known != values_.end()) return known->second;
        const auto raw = raw_.find(name);
        if (raw == raw_.end()) {
            std::vector<std::string> known{"configdir"};
            for (const auto& [other, entry] : raw_) known.push_back(other);
            user.mistake("no variable $" + name + " in the manifest" +
                         sim::suggestion(name, known));
            return {};
        }
        if (!open_.insert(name).second) {
            raw->second.mistake("is defined by itself");
            return {};
        }
        auto result = replaced(raw->second.json().get<std::string>(), raw->second);
        open_.erase(name);
        return values_[name] = std::move(result);
    }

    std::map<std::string, Entry> raw_;
    std::map<std::string, std::string> values_;
    std::set<std::string> open_;  // being replaced
};

}  // namespace

Json read_config(const std::filesystem::path& path, Mistakes& mistakes) {
    const Json root = read_json(path);
    if (!root.is_object()) throw sim::BadFile(path.string() + ": must be an object {...}");
    const Entry top(root, path.string(), "", mistakes);
    Json result = root;
    Manifest(top).replace_all(top, result);
    return result;
}

}  // namespace data::circuit
