# SPDX-License-Identifier: BSD-3-Clause
# sharpwave_catalogue(<target> KIND <kind> FOLDER <dir> NAMESPACE <ns> ADAPTER <header>
#                     PARTS <name>... [HELPERS <name>...])
#
# A part is one header: lif_exp.hpp holds type <ns>::LifExp with name "lif_exp". This generates one
# registration source per part, so that parts compile in parallel and no static initialiser is
# needed, and one `register_<folder>(sim::Catalogue&)` that calls them all. ADAPTER is the header
# with `register_<kind>`. A header in the folder that is neither part nor helper stops the
# configuration.

function(_sharpwave_pascal name out)
  string(REPLACE "_" ";" words "${name}")
  set(result "")
  foreach(word IN LISTS words)
    string(SUBSTRING "${word}" 0 1 head)
    string(SUBSTRING "${word}" 1 -1 tail)
    string(TOUPPER "${head}" head)
    string(APPEND result "${head}${tail}")
  endforeach()
  set(${out} "${result}" PARENT_SCOPE)
endfunction()

function(sharpwave_catalogue target)
  cmake_parse_arguments(arg "" "KIND;FOLDER;NAMESPACE;ADAPTER" "PARTS;HELPERS" ${ARGN})
  set(directory "${PROJECT_SOURCE_DIR}/${arg_FOLDER}")
  file(GLOB present CONFIGURE_DEPENDS RELATIVE "${directory}" "${directory}/*.hpp")
  foreach(file IN LISTS present)
    string(REGEX REPLACE "\\.hpp$" "" stem "${file}")
    if(NOT stem IN_LIST arg_PARTS AND NOT stem IN_LIST arg_HELPERS)
      message(FATAL_ERROR "the catalogue of ${arg_FOLDER} does not list: ${file}")
    endif()
  endforeach()

  string(REPLACE "/" "_" folder "${arg_FOLDER}")
  set(generated "${PROJECT_BINARY_DIR}/catalogue/${folder}")
  set(declarations "")
  set(calls "")
  foreach(part IN LISTS arg_PARTS)
    _sharpwave_pascal("${part}" type)
    string(APPEND declarations "void register_${part}(Catalogue& catalogue);\n")
    string(APPEND calls "    register_${part}(catalogue);\n")
    file(CONFIGURE OUTPUT "${generated}/${part}.cpp" @ONLY CONTENT
"#include \"${arg_FOLDER}/${part}.hpp\"

#include \"${arg_ADAPTER}\"

namespace sim::${folder} {
void register_${part}(Catalogue& catalogue) {
    static_assert(${arg_NAMESPACE}::${type}::name == \"${part}\");
    register_${arg_KIND}<${arg_NAMESPACE}::${type}>(catalogue);
}
}  // namespace sim::${folder}
")
    target_sources(${target} PRIVATE "${generated}/${part}.cpp")
  endforeach()
  file(CONFIGURE OUTPUT "${generated}/all.cpp" @ONLY CONTENT
"#include \"sim/core/catalogue.hpp\"

namespace sim {
namespace ${folder} {
${declarations}}  // namespace ${folder}

void register_${folder}(Catalogue& catalogue) {
    using namespace ${folder};
${calls}}
}  // namespace sim
")
  target_sources(${target} PRIVATE "${generated}/all.cpp")
endfunction()
