# SPDX-License-Identifier: BSD-3-Clause
# The built-in protocols, where the program looks for them: in ../share from its own folder, in the build
# tree as well as installed.
set(share "share/sharpwave/protocols")
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/share/sharpwave")
file(CREATE_LINK "${PROJECT_SOURCE_DIR}/protocols/builtin" "${PROJECT_BINARY_DIR}/${share}" SYMBOLIC)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/protocols/builtin/" DESTINATION "${share}"
        FILES_MATCHING PATTERN "*.toml")
