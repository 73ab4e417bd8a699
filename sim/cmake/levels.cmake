# SPDX-License-Identifier: BSD-3-Clause
# The program for several instruction sets, and one in front of them that runs the best of those that the
# machine has. They are programs of their own: within one, the linker would take the same inline
# function of only one of them for all.
include(ExternalProject)

foreach(level IN LISTS SHARPWAVE_LEVELS)
  ExternalProject_Add(sharpwave_${level}
    SOURCE_DIR "${PROJECT_SOURCE_DIR}"
    BINARY_DIR "${PROJECT_BINARY_DIR}/${level}"
    CMAKE_GENERATOR "${CMAKE_GENERATOR}"
    CMAKE_ARGS -DCMAKE_BUILD_TYPE=Release -DSHARPWAVE_LEVEL=${level} -DSHARPWAVE_TESTS=OFF
               -DSHARPWAVE_BENCH=OFF -DSHARPWAVE_WERROR=${SHARPWAVE_WERROR}
    BUILD_COMMAND "${CMAKE_COMMAND}" --build <BINARY_DIR> --target sharpwave
    INSTALL_COMMAND "${CMAKE_COMMAND}" -E copy <BINARY_DIR>/bin/sharpwave
                    "${PROJECT_BINARY_DIR}/bin/sharpwave-${level}"
    BUILD_ALWAYS ON
    USES_TERMINAL_BUILD ON)
  install(PROGRAMS "${PROJECT_BINARY_DIR}/bin/sharpwave-${level}" TYPE BIN)
endforeach()

add_executable(sharpwave "${PROJECT_SOURCE_DIR}/protocols/cli/best_level.cpp")
set_target_properties(sharpwave PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
install(TARGETS sharpwave)

include(share)
