// What a pair of models is like, in a sentence, and what to do next.
#include "dflare/pair_look.h"

#include <fmt/format.h>

#include "core/figures.h"
#include "dflare/statistics.h"

namespace dflare {
namespace {

constexpr std::int64_t kFew = 20;    // inputs, below which shares say little
constexpr double kMost = 0.5;        // of the inputs
constexpr double kRightOnFew = 0.4;  // accuracy that no model is shipped with
constexpr double kLost = 0.6;        // of the original's accuracy: less is left of a broken model only
constexpr double kNearlyAll = 0.95;  // of the inputs with one label
constexpr double kVaried = 0.8;      // of the inputs with one label, by a model that tells them apart
constexpr double kHurtBelow = 0.95;  // agreement
constexpr double kHurtBy = 0.03;     // accuracy lost
constexpr double kCoinToss = 0.01;   // severity: both prefer their answer by a hundredth

std::string percent_of(const Share& share) {
  return fmt::format("{} of {}", figure_text(share.value(), kPercent), grouped(share.whole));
}

class Look {
 public:
  Look(const PairFigures& figures, std::optional<double> severity, const PairNames& names)
      : f_(figures), severity_(severity), names_(names) {}

  [[nodiscard]] PairLook taken() const {
    for (const auto kind : {&Look::not_finite, &Look::same, &Look::few, &Look::one_label, &Look::wrong, &Look::unalike,
                            &Look::mostly_tied, &Look::hurt, &Look::rounding}) {
      if (std::optional<PairLook> look = (this->*kind)()) return *std::move(look);
    }
    return {PairKind::kClose, agreement() + ": close, as a model and its compressed version should be",
            "deviations are found near the boundaries of both: how decisive they are is what to look at"};
  }

 private:
  using Maybe = std::optional<PairLook>;

  [[nodiscard]] Share of_asked(std::int64_t part) const { return {part, f_.asked}; }
  [[nodiscard]] Share right_original() const { return {f_.right_original, f_.labelled}; }
  [[nodiscard]] Share right_compressed() const { return {f_.right_compressed, f_.labelled}; }
  [[nodiscard]] bool has_labels() const { return f_.labelled >= kFew; }
  [[nodiscard]] std::string agreement() const {
    return fmt::format("the two agree on {} inputs", percent_of(of_asked(f_.agree)));
  }
  [[nodiscard]] std::string accuracies() const {
    return fmt::format("{} is right on {}, {} on {} of {} labelled inputs", names_.original,
                       figure_text(right_original().value(), kPercent), names_.compressed,
                       figure_text(right_compressed().value(), kPercent), grouped(f_.labelled));
  }

  [[nodiscard]] Maybe not_finite() const {
    const bool original = f_.asked > 0 && of_asked(f_.not_finite_original).value() > kMost;
    const bool compressed = f_.asked > 0 && of_asked(f_.not_finite_compressed).value() > kMost;
    if (!original && !compressed) return {};
    const std::string who =
        original && compressed ? "both models answer" : (original ? names_.original : names_.compressed) + " answers";
    const std::int64_t inputs = original ? f_.not_finite_original : f_.not_finite_compressed;
    const std::string what =
        fmt::format("{} NaN or infinity to {} of {} inputs", who, grouped(inputs), grouped(f_.asked));
    if (original) {
      return PairLook{PairKind::kNotFinite, what,
                      "look at the model file, and at --preprocess: such answers come of broken weights, or of numbers "
                      "far outside what the model was trained on"};
    }
    return PairLook{PairKind::kNotFinite, what + (f_.not_finite_original == 0 ? ", the original to none" : ""),
                    "the compression broke it (values beyond what its number format holds, or a failed calibration): "
                    "compress it anew, or keep the layers that overflow in float32"};
  }

  [[nodiscard]] Maybe same() const {
    if (f_.asked == 0 || f_.identical != f_.asked) return {};
    return PairLook{PairKind::kSame,
                    fmt::format("the two give the same numbers for all {} inputs, bit for bit", grouped(f_.asked)),
                    "is it the same model twice, or was nothing compressed? There is nothing to find"};
  }

  [[nodiscard]] Maybe few() const {
    if (f_.asked >= kFew) return {};
    return PairLook{
        PairKind::kFewInputs,
        fmt::format("the two agree on {} of {} inputs, too few to say what the pair is like", f_.agree, f_.asked),
        "give more inputs, 100 or more"};
  }

