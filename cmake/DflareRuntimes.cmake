# Headers of ONNX Runtime for the build (target dflare::onnxruntime_headers). Both runtimes' libraries are opened at run
# time and never linked; the SDK folder, where fetch_runtimes.sh puts them, is compiled in as one place to look.
# Any headers of API 14 or newer do, with any library of version 1.14 or newer: the C API only grows.
include_guard(GLOBAL)

if(DEFINED ENV{DFLARE_SDK})
  set(_dflare_sdk "$ENV{DFLARE_SDK}")
else()
  set(_dflare_sdk "${PROJECT_SOURCE_DIR}/.sdk")
endif()
cmake_path(NORMAL_PATH _dflare_sdk)
set(DFLARE_SDK_DIR "${_dflare_sdk}" CACHE PATH "Folder of fetched headers and runtime libraries")
set(DFLARE_ORT_HEADERS "" CACHE PATH "Folder that holds onnxruntime_c_api.h (empty: the system's, else fetched)")
unset(_dflare_sdk)

macro(_dflare_find_ort_headers)
  find_path(DFLARE_ORT_INCLUDE_DIR onnxruntime_c_api.h
    HINTS "${DFLARE_ORT_HEADERS}"
    PATHS "${DFLARE_SDK_DIR}/include"
    PATH_SUFFIXES onnxruntime onnxruntime/core/session include)
endmacro()

_dflare_find_ort_headers()
if(NOT DFLARE_ORT_INCLUDE_DIR AND NOT DFLARE_ORT_HEADERS)
  message(STATUS "Fetching the headers of ONNX Runtime into ${DFLARE_SDK_DIR}")
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env "DFLARE_SDK=${DFLARE_SDK_DIR}" "${CMAKE_CURRENT_LIST_DIR}/fetch_runtimes.sh" headers)
  _dflare_find_ort_headers()
endif()
if(NOT DFLARE_ORT_INCLUDE_DIR)
  message(FATAL_ERROR "onnxruntime_c_api.h was not found. Give its folder by -DDFLARE_ORT_HEADERS=DIR, or run "
                      "cmake/fetch_runtimes.sh headers on a machine with network.")
endif()

add_library(dflare_onnxruntime_headers INTERFACE)
add_library(dflare::onnxruntime_headers ALIAS dflare_onnxruntime_headers)
target_include_directories(dflare_onnxruntime_headers SYSTEM INTERFACE "${DFLARE_ORT_INCLUDE_DIR}")
target_compile_definitions(dflare_onnxruntime_headers INTERFACE
                           DFLARE_SDK_DIR="$<$<NOT:$<BOOL:${DFLARE_PORTABLE}>>:${DFLARE_SDK_DIR}>")
