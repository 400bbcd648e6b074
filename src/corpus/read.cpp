// A corpus read again, and checked.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>
#include <system_error>
#include <utility>

#include "core/files.h"
#include "core/hash.h"
#include "core/json_text.h"
#include "core/shape_text.h"
#include "corpus/format.h"
#include "dflare/corpus.h"
#include "dflare/error.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

const char* const kPutBack = "put it back as it was committed, or take its finding out of the corpus";

[[noreturn]] void damaged(const fs::path& file, const std::string& why) {
  throw Error(ErrorCode::kBadInput, fmt::format("{}: {}", file.string(), why), kPutBack);
}

std::string text_in(const fs::path& file) {
  const std::vector<std::uint8_t> bytes = read_file(file);
  return {bytes.begin(), bytes.end()};
}

Json json_in(const fs::path& file) {
  Json json = Json::parse(text_in(file), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) damaged(file, "is no JSON object, as a corpus has");
  return json;
}

void check_version(const fs::path& file, const Json& json, const char* key) {
  if (!json.contains(key) || !json.at(key).is_number_integer()) damaged(file, fmt::format("has no {}", key));
  if (const int version = json.at(key).get<int>(); version > corpus::kVersion) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: was written by a later dflare (version {})", file.string(), version),
                "use that version");
  }
}

// What is stored under that hash, whose bytes are what they were.
std::vector<std::uint8_t> bytes_of(const fs::path& file, const std::string& hash, const fs::path& finding) {
  if (!fs::is_regular_file(file)) {
    damaged(file, fmt::format("is missing, and {} names it", finding.filename().string()));
  }
  std::vector<std::uint8_t> bytes = read_file(file);
  if (sha256(bytes) != hash) damaged(file, "is not what it was when its finding was written: it was altered");
  return bytes;
}

// Of the arrays of a corpus or run, by the first of them.
std::shared_ptr<const ArrayForm> form_of(std::span<const std::uint8_t> npy, const std::string& name,
                                         const Shape& shape) {
  const NpyArray array = parse_npy(npy, name);
  auto form = std::make_shared<ArrayForm>();
  form->dims = array.shape;
  form->dtype = array.dtype;
  form->whole = array.dtype != "f4";
  form->series = shape.height > 1;
  const std::size_t numbers =
      std::accumulate(array.shape.begin(), array.shape.end(), std::size_t{1}, std::multiplies<>());
  if (std::min({shape.height, shape.width, shape.channels}) <= 0 || numbers != shape.size())
    throw Error(ErrorCode::kBadInput, name + ": its array is of another shape than its finding says", kPutBack);
  constexpr float kFar = std::numeric_limits<float>::max() / 2;  // asked as they are, they need no range
  form->low.assign(numbers, -kFar);
  form->high.assign(numbers, kFar);
  return form;
}

// An input as it is stored: of all arrays the form is the first one's.
Input decoded(std::span<const std::uint8_t> bytes, const std::string& name, InputKind kind, Shape shape,
              KnownFindings& known) {
  if (kind == InputKind::kArray && !known.form) known.form = form_of(bytes, name, shape);
  shape.form = known.form.get();
  return kind == InputKind::kArray ? decode_input(bytes, name, shape) : decode_image(bytes, name);
}

Shape shape_of(const Json& json) {
  const auto sides = json.value("shape", std::vector<int>{});
  return sides.size() == 3 ? Shape{sides[0], sides[1], sides[2]} : Shape{};
}

FindingKind kind_of(const std::string& word, const fs::path& file) {
  for (const FindingKind kind :
       {FindingKind::kCompressedLost, FindingKind::kOriginalLost, FindingKind::kBothChanged, FindingKind::kNatural}) {
    if (to_string(kind) == word) return kind;
  }
  damaged(file, "names an unknown kind");
}

struct Read {
  KnownFinding finding;
  std::map<std::string, std::string> asked;
};

