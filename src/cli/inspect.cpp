// dflare inspect: what a model takes and gives, and how well it does with the inputs at hand.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "cli/feeding.h"
#include "cli/inputs.h"
#include "cli/inspect_report.h"
#include "cli/pair.h"
#include "cli/quiet.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "core/json_text.h"
#include "dflare/audit.h"
#include "dflare/error.h"
#include "dflare/settings.h"

namespace dflare::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kRowsAQuery = 64;

// What a model says of the readable inputs.
struct Asked {
  Answers answers;
  OutputReading reading;
  std::vector<int> labels;  // by first index; -1 where the answer is not finite
  int ties = 0;
};

std::vector<const Seed*> readable(const SeedSet& seeds) {
  std::vector<const Seed*> list;
  for (const Seed& seed : seeds.seeds) {
    if (seed.problem.empty()) list.push_back(&seed);
  }
  if (list.empty()) {
    throw Error(ErrorCode::kNoUsableSeed, fmt::format("none of the inputs in {} can be read", seeds.path.string()),
                seeds.seeds.empty() ? "" : fmt::format("{}: {}", seeds.seeds[0].source, seeds.seeds[0].problem));
  }
  return list;
}

Asked ask(Model& model, const std::vector<const Seed*>& seeds, const Options& options) {
  const std::size_t classes = model.info().classes;
  Asked asked;
  Answers& all = asked.answers;
  const std::span<float> raw = all.prepare(seeds.size(), classes);
  Answers some;
  for (std::size_t first = 0; first < seeds.size(); first += kRowsAQuery) {
    std::vector<InputView> views;
    for (std::size_t i = first; i < std::min(first + kRowsAQuery, seeds.size()); ++i) {
      views.push_back(seeds[i]->input.view());
    }
    model.query(views, some);
    for (std::size_t i = 0; i < views.size(); ++i) {
      std::copy_n(some.raw(i).begin(), classes, raw.begin() + static_cast<std::ptrdiff_t>((first + i) * classes));
    }
  }
  asked.reading = detected_reading(all, model.info(), options);
  all.interpret(asked.reading);
  for (std::size_t i = 0; i < all.rows(); ++i) {
    asked.labels.push_back(all[i].label);
    asked.ties += all[i].tie ? 1 : 0;
  }
  return asked;
}

Json model_json(const std::string& path, const ModelInfo& info) {
  return {{"model", path},
          {"runtime", info.runtime},
          {"input",
           {{"name", info.input_name},
            {"type", info.input_type},
            {"shape", {info.shape.height, info.shape.width, info.shape.channels}},
            {"layout", info.layout == Layout::kNchw ? "nchw" : "nhwc"},
            {"scale", info.input_scale},
            {"zero_point", info.input_zero_point},
            {"levels", {{"distinct", info.levels.distinct}, {"clipped", info.levels.clipped}}}}},
          {"output",
           {{"name", info.output_name},
            {"type", info.output_type},
            {"classes", info.classes},
            {"scale", info.output_scale},
            {"zero_point", info.output_zero_point}}},
          {"batch", info.fixed_batch == 0 ? Json("any") : Json(info.fixed_batch)},
          {"row_by_row", info.row_by_row}};
}

Json asked_json(const Asked& asked, const std::vector<const Seed*>& seeds, int offset) {
  int labelled = 0;
  int right = 0;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    if (seeds[i]->label < 0) continue;
    ++labelled;
    right += asked.labels[i] == seeds[i]->label + offset ? 1 : 0;
  }
  return {{"inputs", seeds.size()},
          {"labelled", labelled},
          {"reading", asked.reading.kind == OutputKind::kLogits ? "logits" : "probs"},
          {"step", asked.reading.step},
          {"ties", asked.ties},
          {"accuracy", labelled == 0 ? Json(nullptr) : Json(static_cast<double>(right) / labelled)}};
}

// The share of the inputs on which two models give the same class, whatever outputs stand before the first.
double share_equal(const Asked& a, int offset_a, const Asked& b, int offset_b) {
  std::size_t equal = 0;
  for (std::size_t i = 0; i < a.labels.size(); ++i) equal += a.labels[i] - offset_a == b.labels[i] - offset_b ? 1U : 0U;
  return static_cast<double>(equal) / static_cast<double>(a.labels.size());
}

