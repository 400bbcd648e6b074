// The run folder over SQLite: what was committed survives any crash, PNG files are derived from it.
#include "dflare/store.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "core/files.h"
#include "dflare/error.h"
#include "findings/database.h"
#include "findings/writer_lock.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kApplicationId = 0x64666c72;  // "dflr"
constexpr std::int64_t kSchemaVersion = 2;

constexpr const char* kSchema = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE record (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE findings (
  seed INTEGER NOT NULL, ordinal INTEGER NOT NULL, kind TEXT NOT NULL, flaky INTEGER NOT NULL, tie INTEGER NOT NULL,
  seed_label INTEGER NOT NULL, label_original INTEGER NOT NULL, label_compressed INTEGER NOT NULL,
  p_original REAL NOT NULL, p_compressed REAL NOT NULL, margin_original REAL, margin_compressed REAL, severity REAL,
  linf REAL NOT NULL, l2 REAL NOT NULL, ssim REAL NOT NULL,
  severity_found REAL, refine_queries INTEGER NOT NULL, queries INTEGER NOT NULL, seconds REAL NOT NULL, how TEXT NOT NULL,
  png BLOB NOT NULL, PRIMARY KEY (seed, ordinal));
CREATE TABLE not_finite (
  seed INTEGER PRIMARY KEY, original INTEGER NOT NULL, compressed INTEGER NOT NULL, png BLOB NOT NULL);
CREATE TABLE done (
  seed INTEGER PRIMARY KEY, "end" TEXT NOT NULL, queries INTEGER NOT NULL, refine_queries INTEGER NOT NULL,
  confirmations INTEGER NOT NULL,
  ties INTEGER NOT NULL, flaky INTEGER NOT NULL, not_finite INTEGER NOT NULL, seconds REAL NOT NULL);
PRAGMA application_id = 0x64666c72;
PRAGMA user_version = 2;
COMMIT;
)sql";

constexpr const char* kFindingColumns =
    "seed, ordinal, kind, flaky, tie, seed_label, label_original, label_compressed, p_original, p_compressed, "
    "margin_original, margin_compressed, severity, linf, l2, ssim, "
    "severity_found, refine_queries, queries, seconds, how";

template <class Enum, std::size_t N>
Enum enum_of(const std::string& word, const std::array<Enum, N>& values) {
  const auto found = std::ranges::find(values, word, [](Enum e) { return to_string(e); });
  if (found == values.end()) throw Error(ErrorCode::kBadInput, "run.sqlite: unknown word '" + word + "'");
  return *found;
}

constexpr std::array kKinds{FindingKind::kCompressedLost, FindingKind::kOriginalLost, FindingKind::kBothChanged,
                            FindingKind::kNatural};
constexpr std::array kEnds{ChainEnd::kFound, ChainEnd::kQueriesSpent, ChainEnd::kTimeSpent, ChainEnd::kGaveUp};

SeedIndex seed_of(std::int64_t value) { return SeedIndex(static_cast<std::int32_t>(value)); }

void insert(Statement& statement, const Finding& f) {
  statement.bind(std::int64_t{f.seed.value}).bind(std::int64_t{f.ordinal}).bind(to_string(f.kind));
  statement.bind(std::int64_t{f.flaky}).bind(std::int64_t{f.tie}).bind(std::int64_t{f.seed_label});
  statement.bind(std::int64_t{f.label_original}).bind(std::int64_t{f.label_compressed});
  statement.bind(double{f.p_original}).bind(double{f.p_compressed}).bind(f.margin_original).bind(f.margin_compressed);
  statement.bind(f.severity).bind(f.distance.linf).bind(f.distance.l2).bind(f.distance.ssim);
  statement.bind(f.severity_found).bind(f.refine_queries).bind(f.queries).bind(f.seconds);
  statement.bind(f.how).bind(f.png).run();
}

Finding finding_of(const Statement& row, bool with_png) {
  Finding f;
  f.seed = seed_of(row.integer(0));
  f.ordinal = static_cast<int>(row.integer(1));
  f.kind = enum_of(row.text(2), kKinds);
  f.flaky = row.integer(3) != 0;
  f.tie = row.integer(4) != 0;
  f.seed_label = static_cast<int>(row.integer(5));
  f.label_original = static_cast<int>(row.integer(6));
  f.label_compressed = static_cast<int>(row.integer(7));
  f.p_original = static_cast<float>(row.real(8));
  f.p_compressed = static_cast<float>(row.real(9));
  f.margin_original = row.real(10);
  f.margin_compressed = row.real(11);
  f.severity = row.real(12);
  f.distance = {row.real(13), row.real(14), row.real(15)};
  f.severity_found = row.real(16);
  f.refine_queries = row.integer(17);
  f.queries = row.integer(18);
  f.seconds = row.real(19);
  f.how = row.text(20);
  if (with_png) f.png = row.blob(21);
  return f;
}

fs::path png_path(const Finding& finding) { return fs::path(finding.flaky ? "flaky" : "findings") / png_name(finding); }

