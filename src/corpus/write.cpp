// Findings of a run, added to a corpus.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <system_error>

#include "core/files.h"
#include "core/hash.h"
#include "core/json_text.h"
#include "corpus/format.h"
#include "dflare/corpus.h"
#include "dflare/error.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// A folder that is empty or a corpus, with its marker.
void claim(const fs::path& folder) {
  make_writable(folder);
  if (is_corpus(folder)) return corpus::check_marker(folder);
  if (!fs::is_empty(folder)) {
    throw Error(ErrorCode::kBadArgument, folder.string() + ": holds files, and is no corpus",
                "name an empty folder, or one that `dflare export --corpus` made");
  }
  replace_file(folder / corpus::kMarker, Json{{"dflare_corpus", corpus::kVersion}}.dump() + "\n");
}

// Returns the SHA-256 of the bytes, which are there afterwards under their name.
std::string put_input(const fs::path& folder, const std::vector<std::uint8_t>& bytes, InputKind kind) {
  std::string hash = sha256(bytes);
  const fs::path file = folder / (corpus::short_name(hash) + corpus::ending_of(kind));
  if (!fs::exists(file)) put_file(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return hash;
}

Json json_of_finding(const Finding& f, const CorpusOrigin& origin, const Seed& seed, const std::string& input,
                     const std::string& seed_input) {
  Json how = f.how.empty() ? Json(nullptr) : Json::parse(f.how, nullptr, /*allow_exceptions=*/false);
  if (how.is_discarded()) how = nullptr;
  const bool array = f.input == InputKind::kArray;
  const char* const what = array ? "array" : "image";
  Json finding = {{"dflare_finding", corpus::kVersion},
                  {what, input},
                  {"seed", {{what, seed_input}, {"source", utf8_of(seed.source)}, {"label", seed.label}}},
                  {"kind", std::string(to_string(f.kind))},
                  {"seed_label", f.seed_label},
                  {"label_original", f.label_original},
                  {"label_compressed", f.label_compressed},
                  {"severity", f.severity},
                  {"tie", f.tie},
                  {"distance", {{"linf", f.distance.linf}, {"l2", f.distance.l2}, {"ssim", f.distance.ssim}}},
                  {"how", how},
                  {"models",
                   {{"original", {{"name", utf8_of(origin.original)}, {"sha256", origin.original_sha256}}},
                    {"compressed", {{"name", utf8_of(origin.compressed)}, {"sha256", origin.compressed_sha256}}}}}};
  const Shape& shape = seed.input.shape;
  if (array) finding["shape"] = {shape.height, shape.width, shape.channels};
  Json asked = Json::object();
  for (const auto& [name, value] : origin.asked) asked[name] = utf8_of(value);
  finding["asked"] = std::move(asked);
  return finding;
}

}  // namespace

CorpusAddition add_to_corpus(const FindingStore& store, const CorpusOrigin& origin, const SeedSet& seeds,
                             const fs::path& folder) {
  claim(folder);
  for (const char* part : {corpus::kFindings, corpus::kSeeds}) make_folder(folder / part);
  CorpusAddition addition;
  std::vector<std::uint8_t> seed_bytes;
  store.for_each_finding(/*with_png=*/true, [&](const Finding& f) {
    if (f.flaky) return;
    const Seed& seed = seeds.seeds.at(static_cast<std::size_t>(f.seed.value));
    encode_input(seed.input.view(), seed_bytes);
    const std::string input = put_input(folder / corpus::folder_of(f.input), f.png, f.input);
    const std::string seed_input = put_input(folder / corpus::kSeeds, seed_bytes, f.input);
    // Parsed once more, so that the text is what a reader makes of it.
    const Json finding = Json::parse(json_text(json_of_finding(f, origin, seed, input, seed_input)));
    const std::string text = corpus::text_of(finding);
    const fs::path file = folder / corpus::kFindings / (corpus::short_name(corpus::sha256_of_text(text)) + ".json");
    // The finding comes last: what it names is there.
    if (fs::exists(file)) {
      ++addition.there;
    } else {
      put_file(file, text);
      ++addition.added;
    }
  });
  return addition;
}

}  // namespace dflare
