# The Python package: the extension, its stubs and the typed keywords, beside the package's sources in
# <build>/python/dflare, importable from there (PYTHONPATH). A wheel holds the same, and the command.
#
# nanobind's split mode: the extension holds to Python's stable ABI from 3.10 on, and nanobind's own code comes from the
# package nanobind-backend. One wheel serves every Python.
find_package(Python 3.10 REQUIRED COMPONENTS Interpreter Development.Module)
execute_process(COMMAND ${Python_EXECUTABLE} -m nanobind --cmake_dir OUTPUT_VARIABLE nanobind_ROOT
                OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE no_nanobind ERROR_QUIET)
if(no_nanobind)
  message(FATAL_ERROR "${Python_EXECUTABLE} has no nanobind: pip install nanobind nanobind-backend numpy")
endif()
find_package(nanobind 3.1 CONFIG REQUIRED)

set(package ${PROJECT_BINARY_DIR}/python/dflare)
file(GLOB python_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/python/*.cpp)
nanobind_add_module(dflare_python BACKEND_MODULE nanobind_backend NB_SUPPRESS_WARNINGS NOMINSIZE NOSTRIP ${python_sources})
set_target_properties(dflare_python PROPERTIES OUTPUT_NAME _core LIBRARY_OUTPUT_DIRECTORY ${package})
target_include_directories(dflare_python PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_compile_definitions(dflare_python PRIVATE DFLARE_VERSION="${PROJECT_VERSION}")
target_link_libraries(dflare_python PRIVATE dflare::dflare)
target_link_options(dflare_python PRIVATE -Wl,--exclude-libs,ALL) # nothing but the module's entry is seen from outside

# The package's sources stand beside it, so that the tree can be imported as it is.
file(GLOB package_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/python/dflare/*.py
     ${PROJECT_SOURCE_DIR}/python/dflare/py.typed)
file(GLOB plugin_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/python/pytest_dflare/*.py
     ${PROJECT_SOURCE_DIR}/python/pytest_dflare/py.typed)
set(plugin ${PROJECT_BINARY_DIR}/python/pytest_dflare)
file(MAKE_DIRECTORY ${plugin})
add_custom_command(OUTPUT ${package}/.copied
  COMMAND ${CMAKE_COMMAND} -E copy ${package_files} ${package}
  COMMAND ${CMAKE_COMMAND} -E copy ${plugin_files} ${plugin}
  COMMAND ${CMAKE_COMMAND} -E touch ${package}/.copied
  DEPENDS ${package_files} ${plugin_files})
# As an installed package has it: pytest finds its plugin.
set(about ${PROJECT_BINARY_DIR}/python/dflare-${PROJECT_VERSION}.dist-info)
file(WRITE ${about}/METADATA "Metadata-Version: 2.1\nName: dflare\nVersion: ${PROJECT_VERSION}\n")
file(WRITE ${about}/entry_points.txt "[pytest11]\npytest_dflare = pytest_dflare\n")
add_custom_command(OUTPUT ${package}/keywords.py ${package}/_core.pyi
  COMMAND ${Python_EXECUTABLE} ${PROJECT_SOURCE_DIR}/python/make_keywords.py ${package}/keywords.py
  COMMAND ${Python_EXECUTABLE} -m nanobind.stubgen -q -i ${PROJECT_BINARY_DIR}/python -m dflare._core
          -o ${package}/_core.pyi
  DEPENDS dflare_python ${package}/.copied ${PROJECT_SOURCE_DIR}/python/make_keywords.py
  VERBATIM)
add_custom_target(dflare_package ALL DEPENDS ${package}/keywords.py ${package}/_core.pyi)

if(DEFINED SKBUILD)
  install(TARGETS dflare_python LIBRARY DESTINATION dflare COMPONENT python)
  install(FILES ${package}/keywords.py ${package}/_core.pyi DESTINATION dflare COMPONENT python)
  install(PROGRAMS $<TARGET_FILE:dflare_cli> DESTINATION dflare/bin COMPONENT python)
endif()
