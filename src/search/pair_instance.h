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

  // Answers are read by these; by the oracle where there is one, which outlives this.
  void read_as(const OutputReading& original, const OutputReading& compressed, const Oracle* oracle) {
    original_reading_ = original;
    compressed_reading_ = compressed;
    oracle_ = oracle;
  }
  void reserve(std::size_t rows);

  // Raw outputs only. `seeds`: whose rows these are, for the watchdog; one a row, or none.
  void ask_raw(std::span<const InputView> rows, std::span<const SeedIndex> seeds = {});
  // Outputs read.
  void ask(std::span<const InputView> rows, std::span<const SeedIndex> seeds = {});

  // Which model was asked last: the one that failed, where the last asking threw.
  [[nodiscard]] bool asked_compressed() const { return asked_compressed_; }
  // As read by the last ask().
  [[nodiscard]] const Answers& original() const { return oracle_ == nullptr ? raw_original_ : original_; }
  [[nodiscard]] const Answers& compressed() const { return oracle_ == nullptr ? raw_compressed_ : compressed_; }
  // As the models gave them.
  [[nodiscard]] const Answers& raw_original() const { return raw_original_; }
  [[nodiscard]] const Answers& raw_compressed() const { return raw_compressed_; }

 private:
  std::unique_ptr<Model> original_model_, compressed_model_;
  OutputReading original_reading_, compressed_reading_;
  const Oracle* oracle_ = nullptr;
  Answers raw_original_, raw_compressed_;
  Answers original_, compressed_;  // by the oracle
  QueryUnderWay& slot_;
  bool asked_compressed_ = false;
};

}  // namespace dflare
