// Reports made by hand.
#pragma once

#include "dflare/guard_report.h"
#include "dflare/inspection.h"
#include "dflare/rank_report.h"
#include "dflare/repair_report.h"

namespace dflare::test {

// A margin's guard that misses its promise.
inline GuardReport sample_guard() {
  GuardReport report;
  report.fit.guard = {.score = "margin", .classes = 10, .shift = {}, .scale = {}, .threshold = 0.5};
  report.fit.threshold_from = "natural deviations";
  report.figures.deviations = 40;
  report.figures.caught = {Share{20, 40}, {0.4, 0.6}};
  report.figures.curve = {{0.1, 0.02, 0.5}, {0.5, 0.1, 1.0}};
  report.margin_figures = report.figures;
  report.promise = Promise::kMissed;
  report.code.python = "defer = margin(z) < 0.5";
  report.held_out_from = "inputs of --held-out";
  report.notes = {"few inputs"};
  return report;
}

// A head that lowers the disagreement on natural images.
inline RepairReport sample_repair() {
  RepairReport report;
  report.seeds = 100;
  report.findings = 90;
  report.held_out = HeldOut::kGiven;
  report.outcome.head.layers.resize(1);
  NaturalEffect& effect = report.outcome.clean;
  effect = {.inputs = 50, .images = 50, .differ_before = 5, .differ_after = 1};
  effect.before = {0.1, {0.05, 0.2}, 50};
  effect.after = {0.02, {0.01, 0.1}, 50};
  effect.change = {-0.08, {-0.15, -0.01}, 50};
  report.outcome.corrupted = effect;
  return report;
}

// Of two variants that share the first rank, the second stands first.
inline RankReport sample_ranking() {
  RankReport report{.ranking = {},
                    .original = {"models/o.onnx", 1'500'000},
                    .variants = {{"models/a.onnx", 12'000}, {"models/b.onnx", 13'000}},
                    .refine_queries = 100,
                    .notes = {"look out"}};
  report.ranking.measure = "boundary_shift";
  VariantMeasures measured{.rank = 1};
  measured.boundary_shift = Estimate{0.25, {0.2, 0.3}, 60};
  measured.disagreement = Estimate{0.05, {0.01, 0.1}, 60};
  report.ranking.variants = {measured, measured};
  report.ranking.order = {1, 0};
  return report;
}

// Two models that were asked 40 inputs, 20 of them labelled.
inline Inspection sample_inspection() {
  InspectedModel model;
  model.info.path = "models/a.onnx";
  model.info.runtime = "onnxruntime";
  model.info.input_name = "in";
  model.info.input_type = "uint8";
  model.info.shape = {8, 9, 3};
  model.info.input_scale = 0.5F;
  model.info.levels = {128, 0.125};
  model.info.classes = 10;
  model.answers = {{OutputKind::kLogits, 0.25F, 0}, 3, {15, 20}};
  Inspection inspection{.models = {model, model}, .inputs = 40};
  inspection.models[1].info.path = "models/b.onnx";
  inspection.agreement = 0.95;
  inspection.notes = {"odd"};
  return inspection;
}

// Two models under two preprocessings: `unit` fits the first best, and the second unless it wants a `different` one.
inline Audit sample_audit(bool different) {
  const auto feeding = [](std::int64_t right, bool best) {
    Feeding fed;
    fed.right = {right, 20};
    fed.fits_best = best;
    return fed;
  };
  Audit audit{.models = {{"models/a.onnx", {}, 0}, {"models/b.onnx", {}, 0}}, .asked = 20};
  audit.rows = {{parse_preprocess("unit"), {feeding(19, true), feeding(different ? 2 : 19, !different)}, 0.9},
                {parse_preprocess("raw"), {feeding(3, false), feeding(different ? 18 : 3, different)}, 0.1}};
  audit.best = {0, different ? 1U : 0U};
  audit.label_shift = {0, 0};
  if (!different) audit.common = {0};
  return audit;
}

}  // namespace dflare::test
