// A model that shows a watchdog when it is being asked.
#pragma once

#include <chrono>
#include <memory>
#include <utility>

#include "dflare/model.h"
#include "dflare/search.h"

namespace dflare {

// Each clone has a slot of LiveProgress for as long as there are slots.
class WatchedModel : public Model {
 public:
  WatchedModel(std::unique_ptr<Model> model, LiveProgress& live)
      : WatchedModel(std::move(model), live, std::make_shared<std::atomic<int>>(0)) {}

  [[nodiscard]] const ModelInfo& info() const override { return model_->info(); }
  void reserve(std::size_t rows) override { model_->reserve(rows); }
  [[nodiscard]] std::unique_ptr<Model> clone() const override {
    return std::unique_ptr<Model>(new WatchedModel(model_->clone(), live_, given_));
  }

  void query(std::span<const InputView> inputs, Answers& out) override {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    slot_ = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
    try {
      model_->query(inputs, out);
    } catch (...) {
      slot_ = 0;
      throw;
    }
    slot_ = 0;
  }

 private:
  WatchedModel(std::unique_ptr<Model> model, LiveProgress& live, std::shared_ptr<std::atomic<int>> given)
      : model_(std::move(model)),
        live_(live),
        given_(std::move(given)),
        slot_(live.query_started[(*given_)++ % LiveProgress::kSlots]) {}

  std::unique_ptr<Model> model_;
  LiveProgress& live_;
  std::shared_ptr<std::atomic<int>> given_;  // slots given out so far
  std::atomic<std::int64_t>& slot_;
};

}  // namespace dflare
