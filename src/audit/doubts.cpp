// What looks wrong with how models are fed and read.
#include "dflare/doubts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>

#include "dflare/error.h"
#include "dflare/model_files.h"
#include "dflare/pair_look.h"
#include "dflare/statistics.h"

namespace dflare {
namespace {

constexpr std::int64_t kEnoughLabels = 20;
constexpr std::size_t kEnoughRows = 10;
constexpr double kFarApart = 0.1;  // of two accuracies

std::string file_of(const ModelInfo& info) { return name_of_model(info.path); }

class Judging {
 public:
  Judging(std::span<const Witness> models, std::span<const std::size_t> rows, std::span<const int> truth)
      : models_(models), rows_(rows), truth_(truth) {}

  std::vector<Doubt> all() {
    for (std::size_t variant = 1; variant < models_.size(); ++variant) add(unsound_with(models_[variant]));
    const bool sound = doubts_.empty();
    for (const Witness& model : models_) append(doubt_of_levels(*model.info, model.declared.preprocess_option));
    for (const Witness& model : models_) add(undeclared(model));
    for (const Witness& model : models_) add(labels_off_by_one(model));
    if (sound) add(accuracies_apart());
    for (const Witness& model : models_) add(no_probabilities(model));
    for (const Witness& model : models_) add(no_classes(model));
    for (const Witness& model : models_) add(row_by_row(model));
    return std::move(doubts_);
  }

 private:
  void add(std::optional<Doubt> doubt) {
    if (doubt) doubts_.push_back(std::move(*doubt));
  }
  void append(std::vector<Doubt> more) { std::ranges::move(more, std::back_inserter(doubts_)); }

  [[nodiscard]] Share right(const Witness& model, int shift) const {
    Share share;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (truth_[i] < 0) continue;
      ++share.whole;
      share.part += (*model.answers)[rows_[i]].label == truth_[i] + model.label_shift + shift ? 1 : 0;
    }
    return share;
  }

  // A variant beside the first model: broken, fed wrongly, the same.
  [[nodiscard]] std::optional<Doubt> unsound_with(const Witness& variant) const {
    const Witness& original = models_.front();
    PairCounter counter(original.label_shift, variant.label_shift);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      counter.add((*original.answers)[rows_[i]], (*variant.answers)[rows_[i]], truth_[i]);
    }
    const PairLook look = look_at(counter.figures(), {}, {file_of(*original.info), file_of(*variant.info)});
    if (look.sound()) return {};
    return Doubt{look.what, look.next};
  }

  [[nodiscard]] static std::optional<Doubt> undeclared(const Witness& model) {
    if (model.info->kind != InputKind::kImage) return {};
    if (model.declared.preprocess || !model.info->input_type.starts_with("float")) return {};
    return Doubt{
        fmt::format("nothing says how {} wants its pixels: it gets them as 0 to 255, and few float models do",
                    file_of(*model.info)),
        fmt::format("say how by {} (raw if it is so); `dflare inspect MODEL... --seeds SEEDS --audit` finds out "
                    "from labelled inputs",
                    model.declared.preprocess_option)};
  }

  [[nodiscard]] std::optional<Doubt> labels_off_by_one(const Witness& model) const {
    const Share given = right(model, 0);
    if (given.whole < kEnoughLabels) return {};
    for (const int shift : {1, -1}) {
      const Share shifted = right(model, shift);
      if (shifted.interval().low <= given.interval().high || shifted.value() < 0.3) continue;
      const int offset = model.declared.label_offset + shift;
      return Doubt{fmt::format("the labels look off by one: {} is right on {} of {} inputs as they are, on {} if its "
                               "output {} is class 0",
                               file_of(*model.info), given.part, given.whole, shifted.part, offset),
                   offset >= 0 ? fmt::format("use {} {}", model.declared.label_option, offset)
                               : "the labels count from 1: subtract one from each"};
    }
    return {};
  }

  [[nodiscard]] std::optional<Doubt> accuracies_apart() const {
    const Witness* best = nullptr;
    const Witness* worst = nullptr;
    for (const Witness& model : models_) {
      if (best == nullptr || right(model, 0).part > right(*best, 0).part) best = &model;
      if (worst == nullptr || right(model, 0).part < right(*worst, 0).part) worst = &model;
    }
    if (best == nullptr) return {};
    const Share high = right(*best, 0);
    const Share low = right(*worst, 0);
    const bool apart = high.interval().low > low.interval().high && high.value() - low.value() > kFarApart;
    if (high.whole < kEnoughLabels || !apart) return {};
    return Doubt{fmt::format("{} is right on {} of {} inputs, {} on {}: more than compression mostly costs",
                             file_of(*best->info), high.part, high.whole, file_of(*worst->info), low.part),
                 "see by `dflare inspect ORIGINAL COMPRESSED --seeds SEEDS --audit` whether the two want different "
                 "preprocessing"};
  }

