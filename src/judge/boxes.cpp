// Detections: every sure box of one model must have a counterpart in the other.
#include "judge/boxes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "dflare/error.h"
#include "judge/oracles.h"

namespace dflare {

double iou(const Box& a, const Box& b) {
  const double w = std::min<double>(a.x2, b.x2) - std::max<double>(a.x1, b.x1);
  const double h = std::min<double>(a.y2, b.y2) - std::max<double>(a.y1, b.y1);
  const auto area = [](const Box& box) { return static_cast<double>(box.x2 - box.x1) * (box.y2 - box.y1); };
  const double both = w > 0 && h > 0 ? w * h : 0;
  const double either = area(a) + area(b) - both;
  if (either > 0) return both / either;
  return a.x1 == b.x1 && a.y1 == b.y1 && a.x2 == b.x2 && a.y2 == b.y2 ? 1 : 0;  // boxes of no size
}

std::vector<Box> without_duplicates(std::vector<Box> boxes, double most) {
  std::ranges::stable_sort(boxes, [](const Box& a, const Box& b) { return a.score > b.score; });
  std::vector<Box> kept;
  for (const Box& box : boxes) {
    const bool known =
        std::ranges::any_of(kept, [&](const Box& k) { return k.label == box.label && iou(k, box) > most; });
    if (!known) kept.push_back(box);
  }
  return kept;
}

namespace {

constexpr float kSure = 0.4F;      // a box of one model from this score on must have a counterpart in the other
constexpr float kPossible = 0.2F;  // of at least this score: rounding a score across one threshold is no difference
constexpr double kUsualIou = 0.5;
constexpr double kNear = 0.1;  // boxes that overlap more than this are about the same thing

// A sure box that has the worst counterpart, and what that is like: the kinds of TIDE (Bolya et al., ECCV 2020), the
// original taken for the truth.
struct Worst {
  double lead = 1;
  const char* kind = "none";
};

class BoxesOracle final : public Oracle {
 public:
  BoxesOracle(std::string decoder, double least) : name_(std::move(decoder)), least_(least) {}

  [[nodiscard]] std::string spec() const override { return fmt::format("boxes:{}:{}", name_, number_text(least_)); }

  [[nodiscard]] std::shared_ptr<const Oracle> fitted(const AnswerLayout& original,
                                                     const AnswerLayout& compressed) const override {
    auto fitted = std::make_shared<BoxesOracle>(name_, least_);
    fitted->original_ = make_box_decoder(name_, original);
    fitted->compressed_ = make_box_decoder(name_, compressed);
    return fitted;
  }

  [[nodiscard]] double lead(std::span<const float> original, std::span<const float> compressed) const override {
    if (!all_finite(original) || !all_finite(compressed)) return std::nan("");
    return worst(original_->decode(original, kPossible), compressed_->decode(compressed, kPossible)).lead;
  }

  [[nodiscard]] std::string facts(std::span<const float> original, std::span<const float> compressed) const override {
    if (!all_finite(original) || !all_finite(compressed)) return {};
    const std::vector<Box> f = original_->decode(original, kPossible);
    const std::vector<Box> g = compressed_->decode(compressed, kPossible);
    const auto sure = [](const std::vector<Box>& boxes) {
      return std::ranges::count_if(boxes, [](const Box& b) { return b.score >= kSure; });
    };
    return fmt::format(R"({{"worst":"{}","boxes_original":{},"boxes_compressed":{}}})", worst(f, g).kind, sure(f),
                       sure(g));
  }

 private:
  // 1 for the same box, 0 where it overlaps just enough or is just possible, negative for none.
  [[nodiscard]] double agreement(const Box& sure, const Box& other) const {
    if (other.label != sure.label) return -least_ / (1 - least_);
    const double place = (iou(sure, other) - least_) / (1 - least_);
    const double score = (static_cast<double>(other.score) - kPossible) / (static_cast<double>(sure.score) - kPossible);
    return std::min({1.0, place, score});
  }

  [[nodiscard]] Worst worst(const std::vector<Box>& original, const std::vector<Box>& compressed) const {
    Worst worst;
    const auto look = [&](const std::vector<Box>& from, const std::vector<Box>& to, bool original_is_sure) {
      for (const Box& box : from) {
        if (box.score < kSure) break;  // by falling score
        double best = -least_ / (1 - least_);
        for (const Box& other : to) best = std::max(best, agreement(box, other));
        if (best < worst.lead) worst = {best, kind_of(box, to, original_is_sure)};
      }
    };
    look(original, compressed, true);
    look(compressed, original, false);
    return worst;
  }

  [[nodiscard]] const char* kind_of(const Box& box, const std::vector<Box>& others, bool original_is_sure) const {
    bool place = false;
    bool both = false;
    for (const Box& other : others) {
      const double overlap = iou(box, other);
      if (overlap >= least_ && other.label == box.label) return "none";
      if (overlap >= least_) return "class";
      place = place || (overlap > kNear && other.label == box.label);
      both = both || overlap > kNear;
    }
    if (place) return "place";
    if (both) return "class_and_place";
    return original_is_sure ? "missed" : "background";
  }

  std::string name_;
  double least_;
  std::shared_ptr<const BoxDecoder> original_, compressed_;
};

}  // namespace

std::unique_ptr<const Oracle> make_boxes_oracle(std::string_view argument) {
  const std::size_t colon = argument.find(':');
  const std::string_view iou = colon == std::string_view::npos ? "" : argument.substr(colon + 1);
  const double least = iou.empty() ? kUsualIou : argument_of("boxes", iou, {0, 1});
  const std::string_view decoder = argument.substr(0, colon);
  if (decoder != "nanodet" && decoder != "yolov8") make_box_decoder(decoder, {});  // throws what is known
  return std::make_unique<BoxesOracle>(std::string(decoder), least);
}

}  // namespace dflare
