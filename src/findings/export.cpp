// Findings in other programs' formats, one finding in memory at a time.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/files.h"
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

// A file being written; every failure is reported when it is closed.
class OutFile {
 public:
  explicit OutFile(fs::path path) : path_(std::move(path)), out_(path_, std::ios::binary) {
    if (!out_) fail();
  }
  void write(std::string_view text) { out_.write(text.data(), std::ssize(text)); }
  void write(const void* data, std::size_t size) {
    out_.write(static_cast<const char*>(data), static_cast<std::streamsize>(size));
  }
  void close() {
    out_.close();
    if (!out_) fail();
  }

 private:
  [[noreturn]] void fail() const {
    throw Error(ErrorCode::kCannotWrite, path_.string() + ": cannot be written", "choose another target by -o");
  }

  fs::path path_;
  std::ofstream out_;
};

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

// A finding's facts in the order of the columns; the keys are those of run.sqlite.
Json facts_of(const Finding& f, const std::vector<std::string>& sources) {
  const auto seed = static_cast<std::size_t>(f.seed.value);
  return {{"seed", f.seed.value},
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
          {"severity_found", f.severity_found},
          {"refine_queries", f.refine_queries},
          {"queries", f.queries},
          {"seconds", f.seconds},
          {"png", fmt::format("findings/{}", png_name(f))},
          {"how", how_of(f)}};
}

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

void export_json_lines(const FindingStore& store, const fs::path& target) {
  OutFile out(target);
  const std::vector<std::string> names = sources(store);
  for_each_confirmed(store, false, [&](const Finding& f) { out.write(dump(facts_of(f, names)) + "\n"); });
  out.close();
}

// RFC 4180: quoted where the value holds a comma, a quote or a line break; quotes doubled.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted(1, '"');
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  quoted.push_back('"');
  return quoted;
}

std::string csv_value(const Json& value) {
  if (value.is_null()) return "";
  return csv_field(value.is_string() ? value.get<std::string>() : dump(value));
}

void export_csv(const FindingStore& store, const fs::path& target) {
  OutFile out(target);
  const std::vector<std::string> names = sources(store);
  const Json columns = facts_of(Finding{}, {});
  std::vector<std::string> fields;
  for (const auto& [key, value] : columns.items()) fields.push_back(key);
  out.write(fmt::format("{}\r\n", fmt::join(fields, ",")));
  for_each_confirmed(store, false, [&](const Finding& f) {
    fields.clear();
    const Json facts = facts_of(f, names);
    for (const Json& value : facts) fields.push_back(csv_value(value));
    out.write(fmt::format("{}\r\n", fmt::join(fields, ",")));
  });
  out.close();
}

// Number of rows and the images' shape, which an .npy file states before its first row.
struct ArrayShape {
  std::size_t rows = 0;
  Shape image;
};

ArrayShape array_shape(const FindingStore& store) {
  ArrayShape shape;
  for_each_confirmed(store, false, [&](const Finding&) { ++shape.rows; });
  bool first = true;
  store.for_each_finding(shape.rows > 0, [&](const Finding& f) {
    if (f.flaky || !std::exchange(first, false)) return;
    shape.image = decode_image(f.png, png_name(f)).shape;
  });
  return shape;
}

void export_npy(const FindingStore& store, const fs::path& folder) {
  make_folder(folder);
  const auto [rows, image] = array_shape(store);
  const auto axis = [](int n) { return static_cast<std::size_t>(n); };
  OutFile inputs(folder / "inputs.npy"), seeds(folder / "seeds.npy"), labels(folder / "labels.npy");
  inputs.write(npy_header("u1", std::array{rows, axis(image.height), axis(image.width), axis(image.channels)}));
  seeds.write(npy_header("i8", std::array{rows}));
  labels.write(npy_header("i8", std::array{rows, std::size_t{2}}));
  for_each_confirmed(store, true, [&, shape = image](const Finding& f) {
    const Input input = decode_image(f.png, png_name(f));
    if (input.shape != shape)
      throw Error(ErrorCode::kBadInput, png_name(f) + ": another shape than the findings before");
    const std::array<std::int64_t, 3> numbers{f.seed.value, f.label_original, f.label_compressed};
    inputs.write(input.pixels.data(), input.pixels.size());
    seeds.write(numbers.data(), sizeof(std::int64_t));
    labels.write(numbers.data() + 1, 2 * sizeof(std::int64_t));
  });
  for (OutFile* file : {&inputs, &seeds, &labels}) file->close();
}

void export_png(const FindingStore& store, const fs::path& folder) {
  make_folder(folder);
  for_each_confirmed(store, true, [&](const Finding& f) { write_file(folder / png_name(f), f.png); });
}

}  // namespace

void export_run(const FindingStore& store, ExportFormat format, const fs::path& target) {
  switch (format) {
    case ExportFormat::kJsonLines:
      return export_json_lines(store, target);
    case ExportFormat::kCsv:
      return export_csv(store, target);
    case ExportFormat::kNpy:
      return export_npy(store, target);
    case ExportFormat::kPng:
      return export_png(store, target);
  }
}

}  // namespace dflare
