# SPDX-License-Identifier: GPL-3.0-or-later
# Compiler flags shared by every target, as interface targets:
#   keyloupe_flags     language level, warnings, Qt's strictness defines
#   keyloupe_flags_qt  the same without QT_NO_KEYWORDS and QT_NO_FOREACH, for sources that include
#                      qcustomplot.h (it does not compile with them)

add_library(keyloupe_flags_qt INTERFACE)
target_compile_features(keyloupe_flags_qt INTERFACE cxx_std_20)
target_include_directories(keyloupe_flags_qt INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_definitions(keyloupe_flags_qt INTERFACE
  QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_BYTEARRAY
  QT_NO_CONTEXTLESS_CONNECT QT_DISABLE_DEPRECATED_BEFORE=0x060400
  KEYLOUPE_VERSION="${PROJECT_VERSION}")

if(MSVC)
  target_compile_options(keyloupe_flags_qt INTERFACE /W4 /permissive- /utf-8 /Zc:__cplusplus)
  if(KEYLOUPE_WERROR)
    target_compile_options(keyloupe_flags_qt INTERFACE /WX)
  endif()
else()
  target_compile_options(keyloupe_flags_qt INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
    -Wold-style-cast -Woverloaded-virtual -Wnon-virtual-dtor)
  if(KEYLOUPE_WERROR)
    target_compile_options(keyloupe_flags_qt INTERFACE -Werror)
  endif()
endif()

add_library(keyloupe_flags INTERFACE)
target_link_libraries(keyloupe_flags INTERFACE keyloupe_flags_qt)
target_compile_definitions(keyloupe_flags INTERFACE QT_NO_KEYWORDS QT_NO_FOREACH)

if(KEYLOUPE_SANITIZE)
  add_compile_options(-fsanitize=${KEYLOUPE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${KEYLOUPE_SANITIZE})
endif()

# A faster linker when there is one; the result is the same.
if(NOT MSVC AND NOT APPLE)
  find_program(KEYLOUPE_MOLD mold)
  if(KEYLOUPE_MOLD)
    add_link_options(-fuse-ld=mold)
  endif()
endif()

# ccache needs these to accept a precompiled header; clang must not put a time stamp into it.
find_program(KEYLOUPE_CCACHE ccache)
if(KEYLOUPE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${KEYLOUPE_CCACHE})
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
  endif()
endif()
