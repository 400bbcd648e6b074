// The places where a runtime's library may lie, in order.
#include "query/library.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <glob.h>

#include <cstdlib>
#include <sstream>

#include "dflare/error.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Newest version last in the alphabet, first here.
void add_matches(const std::string& pattern, std::vector<fs::path>& out) {
  glob_t found{};
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    for (std::size_t i = found.gl_pathc; i > 0; --i) out.emplace_back(found.gl_pathv[i - 1]);
  }
  ::globfree(&found);
}

// Folders such as /usr: those of the active environment, of every python3 on the PATH, of the user and of pyenv.
std::vector<std::string> python_prefixes() {
  std::vector<std::string> prefixes;
  for (const char* name : {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
    if (auto prefix = environment(name); !prefix.empty()) prefixes.push_back(prefix);
  }
  std::istringstream path(environment("PATH"));
  for (std::string folder; std::getline(path, folder, ':');) {
    std::error_code ignored;
    if (fs::exists(fs::path(folder) / "python3", ignored)) prefixes.push_back(fs::path(folder).parent_path().string());
  }
  if (const auto home = environment("HOME"); !home.empty()) {
    prefixes.push_back(home + "/.local");
    prefixes.push_back(home + "/.pyenv/versions/*");
  }
  prefixes.emplace_back("/usr/local");
  prefixes.emplace_back("/usr");
  return prefixes;
}

std::vector<fs::path> candidates(const RuntimeSpec& spec) {
  std::vector<fs::path> places;
  const fs::path sdk(DFLARE_SDK_DIR);  // empty in what is built for other machines
  for (const auto& file : spec.sdk_files) {
    if (!sdk.empty()) places.push_back(sdk / "lib" / file);
  }
  std::error_code ignored;
  fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (int up = 0; up < 4 && folder.has_relative_path(); ++up, folder = folder.parent_path()) {
    for (const auto& file : spec.sdk_files) places.push_back(folder / ".sdk" / "lib" / file);
    for (const auto& file : spec.sdk_files) places.push_back(folder / "lib" / "dflare" / file);
  }
  if (!spec.wheel_pattern.empty()) {
    for (const auto& prefix : python_prefixes()) {
      for (const char* packages : {"/lib/python3*/site-packages/", "/lib/python3*/dist-packages/"}) {
        add_matches(prefix + packages + spec.wheel_pattern, places);
      }
    }
  }
  std::erase_if(places, [](const fs::path& place) {
    std::error_code unreadable;
    return !fs::exists(place, unreadable);
  });
  places.insert(places.end(), spec.sonames.begin(), spec.sonames.end());
  return places;
}

}  // namespace

fs::path wanted_path(const RuntimeSpec& spec, const fs::path& chosen) {
  return chosen.empty() ? fs::path(environment(spec.environment.c_str())) : chosen;
}

OpenedLibrary open_runtime(const RuntimeSpec& spec, const fs::path& chosen) {
  const auto wanted = wanted_path(spec, chosen);
  const auto places = wanted.empty() ? candidates(spec) : std::vector<fs::path>{wanted};
  const std::string asked = !chosen.empty() ? spec.option + " " : wanted.empty() ? "" : spec.environment + "=";
  std::vector<std::string> tried;
  for (const auto& place : places) {
    if (void* handle = ::dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL)) return {handle, place};
    tried.emplace_back(asked + ::dlerror());
  }
  throw Error(ErrorCode::kModelFailed, fmt::format("{} cannot be opened. Tried {}", spec.name, fmt::join(tried, "; ")),
              fmt::format("name its library by {} PATH or {}, or fetch it: cmake/fetch_runtimes.sh {}", spec.option,
                          spec.environment, spec.sdk_part));
}

void* find_symbol(const OpenedLibrary& library, const std::string& name) {
  return ::dlsym(library.handle, name.c_str());
}

}  // namespace dflare
