// A ranking as options ask for it.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>

#include "core/pacer.h"
#include "core/ticker.h"
#include "dflare/as_asked.h"
#include "dflare/settings.h"

namespace dflare {
namespace {

constexpr double kShareForNotes = 0.2;  // of a time limit
constexpr int kRowsAQuery = 8;          // for the notes: a slow model is not asked much longer than that
constexpr std::chrono::milliseconds kPause{20};

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

// What looks wrong with how the models are fed, found out until `seconds` (0: for ever) have passed since `began`.
std::vector<std::string> notes_on(const OpenModels& models, const Options& options, const SeedSet& seeds,
                                  LiveProgress& live, const Elapsed& began, double seconds) {
  std::vector<DeclaredModel> declared{{models.original.get(), declared_of(options, Side::kOriginal)}};
  for (const auto& variant : models.variants) {
    declared.push_back({variant.get(), declared_of(options, Side::kCompressed)});
  }
  const auto is_enough = [&] { return live.stop || (seconds > 0 && began.seconds() >= seconds); };
  std::atomic<bool> enough{is_enough()};
  const Ticker ticker(kPause, [&] {
    enough = is_enough();
    return !enough;
  });
  const auto doubts = ask_for_doubts(declared, seeds,
                                     {.workers = to_int(options.workers, "workers"),
                                      .batch = kRowsAQuery,
                                      .stop = &enough,
                                      .query_started = live.query_started});
  if (doubts) return in_words(*doubts);
  if (live.stop) return {};
  return {
      "the time limit left too little time to look for what is wrong with the models; give a longer --time-limit, "
      "or see `dflare inspect`"};
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
  const double limit = settings.time_limit_seconds;
  report.notes = notes_on(models, options, seeds, live, began, kShareForNotes * limit);
  if (hooks.notes) hooks.notes(report.notes);
  settings.time_limit_seconds = time_left(limit, began);
  report.ranking = rank_variants(*models.original, models.borrowed(), seeds, settings, live, hooks.tell);
  return report;
}

}  // namespace dflare
