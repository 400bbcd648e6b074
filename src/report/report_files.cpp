// What ships of a guard or a repair, written.
#include "dflare/report_files.h"

#include <fmt/format.h>

#include <system_error>

#include "core/files.h"
#include "core/json_text.h"
#include "dflare/error.h"
#include "dflare/export_onnx.h"
#include "dflare/repair_head_json.h"
#include "dflare/report_svg.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;

ReportOrigin origin_of(const ReportedModel& model) { return {.run = model.run, .models = model.models, .files = {}}; }

// The compressed model with the addition inside, where it is ONNX.
void export_host(const ReportedModel& model, const OnnxAddition& addition, const fs::path& folder,
                 const std::string& name, std::vector<std::string>& files, std::vector<std::string>& notes) {
  if (!is_onnx_file(model.file)) return;
  try {
    export_onnx(model.file, model.info->output_name, model.reading, addition, folder / name);
    files.push_back(name);
  } catch (const Error& e) {
    if (e.code() == ErrorCode::kCannotWrite) throw;
    notes.push_back(fmt::format("no {}: {}; {}", name, e.what(), e.hint()));
  }
}

}  // namespace

void claim_guard_folder(const fs::path& folder) {
  const std::string files[] = {"guard.json", "guard.svg", "guard.onnx", "guarded.onnx"};
  make_writable(folder);
  claim_folder(folder, "guard.json", files, [](std::string_view text) { return is_report(text, "threshold_from"); });
}

void claim_repair_folder(const fs::path& folder) {
  const std::string files[] = {"repair.json", "head.json", "head.onnx", "repaired.onnx"};
  make_writable(folder);
  claim_folder(folder, "repair.json", files, [](std::string_view text) { return is_report(text, "exported"); });
}

ReportOrigin write_guard(GuardReport& report, const ReportedModel& model, const fs::path& folder) {
  ReportOrigin origin = origin_of(model);
  origin.files = {"guard.json", "guard.svg", "guard.onnx"};
  const OnnxAddition addition{.guard = &report.fit.guard};
  export_onnx_alone(model.info->classes, model.reading, addition, folder / "guard.onnx");
  export_host(model, addition, folder, "guarded.onnx", origin.files, report.notes);
  replace_file(folder / "guard.svg", trade_svg(report));
  replace_file(folder / "guard.json", to_json(report, origin, 1));
  return origin;
}

ReportOrigin write_repair(RepairReport& report, const ReportedModel& model, const fs::path& folder) {
  ReportOrigin origin = origin_of(model);
  origin.files = {"repair.json"};
  std::error_code ignored;
  for (const char* file : {"head.json", "head.onnx", "repaired.onnx"}) fs::remove(folder / file, ignored);
  if (report.exported) {
    const RepairHead& head = report.outcome.head;
    const OnnxAddition addition{.head = &head};
    write_head(folder / "head.json", {head, model.reading});
    export_onnx_alone(model.info->classes, model.reading, addition, folder / "head.onnx");
    origin.files.insert(origin.files.end(), {"head.json", "head.onnx"});
    export_host(model, addition, folder, "repaired.onnx", origin.files, report.notes);
  }
  replace_file(folder / "repair.json", to_json(report, origin));
  return origin;
}

}  // namespace dflare
