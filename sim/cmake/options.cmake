# SPDX-License-Identifier: BSD-3-Clause
# What every target is compiled with: the interface target `sharpwave_options`.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Kind of build" FORCE)
endif()

find_program(SHARPWAVE_CCACHE ccache)
if(SHARPWAVE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${SHARPWAVE_CCACHE}")
endif()

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")

find_package(Threads REQUIRED)
find_path(SHARPWAVE_RANDOM123 Random123/philox.h REQUIRED)

set(march $<$<BOOL:${SHARPWAVE_NATIVE}>:-march=native>)
if(SHARPWAVE_LEVEL)
  set(march -march=${SHARPWAVE_LEVEL})
endif()

add_library(sharpwave_options INTERFACE)
target_include_directories(sharpwave_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_link_libraries(sharpwave_options INTERFACE Threads::Threads)
target_compile_options(sharpwave_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  -Wno-restrict  # g++ 12 sees overlaps in std::string that are not there (GCC bug 105651)
  -Wno-psabi  # g++ 12 says that packs would be passed otherwise with AVX-512; none leaves a program
  # No contraction: the same bits whether or not the machine has fused multiply-add.
  -ffp-contract=off
  $<$<CONFIG:Release>:-O3>
  ${march}
  $<$<BOOL:${SHARPWAVE_WERROR}>:-Werror>)
if(SHARPWAVE_SANITIZE)
  target_compile_options(sharpwave_options INTERFACE
    -fsanitize=${SHARPWAVE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    # g++ 12 raises it without cause on what sanitizers instrument (std::regex).
    -Wno-maybe-uninitialized)
  target_link_options(sharpwave_options INTERFACE -fsanitize=${SHARPWAVE_SANITIZE})
endif()

# Third-party headers count as system headers, so that their warnings are not ours.
target_include_directories(sharpwave_options SYSTEM INTERFACE "${SHARPWAVE_RANDOM123}")

# Dense algebra. GCC 12 takes values that AVX-512 intrinsics leave undefined on purpose for mistakes
# (its bug 105593).
find_package(Eigen3 3.4 REQUIRED)
add_library(sharpwave_eigen INTERFACE)
target_link_libraries(sharpwave_eigen INTERFACE Eigen3::Eigen)
target_compile_options(sharpwave_eigen INTERFACE -Wno-maybe-uninitialized -Wno-uninitialized)
