// What inspect tells of models, as text.
#include "cli/inspect_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/terminal.h"
#include "dflare/doubts.h"

namespace dflare::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kRowsShown = 10;

void line(const std::string& name, const std::string& value) {
  if (!value.empty()) say("  {:<10}{}\n", name, value);
}

std::string of_inputs(double share, const Json& inputs) {
  return fmt::format("{:.2f} % of {} inputs", 100 * share, inputs.dump());
}

void print_answers(const Json& answers) {
  const double step = answers.at("step").get<double>();
  line("reading", fmt::format("{}{}", answers.at("reading") == "logits" ? "logits" : "probabilities",
                              step > 0 ? fmt::format(" in steps of {:.6f}", step) : ""));
  if (answers.at("ties") > 0)
    line("ties", fmt::format("{} of {}", answers.at("ties").dump(), answers.at("inputs").dump()));
  if (!answers.at("accuracy").is_null()) {
    line("accuracy", of_inputs(answers.at("accuracy").get<double>(), answers.at("labelled")));
  }
}

// ", scale 0.00392157, zero point 0: 0 to 1" where a tensor is quantised.
std::string quantisation(const Json& tensor) {
  const std::string text = describe_quantisation(tensor.at("type").get<std::string>(), tensor.at("scale").get<float>(),
                                                 tensor.at("zero_point").get<int>());
  return text.empty() ? "" : ", " + text;
}

std::string levels(const Json& input) {
  const Json& kept = input.at("levels");
  if (!input.at("type").get<std::string>().ends_with("int8")) return "";
  return fmt::format("{} of 256 grey levels kept apart, {:.1f} % cut off", kept.at("distinct").get<int>(),
                     100 * kept.at("clipped").get<double>());
}

std::string batch(const Json& model) {
  if (model.at("row_by_row") == true) return "any, asked one input at a time: a batch changes its answers";
  return model.at("batch").is_string() ? "any" : fmt::format("{}, fixed", model.at("batch").get<int>());
}

void print_model(const Json& model) {
  const Json& input = model.at("input");
  const Json& output = model.at("output");
  const Json& shape = input.at("shape");
  say("{}\n", model.at("model").get<std::string>());
  line("runtime", model.at("runtime").get<std::string>());
  line("input", fmt::format("{}: {} {}, images of {} x {} x {}{}", input.at("name").get<std::string>(),
                            input.at("type").get<std::string>(), input.at("layout").get<std::string>(),
                            shape[0].get<int>(), shape[1].get<int>(), shape[2].get<int>(), quantisation(input)));
  line("levels", levels(input));
  line("output",
       fmt::format("{}: {}, {} classes{}", output.at("name").get<std::string>(), output.at("type").get<std::string>(),
                   output.at("classes").get<std::size_t>(), quantisation(output)));
  line("batch", batch(model));
  if (model.contains("answers")) print_answers(model.at("answers"));
}

std::string right_in_words(const Json& model) {
  return fmt::format("{:5.1f} % ({:.0f}-{:.0f}) {}", 100 * model.at("accuracy").get<double>(),
                     100 * model.at("interval")[0].get<double>(), 100 * model.at("interval")[1].get<double>(),
                     model.at("fits_best") == true ? "*" : " ");
}

void print_audit(const Json& audit) {
  const Json& rows = audit.at("rows");
  std::size_t width = 10;
  const std::size_t shown = std::min(rows.size(), kRowsShown);
  for (std::size_t r = 0; r < shown; ++r) {
    width = std::max(width, rows[r].at("preprocess").get<std::string>().size());
  }
  const std::size_t models = rows[0].at("models").size();
  say("\nright on {} labelled inputs (95 % interval) under each --preprocess; * no other is clearly better\n",
      audit.at("asked").get<std::size_t>());
  say("  {:<{}}", "preprocess", width);
  for (std::size_t m = 0; m < models; ++m) {
    say("  {:<18}", models == 2 ? (m == 0 ? "original" : "compressed") : fmt::format("model {}", m + 1));
  }
  say("{}\n", models > 1 ? "  agreement" : "");
  for (std::size_t r = 0; r < shown; ++r) {
    say("  {:<{}}", rows[r].at("preprocess").get<std::string>(), width);
    for (const Json& model : rows[r].at("models")) say("  {:<18}", right_in_words(model));
    say("{}\n", models > 1 ? fmt::format("  {:5.1f} %", 100 * rows[r].at("agreement").get<double>()) : "");
  }
  if (rows.size() > shown) say("  and {} that fit worse\n", rows.size() - shown);
  for (const Json& sentence : audit.at("findings")) say("{}\n", sentence.get<std::string>());
  say("{} {}\n", styled(stdout, Style::kBold, "use"), audit.at("use").get<std::string>());
}

