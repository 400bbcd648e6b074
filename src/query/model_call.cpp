// Which models' runtimes are being called at present.
#include "dflare/model_call.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>

namespace dflare {
namespace {

// Written by its thread alone once `thread` is; read by signal handlers, which is why all of it is lock-free.
struct Place {
  std::atomic<long> thread{0};  // 0: free
  std::atomic<const char*> path{nullptr};
  std::atomic<ModelCall::Purpose> purpose{};
};
static_assert(std::atomic<const char*>::is_always_lock_free && std::atomic<ModelCall::Purpose>::is_always_lock_free);

std::array<Place, 1024> places;

long this_thread() noexcept { return syscall(SYS_gettid); }

}  // namespace

ModelCall::ModelCall(Purpose purpose, const std::string& path) noexcept : place_(-1) {
  const long thread = this_thread();
  for (std::size_t tried = 0; tried < places.size(); ++tried) {
    const std::size_t at = (static_cast<std::size_t>(thread) + tried) % places.size();
    long free = 0;
    if (!places[at].thread.compare_exchange_strong(free, thread)) continue;
    place_ = static_cast<int>(at);
    places[at].purpose = purpose;
    places[at].path = path.c_str();
    return;
  }
}

ModelCall::~ModelCall() {
  if (place_ < 0) return;
  Place& place = places[static_cast<std::size_t>(place_)];
  place.path = nullptr;
  place.thread = 0;
}

CallUnderWay call_of_this_thread() noexcept {
  const long thread = this_thread();
  CallUnderWay call;
  for (std::size_t tried = 0; tried < places.size(); ++tried) {
    const Place& place = places[(static_cast<std::size_t>(thread) + tried) % places.size()];
    if (place.thread == thread && place.path != nullptr) call = {place.path, place.purpose};
  }
  return call;
}

}  // namespace dflare
