// One worker's own instances of the two models, and how their outputs are read.
#pragma once

#include <memory>
#include <span>

#include "dflare/model.h"
#include "dflare/search.h"

namespace dflare {

// Asks both models the same rows. One thread at a time.
class PairInstance {
 public:
  // `slot` shows a watchdog what is being asked.
  PairInstance(const Pair& pair, QueryUnderWay& slot);

  void read_as(const OutputReading& original, const OutputReading& compressed) {
    original_reading_ = original;
    compressed_reading_ = compressed;
  }
  void reserve(std::size_t rows);

  // Raw outputs only. `seeds`: whose rows these are, for the watchdog; one a row, or none.
  void ask_raw(std::span<const InputView> rows, std::span<const SeedIndex> seeds = {});
  // Raw outputs, read.
  void ask(std::span<const InputView> rows, std::span<const SeedIndex> seeds = {});

  // Which model was asked last: the one that failed, where the last asking threw.
  [[nodiscard]] bool asked_compressed() const { return asked_compressed_; }
  [[nodiscard]] const Answers& original() const { return original_answers_; }
  [[nodiscard]] const Answers& compressed() const { return compressed_answers_; }

 private:
  std::unique_ptr<Model> original_, compressed_;
  OutputReading original_reading_, compressed_reading_;
  Answers original_answers_, compressed_answers_;
  QueryUnderWay& slot_;
  bool asked_compressed_ = false;
};

}  // namespace dflare
