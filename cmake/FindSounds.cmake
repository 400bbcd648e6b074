# Sounds: libsndfile (files), libsamplerate (rates), Sonic (tempo and pitch), whose Debian packages bring no
# configuration for CMake.
find_path(Sounds_FILE_INCLUDE_DIR sndfile.h)
find_library(Sounds_FILE_LIBRARY sndfile)
find_path(Sounds_RATE_INCLUDE_DIR samplerate.h)
find_library(Sounds_RATE_LIBRARY samplerate)
find_path(Sounds_SONIC_INCLUDE_DIR sonic.h)
find_library(Sounds_SONIC_LIBRARY sonic)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  Sounds REQUIRED_VARS Sounds_FILE_LIBRARY Sounds_FILE_INCLUDE_DIR Sounds_RATE_LIBRARY Sounds_RATE_INCLUDE_DIR
                       Sounds_SONIC_LIBRARY Sounds_SONIC_INCLUDE_DIR)
foreach(part FILE RATE SONIC)
  if(Sounds_FOUND AND NOT TARGET Sounds::${part})
    add_library(Sounds::${part} UNKNOWN IMPORTED)
    set_target_properties(Sounds::${part} PROPERTIES IMPORTED_LOCATION "${Sounds_${part}_LIBRARY}"
                          INTERFACE_INCLUDE_DIRECTORIES "${Sounds_${part}_INCLUDE_DIR}")
  endif()
  mark_as_advanced(Sounds_${part}_LIBRARY Sounds_${part}_INCLUDE_DIR)
endforeach()
