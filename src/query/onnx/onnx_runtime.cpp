// Loading ONNX Runtime.
#include "query/onnx/onnx_runtime.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>

#include "dflare/error.h"
#include "query/library.h"

namespace dflare {
namespace {

// The oldest API that has every function called here; each newer library still offers it.
constexpr unsigned kApiVersion = 14;

const RuntimeSpec& spec() {
  static const RuntimeSpec onnxruntime{
      "ONNX Runtime",
      "DFLARE_ONNXRUNTIME",
      "--onnxruntime",
      "onnxruntime",
      {"libonnxruntime.so.1", "libonnxruntime.so"},
      "onnxruntime/capi/libonnxruntime.so.*",
      {"libonnxruntime.so.1", "libonnxruntime.so"},
  };
  return onnxruntime;
}

void ORT_API_CALL stay_silent(void*, OrtLoggingLevel, const char*, const char*, const char*, const char*) {}

// Asking an old library for a new API makes it print: so the version is read first.
bool is_too_old(const std::string& version) {
  unsigned major = 0;
  unsigned minor = 0;
  return std::sscanf(version.c_str(), "%u.%u", &major, &minor) == 2 && major == 1 && minor < kApiVersion;
}

// The official libraries send telemetry: making an environment writes a device's identifier and a queue of events to
// the user's cache folder, and looks up a host. The API's own switch comes too late, since it takes the environment;
// this variable is read once, when the first environment of a process is made. It is put back afterwards.
class NoTelemetry {
 public:
  NoTelemetry() { ::setenv(kVariable, "1", 1); }
  NoTelemetry(const NoTelemetry&) = delete;
  NoTelemetry& operator=(const NoTelemetry&) = delete;
  ~NoTelemetry() {
    if (was_) {
      ::setenv(kVariable, was_->c_str(), 1);
    } else {
      ::unsetenv(kVariable);
    }
  }

 private:
  static constexpr const char* kVariable = "ORT_DISABLE_TELEMETRY";
  static std::optional<std::string> value() {
    const char* const text = std::getenv(kVariable);
    return text == nullptr ? std::nullopt : std::optional<std::string>(text);
  }
  const std::optional<std::string> was_ = value();
};

OnnxRuntime load(const std::filesystem::path& chosen) {
  const NoTelemetry silence;
  const auto library = open_runtime(spec(), chosen);
  const auto get_base = reinterpret_cast<const OrtApiBase* (*)()>(find_symbol(library, "OrtGetApiBase"));
  if (get_base == nullptr) {
    throw Error(ErrorCode::kModelFailed, fmt::format("{}: is not ONNX Runtime", library.path.string()),
                "name libonnxruntime.so by --onnxruntime PATH");
  }
  OnnxRuntime runtime;
  runtime.library = library.path;
  runtime.version = get_base()->GetVersionString();
  if (!is_too_old(runtime.version)) runtime.api = get_base()->GetApi(kApiVersion);
  if (runtime.api == nullptr) {
    throw Error(ErrorCode::kModelFailed,
                fmt::format("{}: is ONNX Runtime {}, dflare needs 1.{} or newer", library.path.string(),
                            runtime.version, kApiVersion),
                "name a newer library by --onnxruntime PATH");
  }
  runtime.check(runtime.api->CreateEnvWithCustomLogger(stay_silent, nullptr, ORT_LOGGING_LEVEL_FATAL, "dflare",
                                                       &runtime.environment));
  runtime.check(runtime.api->DisableTelemetryEvents(runtime.environment));
  return runtime;
}

}  // namespace

void OnnxRuntime::check(OrtStatus* status) const {
  if (status == nullptr) return;
  const std::string message = api->GetErrorMessage(status);
  api->ReleaseStatus(status);
  throw Error(ErrorCode::kModelFailed, fmt::format("ONNX Runtime {}: {}", version, message));
}

const OnnxRuntime& onnx_runtime(const ModelOptions& options) {
  static std::mutex mutex;
  static auto* const loaded = new std::map<std::string, OnnxRuntime>;  // outlives every static that holds a model
  const std::lock_guard lock(mutex);
  const auto key = wanted_path(spec(), options.onnxruntime).string();
  if (const auto found = loaded->find(key); found != loaded->end()) return found->second;
  return loaded->emplace(key, load(options.onnxruntime)).first->second;
}

}  // namespace dflare
