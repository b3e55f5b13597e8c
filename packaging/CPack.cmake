# SPDX-License-Identifier: GPL-3.0-or-later
# What `cmake --install` puts where, and how cpack makes the Debian package of it.
foreach(program keyloupe keyloupe-cli)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
  endif()
endforeach()

if(UNIX AND NOT APPLE)
  set(id org.keyloupe.Keyloupe)
  set(linux "${PROJECT_SOURCE_DIR}/packaging/linux")
  install(FILES "${linux}/${id}.desktop" DESTINATION "${CMAKE_INSTALL_DATADIR}/applications")
  install(FILES "${linux}/${id}.metainfo.xml" DESTINATION "${CMAKE_INSTALL_DATADIR}/metainfo")
  install(FILES "${linux}/${id}.mime.xml" DESTINATION "${CMAKE_INSTALL_DATADIR}/mime/packages" RENAME "${id}.xml")
  install(FILES "${PROJECT_SOURCE_DIR}/resources/app/keyloupe.svg"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps" RENAME "${id}.svg")
  foreach(size 48 128 256)
    install(FILES "${PROJECT_SOURCE_DIR}/resources/app/keyloupe-${size}.png"
      DESTINATION "${CMAKE_INSTALL_DATADIR}/icons/hicolor/${size}x${size}/apps" RENAME "${id}.png")
  endforeach()
  install(FILES "${linux}/copyright" DESTINATION "${CMAKE_INSTALL_DOCDIR}")

  # Debian wants the manual pages and the changelog compressed, without a time stamp.
  find_program(GZIP_PROGRAM gzip)
  if(GZIP_PROGRAM)
    set(packed "${PROJECT_BINARY_DIR}/packaging")
    file(MAKE_DIRECTORY "${packed}")
    foreach(page keyloupe.1 keyloupe-cli.1 changelog)
      execute_process(COMMAND "${GZIP_PROGRAM}" -9nc "${linux}/${page}" OUTPUT_FILE "${packed}/${page}.gz" COMMAND_ERROR_IS_FATAL ANY)
      set_property(DIRECTORY "${PROJECT_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${linux}/${page}")
    endforeach()
    install(FILES "${packed}/keyloupe.1.gz" "${packed}/keyloupe-cli.1.gz" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
    install(FILES "${packed}/changelog.gz" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
  endif()
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME keyloupe)
set(CPACK_PACKAGE_VENDOR "Keyloupe developers")
set(CPACK_PACKAGE_CONTACT "Keyloupe developers <developers@keyloupe.invalid>")
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGING_INSTALL_PREFIX "/usr")
set(CPACK_STRIP_FILES ON)
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "inspector and monitor for Redis and Valkey caches")
set(CPACK_PACKAGE_DESCRIPTION "Keyloupe shows what is in a Redis or Valkey cache: a running server or an RDB file.
 Browse keys as a tree, read and edit every type and its time to live, watch
 memory, hits and misses live, follow publish and subscribe channels, and open
 RDB files without any server. keyloupe-cli does the same work in scripts.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${CPACK_PACKAGE_CONTACT}")
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Loaded at run time, so dpkg-shlibdeps does not see them: the SVG icon engine and a font to draw with.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libqt6svg6, fonts-dejavu-core | fonts-noto-core")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "qt6-wayland, qt6-translations-l10n")
include(CPack)
