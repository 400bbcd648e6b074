// What a watchdog sees of a worker.
#include <algorithm>

#include "dflare/search.h"
#include "search/clock.h"

namespace dflare {

void QueryUnderWay::begin(const Model& model, std::span<const InputView> inputs, std::span<const SeedIndex> seeds) {
  const std::lock_guard lock(lock_);
  model_ = &model;
  inputs_ = inputs;
  seeds_ = seeds;
  if (!model.info().ends_hangs) started_ = nanoseconds_now();
}

void QueryUnderWay::end() {
  const std::lock_guard lock(lock_);
  started_ = 0;
}

std::optional<QueryUnderWay::Copy> QueryUnderWay::look() const {
  const std::lock_guard lock(lock_);
  if (started_ == 0) return std::nullopt;
  Copy copy{.model = model_->info().path, .inputs = {}, .seeds = {seeds_.begin(), seeds_.end()}};
  for (const InputView input : inputs_) copy.inputs.emplace_back(input);
  return copy;
}

std::unique_ptr<Model> QueryUnderWay::clone_model() const {
  const std::lock_guard lock(lock_);
  return started_ == 0 ? nullptr : model_->clone();
}

}  // namespace dflare
