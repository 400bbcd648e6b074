// The user's inputs, and notes on how they were read and how the models are fed.
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
  if (!options.quiet) print_notes(notes_on(seeds));
}

void print_notes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) say(stderr, "{} {}\n", styled(stderr, Style::kYellow, "note:"), note);
}

void print_changes(const std::vector<std::string>& sentences) {
  for (const std::string& sentence : sentences) say(stderr, "note: {}\n", sentence);
}

}  // namespace dflare::cli