  [[nodiscard]] std::optional<Doubt> no_probabilities(const Witness& model) const {
    if (model.declared.output != OutputKind::kProbabilities) return {};
    const double allowed = model.reading.step > 0 ? 0.25 : 0.02;
    for (const std::size_t row : rows_) {
      const AnswerView answer = (*model.answers)[row];
      if (!answer.finite) continue;
      double sum = 0;
      bool in_range = true;
      for (const float v : answer.raw) {
        sum += v;
        in_range = in_range && v >= 0 && v <= 1.001F;
      }
      if (in_range && std::abs(sum - 1) <= allowed) continue;
      return Doubt{
          fmt::format("the outputs of {} are declared probabilities and are none: {}", file_of(*model.info),
                      in_range ? fmt::format("those of an input sum to {:.3g}", sum) : "some are negative or above 1"),
          "use --output logits if they are scores before the softmax, or leave --output away"};
    }
    return {};
  }

  // Vectors of features have one length, or no negative value; logits have neither.
  [[nodiscard]] std::optional<Doubt> no_classes(const Witness& model) const {
    constexpr std::size_t kFewClasses = 16;
    const Share given = right(model, 0);
    const double chance = 1.0 / static_cast<double>(std::max<std::size_t>(model.answers->classes(), 1));
    const bool labels_fit = given.whole >= kEnoughLabels && given.interval().low > chance;
    if (labels_fit || model.reading.kind == OutputKind::kProbabilities) return {};
    if (model.answers->classes() < kFewClasses || rows_.size() < kEnoughRows) return {};
    std::vector<double> lengths;
    bool negative = false;
    for (const std::size_t row : rows_) {
      const AnswerView answer = (*model.answers)[row];
      if (!answer.finite || answer.tie) continue;  // a dead output is another matter
      double squares = 0;
      for (const float v : answer.raw) {
        squares += static_cast<double>(v) * v;
        negative = negative || v < 0;
      }
      lengths.push_back(std::sqrt(squares));
    }
    if (lengths.size() < kEnoughRows) return {};
    const auto [least, most] = std::ranges::minmax(lengths);
    const bool one_length = most > 0 && most - least <= 0.02 * most;
    if (!one_length && (negative || most == 0)) return {};
    return Doubt{
        fmt::format(
            "the {} outputs of {} look like features (an embedding), not like scores of classes: {}{}",
            model.answers->classes(), file_of(*model.info),
            one_length ? "every vector has the same length" : "none is negative and they sum to no 1",
            given.whole >= kEnoughLabels ? fmt::format(", and {} of {} labels fit", given.part, given.whole) : ""),
        "compare vectors by --oracle cosine:LEAST; choose an output of class scores by --output-name if there is one"};
  }

  [[nodiscard]] static std::optional<Doubt> row_by_row(const Witness& model) {
    if (!model.info->row_by_row) return {};
    return Doubt{
        fmt::format("{} answers an input otherwise when others stand beside it in a batch: it is asked one input "
                    "at a time",
                    file_of(*model.info)),
        ""};
  }

  std::span<const Witness> models_;
  std::span<const std::size_t> rows_;
  std::span<const int> truth_;
  std::vector<Doubt> doubts_;
};

}  // namespace

std::vector<Doubt> find_doubts(std::span<const Witness> models, std::span<const std::size_t> rows,
                               std::span<const int> truth) {
  return Judging(models, rows, truth).all();
}

std::string describe_quantisation(const std::string& type, float scale, int zero_point) {
  if (scale == 0) return "";
  const int least = type == "int8" ? -128 : 0;
  const auto value = [&](int stored) { return scale * static_cast<float>(stored - zero_point); };
  return fmt::format("scale {:.6g}, zero point {}: {:.4g} to {:.4g}", scale, zero_point, value(least),
                     value(least + 255));
}

std::vector<Doubt> doubt_of_levels(const ModelInfo& info, const std::string& preprocess_option) {
  if (!info.levels.lost() && info.levels.merged()) {
    return {{fmt::format("{} keeps {} of 256 grey levels apart where another rounding keeps {}: its {} input puts them "
                         "halfway between what it stores",
                         file_of(info), info.levels.distinct, info.levels.most, info.input_type),
             fmt::format("round as the deployment does: {} PRESET,round=even|away|truncate", preprocess_option)}};
  }
  if (!info.levels.lost()) return {};
  const std::string range = describe_quantisation(info.input_type, info.input_scale, info.input_zero_point);
  return {
      {fmt::format("{} hardly sees the images: of 256 grey levels its {} input{} keeps {} apart and cuts off {:.0f} % "
                   "under this preprocessing",
                   file_of(info), info.input_type, range.empty() ? "" : " (" + range + ")", info.levels.distinct,
                   100 * info.levels.clipped),
       fmt::format("use {} bytes if the model wants the pixels' bytes as they are, else what it was trained with "
                   "(unit, tf, imagenet, ...)",
                   preprocess_option)}};
}

void check_levels(const ModelInfo& info, const Declared& declared) {
  if (declared.preprocess) return;
  if (!info.levels.lost()) return;
  const std::vector<Doubt> doubts = doubt_of_levels(info, declared.preprocess_option);
  if (!doubts.empty()) throw Error(ErrorCode::kBadInput, doubts.front().what, doubts.front().hint);
}

std::vector<std::string> in_words(const std::vector<Doubt>& doubts) {
  std::vector<std::string> words;
  for (const Doubt& doubt : doubts) words.push_back(doubt.hint.empty() ? doubt.what : doubt.what + "; " + doubt.hint);
  return words;
}

}  // namespace dflare
