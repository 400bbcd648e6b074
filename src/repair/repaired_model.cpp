// A compressed model with its head, as one model.
#include <algorithm>
#include <cmath>
#include <utility>

#include "dflare/error.h"
#include "dflare/repair.h"

namespace dflare {
namespace {

constexpr float kFarBelow = 100.0F;  // natural log units: what skipped outputs lie below the least other

void softmax(std::span<float> scores) {
  const float most = *std::max_element(scores.begin(), scores.end());
  float sum = 0;
  for (float& s : scores) sum += s = std::exp(s - most);
  for (float& s : scores) s /= sum;
}

class RepairedModel : public Model {
 public:
  RepairedModel(std::unique_ptr<Model> inner, RepairHead head, OutputReading reading, bool as_probabilities)
      : inner_(std::move(inner)), head_(std::move(head)), reading_(reading), as_probabilities_(as_probabilities) {
    info_ = inner_->info();
    info_.output_type = "float32";
    info_.output_scale = 0;
  }

  [[nodiscard]] const ModelInfo& info() const override { return info_; }

  void query(std::span<const InputView> inputs, Answers& out) override {
    inner_->query(inputs, answers_);
    answers_.interpret(reading_);
    const std::span<float> raw = out.prepare(inputs.size(), info_.classes);
    for (std::size_t row = 0; row < inputs.size(); ++row) {
      write(answers_[row], raw.subspan(row * info_.classes, info_.classes));
    }
  }

  [[nodiscard]] std::unique_ptr<Model> clone() const override {
    return std::make_unique<RepairedModel>(inner_->clone(), head_, reading_, as_probabilities_);
  }

  void reserve(std::size_t rows) override { inner_->reserve(rows); }

 private:
  void write(const AnswerView& answer, std::span<float> out) {
    if (!answer.finite) {  // said on, for whoever judges it
      std::fill(out.begin(), out.end(), std::numeric_limits<float>::quiet_NaN());
      return;
    }
    const auto skipped = static_cast<std::size_t>(reading_.skip_classes);
    const std::span<float> kept = out.subspan(skipped);
    std::ranges::copy(repaired_scores(head_, reading_.kind, answer), kept.begin());
    const float least = *std::min_element(kept.begin(), kept.end()) - kFarBelow;
    std::fill_n(out.begin(), skipped, least);
    if (as_probabilities_) softmax(out);
  }

  std::unique_ptr<Model> inner_;
  RepairHead head_;
  OutputReading reading_;
  bool as_probabilities_;
  ModelInfo info_;
  Answers answers_;
};

}  // namespace

std::unique_ptr<Model> make_repaired_model(std::unique_ptr<Model> compressed, RepairHead head, OutputReading reading,
                                           bool as_probabilities) {
  const std::size_t classes = compressed->info().classes - static_cast<std::size_t>(reading.skip_classes);
  if (!head.layers.empty() && (head.layers.front().inputs != classes || head.layers.back().outputs != classes)) {
    throw Error(ErrorCode::kBadInput,
                "the head is for " + std::to_string(head.layers.front().inputs) + " classes, " +
                    compressed->info().path + " has " + std::to_string(classes),
                "give the head that `dflare repair` wrote for this model");
  }
  return std::make_unique<RepairedModel>(std::move(compressed), std::move(head), reading, as_probabilities);
}

}  // namespace dflare
