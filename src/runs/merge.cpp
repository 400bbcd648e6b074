// Runs of one search joined, an input at a time.
#include "dflare/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "core/json_text.h"
#include "core/record_json.h"
#include "dflare/error.h"
#include "dflare/run.h"
#include "dflare/settings.h"
#include "dflare/store.h"
#include "runs/adding.h"
#include "runs/same_search.h"
#include "runs/session_parts.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;

std::vector<PartOfSearch> open_parts(std::span<const fs::path> runs) {
  if (runs.empty()) {
    throw Error(ErrorCode::kBadArgument, "no run is given", "name the folders of the shards' runs");
  }
  std::vector<PartOfSearch> parts;
  for (const fs::path& run : runs) parts.emplace_back(run);
  return parts;
}

// What finished runs have comes first: it replaces what others had begun.
std::vector<MergedPart> add_all(Adding& adding, std::span<const PartOfSearch> parts) {
  std::vector<MergedPart> told;
  for (const PartOfSearch& part : parts) {
    MergedPart& of = told.emplace_back();
    of.run = part.recorded.folder;
    of.ended = std::ssize(part.done);
    of.unfinished = std::ranges::count(part.recorded.seeds, true, &RecordedSeed::planned) - of.ended;
    of.added = adding.add_ended(part);
  }
  for (const PartOfSearch& part : parts) adding.add_unfinished(part);
  return told;
}

// Machines work side by side: their times and queries add up.
RunTiming joined_timing(RunTiming sum, std::span<const PartOfSearch> parts, std::span<const MergedPart> told) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (told[i].added == 0) continue;  // was counted before
    const RunTiming more = recorded_timing(parts[i].store->folder());
    sum.wall_seconds += more.wall_seconds;
    sum.queries += more.queries;
  }
  if (sum.wall_seconds > 0) sum.queries_per_second = static_cast<double>(sum.queries) / sum.wall_seconds;
  return sum;
}

void check_all(const RecordedRun& first, std::span<const PartOfSearch> parts, std::vector<std::string>& notes) {
  for (const PartOfSearch& part : parts) {
    check_same_search(first, part.recorded);
    for (std::string& note : differences_of_machines(first, part.recorded)) {
      if (std::ranges::find(notes, note) == notes.end()) notes.push_back(std::move(note));
    }
  }
}

// Copies into `folder` the inputs, or labels, that a run keeps in its own folder because they were in memory, wherever
// that lies by now; returns where they will be once `folder` is `home`. Other paths stay.
std::string kept_in(const fs::path& folder, const fs::path& home, const RecordedRun& run, const std::string& path) {
  const fs::path name = fs::path(path).filename();
  std::error_code failed;
  if (path.empty() || !fs::is_regular_file(run.folder / name, failed)) return path;
  if (!fs::copy_file(run.folder / name, folder / name, failed)) {
    throw Error(ErrorCode::kCannotWrite, (folder / name).string() + ": " + failed.message(),
                "make room, or choose another folder by -o RUN");
  }
  return (home / name).string();
}

// What the whole search would have recorded.
RunRecord joined_record(const PartOfSearch& first, const fs::path& folder, const fs::path& home) {
  RunRecord record = first.store->record();
  Options options = first.recorded.options;
  options.seeds = kept_in(folder, home, first.recorded, options.seeds);
  options.labels = kept_in(folder, home, first.recorded, options.labels);
  options.shard.clear();
  record.settings = settings_json(options);
  nlohmann::ordered_json seeds = parse_record(record.seeds, first.recorded.folder);
  for (auto& seed : seeds) {
    const auto status = seed.at("status").get<std::string>();
    seed["planned"] = status == to_string(SeedStatus::kUsable) || status == to_string(SeedStatus::kNatural);
  }
  record.seeds = json_text(seeds);
  return record;
}

