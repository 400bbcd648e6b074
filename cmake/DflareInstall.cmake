# cmake --install: the command, the static libraries, their headers, and what find_package(dflare) reads.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/dflare)
list(TRANSFORM steps PREPEND dflare_ OUTPUT_VARIABLE libraries)
install(TARGETS dflare_cli)
install(TARGETS ${libraries} dflare_all EXPORT dflareTargets INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/dflare TYPE INCLUDE)
install(EXPORT dflareTargets NAMESPACE dflare:: DESTINATION ${config_dir})

file(GLOB find_modules ${PROJECT_SOURCE_DIR}/cmake/Find*.cmake) # of packages that bring no configuration of their own
install(FILES ${find_modules} DESTINATION ${config_dir})
configure_package_config_file(cmake/dflareConfig.cmake.in dflareConfig.cmake INSTALL_DESTINATION ${config_dir})
write_basic_package_version_file(dflareConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/dflareConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/dflareConfigVersion.cmake
        DESTINATION ${config_dir})
