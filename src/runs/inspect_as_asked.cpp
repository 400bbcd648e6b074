// An inspection as options ask for it.
#include <memory>

#include "dflare/as_asked.h"
#include "dflare/error.h"
#include "dflare/settings.h"

namespace dflare {
namespace {

constexpr std::size_t kMostAudited = 200;  // inputs

// Which of a pair's options are a model's: the first is the original, the others are compressed versions of it.
Side side_of(std::size_t model, const Options& options) {
  if (options.models.size() == 1) return Side::kBoth;
  return model == 0 ? Side::kOriginal : Side::kCompressed;
}

Inspection look_at(const Options& options, const std::vector<std::unique_ptr<Model>>& models,
                   const InspectHooks& hooks) {
  std::vector<DeclaredModel> declared;
  for (std::size_t i = 0; i < models.size(); ++i) {
    declared.push_back({models[i].get(), declared_of(options, side_of(i, options))});
  }
  if (options.seeds.empty()) return inspect_models(declared);
  check_equal_shapes(declared);
  if (models.size() == 2) check_fit(models[0]->info(), models[1]->info(), options);
  const SeedSet seeds = load_seeds(options.seeds, seed_options(options, models.front()->info()));
  if (hooks.inputs_read) hooks.inputs_read(seeds);
  return inspect_models(declared, seeds, make_oracle(options.oracle, declared_output(options)));
}

Audit audited(const Options& options, const ModelInfo& first, const InspectHooks& hooks) {
  if (options.seeds.empty()) {
    throw Error(ErrorCode::kBadArgument, "--audit compares what models say of labelled inputs",
                "give them by --seeds SEEDS, and --labels FILE where folders are not named after classes");
  }
  if (first.kind != InputKind::kImage) {
    throw Error(ErrorCode::kBadArgument, "--audit tries what is done to images, and the inputs are none",
                "leave --audit away");
  }
  if (options.oracle != "top1") {
    throw Error(ErrorCode::kBadArgument, "--audit counts right labels of classes, and --oracle is " + options.oracle,
                "leave --audit away: --seeds alone tells how often two models agree by an oracle");
  }
  std::vector<AuditedModel> models;
  for (std::size_t i = 0; i < options.models.size(); ++i) {
    const Side side = side_of(i, options);
    models.push_back({options.models[i], model_options(options, side), label_offset(options, side)});
  }
  return audit_preprocessing(models, options.seeds, seed_options(options, first), kMostAudited, hooks.trying);
}

}  // namespace

Inspection inspect_as_asked(const Options& options, const InspectHooks& hooks, const Opener& open) {
  std::vector<std::unique_ptr<Model>> models;
  for (std::size_t i = 0; i < options.models.size(); ++i) {
    models.push_back(open(options.models[i], model_options(options, side_of(i, options))));
  }
  Inspection inspection = look_at(options, models, hooks);
  if (options.audit) inspection.audit = audited(options, models.front()->info(), hooks);
  return inspection;
}

}  // namespace dflare
