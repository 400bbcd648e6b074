// dflare rank: which variant behaves most like the original.
#include "dflare/rank.h"

#include <algorithm>
#include <atomic>
#include <memory>

#include "cli/argument_order.h"
#include "cli/inputs.h"
#include "cli/quiet.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "cli/watch.h"
#include "cli/work_display.h"
#include "core/pacer.h"
#include "dflare/pair.h"
#include "dflare/report_json.h"
#include "dflare/report_text.h"
#include "dflare/settings.h"

namespace dflare::cli {
namespace {

struct OpenModels {
  std::unique_ptr<Model> original;
  std::vector<std::unique_ptr<Model>> variants;
};

// All of them or none: a variant that cannot be ranked is said before the work begins.
OpenModels open_all(const Options& options) {
  OpenModels models;
  models.original = open_quietly(options.original, model_options(options, Side::kOriginal));
  check_levels(models.original->info(), declared_of(options, Side::kOriginal));
  for (const std::string& path : options.models) {
    models.variants.push_back(open_quietly(path, model_options(options, Side::kCompressed)));
    check_fit(models.original->info(), models.variants.back()->info(), options);
    check_levels(models.variants.back()->info(), declared_of(options, Side::kCompressed));
  }
  return models;
}

// What looks wrong with how they are fed.
std::vector<std::string> notes_on(const OpenModels& models, const Options& options, const SeedSet& seeds,
                                  const std::atomic<bool>& stop) {
  std::vector<DeclaredModel> declared{{models.original.get(), declared_of(options, Side::kOriginal)}};
  for (const auto& variant : models.variants) {
    declared.push_back({variant.get(), declared_of(options, Side::kCompressed)});
  }
  return in_words(ask_for_doubts(declared, seeds, {.workers = to_int(options.workers, "workers"), .stop = &stop}));
}

// Opening models and reading inputs count. What is left of a limit is a limit.
double time_left(double limit, const Elapsed& began) {
  return limit > 0 ? std::max(0.001, limit - began.seconds()) : 0;
}

int say_how_it_ended(SearchEnd end, bool quiet) {
  const bool stopped = end == SearchEnd::kStopped;
  if (!quiet && stopped) say(stderr, "interrupted: what was measured by then is shown\n");
  if (!quiet && end == SearchEnd::kTimeLimit) {
    say(stderr, "the time limit cut in: what was measured by then is shown; --time-limit SECONDS gives more\n");
  }
  return stopped ? 130 : 0;
}

}  // namespace

int rank(const Givens& givens) {
  const Options options = resolve(givens);
  RankSettings settings = rank_settings(options);
  const Elapsed began;
  LiveProgress live;
  const InterruptGuard interrupt(live);
  refuse_swapped_rank(options);
  const OpenModels models = open_all(options);
  const SeedSet seeds = load_inputs(options, models.original->info());
  RankReport report;
  report.original = ranked_file(options.original);
  report.refine_queries = settings.refine_queries;
  std::vector<Model*> variants;
  for (std::size_t i = 0; i < models.variants.size(); ++i) {
    variants.push_back(models.variants[i].get());
    report.variants.push_back(ranked_file(options.models[i]));
  }
  const Watchdog watchdog(live, options.query_timeout, "");
  report.notes = notes_on(models, options, seeds, live.stop);
  if (!options.quiet) print_notes(report.notes);
  settings.time_limit_seconds = time_left(options.rank_time_limit, began);
  {
    WorkDisplay display(options.quiet, 0);
    report.ranking = rank_variants(*models.original, variants, seeds, settings, live, display.tell());
  }
  put(stdout, options.json ? to_json(report) : text_of(report, style_of(stdout)));
  flush(stdout);
  return say_how_it_ended(report.ranking.end, options.quiet);
}

}  // namespace dflare::cli
