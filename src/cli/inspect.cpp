// dflare inspect: what a model takes and gives, and how well it does with the inputs at hand.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/inputs.h"
#include "cli/pair.h"
#include "cli/quiet.h"
#include "cli/settings.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "core/json_text.h"
#include "dflare/error.h"

namespace dflare::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kRowsAQuery = 64;

// What a model says of the readable inputs.
struct Asked {
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

OutputReading reading_of(const Answers& answers, const ModelInfo& info, const Options& options) {
  OutputReading reading = detect_reading(answers);
  if (options.output == "logits") reading.kind = OutputKind::kLogits;
  if (options.output == "probs") reading.kind = OutputKind::kProbabilities;
  if (reading.step == 0) reading.step = info.output_scale;
  return reading;
}

Asked ask(Model& model, const std::vector<const Seed*>& seeds, const Options& options) {
  const std::size_t classes = model.info().classes;
  Answers all;
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
  Asked asked{.reading = reading_of(all, model.info(), options), .labels = {}};
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
            {"layout", info.layout == Layout::kNchw ? "nchw" : "nhwc"}}},
          {"output",
           {{"name", info.output_name},
            {"type", info.output_type},
            {"classes", info.classes},
            {"scale", info.output_scale}}},
          {"batch", info.fixed_batch == 0 ? Json("any") : Json(info.fixed_batch)}};
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
          {"reading", asked.reading.kind == OutputKind::kLogits ? "logits" : "probs"},
          {"step", asked.reading.step},
          {"ties", asked.ties},
          {"accuracy", labelled == 0 ? Json(nullptr) : Json(static_cast<double>(right) / labelled)}};
}

double share_equal(const std::vector<int>& a, const std::vector<int>& b) {
  std::size_t equal = 0;
  for (std::size_t i = 0; i < a.size(); ++i) equal += a[i] == b[i] ? 1U : 0U;
  return static_cast<double>(equal) / static_cast<double>(a.size());
}

void line(const std::string& name, const std::string& value) { say("  {:<10}{}\n", name, value); }

void print_answers(const Json& answers) {
  const double step = answers.at("step").get<double>();
  line("reading", fmt::format("{}{}", answers.at("reading") == "logits" ? "logits" : "probabilities",
                              step > 0 ? fmt::format(" in steps of {:.6f}", step) : ""));
  if (answers.at("ties") > 0)
    line("ties", fmt::format("{} of {}", answers.at("ties").dump(), answers.at("inputs").dump()));
  if (!answers.at("accuracy").is_null()) {
    line("accuracy",
         fmt::format("{:.2f} % of {} inputs", 100 * answers.at("accuracy").get<double>(), answers.at("inputs").dump()));
  }
}

void print_model(const Json& model) {
  const Json& input = model.at("input");
  const Json& output = model.at("output");
  const Json& shape = input.at("shape");
  say("{}\n", model.at("model").get<std::string>());
  line("runtime", model.at("runtime").get<std::string>());
  line("input", fmt::format("{}: {} {}, images of {} x {} x {}", input.at("name").get<std::string>(),
                            input.at("type").get<std::string>(), input.at("layout").get<std::string>(),
                            shape[0].get<int>(), shape[1].get<int>(), shape[2].get<int>()));
  line("output", fmt::format("{}: {}, {} classes", output.at("name").get<std::string>(),
                             output.at("type").get<std::string>(), output.at("classes").get<std::size_t>()));
  line("batch", model.at("batch").is_string() ? "any" : fmt::format("{}, fixed", model.at("batch").get<int>()));
  if (model.contains("answers")) print_answers(model.at("answers"));
}

void print_report(const Json& report) {
  for (const Json& model : report.at("models")) print_model(model);
  if (report.contains("agreement")) {
    say("agreement   {:.2f} %\n", 100 * report.at("agreement").get<double>());
  }
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

void add_answers(Json& report, const std::vector<std::unique_ptr<Model>>& models, const Options& options) {
  check_equal_shapes(models);
  const SeedSet set = load_inputs(options, models.front()->info());
  const std::vector<const Seed*> seeds = readable(set);
  std::vector<Asked> asked;
  for (std::size_t i = 0; i < models.size(); ++i) {
    asked.push_back(ask(*models[i], seeds, options));
    report["models"][i]["answers"] = asked_json(asked.back(), seeds, label_offset(options, Side::kBoth));
  }
  if (asked.size() == 2) report["agreement"] = share_equal(asked[0].labels, asked[1].labels);
}

}  // namespace

int inspect(const Givens& givens) {
  const Options options = resolve(givens);
  std::vector<std::unique_ptr<Model>> models;
  Json report = {{"models", Json::array()}};
  for (const std::string& path : options.models) {
    models.push_back(open_quietly(path, model_options(options, Side::kBoth)));
    report["models"].push_back(model_json(path, models.back()->info()));
  }
  if (!options.seeds.empty()) add_answers(report, models, options);
  if (options.json) {
    put(stdout, json_text(report, 2) + "\n");
  } else {
    print_report(report);
  }
  return 0;
}

}  // namespace dflare::cli
