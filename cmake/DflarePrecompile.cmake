# Tests and sanitizer builds parse the heavy headers once (a third of their time). Sources still include all they use:
# what users run, benchmarks, fuzzers and clang-tidy have no precompiled headers. At -O3 nothing has: there GCC 12 takes
# what stands in them for code of ours, and finds false alarms in std::string.
set(DFLARE_COMMON_HEADERS
    <algorithm> <array> <atomic> <chrono> <cmath> <filesystem> <fstream> <functional> <map> <memory> <mutex> <numeric>
    <optional> <set> <span> <string> <thread> <variant> <vector>)

# The first target that asks for `set` compiles it for all that follow; those have the same options (-fPIC or -fPIE).
function(dflare_precompile target set)
  if(NOT DFLARE_DEVELOPER_MODE)
    return()
  endif()
  get_property(owner GLOBAL PROPERTY DFLARE_PRECOMPILED_${set})
  if(owner)
    target_precompile_headers(${target} REUSE_FROM ${owner})
    return()
  endif()
  set_property(GLOBAL PROPERTY DFLARE_PRECOMPILED_${set} ${target})
  target_precompile_headers(${target} PRIVATE ${DFLARE_COMMON_HEADERS} ${ARGN})
endfunction()
