// Findings in other programs' formats, one finding in memory at a time.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/files.h"
#include "core/json_text.h"
#include "core/shape_text.h"
#include "dflare/error.h"
#include "dflare/seeds.h"
#include "dflare/store.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// Visits what is exported: the confirmed findings.
void for_each_confirmed(const FindingStore& store, bool with_png, const std::function<void(const Finding&)>& visit) {
  store.for_each_finding(with_png, [&](const Finding& f) {
    if (!f.flaky) visit(f);
  });
}

InputKind kind_in(const FindingStore& store) {
  const Json facts = Json::parse(store.record().facts, nullptr, /*allow_exceptions=*/false);
  return kind_named(facts.is_object() ? facts.value("kind", "") : "");
}

// Of those the findings themselves are told, too.
bool holds_texts(const FindingStore& store) { return kind_in(store) == InputKind::kText; }

[[noreturn]] void refuse_sounds() {
  throw Error(ErrorCode::kBadArgument, "the findings of this run are sounds, and neither arrays nor pictures",
              "export them by --format jsonl, csv or files");
}

[[noreturn]] void refuse_texts() {
  throw Error(ErrorCode::kBadArgument, "the findings of this run are texts, and neither arrays nor pictures",
              "export them by --format jsonl, csv or files");
}

// The seeds' files by index, as the run recorded them.
std::vector<std::string> sources(const FindingStore& store) {
  std::vector<std::string> sources;
  const Json seeds = Json::parse(store.record().seeds, nullptr, false);
  if (!seeds.is_array()) return sources;
  for (const Json& seed : seeds) sources.push_back(seed.is_object() ? seed.value("source", "") : "");
  return sources;
}

// The strategy's own account, as the object that it wrote.
Json how_of(const Finding& f) {
  if (f.how.empty()) return nullptr;
  Json how = Json::parse(f.how, nullptr, false);
  return how.is_discarded() ? Json(f.how) : how;
}

// A finding's facts in the order of the columns; the keys are those of run.sqlite, `robust` a share. Runs by an oracle
// have one more.
Json facts_of(const Finding& f, const std::vector<std::string>& sources) {
  const auto seed = static_cast<std::size_t>(f.seed.value);
  Json facts = {{"seed", f.seed.value},
                {"ordinal", f.ordinal},
                {"source", seed < sources.size() ? sources[seed] : ""},
                {"kind", to_string(f.kind)},
                {"seed_label", f.seed_label},
                {"label_original", f.label_original},
                {"label_compressed", f.label_compressed},
                {"p_original", f.p_original},
                {"p_compressed", f.p_compressed},
                {"margin_original", f.margin_original},
                {"margin_compressed", f.margin_compressed},
                {"severity", f.severity},
                {"tie", f.tie},
                {"linf", f.distance.linf},
                {"l2", f.distance.l2},
                {"ssim", f.distance.ssim},
                {"regression", f.regression()},
                {"robust", f.robust.share() ? Json(*f.robust.share()) : Json(nullptr)},
                {"severity_found", f.severity_found},
                {"refine_queries", f.refine_queries},
                {"queries", f.queries},
                {"seconds", f.seconds},
                {"png", image_path(f)},
                {"how", how_of(f)}};
  if (f.input == InputKind::kText) facts["text"] = std::string(f.png.begin(), f.png.end());
  if (!f.facts.empty()) facts["measured"] = Json::parse(f.facts, nullptr, /*allow_exceptions=*/false);
  return facts;
}

// The first line of a file; empty where there is none that can be read.
std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

// Refuses to write over a file that is there, unless it is an earlier export or empty. Devices and pipes are written.
void check_target(const fs::path& target, bool (*is_export)(const fs::path&)) {
  std::error_code failed;
  const fs::file_status status = fs::symlink_status(target, failed);
  if (fs::is_symlink(status) && fs::is_regular_file(target, failed)) {
    throw Error(ErrorCode::kBadArgument, target.string() + ": a link to a file",
                "name the file itself by -o; -o - is standard output");
  }
  if (!fs::is_regular_file(status) || fs::file_size(target, failed) == 0 || is_export(target)) return;
  throw Error(ErrorCode::kBadArgument, target.string() + ": exists, and is no earlier export of this format",
              "choose another target by -o, or take the file away");
}

bool is_json_lines(const fs::path& file) {
  const Json first = Json::parse(first_line(file), nullptr, /*allow_exceptions=*/false);
  return first.is_object() && first.contains("seed") && first.contains("ordinal") && first.contains("png");
}

bool is_csv(const fs::path& file) { return first_line(file).starts_with("seed,ordinal,source,kind,"); }

void write_json_lines(const FindingStore& store, const TextSink& write) {
  const std::vector<std::string> names = sources(store);
  for_each_confirmed(store, holds_texts(store), [&](const Finding& f) { write(json_text(facts_of(f, names)) + "\n"); });
}

// RFC 4180: quoted where the value holds a comma, a quote or a line break; quotes doubled.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted(1, '"');
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  quoted.push_back('"');
  return quoted;
}

// A text that a spreadsheet would run as a formula is made one by a leading apostrophe, as spreadsheets do themselves.
std::string csv_text(const std::string& text) {
  const bool formula = !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
  return csv_field(formula ? "'" + text : text);
}

std::string csv_value(const Json& value) {
  if (value.is_null()) return "";
  return value.is_string() ? csv_text(value.get<std::string>()) : csv_field(json_text(value));
}

