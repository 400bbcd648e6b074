// What `dflare guard` found out, as JSON and in words.
#include "cli/guard_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/terminal.h"
#include "core/estimate_json.h"
#include "core/figures.h"

namespace dflare::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFewDeviations = 30;  // below, shares of them say little
constexpr double kCoarse = 0.01;    // share of the images that have one and the same score
constexpr double kKept = 0.05;      // a promise is kept within this

Json json_of(const ImageShare& share) {
  Json json = json_of(share.estimate());
  json["share"] = share.value();
  json["part"] = share.part;
  return json;
}

Json curve_json(const std::vector<TradePoint>& curve) {
  Json points = Json::array();
  for (const TradePoint& point : curve) points.push_back({point.threshold, point.deferred, point.caught});
  return points;
}

Json figures_json(const GuardFigures& f) {
  return {{"images", f.images},
          {"deviations", f.deviations},
          {"deviations_clean", f.deviations_clean},
          {"auc", f.auc},
          {"caught", json_of(f.caught)},
          {"deferred", f.deferred},
          {"deferred_clean", json_of(f.deferred_clean)},
          {"deferred_corrupted", json_of(f.deferred_corrupted)},
          {"differ_clean", json_of(f.differ_clean)},
          {"differ_corrupted", json_of(f.differ_corrupted)},
          {"differ_undeferred_clean", json_of(f.left_clean)},
          {"differ_undeferred_corrupted", json_of(f.left_corrupted)},
          {"deferred_at_90_caught", f.deferred_at_90},
          {"curve", curve_json(f.curve)}};
}

// The rule as a line that its reader can paste; `z` holds the model's output, `g` guard.json.
Json code_json(const GuardRule& rule) {
  const bool logits = rule.reading.kind == OutputKind::kLogits;
  const bool pairs = !rule.guard.scale.empty();
  const int skip = rule.reading.skip_classes;
  const double least = rule.reading.step > 0 ? static_cast<double>(rule.reading.step) / 2 : 1e-12;
  const std::string kept = skip > 0 ? fmt::format("z[{}:]", skip) : "z";
  const std::string values = logits ? kept : fmt::format("np.log(np.maximum({}, {:.9g}))", kept, least);
  const std::string of_c = logits ? "z[c]" : fmt::format("std::log(std::max(z[c], {:.9g}F))", least);
  const std::string of_a = logits ? "z[a]" : fmt::format("std::log(std::max(z[a], {:.9g}F))", least);
  const std::string t = fmt::format("{:.9g}", rule.guard.threshold);
  const std::string first = fmt::format("const auto a = std::max_element(z.begin(){0}, z.end()) - z.begin();",
                                        skip > 0 ? fmt::format(" + {}", skip) : "");
  const std::string loop = fmt::format(
      "float s = 1e30F; for (std::ptrdiff_t c = {}; c < std::ssize(z); ++c) if (c != a) s = std::min(s, ", skip);
  const std::string place = skip > 0 ? fmt::format("[a - {0}][c - {0}]", skip) : "[a][c]";
  if (pairs) {
    return {
        {"python", fmt::format("v = {}; a = v.argmax(); defer = not np.delete(np.array(g['scale'])[a] * (v[a] - v + "
                               "np.array(g['shift'])[a]), a).min() >= g['threshold']",
                               values)},
        {"c++", fmt::format("{} {}scale{} * ({} - {} + shift{})); const bool defer = !(s >= {}F);", first, loop, place,
                            of_a, of_c, place, t)}};
  }
  return {{"python", fmt::format("v = np.sort({}); defer = not v[-1] - v[-2] >= {}", values, t)},
          {"c++", fmt::format("{} {}{} - {}); const bool defer = !(s >= {}F);", first, loop, of_a, of_c, t)}};
}

std::string percent(double share) { return figure_text(share, kPercent); }

std::string with_interval(const Json& share) {
  const Json& interval = share.at("interval");
  return estimate_text({share.at("value"), {interval[0], interval[1]}, share.at("of")}, kPercent);
}

void line(const std::string& name, const std::string& value) {
  say("  {}{}\n", styled(stdout, Style::kBold, fmt::format("{:<12}", name)), value);
}

void print_learnt(const Json& report) {
  const Json& learnt = report.at("learnt_from");
  say("Learnt from {} findings and {} natural images of {} inputs, on {} of which the models differ\n\n",
      grouped(learnt.at("findings")), grouped(learnt.at("images")), grouped(learnt.at("inputs")),
      grouped(learnt.at("deviations")));
  const double sigmas = learnt.at("pair_margin").at("standard_errors");
  const double gain = learnt.at("pair_margin").at("auc_gain");
  const std::string trial =
      sigmas == 0
          ? ""
          : fmt::format("; AUC of the pair-margin {:+.4f} to the margin's, {:.1f} standard errors", gain, sigmas);
  line("score", fmt::format("{}{}", report.at("score").get<std::string>(), trial));
  line("threshold", fmt::format("{:.4g}, from {}: an answer with a score below it is deferred",
                                report.at("threshold").get<double>(), report.at("threshold_from").get<std::string>()));
}

void print_row(const std::string& name, const Json& clean, const Json& corrupted) {
  say("  {:<24}{:<26}{}\n", name, with_interval(clean), with_interval(corrupted));
}

