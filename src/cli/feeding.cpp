// What the options say of how the models are fed, and the doubts that there are about it.
#include "cli/feeding.h"

#include "cli/terminal.h"

namespace dflare::cli {

Declared declared_of(const Options& options, Side side) {
  Declared declared{.preprocess = preprocess_declared(options, side), .label_offset = label_offset(options, side)};
  if (options.output == "logits") declared.output = OutputKind::kLogits;
  if (options.output == "probs") declared.output = OutputKind::kProbabilities;
  if (side == Side::kOriginal) {
    declared.preprocess_option = "--original-preprocess";
    declared.label_option = "--original-label-offset";
  } else if (side == Side::kCompressed) {
    declared.preprocess_option = "--compressed-preprocess";
    declared.label_option = "--compressed-label-offset";
  }
  return declared;
}

std::vector<Doubt> doubts_of(const Options& options, const Pair& pair, const SeedSet& seeds, const Search& search) {
  const RunContext& context = search.context();
  const Witness original{&pair.original->info(), &context.original, context.original_reading,
                         declared_of(options, Side::kOriginal)};
  const Witness compressed{&pair.compressed->info(), &context.compressed, context.compressed_reading,
                           declared_of(options, Side::kCompressed)};
  return doubts_of_pair(original, compressed, seeds, context.status);
}

void print_notes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) say(stderr, "{} {}\n", styled(stderr, Style::kYellow, "note:"), note);
}

}  // namespace dflare::cli