void write_csv(const FindingStore& store, const TextSink& write) {
  const std::vector<std::string> names = sources(store);
  std::vector<std::string> fields;
  const auto write_line = [&] { write(fmt::format("{}\r\n", fmt::join(std::exchange(fields, {}), ","))); };
  bool first = true;
  const auto head_with = [&](const Json& facts) {
    if (!std::exchange(first, false)) return;
    for (const auto& [key, value] : facts.items()) fields.push_back(key);
    write_line();
  };
  for_each_confirmed(store, holds_texts(store), [&](const Finding& f) {
    const Json facts = facts_of(f, names);
    head_with(facts);
    for (const Json& value : facts) fields.push_back(csv_value(value));
    write_line();
  });
  head_with(facts_of(Finding{}, {}));
}

// A finding's input as an array.
NpyArray array_of(const Finding& f) {
  if (f.input == InputKind::kArray) return parse_npy(f.png, png_name(f));
  Input image = decode_image(f.png, png_name(f));
  const auto axis = [](int n) { return static_cast<std::size_t>(n); };
  return {
      "u1", {axis(image.shape.height), axis(image.shape.width), axis(image.shape.channels)}, std::move(image.pixels)};
}

// Number of rows, and the first of them, whose type and shape an .npy file states before it.
struct ArrayShape {
  std::size_t rows = 0;
  NpyArray first{"u1", {0, 0, 0}, {}};
};

ArrayShape array_shape(const FindingStore& store) {
  ArrayShape shape;
  for_each_confirmed(store, false, [&](const Finding&) { ++shape.rows; });
  bool first = true;
  store.for_each_finding(shape.rows > 0, [&](const Finding& f) {
    if (f.flaky || !std::exchange(first, false)) return;
    shape.first = array_of(f);
  });
  return shape;
}

// Whether the three arrays of an export lie in the folder of this file.
bool is_of_arrays(const fs::path& file) {
  try {
    const NpyArray seeds = read_npy(file.parent_path() / "seeds.npy");
    const NpyArray labels = read_npy(file.parent_path() / "labels.npy");
    return fs::is_regular_file(file.parent_path() / "inputs.npy") && seeds.dtype == "i8" && labels.dtype == "i8" &&
           seeds.shape.size() == 1 && labels.shape == std::vector<std::size_t>{seeds.shape[0], 2};
  } catch (const Error&) {
    return false;
  }
}

void export_npy(const FindingStore& store, const fs::path& folder) {
  if (holds_texts(store)) refuse_texts();
  if (kind_in(store) == InputKind::kAudio) refuse_sounds();
  make_folder(folder);
  for (const char* name : {"inputs.npy", "seeds.npy", "labels.npy"}) check_target(folder / name, is_of_arrays);
  const auto [rows, first] = array_shape(store);
  std::vector<std::size_t> shape{rows};
  shape.insert(shape.end(), first.shape.begin(), first.shape.end());
  FileInTheMaking inputs(folder / "inputs.npy"), seeds(folder / "seeds.npy"), labels(folder / "labels.npy");
  inputs.write(npy_header(first.dtype, shape));
  seeds.write(npy_header("i8", std::array{rows}));
  labels.write(npy_header("i8", std::array{rows, std::size_t{2}}));
  for_each_confirmed(store, true, [&, &first = first](const Finding& f) {
    const NpyArray input = array_of(f);
    if (input.shape != first.shape || input.dtype != first.dtype)
      throw Error(ErrorCode::kBadInput, png_name(f) + ": another shape than the findings before");
    const std::array<std::int64_t, 3> numbers{f.seed.value, f.label_original, f.label_compressed};
    inputs.write(input.bytes.data(), input.bytes.size());
    seeds.write(numbers.data(), sizeof(std::int64_t));
    labels.write(numbers.data() + 1, 2 * sizeof(std::int64_t));
  });
  for (FileInTheMaking* file : {&inputs, &seeds, &labels}) file->finish();
}

// What is stored of each finding, as it is.
void export_files(const FindingStore& store, const fs::path& folder) {
  make_folder(folder);
  for_each_confirmed(store, true, [&](const Finding& f) {
    replace_file(folder / png_name(f), {reinterpret_cast<const char*>(f.png.data()), f.png.size()});
  });
}

void export_png(const FindingStore& store, const fs::path& folder) {
  const InputKind kind = kind_in(store);
  if (kind == InputKind::kText) refuse_texts();
  if (kind == InputKind::kAudio) refuse_sounds();
  if (kind == InputKind::kArray) {
    throw Error(ErrorCode::kBadArgument, "the findings of this run are arrays, and no pictures",
                "export them by --format npy, jsonl or csv");
  }
  export_files(store, folder);
}

}  // namespace

void export_text(const FindingStore& store, ExportFormat format, const TextSink& write) {
  if (format == ExportFormat::kCsv) return write_csv(store, write);
  if (format == ExportFormat::kJsonLines) return write_json_lines(store, write);
  throw Error(ErrorCode::kBadArgument, "arrays and images are exported into a folder, not as text", "use -o FOLDER");
}

void export_run(const FindingStore& store, ExportFormat format, const fs::path& target) {
  if (format == ExportFormat::kNpy) return export_npy(store, target);
  if (format == ExportFormat::kFiles) return export_files(store, target);
  if (format == ExportFormat::kPng) return export_png(store, target);
  check_target(target, format == ExportFormat::kCsv ? is_csv : is_json_lines);
  FileInTheMaking out(target);
  export_text(store, format, [&out](std::string_view text) { out.write(text); });
  out.finish();
}

}  // namespace dflare
