// A ranking as options ask for it.
#include <algorithm>
#include <memory>

#include "core/pacer.h"
#include "dflare/as_asked.h"
#include "dflare/settings.h"
#include "runs/notes.h"

namespace dflare {
namespace {

struct OpenModels {
  std::unique_ptr<Model> original;
  std::vector<std::unique_ptr<Model>> variants;

  [[nodiscard]] std::vector<Model*> borrowed() const {
    std::vector<Model*> models;
    for (const auto& variant : variants) models.push_back(variant.get());
    return models;
  }
};

// All of them or none: a variant that cannot be ranked is said before the work begins.
OpenModels open_all(const Options& options, const Opener& open) {
  OpenModels models;
  models.original = open(options.original, model_options(options, Side::kOriginal));
  check_levels(models.original->info(), declared_of(options, Side::kOriginal));
  for (const std::string& path : options.models) {
    models.variants.push_back(open(path, model_options(options, Side::kCompressed)));
    check_fit(models.original->info(), models.variants.back()->info(), options);
    check_levels(models.variants.back()->info(), declared_of(options, Side::kCompressed));
  }
  return models;
}

std::vector<DeclaredModel> declared(const OpenModels& models, const Options& options) {
  std::vector<DeclaredModel> list{{models.original.get(), declared_of(options, Side::kOriginal)}};
  for (const auto& variant : models.variants) list.push_back({variant.get(), declared_of(options, Side::kCompressed)});
  return list;
}

// What is left of a limit is a limit.
double time_left(double limit, const Elapsed& began) {
  return limit > 0 ? std::max(0.001, limit - began.seconds()) : 0;
}

}  // namespace

RankReport rank_as_asked(const Options& options, LiveProgress& live, const RankHooks& hooks, const Opener& open) {
  RankSettings settings = rank_settings(options);
  const Elapsed began;
  const OpenModels models = open_all(options, open);
  const SeedSet seeds = load_seeds(options.seeds, seed_options(options, models.original->info()));
  if (hooks.inputs_read) hooks.inputs_read(seeds);
  RankReport report;
  report.original = ranked_file(options.original);
  for (const std::string& path : options.models) report.variants.push_back(ranked_file(path));
  report.refine_queries = settings.refine_queries;
  report.regression_queries = settings.regression_queries;
  const double limit = settings.time_limit_seconds;
  report.notes = notes_on(declared(models, options), options, seeds, live, began, kShareForNotes * limit);
  if (hooks.notes) hooks.notes(report.notes);
  settings.time_limit_seconds = time_left(limit, began);
  report.ranking = rank_variants(*models.original, models.borrowed(), seeds, settings, live, hooks.tell);
  return report;
}

}  // namespace dflare