// Which of a pair's options are a model's: the first is the original, the others are compressed versions of it.
Side side_of(std::size_t model, const Options& options) {
  if (options.models.size() == 1) return Side::kBoth;
  return model == 0 ? Side::kOriginal : Side::kCompressed;
}

void check_equal_shapes(const std::vector<std::unique_ptr<Model>>& models) {
  for (const auto& model : models) {
    if (model->info().shape == models.front()->info().shape) continue;
    throw Error(ErrorCode::kBadInput,
                fmt::format("{} takes images of {}, {} of {}: they cannot be asked the same inputs",
                            models.front()->info().path, to_text(models.front()->info().shape), model->info().path,
                            to_text(model->info().shape)),
                "inspect them one by one");
  }
}

std::vector<Doubt> doubts_about(const std::vector<Asked>& asked, const std::vector<std::unique_ptr<Model>>& models,
                                const std::vector<const Seed*>& seeds, const Options& options) {
  std::vector<Witness> witnesses;
  for (std::size_t i = 0; i < models.size(); ++i) {
    Witness witness = witness_of(options, models[i]->info(), side_of(i, options));
    witness.answers = &asked[i].answers;
    witness.reading = asked[i].reading;
    witness.label_shift = witness.label_offset;
    witnesses.push_back(std::move(witness));
  }
  std::vector<std::size_t> rows;
  std::vector<int> truth;
  for (const Seed* seed : seeds) {
    rows.push_back(rows.size());
    truth.push_back(seed->label);
  }
  return find_doubts(witnesses, rows, truth);
}

std::vector<Doubt> add_answers(Json& report, const std::vector<std::unique_ptr<Model>>& models,
                               const Options& options) {
  check_equal_shapes(models);
  if (models.size() == 2) check_fit(models[0]->info(), models[1]->info(), options);
  const SeedSet set = load_inputs(options, models.front()->info());
  const std::vector<const Seed*> seeds = readable(set);
  std::vector<Asked> asked;
  for (std::size_t i = 0; i < models.size(); ++i) {
    asked.push_back(ask(*models[i], seeds, options));
    report["models"][i]["answers"] = asked_json(asked.back(), seeds, label_offset(options, side_of(i, options)));
    report["models"][i]["row_by_row"] = models[i]->info().row_by_row;  // known once it was asked
  }
  report["inputs"] = seeds.size();
  if (asked.size() == 2) {
    report["agreement"] = share_equal(asked[0], label_offset(options, side_of(0, options)), asked[1],
                                      label_offset(options, side_of(1, options)));
  }
  return doubts_about(asked, models, seeds, options);
}

Json audited(const Options& options, const ModelInfo& first) {
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
  return audit_json(audit_preprocessing(models, options.seeds, seed_options(options, first), 200, tell), models);
}

}  // namespace

int inspect(const Givens& givens) {
  const Options options = resolve(givens);
  std::vector<std::unique_ptr<Model>> models;
  std::vector<Doubt> doubts;
  Json report = {{"models", Json::array()}};
  for (std::size_t i = 0; i < options.models.size(); ++i) {
    models.push_back(open_quietly(options.models[i], model_options(options, side_of(i, options))));
    const ModelInfo& info = models.back()->info();
    report["models"].push_back(model_json(options.models[i], info));
    const Witness witness = witness_of(options, info, side_of(i, options));
    if (options.seeds.empty())
      std::ranges::move(doubt_of_levels(info, witness.preprocess_option), std::back_inserter(doubts));
  }
  if (!options.seeds.empty()) doubts = add_answers(report, models, options);
  if (options.audit) report["audit"] = audited(options, models.front()->info());
  report["notes"] = in_words(doubts);
  if (options.json) {
    put(stdout, json_text(report, 2) + "\n");
  } else {
    print_inspection(report);
  }
  flush(stdout);
  if (!options.quiet) print_notes(in_words(doubts));
  return 0;
}

}  // namespace dflare::cli
