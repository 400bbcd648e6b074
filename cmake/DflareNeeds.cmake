# dflare_needs(PACKAGE ...): as find_package(PACKAGE ... REQUIRED), and again wherever the installed libraries are linked,
# since static libraries hand on what they link.
set(DFLARE_DEPENDENCIES "") # lines of dflareConfig.cmake
macro(dflare_needs package)
  find_package(${package} REQUIRED ${ARGN})
  string(JOIN " " _dflare_call ${package} ${ARGN})
  string(APPEND DFLARE_DEPENDENCIES "find_dependency(${_dflare_call})\n")
endmacro()