// A folder made beside the place that it takes when it is whole; one that does not goes.
class Beside {
 public:
  explicit Beside(const fs::path& home) : home_(home), folder_(home.string() + ".merging") {
    std::error_code unknown;
    if (fs::exists(home_, unknown) && !(fs::is_directory(home_, unknown) && fs::is_empty(home_, unknown))) {
      throw Error(ErrorCode::kBadArgument, home_.string() + ": exists, and is no empty folder",
                  "choose another by -o RUN");
    }
    remove_left();
    store_ = FindingStore::create(folder_);
  }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  ~Beside() {
    if (!store_) return;
    store_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  [[nodiscard]] FindingStore& store() { return *store_; }
  [[nodiscard]] const fs::path& folder() const { return folder_; }

  void take_place() {
    store_.reset();
    std::error_code failed;
    fs::rename(folder_, home_, failed);
    if (!failed) return;
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    throw Error(ErrorCode::kCannotWrite, home_.string() + ": " + failed.message(), "choose another folder by -o RUN");
  }

 private:
  // By a merge that was killed. One under way holds its lock, and is told of.
  void remove_left() const {
    std::error_code unknown;
    if (!fs::is_regular_file(folder_ / "run.sqlite", unknown)) return;
    if (FindingStore::remove_unbegun(folder_)) return;
    FindingStore::open(folder_, /*writable=*/true).reset();
    fs::remove_all(folder_, unknown);
  }

  fs::path home_, folder_;
  std::unique_ptr<FindingStore> store_;
};

// With neither "." nor a slash at its end, so that something can stand beside it.
fs::path place_of(const fs::path& out) {
  if (out.empty()) throw Error(ErrorCode::kBadArgument, "no folder is given", "use -o RUN to say where to write");
  const fs::path place = fs::absolute(out).lexically_normal();
  return place.has_filename() ? place : place.parent_path();
}

}  // namespace

Merged merge_runs(std::span<const fs::path> runs, const fs::path& out) {
  const fs::path home = place_of(out);
  const std::vector<PartOfSearch> parts = open_parts(runs);
  std::vector<std::string> notes;
  check_all(parts.front().recorded, parts, notes);
  Beside beside(home);
  beside.store().record(joined_record(parts.front(), beside.folder(), home));
  Adding adding(beside.store());
  Merged merged{.parts = add_all(adding, parts), .summary = {}, .notes = std::move(notes)};
  merged.summary = close_session(beside.store(), joined_timing({}, parts, merged.parts), 0, 0);
  beside.take_place();
  return merged;
}

struct JoinedRun::State {
  std::unique_ptr<FindingStore> store;
  RecordedRun recorded;
  Adding adding;
  RunTiming timing;
  std::vector<std::string> notes;
  Counts counts;

  explicit State(const fs::path& run)
      : store(FindingStore::open(run, /*writable=*/true)),
        recorded(read_run(*store)),
        adding(*store),
        timing(recorded_timing(run)) {
    recorded.folder = run;
    counts.planned = std::ranges::count(recorded.seeds, true, &RecordedSeed::planned);
    count();
  }
  void count() {
    counts.ended = adding.ended();
    counts.found = adding.found();
    counts.queries = adding.queries();
  }
};

JoinedRun::JoinedRun(const fs::path& run) : state_(std::make_unique<State>(run)) {
  const std::string& shard = state_->recorded.options.shard;
  if (shard.empty()) return;
  throw Error(ErrorCode::kBadArgument,
              fmt::format("{} is shard {} of a search, which others cannot be added to", run.string(), shard),
              "merge both into a new run by `dflare merge RUN... -o RUN`");
}

JoinedRun::~JoinedRun() = default;

MergedPart JoinedRun::add(const fs::path& part) {
  State& s = *state_;
  std::vector<PartOfSearch> parts;
  parts.emplace_back(part);
  check_all(s.recorded, parts, s.notes);
  const std::vector<MergedPart> told = add_all(s.adding, parts);
  s.timing = joined_timing(s.timing, parts, told);
  s.count();
  return told.front();
}

const JoinedRun::Counts& JoinedRun::counts() const { return state_->counts; }
const std::vector<std::string>& JoinedRun::notes() const { return state_->notes; }
RunSummary JoinedRun::close() { return close_session(*state_->store, state_->timing, 0, 0); }

}  // namespace dflare