Read parse(const fs::path& folder, const fs::path& file, const Json& json, KnownFindings& known) {
  Read read;
  read.finding = {.name = file.stem().string(),
                  .source = dflare::bytes_of(json.at("seed").at("source").get<std::string>()),
                  .input = {},
                  .kind = kind_of(json.at("kind").get<std::string>(), file),
                  .seed_label = json.at("seed_label").get<int>(),
                  .label_original = json.at("label_original").get<int>(),
                  .label_compressed = json.at("label_compressed").get<int>(),
                  .severity = json.at("severity").is_number() ? json.at("severity").get<double>() : 0};
  const InputKind kind = json.contains("array") ? InputKind::kArray : InputKind::kImage;
  const char* const what = kind == InputKind::kArray ? "array" : "image";
  const auto named = [&](const char* part, const std::string& hash) {
    return folder / part / (corpus::short_name(hash) + corpus::ending_of(kind));
  };
  const auto hash = json.at(what).get<std::string>();
  const fs::path input = named(corpus::folder_of(kind), hash);
  read.finding.input = decoded(bytes_of(input, hash, file), input.filename().string(), kind, shape_of(json), known);
  const auto seed = json.at("seed").at(what).get<std::string>();
  bytes_of(named(corpus::kSeeds, seed), seed, file);
  for (const auto& [name, value] : json.at("asked").items())
    read.asked[name] = dflare::bytes_of(value.get<std::string>());
  return read;
}

Read read_finding(const fs::path& folder, const fs::path& file, KnownFindings& known) {
  const Json json = json_in(file);
  check_version(file, json, "dflare_finding");
  if (corpus::short_name(corpus::sha256_of_text(corpus::text_of(json))) != file.stem().string()) {
    damaged(file, "is not what its name says: it was altered");
  }
  try {
    return parse(folder, file, json, known);
  } catch (const Json::exception& e) {
    damaged(file, fmt::format("does not say what a finding says: {}", e.what()));
  }
}

std::vector<fs::path> finding_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder / corpus::kFindings, failed)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

std::string corpus::sha256_of_text(const std::string& text) {
  return sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

void corpus::check_marker(const fs::path& folder) {
  const fs::path file = folder / kMarker;
  check_version(file, json_in(file), "dflare_corpus");
}

bool is_corpus(const fs::path& folder) {
  std::error_code failed;
  return fs::is_regular_file(folder / corpus::kMarker, failed);
}

KnownFindings read_corpus(const fs::path& folder) {
  if (!is_corpus(folder)) {
    throw Error(ErrorCode::kBadInput, folder.string() + ": no corpus: it has no " + corpus::kMarker,
                "`dflare export RUN --corpus FOLDER` makes one");
  }
  corpus::check_marker(folder);
  KnownFindings known{.path = folder, .findings = {}, .asked = {}, .form = {}};
  for (const fs::path& file : finding_files(folder)) {
    Read read = read_finding(folder, file, known);
    if (known.findings.empty()) known.asked = read.asked;
    if (read.asked != known.asked) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: its models were fed or read otherwise than those of {}.json", file.string(),
                              known.findings.front().name),
                  "keep findings of models that are fed differently in folders of their own");
    }
    known.findings.push_back(std::move(read.finding));
  }
  if (known.findings.empty()) {
    throw Error(ErrorCode::kBadInput, folder.string() + ": the corpus holds no findings",
                "`dflare export RUN --corpus FOLDER` adds those of a run");
  }
  return known;
}

KnownFindings known_findings(const FindingStore& store) {
  KnownFindings known{.path = store.folder(), .findings = {}, .asked = {}, .form = {}};
  const Json facts = Json::parse(store.record().facts, nullptr, /*allow_exceptions=*/false);
  const Shape shape = facts.is_object() ? shape_of(facts) : Shape{};
  const Json seeds = Json::parse(store.record().seeds, nullptr, /*allow_exceptions=*/false);
  const auto source = [&seeds](SeedIndex seed) -> std::string {
    const auto i = static_cast<std::size_t>(seed.value);
    return seeds.is_array() && i < seeds.size() && seeds[i].is_object() ? seeds[i].value("source", "") : "";
  };
  store.for_each_finding(/*with_png=*/true, [&](const Finding& f) {
    if (f.flaky) return;
    if (f.input == InputKind::kText || f.input == InputKind::kAudio) {
      throw Error(ErrorCode::kBadArgument,
                  fmt::format("{}: its findings are {}s, and a corpus holds images and arrays", store.folder().string(),
                              f.input == InputKind::kText ? "text" : "sound"),
                  "`dflare export --format files` gives them");
    }
    known.findings.push_back({.name = std::filesystem::path(png_name(f)).stem().string(),
                              .source = source(f.seed),
                              .input = decoded(f.png, png_name(f), f.input, shape, known),
                              .kind = f.kind,
                              .seed_label = f.seed_label,
                              .label_original = f.label_original,
                              .label_compressed = f.label_compressed,
                              .severity = f.severity});
  });
  if (known.findings.empty()) {
    throw Error(ErrorCode::kBadInput, store.folder().string() + ": the run has no confirmed findings to replay",
                "search longer, or from more inputs");
  }
  return known;
}

}  // namespace dflare
