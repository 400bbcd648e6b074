// The real ONNX Runtime ($REAL_ONNXRUNTIME), but for crashes: at the $CRASH_AT-th query, or on opening a model when
// that is 0.
#include <dlfcn.h>
#include <onnxruntime_c_api.h>

#include <atomic>
#include <csignal>
#include <cstdlib>

namespace {

const OrtApiBase* real_base() {
  static const auto* const base = [] {
    void* const library = dlopen(std::getenv("REAL_ONNXRUNTIME"), RTLD_NOW | RTLD_LOCAL);
    return reinterpret_cast<const OrtApiBase* (*)()>(dlsym(library, "OrtGetApiBase"))();
  }();
  return base;
}

long crash_at() {
  static const long at = std::atol(std::getenv("CRASH_AT"));
  return at;
}

void crash() {
  const char* const name = std::getenv("CRASH_BY");
  std::raise(name != nullptr ? std::atoi(name) : SIGSEGV);
}

const OrtApi* real = nullptr;
std::atomic<long> runs{0};

OrtStatus* ORT_API_CALL run(OrtSession* session, const OrtRunOptions* options, const char* const* input_names,
                            const OrtValue* const* inputs, size_t input_count, const char* const* output_names,
                            size_t output_count, OrtValue** outputs) noexcept {
  if (++runs == crash_at()) crash();
  return real->Run(session, options, input_names, inputs, input_count, output_names, output_count, outputs);
}

OrtStatus* ORT_API_CALL create(const OrtEnv* env, const void* model, size_t size, const OrtSessionOptions* options,
                               OrtSession** session) noexcept {
  if (crash_at() == 0) crash();
  return real->CreateSessionFromArray(env, model, size, options, session);
}

OrtStatus* ORT_API_CALL create_of_file(const OrtEnv* env, const ORTCHAR_T* file, const OrtSessionOptions* options,
                                       OrtSession** session) noexcept {
  if (crash_at() == 0) crash();
  return real->CreateSession(env, file, options, session);
}

const OrtApi* ORT_API_CALL api(uint32_t version) noexcept {
  real = real_base()->GetApi(version);
  if (real == nullptr) return nullptr;
  static OrtApi crashing = *real;
  crashing.Run = run;
  crashing.CreateSession = create_of_file;
  crashing.CreateSessionFromArray = create;
  return &crashing;
}

const char* ORT_API_CALL version() noexcept { return real_base()->GetVersionString(); }

}  // namespace

extern "C" const OrtApiBase* OrtGetApiBase() noexcept {
  static const OrtApiBase base{api, version};
  return &base;
}
