// One worker's own instances of the two models.
#include "search/pair_instance.h"

#include "search/clock.h"

namespace dflare {
namespace {

class Beat {
 public:
  explicit Beat(std::atomic<std::int64_t>* slot) : slot_(slot) {
    if (slot_ != nullptr) slot_->store(nanoseconds_now(), std::memory_order_relaxed);
  }
  ~Beat() {
    if (slot_ != nullptr) slot_->store(0, std::memory_order_relaxed);
  }
  Beat(const Beat&) = delete;
  Beat& operator=(const Beat&) = delete;

 private:
  std::atomic<std::int64_t>* slot_;
};

}  // namespace

PairInstance::PairInstance(const Pair& pair, std::atomic<std::int64_t>* heartbeat)
    : original_(pair.original->clone()), compressed_(pair.compressed->clone()), heartbeat_(heartbeat) {}

void PairInstance::reserve(std::size_t rows) {
  original_->reserve(rows);
  compressed_->reserve(rows);
}

void PairInstance::ask_raw(std::span<const InputView> rows) {
  const Beat beat(heartbeat_);
  original_->query(rows, original_answers_);
  compressed_->query(rows, compressed_answers_);
}

void PairInstance::ask(std::span<const InputView> rows) {
  ask_raw(rows);
  original_answers_.interpret(original_reading_);
  compressed_answers_.interpret(compressed_reading_);
}

}  // namespace dflare