// "--original-preprocess" where the two of a pair want different ones.
const char* option_of(std::size_t model, std::size_t models, bool different) {
  if (!different || models == 1) return "--preprocess";
  return model == 0 ? "--original-preprocess" : "--compressed-preprocess";
}

std::string in_quotes(const Preprocess& preprocess) { return fmt::format("'{}'", short_name(preprocess)); }

// What the table says, in sentences.
std::vector<std::string> findings(const Audit& audit, const std::vector<AuditedModel>& models) {
  std::vector<std::string> sentences;
  for (std::size_t m = 0; m < models.size(); ++m) {
    std::string equals;
    for (std::size_t r = 0; r < audit.rows.size(); ++r) {
      if (r != audit.best[m] && audit.rows[r].models[m].fits_best) {
        equals += (equals.empty() ? "" : ", ") + short_name(audit.rows[r].preprocess);
      }
    }
    const Feeding& best = audit.rows[audit.best[m]].models[m];
    sentences.push_back(fmt::format("{}: {} fits{} (right on {} of {})", models[m].path.filename().string(),
                                    short_name(audit.rows[audit.best[m]].preprocess),
                                    equals.empty() ? " best" : ", and by these inputs no worse: " + equals,
                                    best.right.part, best.right.whole));
    if (audit.label_shift[m] != 0) {
      sentences.push_back(
          fmt::format("{}: its labels are off by {}", models[m].path.filename().string(), audit.label_shift[m]));
    }
  }
  if (models.size() > 1) {
    sentences.emplace_back(audit.want_different() ? "the models want different preprocessing"
                                                  : "one preprocessing fits all models");
  }
  return sentences;
}

std::string options_to_use(const Audit& audit, const std::vector<AuditedModel>& models) {
  std::string use;
  const auto add = [&use](const std::string& option) { use += (use.empty() ? "" : " ") + option; };
  const bool different = audit.want_different();
  for (std::size_t m = 0; m < (different ? models.size() : 1); ++m) {
    const std::size_t row = different ? audit.best[m] : audit.common.front();
    add(fmt::format("{} {}", option_of(m, models.size(), different), in_quotes(audit.rows[row].preprocess)));
  }
  for (std::size_t m = 0; m < models.size(); ++m) {
    if (audit.label_shift[m] == 0) continue;
    const int offset = models[m].label_offset + audit.label_shift[m];
    if (offset < 0) {
      add("and labels that count from 0: these count from 1");
      break;
    }
    add(fmt::format("{}label-offset {}", models.size() == 1 ? "--" : m == 0 ? "--original-" : "--compressed-", offset));
  }
  return use;
}

}  // namespace

Json audit_json(const Audit& audit, const std::vector<AuditedModel>& models) {
  Json rows = Json::array();
  for (const FeedingRow& row : audit.rows) {
    Json of_models = Json::array();
    for (const Feeding& feeding : row.models) {
      const Interval interval = feeding.right.interval();
      of_models.push_back({{"accuracy", feeding.right.value()},
                           {"interval", {interval.low, interval.high}},
                           {"log_p", feeding.log_p},
                           {"levels", feeding.levels.distinct},
                           {"fits_best", feeding.fits_best}});
    }
    rows.push_back({{"preprocess", short_name(row.preprocess)},
                    {"spelled", to_string(row.preprocess)},
                    {"models", of_models},
                    {"agreement", row.agreement}});
  }
  return {{"asked", audit.asked},
          {"rows", rows},
          {"label_shift", audit.label_shift},
          {"different", audit.want_different()},
          {"findings", findings(audit, models)},
          {"use", options_to_use(audit, models)}};
}

void print_inspection(const Json& report) {
  for (const Json& model : report.at("models")) print_model(model);
  if (report.contains("agreement")) {
    say("agreement   {}\n", of_inputs(report.at("agreement").get<double>(), report.at("inputs")));
  }
  if (report.contains("audit")) print_audit(report.at("audit"));
}

}  // namespace dflare::cli
