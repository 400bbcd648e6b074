// What a repair is worth: as JSON and as a table.
#include "cli/repair_report.h"

#include <fmt/format.h>

#include "cli/terminal.h"
#include "core/estimate_json.h"
#include "core/figures.h"

namespace dflare::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kRepairSchemaVersion = 1;

const char* name_of(HeldOut held_out) {
  return held_out == HeldOut::kUnasked ? "not_asked" : held_out == HeldOut::kGiven ? "given" : "out_of_fold";
}

Json counts_json(const RepairCounts& counts) {
  return {{"deviations", counts.deviations},
          {"repaired", counts.repaired},
          {"seeds", counts.seeds},
          {"induced", counts.induced},
          {"repair_ratio", repair_ratio(counts)},
          {"inducing_ratio", inducing_ratio(counts)},
          {"improvement_ratio", improvement_ratio(counts)}};
}

Json mean_json(const std::vector<CrossValidation>& repeats) {
  std::vector<double> repaired;
  std::vector<double> induced;
  std::vector<double> improved;
  for (const CrossValidation& repeat : repeats) {
    repaired.push_back(repair_ratio(repeat.counts));
    induced.push_back(inducing_ratio(repeat.counts));
    improved.push_back(improvement_ratio(repeat.counts));
  }
  return {{"repair_ratio", mean(repaired)}, {"inducing_ratio", mean(induced)}, {"improvement_ratio", mean(improved)}};
}

// With the interval's ends as keys of their own, too.
Json estimate_json(const Estimate& e) {
  Json json = json_of(e);
  json["low"] = e.interval.low;
  json["high"] = e.interval.high;
  return json;
}

Json effect_json(const NaturalEffect& e) {
  Json accuracy = nullptr;
  if (e.labelled > 0) {
    accuracy = {{"images", e.labelled},
                {"original", e.accuracy_original},
                {"before", e.accuracy_before},
                {"after", e.accuracy_after}};
  }
  return {{"inputs", e.inputs},
          {"images", e.images},
          {"differ_before", e.differ_before},
          {"differ_after", e.differ_after},
          {"disagreement_before", estimate_json(e.before)},
          {"disagreement_after", estimate_json(e.after)},
          {"change", estimate_json(e.change)},
          {"accuracy", accuracy}};
}

void row(const std::string& name, const std::string& value) {
  say("  {}{}\n", styled(stdout, Style::kBold, fmt::format("{:<14}", name)), value);
}

std::string percent(const Json& share) { return figure_text(share.get<double>(), kPercent); }

std::string with_interval(const Json& e, const FigureStyle& style = kPercent) {
  return estimate_text({e.at("value"), {e.at("low"), e.at("high")}, e.at("of")}, style);
}

std::string change_in_words(const Json& e) {
  const std::string text = with_interval(e, kPoints);
  if (e.at("low") > 0) return styled(stdout, Style::kRed, text + ": raised");
  if (e.at("high") < 0) return styled(stdout, Style::kGreen, text + ": lowered");
  return text;
}

void print_effect(const char* name, const Json& effect) {
  row(name, fmt::format("{:<28}{:<28}{}", with_interval(effect.at("disagreement_before")),
                        with_interval(effect.at("disagreement_after")), change_in_words(effect.at("change"))));
  const Json& accuracy = effect.at("accuracy");
  if (accuracy.is_null()) return;
  row("", fmt::format("accuracy on {} labelled images: original {}, compressed {} before, {} after",
                      grouped(accuracy.at("images").get<std::int64_t>()), percent(accuracy.at("original")),
                      percent(accuracy.at("before")), percent(accuracy.at("after"))));
}

std::string judged_by(const Json& natural) {
  const std::string how = natural.at("held_out").get<std::string>();
  const auto inputs = natural.at("clean").at("inputs").get<std::int64_t>();
  if (how == "given") return fmt::format("{} inputs of --held-out", grouped(inputs));
  if (how == "not_asked") return fmt::format("{} inputs that the run did not ask", grouped(inputs));
  return fmt::format("the run's own {} inputs, each by a head trained without it: too few were held out",
                     grouped(inputs));
}

void print_paper(const Json& paper) {
  const Json& mean = paper.at("mean");
  const auto& first = paper.at("repeats").at(0);
  say("\nOn the run's findings, by inputs that the head has not seen ({} folds, {} run seeds)\n",
      paper.at("folds").get<int>(), paper.at("repeats").size());
  row("repaired", fmt::format("{} of {} deviations", percent(mean.at("repair_ratio")),
                              grouped(first.at("deviations").get<std::int64_t>())));
  row("induced", percent(mean.at("inducing_ratio")) + " as many, among the inputs themselves");
  row("improved",
      fmt::format("{} (the paper's average: 28.6 %, its best 48.5 %)", percent(mean.at("improvement_ratio"))));
}

}  // namespace

bool RepairOutcome::raises() const {
  if (head.layers.empty()) return false;  // what would ship changes nothing, whatever heads of single folds did
  return clean.raises() || corrupted.raises() ||
         clean.differ_after + corrupted.differ_after > clean.differ_before + corrupted.differ_before;
}

Json repair_json(const PastRun& run, const RepairData& data, const RepairOutcome& outcome) {
  Json repeats = Json::array();
  for (const CrossValidation& repeat : outcome.repeats) repeats.push_back(counts_json(repeat.counts));
  return {
      {"schema_version", kRepairSchemaVersion},
      {"method", run.options.method},
      {"run", std::filesystem::absolute(run.store->folder()).lexically_normal().string()},
      {"learnt_from", {{"seeds", data.seeds}, {"findings", data.findings}, {"natural", data.natural}}},
      {"classes_never_seen", data.classes_never_seen},
      {"changes_nothing", outcome.head.layers.empty()},
      {"paper", {{"folds", 5}, {"repeats", repeats}, {"mean", mean_json(outcome.repeats)}}},
      {"natural",
       {{"held_out", name_of(data.held_out)},
        {"clean", effect_json(outcome.clean)},
        {"corrupted", effect_json(outcome.corrupted)}}},
      {"raises", outcome.raises()},
      {"models",
       {{"original", run.facts.at("models").at("original")}, {"compressed", run.facts.at("models").at("compressed")}}},
      {"rng_seed", run.options.rng_seed}};
}

void print_repair(const Json& report) {
  const Json& learnt = report.at("learnt_from");
  row("method", report.at("method").get<std::string>());
  const auto natural = learnt.at("natural").get<std::int64_t>();
  row("data", fmt::format("{} inputs, {} findings{}", grouped(learnt.at("seeds").get<std::int64_t>()),
                          grouped(learnt.at("findings").get<std::int64_t>()),
                          natural > 0 ? fmt::format(", {} natural images", grouped(natural)) : ""));
  const Json& unseen = report.at("classes_never_seen");
  if (!unseen.empty()) {
    row("never seen", styled(stdout, Style::kYellow,
                             fmt::format("{} of the classes, which the head may unlearn: {}", unseen.size(),
                                         unseen.size() > 12 ? "see repair.json" : unseen.dump())));
  }
  print_paper(report.at("paper"));
  say("\nOn natural images: {}\n", judged_by(report.at("natural")));
  row("disagreement", fmt::format("{:<28}{:<28}{}", "before", "after", "change, 95 % interval over inputs"));
  print_effect("clean", report.at("natural").at("clean"));
  print_effect("corrupted", report.at("natural").at("corrupted"));
  if (report.at("changes_nothing") == true) {
    say("\nNothing that was tried lowers the disagreement on inputs not seen: the head changes nothing.\n");
  }
}

}  // namespace dflare::cli
