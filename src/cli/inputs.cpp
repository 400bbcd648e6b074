// The user's inputs, and what is said of how they were read.
#include "cli/inputs.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/terminal.h"
#include "dflare/error.h"
#include "dflare/settings.h"

namespace dflare::cli {

SeedSet load_inputs(const Options& options, const ModelInfo& original) {
  SeedSet seeds = load_seeds(options.seeds, seed_options(options, original));
  print_notes(options, seeds);
  return seeds;
}

void print_notes(const Options& options, const SeedSet& seeds) {
  if (options.quiet) return;
  for (const std::string& note : notes_on(seeds)) {
    say(stderr, "{} {}\n", styled(stderr, Style::kYellow, "note:"), note);
  }
}

}  // namespace dflare::cli
