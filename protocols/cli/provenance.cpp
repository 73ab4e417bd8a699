// SPDX-License-Identifier: BSD-3-Clause
#include "protocols/cli/provenance.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "protocols/cli/build_info.hpp"

namespace protocols::cli {

std::string utc_time() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text.data(), length};
}

Json build_json() {
    Json json;
    json["version"] = build_info.version;
    json["revision"] = revision;
    json["compiler"] = build_info.compiler;
    json["build_type"] = build_info.build_type;
    json["flags"] = build_info.flags;
    for (const auto& [name, version] : build_info.dependencies)
        json["libraries"][std::string(name)] = version;
    return json;
}

std::map<std::string, std::string> provenance_texts() {
    std::map<std::string, std::string> texts{{"program", "sharpwave"},
                                             {"host_cores", std::to_string(host_cores())}};
    const Json build = build_json();
    for (const auto& [key, value] : build.items())
        if (value.is_string()) texts[key] = value.get<std::string>();
    for (const auto& [name, version] : build_info.dependencies)
        texts["library_" + std::string(name)] = version;
    return texts;
}

unsigned host_cores() { return std::max(1U, std::thread::hardware_concurrency()); }

std::string processor() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    return "unknown processor";
}

std::uint64_t resident_bytes() {
    std::ifstream in("/proc/self/statm");
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    in >> total >> resident;
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// Not getrusage, which begins with the memory of the process that started this one.
std::uint64_t peak_resident_bytes() {
    std::ifstream in("/proc/self/status");
    std::string key;
    std::uint64_t kibibytes = 0;
    while (in >> key && key != "VmHWM:") in.ignore(1 << 16, '\n');
    in >> kibibytes;
    return kibibytes * 1024;
}

}  // namespace protocols::cli
