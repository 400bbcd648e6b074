// dflare inspect: what a model takes and gives, and how well it does with the inputs at hand.
#include "dflare/inspection.h"

#include <memory>

#include "cli/inputs.h"
#include "cli/quiet.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dflare/error.h"
#include "dflare/pair.h"
#include "dflare/report_json.h"
#include "dflare/report_text.h"
#include "dflare/settings.h"

namespace dflare::cli {
namespace {

// Which of a pair's options are a model's: the first is the original, the others are compressed versions of it.
Side side_of(std::size_t model, const Options& options) {
  if (options.models.size() == 1) return Side::kBoth;
  return model == 0 ? Side::kOriginal : Side::kCompressed;
}

Inspection look_at_models(const Options& options, const std::vector<std::unique_ptr<Model>>& models) {
  std::vector<DeclaredModel> declared;
  for (std::size_t i = 0; i < models.size(); ++i) {
    declared.push_back({models[i].get(), declared_of(options, side_of(i, options))});
  }
  if (options.seeds.empty()) return inspect_models(declared);
  check_equal_shapes(declared);
  if (models.size() == 2) check_fit(models[0]->info(), models[1]->info(), options);
  return inspect_models(declared, load_inputs(options, models.front()->info()));
}

Audit audited(const Options& options, const ModelInfo& first) {
  if (options.seeds.empty()) {
    throw Error(ErrorCode::kBadArgument, "--audit compares what models say of labelled inputs",
                "give them by --seeds SEEDS, and --labels FILE where folders are not named after classes");
  }
  std::vector<AuditedModel> models;
  for (std::size_t i = 0; i < options.models.size(); ++i) {
    const Side side = side_of(i, options);
    models.push_back({options.models[i], model_options(options, side), label_offset(options, side)});
  }
  const auto tell = [&options](const Preprocess& preprocess) {
    if (!options.quiet) say(stderr, "trying {} ...\n", short_name(preprocess));
  };
  return audit_preprocessing(models, options.seeds, seed_options(options, first), 200, tell);
}

}  // namespace

int inspect(const Givens& givens) {
  const Options options = resolve(givens);
  std::vector<std::unique_ptr<Model>> models;
  for (std::size_t i = 0; i < options.models.size(); ++i) {
    models.push_back(open_quietly(options.models[i], model_options(options, side_of(i, options))));
  }
  Inspection inspection = look_at_models(options, models);
  if (options.audit) inspection.audit = audited(options, models.front()->info());
  put(stdout, options.json ? to_json(inspection) : text_of(inspection, style_of(stdout)));
  flush(stdout);
  if (!options.quiet) print_notes(inspection.notes);
  return 0;
}

}  // namespace dflare::cli
