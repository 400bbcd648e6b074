// Finding and opening a runtime's shared library.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dflare {

// Where a runtime's library may be.
struct RuntimeSpec {
  std::string name;                    // "ONNX Runtime"
  std::string environment;             // "DFLARE_ONNXRUNTIME"
  std::string option;                  // "--onnxruntime"
  std::string sdk_part;                // what fetch_runtimes.sh calls it
  std::vector<std::string> sdk_files;  // file names in the SDK's lib folder
  std::string wheel_pattern;           // glob below site-packages; empty: no wheel carries it
  std::vector<std::string> sonames;    // what the system's loader may know
};

struct OpenedLibrary {
  void* handle = nullptr;  // never closed: runtimes keep threads and thread-local memory
  std::filesystem::path path;
};

// The library that `chosen` or else the environment names; empty: neither does.
std::filesystem::path wanted_path(const RuntimeSpec& spec, const std::filesystem::path& chosen);

// Opens the first that can be opened: `chosen` alone if given, else the environment's alone if set, else the SDK folder
// that the build knew, .sdk beside the program's tree, installed Python wheels, the system's.
// Throws kModelFailed naming what was tried.
OpenedLibrary open_runtime(const RuntimeSpec& spec, const std::filesystem::path& chosen);

// Address of a function, null when the library has none of that name.
void* find_symbol(const OpenedLibrary& library, const std::string& name);

}  // namespace dflare
