// One worker's own instances of the two models, and how their outputs are read.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "dflare/model.h"
#include "dflare/search.h"

namespace dflare {

// Asks both models the same rows. One thread at a time.
class PairInstance {
 public:
  // `heartbeat`, where given, holds the steady-clock nanoseconds at which the query under way began, else 0.
  PairInstance(const Pair& pair, std::atomic<std::int64_t>* heartbeat);

  void read_as(const OutputReading& original, const OutputReading& compressed) {
    original_reading_ = original;
    compressed_reading_ = compressed;
  }
  void reserve(std::size_t rows);

  // Raw outputs only.
  void ask_raw(std::span<const InputView> rows);
  // Raw outputs, read.
  void ask(std::span<const InputView> rows);

  [[nodiscard]] const Answers& original() const { return original_answers_; }
  [[nodiscard]] const Answers& compressed() const { return compressed_answers_; }

 private:
  std::unique_ptr<Model> original_, compressed_;
  OutputReading original_reading_, compressed_reading_;
  Answers original_answers_, compressed_answers_;
  std::atomic<std::int64_t>* heartbeat_;
};

}  // namespace dflare
