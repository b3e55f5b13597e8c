# SPDX-License-Identifier: GPL-3.0-or-later
# Registries made from file names, so that a new decoder, panel or command family is one new file and nothing else.
#
# keyloupe_add_registry(TARGET SUFFIX decoder HEADER core/decode/decoder.h TYPE Decoder FUNCTION makeAllDecoders)
#   Every *_decoder.cpp in the current folder must define
#     std::unique_ptr<Decoder> make<Name>Decoder();          (namespace keyloupe)
#   and `std::vector<std::unique_ptr<Decoder>> makeAllDecoders()` is generated, in file-name order.
#
# keyloupe_add_registrar(TARGET SUFFIX commands HEADER core/engine/command_table.h TYPE CommandTable FUNCTION registerAllCommands)
#   Every *_commands.cpp must define  void register<Name>Commands(CommandTable &);  (namespace keyloupe)
#   and `void registerAllCommands(CommandTable &)` is generated.

function(_keyloupe_camel out text)
  string(REPLACE "_" ";" parts "${text}")
  set(result "")
  foreach(part IN LISTS parts)
    string(SUBSTRING "${part}" 0 1 head)
    string(SUBSTRING "${part}" 1 -1 tail)
    string(TOUPPER "${head}" head)
    string(APPEND result "${head}${tail}")
  endforeach()
  set(${out} "${result}" PARENT_SCOPE)
endfunction()

function(_keyloupe_write_if_changed path text)
  file(WRITE "${path}.new" "${text}")
  file(COPY_FILE "${path}.new" "${path}" ONLY_IF_DIFFERENT)
  file(REMOVE "${path}.new")
endfunction()

function(keyloupe_add_registry target)
  cmake_parse_arguments(R "" "SUFFIX;HEADER;TYPE;FUNCTION" "" ${ARGN})
  file(GLOB files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*_${R_SUFFIX}.cpp")
  list(SORT files)
  set(declarations "")
  set(calls "")
  foreach(file IN LISTS files)
    get_filename_component(base "${file}" NAME_WE)
    _keyloupe_camel(name "${base}")
    string(APPEND declarations "std::unique_ptr<${R_TYPE}> make${name}();\n")
    string(APPEND calls "    all.push_back(make${name}());\n")
  endforeach()
  set(out "${CMAKE_CURRENT_BINARY_DIR}/${R_SUFFIX}_registry.cpp")
  _keyloupe_write_if_changed("${out}"
"// Generated from the file names in ${R_SUFFIX}: do not edit.
#include \"${R_HEADER}\"
#include <memory>
#include <vector>
namespace keyloupe {
${declarations}std::vector<std::unique_ptr<${R_TYPE}>> ${R_FUNCTION}();
std::vector<std::unique_ptr<${R_TYPE}>> ${R_FUNCTION}()
{
    std::vector<std::unique_ptr<${R_TYPE}>> all;
${calls}    return all;
}
} // namespace keyloupe
")
  target_sources(${target} PRIVATE ${files} "${out}")
endfunction()

function(keyloupe_add_registrar target)
  cmake_parse_arguments(R "" "SUFFIX;HEADER;TYPE;FUNCTION" "" ${ARGN})
  file(GLOB files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*_${R_SUFFIX}.cpp")
  list(SORT files)
  set(declarations "")
  set(calls "")
  foreach(file IN LISTS files)
    get_filename_component(base "${file}" NAME_WE)
    _keyloupe_camel(name "${base}")
    string(APPEND declarations "void register${name}(${R_TYPE} &);\n")
    string(APPEND calls "    register${name}(target);\n")
  endforeach()
  set(out "${CMAKE_CURRENT_BINARY_DIR}/${R_SUFFIX}_registry.cpp")
  _keyloupe_write_if_changed("${out}"
"// Generated from the file names in ${R_SUFFIX}: do not edit.
#include \"${R_HEADER}\"
namespace keyloupe {
${declarations}void ${R_FUNCTION}(${R_TYPE} &target);
void ${R_FUNCTION}(${R_TYPE} &target)
{
${calls}}
} // namespace keyloupe
")
  target_sources(${target} PRIVATE ${files} "${out}")
endfunction()
