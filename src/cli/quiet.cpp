// Keeping stderr for the command's own words.
#include "cli/quiet.h"

#include <cstdio>

namespace dflare::cli {
namespace {

class Silence {
 public:
  Silence() {
    static std::FILE* const nowhere = std::fopen("/dev/null", "w");  // stays open: other threads may hold it
    if (nowhere != nullptr) stderr = nowhere;
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() { stderr = real_; }

 private:
  std::FILE* const real_ = stderr;
};

}  // namespace

std::unique_ptr<Model> open_quietly(const std::filesystem::path& path, const ModelOptions& options) {
  const Silence silence;
  return open_model(path, options);
}

}  // namespace dflare::cli