fs::path png_path(const NotFinite& bad) { return fs::path("not_finite") / fmt::format("{:06}.png", bad.seed.value); }

// Every statement that write() runs, prepared once.
struct Writing {
  Statement finding, not_finite, done, forget_findings, forget_not_finite;

  explicit Writing(const Database& db)
      : finding(db.prepare(fmt::format("INSERT OR REPLACE INTO findings ({}, png) VALUES ({})", kFindingColumns,
                                       "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?"))),
        not_finite(db.prepare("INSERT OR REPLACE INTO not_finite VALUES (?,?,?,?)")),
        done(db.prepare("INSERT OR REPLACE INTO done VALUES (?,?,?,?,?,?,?,?,?)")),
        forget_findings(db.prepare("DELETE FROM findings WHERE seed = ? AND kind <> 'natural'")),
        forget_not_finite(db.prepare("DELETE FROM not_finite WHERE seed = ?")) {}
};

class SqliteStore : public FindingStore {
 public:
  SqliteStore(fs::path folder, Database::Mode mode) : folder_(std::move(folder)) {
    if (mode != Database::Mode::kRead) lock_.emplace(folder_);
    db_.emplace(folder_ / "run.sqlite", mode);
    if (mode == Database::Mode::kCreate) {
      db_->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
      db_->execute(kSchema);
    } else {
      check_schema();
    }
    if (mode == Database::Mode::kRead) return;
    db_->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    read_interrupted();
    writing_.emplace(*db_);
  }

  // A run that ended well is one plain file, readable from a read-only place too.
  ~SqliteStore() override {
    if (!writing_) return;
    writing_.reset();
    try {
      db_->execute("PRAGMA journal_mode = DELETE");
    } catch (const Error&) {
      return;  // someone is reading; the next writer will do it
    }
  }

  void record(const RunRecord& record) override {
    Transaction transaction(*db_);
    Statement insert = db_->prepare("INSERT OR REPLACE INTO record VALUES (?, ?)");
    insert.bind("settings").bind(record.settings).run();
    insert.bind("facts").bind(record.facts).run();
    insert.bind("seeds").bind(record.seeds).run();
    transaction.commit();
  }

  [[nodiscard]] RunRecord record() const override {
    return {recorded("settings"), recorded("facts"), recorded("seeds")};
  }

  void write(const Events& events) override {
    if (events.empty()) return;
    check_writable();
    std::set<std::int32_t> reruns;
    {
      Transaction transaction(*db_);
      const auto forget = [&](SeedIndex seed) { forget_interrupted(seed, reruns); };
      for (const Finding& f : events.findings) {
        if (f.kind != FindingKind::kNatural) forget(f.seed);
        insert(writing_->finding, f);
      }
      for (const NotFinite& n : events.not_finite) {
        forget(n.seed);
        writing_->not_finite.bind(std::int64_t{n.seed.value}).bind(std::int64_t{n.original});
        writing_->not_finite.bind(std::int64_t{n.compressed}).bind(n.png).run();
      }
      for (const SeedDone& d : events.done) {
        forget(d.seed);
        insert_done(d);
      }
      transaction.commit();
    }
    for (const std::int32_t seed : reruns) interrupted_.erase(seed);
    for (const Finding& f : events.findings) write_png(png_path(f), f.png);
    for (const NotFinite& n : events.not_finite) write_png(png_path(n), n.png);
  }

  void for_each_finding(bool with_png, const std::function<void(const Finding&)>& visit) const override {
    Statement rows = db_->prepare(
        fmt::format("SELECT {}{} FROM findings ORDER BY seed, ordinal", kFindingColumns, with_png ? ", png" : ""));
    while (rows.step()) visit(finding_of(rows, with_png));
  }

  [[nodiscard]] std::vector<SeedDone> done() const override {
    std::vector<SeedDone> done;
    Statement row = db_->prepare(
        R"(SELECT seed, "end", queries, refine_queries, confirmations, ties, flaky, not_finite, seconds FROM done ORDER BY seed)");
    while (row.step()) {
      done.push_back({seed_of(row.integer(0)), enum_of(row.text(1), kEnds), row.integer(2), row.integer(3),
                      row.integer(4), row.integer(5), row.integer(6), row.integer(7), row.real(8)});
    }
    return done;
  }

  [[nodiscard]] std::vector<NotFinite> not_finite() const override {
    std::vector<NotFinite> all;
    Statement row = db_->prepare("SELECT seed, original, compressed, png FROM not_finite ORDER BY seed");
    while (row.step()) {
      all.push_back({seed_of(row.integer(0)), row.integer(1) != 0, row.integer(2) != 0, row.blob(3)});
    }
    return all;
  }

  void derive_pngs() override {
    std::set<fs::path> expected;
    const auto derive = [&](const auto& event) {
      const fs::path file = png_path(event);
      if (!file_holds(folder_ / file, event.png)) write_png(file, event.png);
      expected.insert(file);
    };
    for_each_finding(true, derive);
    for (const NotFinite& n : not_finite()) derive(n);
    for (const char* kind : {"findings", "flaky", "not_finite"}) remove_orphans(kind, expected);
  }