  [[nodiscard]] Maybe one_label() const {
    const double original = of_asked(f_.one_label_original).value();
    const double compressed = of_asked(f_.one_label_compressed).value();
    const bool original_does = original >= kNearlyAll && (compressed <= kVaried || is_wrong(right_original()));
    const bool compressed_does = compressed >= kNearlyAll && (original <= kVaried || is_wrong(right_compressed()));
    if (!original_does && !compressed_does) return {};
    if (original_does && compressed_does) {
      return PairLook{PairKind::kOneLabel,
                      fmt::format("each model gives {} of {} inputs or more one and the same label",
                                  figure_text(std::min(original, compressed), kPercent), grouped(f_.asked)),
                      fed_wrongly()};
    }
    return PairLook{PairKind::kOneLabel,
                    fmt::format("{} gives {} inputs one and the same label, {} does not",
                                original_does ? names_.original : names_.compressed,
                                percent_of(of_asked(original_does ? f_.one_label_original : f_.one_label_compressed)),
                                original_does ? names_.compressed : names_.original),
                    original_does ? fed_wrongly() : broken()};
  }

  [[nodiscard]] bool is_wrong(const Share& right) const { return has_labels() && right.value() < kRightOnFew; }

  [[nodiscard]] Maybe wrong() const {
    if (!has_labels()) return {};
    const double original = right_original().value();
    const double compressed = right_compressed().value();
    if (original >= kRightOnFew && compressed < kLost * original) {
      return PairLook{PairKind::kCompressedWrong, accuracies() + ": it is broken, or fed or read in another way",
                      broken()};
    }
    if (original >= kRightOnFew) return {};
    if (original < kLost * compressed) {
      return PairLook{PairKind::kOriginalWrong, accuracies() + ": the original is fed or read wrongly",
                      "give it its own --original-preprocess, --original-label-offset or --original-output-name"};
    }
    return PairLook{PairKind::kBothWrong, accuracies() + ": few for models in use", fed_wrongly()};
  }

  [[nodiscard]] Maybe unalike() const {
    if (of_asked(f_.agree).value() >= kMost) return {};
    return PairLook{PairKind::kUnalike, agreement() + " only: not like a model and its compressed version", broken()};
  }

  [[nodiscard]] Maybe mostly_tied() const {
    if (of_asked(f_.tied).value() <= kMost) return {};
    return PairLook{PairKind::kMostlyTied,
                    fmt::format("on {} inputs two classes share the top value: the outputs have too few steps",
                                percent_of(of_asked(f_.tied))),
                    "--ties count takes the first of them, as deployed argmax does; or have the model give logits"};
  }

  [[nodiscard]] Maybe hurt() const {
    const bool differs = of_asked(f_.agree).interval().high < kHurtBelow;
    const bool lost = has_labels() && right_original().value() - right_compressed().value() > kHurtBy;
    if (!differs && !lost) return {};
    const std::string what = has_labels() ? fmt::format("{}; {}", agreement(), accuracies()) : agreement();
    return PairLook{PairKind::kHurt, what + ": the compression costs answers on inputs as they are",
                    "the inputs of kind `natural` show where; if that is not what was measured elsewhere, look at the "
                    "preprocessing of both"};
  }

  [[nodiscard]] Maybe rounding() const {
    if (!severity_ || *severity_ >= kCoinToss) return {};
    return PairLook{
        PairKind::kRounding,
        fmt::format("{}, and where they were brought to differ neither is decided (median severity {})", agreement(),
                    figure_text(*severity_)),
        "they differ as rounding makes them, where the original itself wavers; --refine climb shows how far "
        "they can be driven apart"};
  }

  static std::string fed_wrongly() {
    return "check --preprocess and --label-offset (`dflare inspect` with these inputs shows what they change): until "
           "this is right, what is found says nothing about the compression";
  }
  static std::string broken() {
    return "check that it was calibrated on such inputs, and that it wants the same --compressed-preprocess, "
           "--compressed-label-offset and order of classes: until this is right, what is found says nothing about the "
           "compression";
  }

  const PairFigures& f_;
  std::optional<double> severity_;
  const PairNames& names_;
};

}  // namespace

PairLook look_at(const PairFigures& figures, std::optional<double> severity, const PairNames& names) {
  return Look(figures, severity, names).taken();
}

}  // namespace dflare
