// Whether two runs are of one search: models by their hashes, inputs by theirs, and every setting that findings depend
// on.
#include "runs/same_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "dflare/error.h"
#include "dflare/settings.h"

namespace dflare {
namespace {

[[noreturn]] void refuse(const std::string& what, const char* hint) { throw Error(ErrorCode::kBadInput, what, hint); }

// How a search is shared out, how long it may take, and where files lie: they are compared by what is in them.
bool leaves_findings_as_they_are(const std::string& option) {
  static const std::set<std::string> names{"original", "compressed", "compressed-head", "seeds",
                                           "labels",   "classes",    "shard",           "batch",
                                           "workers",  "time-limit", "query-timeout"};
  return names.contains(option);
}

void check_models_alike(const RecordedRun& a, const RecordedRun& b) {
  const auto differ = [&](const RecordedFile& x, const RecordedFile& y) {
    refuse(fmt::format("the {} is not the same: {} has {} (sha256 {:.12}), {} has {} (sha256 {:.12})", x.what,
                       a.folder.string(), x.path.string(), x.sha256, b.folder.string(), y.path.string(), y.sha256),
           "merge runs of one pair of models");
  };
  for (std::size_t i = 0; i < std::min(a.files.size(), b.files.size()); ++i) {
    if (a.files[i].what != b.files[i].what || a.files[i].sha256 != b.files[i].sha256) differ(a.files[i], b.files[i]);
  }
  if (a.files.size() == b.files.size()) return;
  const RecordedRun& more = a.files.size() > b.files.size() ? a : b;
  const RecordedFile& file = more.files[std::min(a.files.size(), b.files.size())];
  refuse(
      fmt::format("the {} {} belongs to the models of {} alone", file.what, file.path.string(), more.folder.string()),
      "merge runs of one pair of models");
}

void check_settings_alike(const RecordedRun& a, const RecordedRun& b) {
  const nlohmann::ordered_json x = nlohmann::ordered_json::parse(settings_json(a.options));
  const nlohmann::ordered_json y = nlohmann::ordered_json::parse(settings_json(b.options));
  for (const auto& [name, value] : x.items()) {
    if (leaves_findings_as_they_are(name) || value == y.at(name)) continue;
    refuse(fmt::format("--{} is {} in {}, and {} in {}", name, value.dump(), a.folder.string(), y.at(name).dump(),
                       b.folder.string()),
           "merge runs that were asked the same but for --shard");
  }
}

void check_inputs_alike(const RecordedRun& a, const RecordedRun& b) {
  const char* const hint = "give every shard all inputs, and let --shard I/N choose among them";
  if (a.seeds.size() != b.seeds.size()) {
    refuse(fmt::format("{} is of {} inputs, {} of {}", a.folder.string(), a.seeds.size(), b.folder.string(),
                       b.seeds.size()),
           hint);
  }
  for (std::size_t i = 0; i < a.seeds.size(); ++i) {
    const RecordedSeed& x = a.seeds[i];
    const RecordedSeed& y = b.seeds[i];
    const auto differs = [&](const std::string& what) {
      return fmt::format("{} of input {} ({}) is not the same in {} and {}", what, i, x.source, a.folder.string(),
                         b.folder.string());
    };
    if (x.sha256 != y.sha256) refuse(differs("the content"), hint);
    if (x.label != y.label) refuse(differs("the label"), hint);
    if (x.status != y.status) {
      refuse(differs(fmt::format("what the models say ({} here, {} there)", x.status, y.status)),
             "search all shards by the same runtimes, and with the same --batch where rows depend on it");
    }
  }
}

}  // namespace

void check_same_search(const RecordedRun& first, const RecordedRun& other) {
  check_models_alike(first, other);
  check_settings_alike(first, other);
  check_inputs_alike(first, other);
}

std::vector<std::string> differences_of_machines(const RecordedRun& first, const RecordedRun& other) {
  std::vector<std::string> notes;
  const auto note = [&](const char* side, const std::string& x, const std::string& y) {
    if (x == y) return;
    notes.push_back(fmt::format("{} asked its {} model by {}, {} by {}: answers may differ", first.folder.string(),
                                side, x, other.folder.string(), y));
  };
  note("original", first.original_runtime, other.original_runtime);
  note("compressed", first.compressed_runtime, other.compressed_runtime);
  if (first.batch != other.batch && !(first.rows_exact && other.rows_exact)) {
    notes.push_back(fmt::format(
        "{} asked {} inputs at once and {} {}, and answers depend on it: findings need not be those of one machine",
        first.folder.string(), first.batch, other.folder.string(), other.batch));
  }
  return notes;
}

}  // namespace dflare
