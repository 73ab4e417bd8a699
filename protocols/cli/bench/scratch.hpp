// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// The folder of a measuring process, in the system's folder for temporary files. Whoever started the
// process can take it away too, should the process have been killed.

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace protocols::cli {

class ScratchFolder {
public:
    explicit ScratchFolder(pid_t process)
        : path_(std::filesystem::temp_directory_path() /
                ("sharpwave-bench-" + std::to_string(process))) {}
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace protocols::cli
