// Which models' runtimes are being called at present, for whoever must tell of a crash or a hang inside one.
#pragma once

#include <string>

namespace dflare {

// Marks that this thread is inside a runtime while it lives. Costs one atomic exchange; when more calls are under way
// than there are places for, a call goes unmarked.
class ModelCall {
 public:
  enum class Purpose { kOpen, kAsk };
  // `path` must outlive the call.
  ModelCall(Purpose purpose, const std::string& path) noexcept;
  ModelCall(const ModelCall&) = delete;
  ModelCall& operator=(const ModelCall&) = delete;
  ~ModelCall();

 private:
  int place_;
};

// A call that is under way. Safe in a signal handler.
struct CallUnderWay {
  const char* path = nullptr;  // null: there is none
  ModelCall::Purpose purpose = ModelCall::Purpose::kOpen;
};
// The innermost call of the calling thread.
CallUnderWay call_of_this_thread() noexcept;

}  // namespace dflare
