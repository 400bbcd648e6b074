// A model that remembers what it answered: for one original that is compared with many variants.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "dflare/model.h"

namespace dflare {

// Answers an input that it, or any of its clones, was asked before from memory, and the others by the model inside.
// Inputs are told apart by 128 bits of hash. Raw outputs are kept bit for bit; where a model's rows depend on what else
// is in the batch, a remembered answer is that of the first batch. Takes no more memory than `max_bytes`, the answers
// asked for last being kept. Clones may be used from several threads at once.
class CachedModel : public Model {
 public:
  explicit CachedModel(std::unique_ptr<Model> model, std::size_t max_bytes = std::size_t{128} << 20U);
  ~CachedModel() override;

  [[nodiscard]] const ModelInfo& info() const override;
  void query(std::span<const InputView> inputs, Answers& out) override;
  [[nodiscard]] std::unique_ptr<Model> clone() const override;
  void reserve(std::size_t rows) override;

  // Rows asked of this instance and its clones, and how many of them came from memory.
  struct Use {
    std::int64_t asked = 0;
    std::int64_t remembered = 0;
  };
  [[nodiscard]] Use use() const;

 private:
  class Memory;
  CachedModel(std::unique_ptr<Model> model, std::shared_ptr<Memory> memory);

  std::unique_ptr<Model> model_;
  std::shared_ptr<Memory> memory_;
  Answers missing_;  // of the rows that were not remembered
};

}  // namespace dflare
