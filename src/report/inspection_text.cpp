// What inspect tells of models, in words.
#include <fmt/format.h>

#include <algorithm>

#include "core/shape_text.h"
#include "dflare/report_text.h"
#include "report/audit_words.h"
#include "report/page.h"

namespace dflare {
namespace {

constexpr std::size_t kRowsShown = 10;

void line(Page& page, const std::string& name, const std::string& value) {
  if (!value.empty()) page.say("  {:<10}{}\n", name, value);
}

template <class Count>
std::string of_inputs(double share, Count inputs) {
  return fmt::format("{:.2f} % of {} inputs", 100 * share, inputs);
}

void add_answers(Page& page, const InspectedAnswers& answers, std::size_t inputs) {
  const OutputReading& reading = answers.reading;
  line(page, "reading",
       fmt::format("{}{}", reading.kind == OutputKind::kLogits ? "logits" : "probabilities",
                   reading.step > 0 ? fmt::format(" in steps of {:.6f}", reading.step) : ""));
  if (answers.ties > 0) line(page, "ties", fmt::format("{} of {}", answers.ties, inputs));
  if (answers.right.whole > 0) line(page, "accuracy", of_inputs(answers.right.value(), answers.right.whole));
}

// ", scale 0.00392157, zero point 0: 0 to 1" where a tensor is quantised.
std::string quantisation(const std::string& type, float scale, int zero_point) {
  const std::string text = describe_quantisation(type, scale, zero_point);
  return text.empty() ? "" : ", " + text;
}

std::string levels(const ModelInfo& info) {
  if (!info.input_type.ends_with("int8")) return "";
  return fmt::format("{} of 256 grey levels kept apart, {:.1f} % cut off", info.levels.distinct,
                     100 * info.levels.clipped);
}

std::string values(const ModelInfo& info) {
  if (info.scores) return fmt::format("{} classes", info.classes);
  const std::string of = info.parts.size() > 1 ? fmt::format(" in {} outputs", info.parts.size()) : "";
  return fmt::format("{} value{}{}", info.classes, info.classes == 1 ? "" : "s", of);
}

std::string batch(const ModelInfo& info) {
  if (info.row_by_row) return "any, asked one input at a time: a batch changes its answers";
  return info.fixed_batch == 0 ? "any" : fmt::format("{}, fixed", info.fixed_batch);
}

void add_model(Page& page, const InspectedModel& model, std::size_t inputs) {
  const ModelInfo& info = model.info;
  page.say("{}\n", info.path);
  line(page, "runtime", info.runtime);
  const std::string quantised = quantisation(info.input_type, info.input_scale, info.input_zero_point);
  if (info.kind == InputKind::kText)
    line(page, "input",
         fmt::format("{}: {}, texts of {}", info.input_name, info.input_type, to_text(info.shape, info.kind)));
  else if (info.kind == InputKind::kAudio)
    line(page, "input",
         fmt::format("{}: {}, sounds of {} at {} Hz", info.input_name, info.input_type, to_text(info.shape, info.kind),
                     info.rate));
  else if (info.kind == InputKind::kArray)
    line(page, "input",
         fmt::format("{}: {}, arrays of {}{}", info.input_name, info.input_type, to_text(info.shape, info.kind),
                     quantised));
  else
    line(page, "input",
         fmt::format("{}: {} {}, images of {} x {} x {}{}", info.input_name, info.input_type,
                     info.layout == Layout::kNchw ? "nchw" : "nhwc", info.shape.height, info.shape.width,
                     info.shape.channels, quantised));
  line(page, "levels", levels(info));
  line(page, "output",
       fmt::format("{}: {}, {}{}", info.output_name, info.output_type, values(info),
                   quantisation(info.output_type, info.output_scale, info.output_zero_point)));
  line(page, "batch", batch(info));
  if (model.answers) add_answers(page, *model.answers, inputs);
}

std::string right_in_words(const Feeding& feeding) {
  const Interval interval = feeding.right.interval();
  return fmt::format("{:5.1f} % ({:.0f}-{:.0f}) {}", 100 * feeding.right.value(), 100 * interval.low,
                     100 * interval.high, feeding.fits_best ? "*" : " ");
}

void add_rows(Page& page, const Audit& audit, std::size_t shown) {
  std::size_t width = 10;
  for (std::size_t r = 0; r < shown; ++r) width = std::max(width, short_name(audit.rows[r].preprocess).size());
  const std::size_t models = audit.models.size();
  page.say("  {:<{}}", "preprocess", width);
  for (std::size_t m = 0; m < models; ++m) {
    page.say("  {:<18}", models == 2 ? (m == 0 ? "original" : "compressed") : fmt::format("model {}", m + 1));
  }
  page.say("{}\n", models > 1 ? "  agreement" : "");
  for (std::size_t r = 0; r < shown; ++r) {
    const FeedingRow& row = audit.rows[r];
    page.say("  {:<{}}", short_name(row.preprocess), width);
    for (const Feeding& feeding : row.models) page.say("  {:<18}", right_in_words(feeding));
    page.say("{}\n", models > 1 ? fmt::format("  {:5.1f} %", 100 * row.agreement) : "");
  }
}

void add_audit(Page& page, const Audit& audit) {
  const std::size_t shown = std::min(audit.rows.size(), kRowsShown);
  page.say("\nright on {} labelled inputs (95 % interval) under each --preprocess; * no other is clearly better\n",
           audit.asked);
  add_rows(page, audit, shown);
  if (audit.rows.size() > shown) page.say("  and {} that fit worse\n", audit.rows.size() - shown);
  for (const std::string& sentence : findings_of(audit)) page.say("{}\n", sentence);
  page.say("{} {}\n", page.styled(Style::kBold, "use"), options_to_use(audit));
}

}  // namespace

std::string text_of(const Inspection& inspection, const TextStyle& style) {
  Page page(style);
  for (const InspectedModel& model : inspection.models) add_model(page, model, inspection.inputs);
  const std::string by = inspection.oracle == "top1" ? "" : ", by --oracle " + inspection.oracle;
  if (inspection.agreement) page.say("agreement   {}{}\n", of_inputs(*inspection.agreement, inspection.inputs), by);
  if (inspection.audit) add_audit(page, *inspection.audit);
  return page.text();
}

}  // namespace dflare