  void write_summary(const std::string& json) override { replace_file(folder_ / "summary.json", json); }

  [[nodiscard]] const fs::path& folder() const override { return folder_; }

 private:
  void check_schema() {
    const auto pragma = [this](const char* name) {
      Statement row = db_->prepare(fmt::format("PRAGMA {}", name));
      return row.step() ? row.integer(0) : 0;
    };
    const std::string file = (folder_ / "run.sqlite").string();
    if (pragma("application_id") != kApplicationId) {
      throw Error(ErrorCode::kBadInput, file + ": no run of dflare, or one that was stopped before it began",
                  "start it again by `dflare search`, into another folder");
    }
    if (const std::int64_t version = pragma("user_version"); version != kSchemaVersion) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: written in format {}, expected {}", file, version, kSchemaVersion),
                  "use the dflare that wrote it");
    }
  }

  void check_writable() const {
    if (!writing_) throw Error(ErrorCode::kCannotWrite, folder_.string() + ": the run was opened for reading");
  }

  [[nodiscard]] std::string recorded(const char* key) const {
    Statement row = db_->prepare("SELECT value FROM record WHERE key = ?");
    row.bind(key);
    if (!row.step()) {
      throw Error(ErrorCode::kBadInput, folder_.string() + ": the run was stopped before it began",
                  "start it again by `dflare search`, into another folder");
    }
    return row.text(0);
  }

  // Seeds of which a chain wrote something but never its end: a rerun replaces that.
  void read_interrupted() {
    Statement row = db_->prepare(
        "SELECT seed FROM findings WHERE kind <> 'natural' UNION SELECT seed FROM not_finite EXCEPT SELECT seed FROM "
        "done");
    while (row.step()) interrupted_.insert(static_cast<std::int32_t>(row.integer(0)));
  }

  void forget_interrupted(SeedIndex seed, std::set<std::int32_t>& reruns) {
    if (!interrupted_.contains(seed.value) || !reruns.insert(seed.value).second) return;
    writing_->forget_findings.bind(std::int64_t{seed.value}).run();
    writing_->forget_not_finite.bind(std::int64_t{seed.value}).run();
  }

  void insert_done(const SeedDone& d) {
    Statement& row = writing_->done;
    row.bind(std::int64_t{d.seed.value}).bind(to_string(d.end)).bind(d.queries).bind(d.refine_queries);
    row.bind(d.confirmations).bind(d.ties).bind(d.flaky).bind(d.not_finite).bind(d.seconds).run();
  }

  void write_png(const fs::path& file, const std::vector<std::uint8_t>& png) {
    if (folders_made_.insert(file.parent_path()).second) make_folder(folder_ / file.parent_path());
    write_file(folder_ / file, png);
  }

  // Images of findings that a rerun replaced by others. Files that dflare would not have named are left alone.
  void remove_orphans(const fs::path& kind, const std::set<fs::path>& expected) const {
    std::error_code none;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_ / kind, none)) {
      const std::string name = entry.path().filename().string();
      const bool ours = name.size() >= 10 && name.ends_with(".png") &&
                        std::all_of(name.begin(), name.begin() + 6, [](char c) { return c >= '0' && c <= '9'; });
      if (ours && !expected.contains(kind / name)) fs::remove(entry.path(), none);
    }
  }

  fs::path folder_;
  std::optional<WriterLock> lock_;
  std::optional<Database> db_;
  std::optional<Writing> writing_;
  std::set<std::int32_t> interrupted_;
  std::set<fs::path> folders_made_;
};

}  // namespace

std::string png_name(const Finding& finding) {
  return fmt::format("{:06}_{}_{}.png", finding.seed.value, finding.ordinal, to_string(finding.kind));
}

std::unique_ptr<FindingStore> FindingStore::create(const fs::path& folder) {
  std::error_code failed;
  if (fs::is_directory(folder, failed) && !fs::is_empty(folder, failed)) {
    const bool run = fs::exists(folder / "run.sqlite", failed);
    throw Error(ErrorCode::kBadArgument,
                folder.string() + ": the folder " + (run ? "holds a run already" : "is not empty"),
                run ? fmt::format("go on with `dflare resume {}`, or choose another by -o RUN", folder.string())
                    : "choose another by -o RUN");
  }
  make_folder(folder);
  return std::make_unique<SqliteStore>(folder, Database::Mode::kCreate);
}

std::unique_ptr<FindingStore> FindingStore::open(const fs::path& folder, bool writable) {
  std::error_code failed;
  if (!fs::is_regular_file(folder / "run.sqlite", failed)) {
    throw Error(ErrorCode::kBadInput, folder.string() + ": no run folder of dflare (it has no run.sqlite)",
                "name the folder that `dflare search` wrote (-o RUN)");
  }
  return std::make_unique<SqliteStore>(folder, writable ? Database::Mode::kWrite : Database::Mode::kRead);
}

}  // namespace dflare
