// Models that mix the rows of a batch: how they are noticed, and how they are asked.
#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/array_values.h"
#include "core/same_answers.h"
#include "dflare/error.h"
#include "dflare/model.h"
#include "query/rerun.h"

namespace dflare {
namespace {

// Rows that differ in all that a quantiser may share: two of the inputs, and darker copies, whose ranges are narrower.
// Nothing brighter, and no image of our own making: a model may hang or fail on what nobody gave it.
Batch rows_of_many_ranges(std::span<const InputView> inputs) {
  constexpr int kDivisor = 4;
  Batch rows(inputs.front().shape, 4);
  for (const InputView& input : {inputs.front(), inputs.back()}) {
    std::ranges::copy(input.pixels(), rows.append().begin());
    write_darker(input, kDivisor, rows.append());
  }
  return rows;
}

bool answers_alone_as_in(Model& model, const Batch& rows, const Answers& together) {
  Answers alone;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    model.query(rows.views().subspan(row, 1), alone);
    if (!same_answers(alone.raw(0), together.raw(row))) return false;
  }
  return true;
}

bool repeats_itself(Model& model, const Batch& rows, const Answers& first) {
  Answers second;
  model.query(rows.views(), second);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!same_answers(first.raw(row), second.raw(row))) return false;
  }
  return true;
}

bool rows_stay_exact(Model& model, std::span<const InputView> inputs) {
  const Batch rows = rows_of_many_ranges(inputs);
  try {
    Answers together;
    model.query(rows.views(), together);
    return answers_alone_as_in(model, rows, together) || !repeats_itself(model, rows, together);
  } catch (const Error&) {
    return true;  // what fails will fail again when it is asked in earnest, and be told there
  }
}

// What all clones know.
class Decision {
 public:
  explicit Decision(bool alone) : taken_(alone ? kAlone : kNone) {}

  [[nodiscard]] bool is_alone() const { return taken_.load(std::memory_order_acquire) == kAlone; }

  // Takes it by the inputs of a query where it was not taken yet. Other threads wait meanwhile.
  bool is_alone(const Model& model, std::span<const InputView> inputs) {
    const Shape shape = model.info().shape;
    const bool askable = std::ranges::all_of(inputs, [&](const InputView& input) { return input.shape == shape; });
    if (askable && taken_.load(std::memory_order_acquire) == kNone) {
      const std::lock_guard lock(lock_);
      if (taken_.load(std::memory_order_relaxed) == kNone) {
        const bool exact = model.info().fixed_batch == 1 || rows_stay_exact(*model.clone(), inputs);
        taken_.store(exact ? kTogether : kAlone, std::memory_order_release);
      }
    }
    return is_alone();
  }

 private:
  enum Taken : std::uint8_t { kNone, kTogether, kAlone };
  std::atomic<Taken> taken_;
  std::mutex lock_;
};

class ExactRows final : public Model, public Rerun {
 public:
  ExactRows(std::unique_ptr<Model> model, std::shared_ptr<Decision> decision)
      : model_(std::move(model)), decision_(std::move(decision)), info_when_alone_(model_->info()) {
    info_when_alone_.row_by_row = true;
  }

  [[nodiscard]] const ModelInfo& info() const override {
    return decision_->is_alone() ? info_when_alone_ : model_->info();
  }

  void query(std::span<const InputView> inputs, Answers& out) override {
    last_was_alone_ = inputs.size() > 1 && decision_->is_alone(*model_, inputs);
    last_rows_ = inputs.size();
    if (!last_was_alone_) return model_->query(inputs, out);
    const std::span<float> raw = out.prepare(inputs.size(), info_when_alone_.classes);
    for (std::size_t row = 0; row < inputs.size(); ++row) {
      model_->query(inputs.subspan(row, 1), one_);
      std::ranges::copy(one_.raw(0), raw.subspan(row * info_when_alone_.classes).begin());
    }
  }

  [[nodiscard]] std::unique_ptr<Model> clone() const override {
    return std::make_unique<ExactRows>(model_->clone(), decision_);
  }

  void reserve(std::size_t rows) override { model_->reserve(decision_->is_alone() ? 1 : rows); }

  void rerun() override {
    auto* const inner = dynamic_cast<Rerun*>(model_.get());
    const std::size_t times = last_was_alone_ ? last_rows_ : 1;
    for (std::size_t i = 0; inner != nullptr && i < times; ++i) inner->rerun();
  }

 private:
  std::unique_ptr<Model> model_;
  std::shared_ptr<Decision> decision_;
  ModelInfo info_when_alone_;
  Answers one_;
  std::size_t last_rows_ = 0;  // of the last query
  bool last_was_alone_ = false;
};

}  // namespace

std::unique_ptr<Model> keep_rows_exact(std::unique_ptr<Model> model, bool known_to_mix) {
  return std::make_unique<ExactRows>(std::move(model), std::make_shared<Decision>(known_to_mix));
}

}  // namespace dflare
