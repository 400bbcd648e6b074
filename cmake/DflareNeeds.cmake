# dflare_needs(PACKAGE ...): as find_package(PACKAGE ...), and again wherever the installed libraries are linked, since
# static libraries hand on what they link. dflare_needs_here(PACKAGE ...): of this build alone.
# dflare_refuse_missing(): one message for all that was not found.
set(DFLARE_DEPENDENCIES "") # lines of dflareConfig.cmake
set(DFLARE_MISSING "")
macro(dflare_needs_here package)
  find_package(${package} QUIET ${ARGN})
  if(NOT ${package}_FOUND)
    list(APPEND DFLARE_MISSING ${package})
  endif()
endmacro()

macro(dflare_needs package)
  dflare_needs_here(${package} ${ARGN})
  string(JOIN " " _dflare_call ${package} ${ARGN})
  string(APPEND DFLARE_DEPENDENCIES "find_dependency(${_dflare_call})\n")
endmacro()

# What is to be installed stands in ./dev, once.
function(dflare_refuse_missing)
  if(NOT DFLARE_MISSING)
    return()
  endif()
  list(JOIN DFLARE_MISSING ", " missing)
  file(READ ${PROJECT_SOURCE_DIR}/dev dev)
  string(REGEX MATCH "\\[build\\]=\"([^\"]*)\"" found "${dev}")
  string(REGEX REPLACE "[ \n]+" " " packages "${CMAKE_MATCH_1}")
  message(FATAL_ERROR "dflare is built with libraries of the system, and these were not found: ${missing}.\n"
                      "On Debian 12 or Ubuntu:  apt-get install ${packages}\n"
                      "Elsewhere install the packages of these names.")
endfunction()