void print_trade(const Json& held) {
  const Json& curve = held.at("curve");
  say("\n  {:<12}{:<12}{:<12}\n", "caught", "deferred", "threshold");
  double shown = 0;
  for (const double wanted : {0.5, 0.75, 0.9, 0.95, 0.99, 1.0}) {
    const auto point = std::find_if(curve.begin(), curve.end(),
                                    [wanted](const Json& p) { return p[2].get<double>() >= wanted - 1e-9; });
    if (point == curve.end() || (*point)[2].get<double>() <= shown) continue;
    shown = (*point)[2];
    const double deferred = (*point)[1];
    say("  {:<12}{:<12}{:<12.4g}{}\n", percent((*point)[2].get<double>()), percent(deferred), (*point)[0].get<double>(),
        std::string(static_cast<std::size_t>(60 * std::min(1.0, deferred)), '#'));
  }
}

void print_held_out(const Json& report) {
  const Json& held = report.at("held_out");
  const Json& margin = report.at("margin_instead").at("held_out");
  say("\nHeld out: {} inputs and {} corrupted images of each ({})\n\n", held.at("inputs").get<int>(),
      report.at("corrupted_per_input").get<int>(), held.at("from").get<std::string>());
  say("  {:<24}{:<26}{}\n", "", "as they are", "corrupted");
  print_row("models differ", held.at("differ_clean"), held.at("differ_corrupted"));
  print_row("deferred", held.at("deferred_clean"), held.at("deferred_corrupted"));
  print_row("differ, not deferred", held.at("differ_undeferred_clean"), held.at("differ_undeferred_corrupted"));
  const Json& goal = report.at("goal");
  const bool by_catch = goal.contains("catch");
  const std::string promise = by_catch ? fmt::format(", promised {}", percent(goal.at("catch").get<double>())) : "";
  say("\n");
  line("caught",
       fmt::format("{} of {} deviations{}", with_interval(held.at("caught")), held.at("deviations").dump(), promise));
  line("AUC",
       fmt::format("{:.4f}; of the margin {:.4f}", held.at("auc").get<double>(), margin.at("auc").get<double>()));
  line("90 % caught",
       fmt::format("by deferring {}; by the margin {}", percent(held.at("deferred_at_90_caught").get<double>()),
                   percent(margin.at("deferred_at_90_caught").get<double>())));
  if (held.at("deviations") > 0) print_trade(held);
}

void print_notes(const Json& report) {
  for (const Json& note : report.at("notes")) {
    say("{} {}\n", styled(stdout, Style::kYellow, "note:"), note.get<std::string>());
  }
}

Json notes_json(const GuardResult& result) {
  Json notes = Json::array();
  const GuardFigures& f = result.figures;
  if (f.deviations < kFewDeviations) {
    notes.push_back(
        fmt::format("the models differ on {} held-out images only: what is caught of them says little", f.deviations));
  } else if (f.caught.value() < result.fit.promised_catch - kKept) {
    notes.push_back("fewer were caught than on the images learnt from, by more than 5 points");
  }
  if (result.fit.natural_deviations < kEnoughNatural && result.fit.threshold_from != "deferral") {
    notes.push_back(
        fmt::format("learnt from {} natural deviations: the catch rate leans on findings, which lie elsewhere",
                    result.fit.natural_deviations));
  }
  if (result.fit.coarseness > kCoarse) {
    notes.push_back(
        fmt::format("scores come in steps: {} of the images have the one at the threshold, so that no "
                    "finer choice can be made there",
                    percent(result.fit.coarseness)));
  }
  if (!result.labels_never_seen.empty()) {
    std::string list;
    for (const int label : result.labels_never_seen) list += fmt::format("{}{}", list.empty() ? "" : ", ", label);
    notes.push_back(
        fmt::format("the compressed model gave none of the images learnt from the labels {}: what was learnt "
                    "is not theirs",
                    list));
  }
  return notes;
}

}  // namespace

Json guard_report(const PastRun& run, const GuardSamples& samples, const GuardResult& result) {
  const GuardRule rule{result.fit.guard, run.compressed};
  Json report = Json::parse(to_json(rule));
  const GuardFit& fit = result.fit;
  report["rule"] = "defer where score < threshold, or the answer is not finite";
  report["threshold_from"] = fit.threshold_from;
  report["goal"] =
      run.options.defer_share > 0 ? Json{{"defer", run.options.defer_share}} : Json{{"catch", run.options.catch_share}};
  report["code"] = code_json(rule);
  report["corrupted_per_input"] = samples.corrupted_per_input;
  report["learnt_from"] = {{"inputs", samples.learn_inputs},
                           {"images", fit.images},
                           {"deviations", fit.natural_deviations},
                           {"findings", fit.findings},
                           {"caught", fit.promised_catch},
                           {"deferred", fit.promised_defer},
                           {"pair_margin", {{"auc_gain", fit.pair_gain}, {"standard_errors", fit.pair_gain_sigmas}}},
                           {"share_at_threshold", fit.coarseness},
                           {"labels_never_seen", result.labels_never_seen}};
  report["held_out"] = figures_json(result.figures);
  report["held_out"]["inputs"] = samples.held_out_inputs;
  report["held_out"]["from"] = samples.held_out_from;
  report["margin_instead"] = {{"threshold", result.margin_fit.guard.threshold},
                              {"held_out", figures_json(result.margin_figures)}};
  report["models"] = run.facts.at("models");
  report["run"] = std::filesystem::absolute(run.store->folder()).lexically_normal().string();
  report["notes"] = notes_json(result);
  return report;
}

void print_guard_report(const Json& report) {
  print_learnt(report);
  print_held_out(report);
  say("\nAs a line of code, z being the model's output{}:\n  {}\n",
      report.at("score") == "margin" ? "" : " and g guard.json", report.at("code").at("python").get<std::string>());
  print_notes(report);
}

}  // namespace dflare::cli
