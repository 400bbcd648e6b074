// The two models under comparison, opened and found to fit together.
#include "dflare/open_pair.h"

#include <fmt/format.h>

#include <array>

#include "core/shape_text.h"
#include "dflare/error.h"
#include "dflare/repair.h"
#include "dflare/repair_head_json.h"

namespace dflare {
namespace {

void check_shapes(const ModelInfo& original, const ModelInfo& compressed) {
  if (original.rate != compressed.rate) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("the models take sounds of different rates: {} takes {} Hz, {} takes {} Hz", original.path,
                            original.rate, compressed.path, compressed.rate),
                "compare a model with its own compressed version");
  }
  if (original.shape == compressed.shape) return;
  throw Error(
      ErrorCode::kBadInput,
      fmt::format("the models take different inputs: {} takes {}, {} takes {}", original.path,
                  to_text(original.shape, original.kind), compressed.path, to_text(compressed.shape, compressed.kind)),
      "compare a model with its own compressed version; --input-size sets sizes that a model leaves open, "
      "layout=nchw or nhwc in --preprocess corrects a layout");
}

void check_classes(const ModelInfo& original, const ModelInfo& compressed, const PairOptions& options) {
  const auto kept = [](const ModelInfo& info, int offset) { return static_cast<std::int64_t>(info.classes) - offset; };
  if (kept(original, label_offset(options, Side::kOriginal)) ==
      kept(compressed, label_offset(options, Side::kCompressed))) {
    return;
  }
  if (!original.scores) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("the models give different numbers of values: {} gives {}, {} gives {}", original.path,
                            original.classes, compressed.path, compressed.classes),
                "where a model has several outputs choose one by --original-output-name, --compressed-output-name");
  }
  throw Error(
      ErrorCode::kBadInput,
      fmt::format("the models tell different numbers of classes apart: {} has {}, {} has {}", original.path,
                  original.classes, compressed.path, compressed.classes),
      "where one has a leading «background» class use --original-label-offset 1 or --compressed-label-offset 1; "
      "where a model has several outputs choose one by --output-name");
}

}  // namespace

OpenPair open_pair(const PairOptions& options, const Opener& open) {
  OpenPair pair;
  pair.original = open(options.original, model_options(options, Side::kOriginal));
  pair.compressed = open(options.compressed, model_options(options, Side::kCompressed));
  check_fit(pair.original->info(), pair.compressed->info(), options);
  if (!options.compressed_head.empty()) {
    StoredHead stored = read_head(options.compressed_head);
    pair.compressed = make_repaired_model(std::move(pair.compressed), std::move(stored.head), stored.reading,
                                          options.output == "probs");
  }
  return pair;
}

void check_fit(const ModelInfo& original, const ModelInfo& compressed, const PairOptions& options) {
  check_shapes(original, compressed);
  check_classes(original, compressed, options);
}

Declared declared_of(const PairOptions& options, Side side) {
  Declared declared{.preprocess = preprocess_declared(options, side), .label_offset = label_offset(options, side)};
  declared.output = declared_output(options);
  if (side == Side::kOriginal) {
    declared.preprocess_option = "--original-preprocess";
    declared.label_option = "--original-label-offset";
  } else if (side == Side::kCompressed) {
    declared.preprocess_option = "--compressed-preprocess";
    declared.label_option = "--compressed-label-offset";
  }
  return declared;
}

void check_levels(const OpenPair& pair, const PairOptions& options) {
  check_levels(pair.original->info(), declared_of(options, Side::kOriginal));
  check_levels(pair.compressed->info(), declared_of(options, Side::kCompressed));
}

std::vector<Doubt> doubts_of(const PairOptions& options, const OpenPair& pair, const SeedSet& seeds,
                             const Search& search) {
  const RunContext& context = search.context();
  const Witness original{&pair.original->info(), &context.original, context.original_reading,
                         declared_of(options, Side::kOriginal)};
  const Witness compressed{&pair.compressed->info(), &context.compressed, context.compressed_reading,
                           declared_of(options, Side::kCompressed)};
  if (context.oracle != nullptr) return find_doubts(std::array{original, compressed}, {}, {});  // none of the answers
  return doubts_of_pair(original, compressed, seeds, context.status);
}

}  // namespace dflare
