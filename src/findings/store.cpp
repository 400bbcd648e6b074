// The run folder over SQLite: what was committed survives any crash, PNG files are derived from it.
#include "dflare/store.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "core/files.h"
#include "core/shape_text.h"
#include "dflare/error.h"
#include "findings/database.h"
#include "findings/writer_lock.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kApplicationId = 0x64666c72;  // "dflr"
constexpr std::int64_t kSchemaVersion = 3;
constexpr std::int64_t kWithoutChecksums = 2;  // still read, and brought to the present format when it is resumed

constexpr const char* kSchema = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE record (key TEXT PRIMARY KEY, value TEXT NOT NULL, checksum INTEGER);
CREATE TABLE findings (
  seed INTEGER NOT NULL, ordinal INTEGER NOT NULL, kind TEXT NOT NULL, flaky INTEGER NOT NULL, tie INTEGER NOT NULL,
  seed_label INTEGER NOT NULL, label_original INTEGER NOT NULL, label_compressed INTEGER NOT NULL,
  p_original REAL NOT NULL, p_compressed REAL NOT NULL, margin_original REAL, margin_compressed REAL, severity REAL,
  linf REAL NOT NULL, l2 REAL NOT NULL, ssim REAL NOT NULL,
  severity_found REAL, refine_queries INTEGER NOT NULL, queries INTEGER NOT NULL, seconds REAL NOT NULL, how TEXT NOT NULL,
  png BLOB NOT NULL, checksum INTEGER, png_checksum INTEGER, PRIMARY KEY (seed, ordinal));
CREATE TABLE not_finite (
  seed INTEGER PRIMARY KEY, original INTEGER NOT NULL, compressed INTEGER NOT NULL, png BLOB NOT NULL,
  checksum INTEGER);
CREATE TABLE done (
  seed INTEGER PRIMARY KEY, "end" TEXT NOT NULL, queries INTEGER NOT NULL, refine_queries INTEGER NOT NULL,
  confirmations INTEGER NOT NULL,
  ties INTEGER NOT NULL, flaky INTEGER NOT NULL, not_finite INTEGER NOT NULL, seconds REAL NOT NULL, checksum INTEGER);
CREATE TABLE replaced (file TEXT PRIMARY KEY);
PRAGMA application_id = 0x64666c72;
PRAGMA user_version = 3;
COMMIT;
)sql";

// Rows that are there already stay without a checksum.
constexpr const char* kAddChecksums = R"sql(
BEGIN IMMEDIATE;
ALTER TABLE record ADD COLUMN checksum INTEGER;
ALTER TABLE findings ADD COLUMN checksum INTEGER;
ALTER TABLE findings ADD COLUMN png_checksum INTEGER;
ALTER TABLE not_finite ADD COLUMN checksum INTEGER;
ALTER TABLE done ADD COLUMN checksum INTEGER;
CREATE TABLE replaced (file TEXT PRIMARY KEY);
PRAGMA user_version = 3;
COMMIT;
)sql";

// What a run consists of before its first finding.
constexpr std::array kOwnFiles{"run.sqlite", "run.sqlite-wal", "run.sqlite-shm", "run.sqlite-journal", "run.lock"};

constexpr int kFacts = 21;  // columns of a finding but for its image
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
constexpr std::array kEnds{ChainEnd::kFound, ChainEnd::kQueriesSpent, ChainEnd::kTimeSpent, ChainEnd::kGaveUp,
                           ChainEnd::kModelFailed};

SeedIndex seed_of(std::int64_t value) { return SeedIndex(static_cast<std::int32_t>(value)); }

void insert(Statement& statement, const Finding& f) {
  statement.bind(std::int64_t{f.seed.value}).bind(std::int64_t{f.ordinal}).bind(to_string(f.kind));
  statement.bind(std::int64_t{f.flaky}).bind(std::int64_t{f.tie}).bind(std::int64_t{f.seed_label});
  statement.bind(std::int64_t{f.label_original}).bind(std::int64_t{f.label_compressed});
  statement.bind(double{f.p_original}).bind(double{f.p_compressed}).bind(f.margin_original).bind(f.margin_compressed);
  statement.bind(f.severity).bind(f.distance.linf).bind(f.distance.l2).bind(f.distance.ssim);
  statement.bind(f.severity_found).bind(f.refine_queries).bind(f.queries).bind(f.seconds);
  statement.bind(f.how).bind_checksum().bind(f.png).bind_checksum().run();
}

Finding finding_of(const Statement& row, InputKind kind, bool with_png = false) {
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
  if (with_png) f.png = row.blob(kFacts + 1);
  f.input = kind;
  return f;
}

// Where an image lies in the run folder.
struct ImageFile {
  const char* folder;
  std::string name;
};

ImageFile file_of(const Finding& f) { return {f.flaky ? "flaky" : "findings", png_name(f)}; }

// The name's end, by what is stored.
std::string_view extension_of(InputKind kind) {
  switch (kind) {
    case InputKind::kArray:
      return ".npy";
    case InputKind::kText:
      return ".txt";
    case InputKind::kAudio:
      return ".flac";
    case InputKind::kImage:
      break;
  }
  return ".png";
}

ImageFile file_of_seed(const char* folder, SeedIndex seed, InputKind kind) {
  return {folder, fmt::format("{:06}{}", seed.value, extension_of(kind))};
}

std::string path_in_run(const ImageFile& file) { return fmt::format("{}/{}", file.folder, file.name); }

// Made where it is missing: earlier runs have none, and readers do without it.
constexpr const char* kFailedTable = R"sql(
CREATE TABLE IF NOT EXISTS failed (
  seed INTEGER PRIMARY KEY, original INTEGER NOT NULL, compressed INTEGER NOT NULL, hung INTEGER NOT NULL,
  why TEXT NOT NULL, png BLOB NOT NULL, checksum INTEGER);
)sql";

// What an oracle measured; likewise.
constexpr const char* kMeasuredTable = R"sql(
CREATE TABLE IF NOT EXISTS measured (
  seed INTEGER NOT NULL, ordinal INTEGER NOT NULL, facts TEXT NOT NULL, checksum INTEGER, PRIMARY KEY (seed, ordinal));
)sql";

// What both models made of it; likewise.
constexpr const char* kAnswersTable = R"sql(
CREATE TABLE IF NOT EXISTS answers (
  seed INTEGER NOT NULL, ordinal INTEGER NOT NULL, labels TEXT NOT NULL, checksum INTEGER, PRIMARY KEY (seed, ordinal))
  WITHOUT ROWID;
)sql";

// How many of its neighbours deviate; likewise.
constexpr const char* kRobustTable = R"sql(
CREATE TABLE IF NOT EXISTS robust (
  seed INTEGER NOT NULL, ordinal INTEGER NOT NULL, asked INTEGER NOT NULL, deviating INTEGER NOT NULL,
  checksum INTEGER, PRIMARY KEY (seed, ordinal)) WITHOUT ROWID;
)sql";

// Every statement that write() runs, prepared once.
struct Writing {
  Statement finding, measured, answers, robust, forget_measured, forget_answers, forget_robust, not_finite, failed,
      done, ordinals, forget_finding, forget_not_finite, forget_failed, replaced;

  explicit Writing(const Database& db)
      : finding(db.prepare(fmt::format("INSERT OR REPLACE INTO findings ({}, checksum, png, png_checksum) VALUES ({})",
                                       kFindingColumns, "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?"))),
        measured(db.prepare("INSERT OR REPLACE INTO measured VALUES (?,?,?,?)")),
        answers(db.prepare("INSERT OR REPLACE INTO answers VALUES (?,?,?,?)")),
        robust(db.prepare("INSERT OR REPLACE INTO robust VALUES (?,?,?,?,?)")),
        forget_measured(db.prepare("DELETE FROM measured WHERE seed = ? AND ordinal = ?")),
        forget_answers(db.prepare("DELETE FROM answers WHERE seed = ? AND ordinal = ?")),
        forget_robust(db.prepare("DELETE FROM robust WHERE seed = ? AND ordinal = ?")),
        not_finite(db.prepare("INSERT OR REPLACE INTO not_finite VALUES (?,?,?,?,?)")),
        failed(db.prepare("INSERT OR REPLACE INTO failed VALUES (?,?,?,?,?,?,?)")),
        done(db.prepare("INSERT OR REPLACE INTO done VALUES (?,?,?,?,?,?,?,?,?,?)")),
        ordinals(db.prepare("SELECT ordinal FROM findings WHERE seed = ? AND kind <> 'natural'")),
        forget_finding(db.prepare(
            fmt::format("DELETE FROM findings WHERE seed = ? AND ordinal = ? RETURNING {}", kFindingColumns))),
        forget_not_finite(db.prepare("DELETE FROM not_finite WHERE seed = ? RETURNING seed")),
        forget_failed(db.prepare("DELETE FROM failed WHERE seed = ? RETURNING seed")),
        replaced(db.prepare("INSERT OR IGNORE INTO replaced VALUES (?)")) {}
};

// The file behind a name, to notice when another takes its place.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

FileIdentity identity_of(const fs::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return {};
  return {found.st_dev, found.st_ino};
}

class SqliteStore : public FindingStore {
  // Of a seed whose chain has not ended: what it has written since this store was opened.
  struct Written {
    std::set<int> ordinals;  // of findings in their last form
    bool not_finite = false, failed = false;
  };

 public:
  SqliteStore(fs::path folder, Database::Mode mode) : folder_(std::move(folder)) {
    const fs::path file = folder_ / "run.sqlite";
    if (mode == Database::Mode::kRead) {
      recover_interrupted_write();
      db_.emplace(file, mode);
      check_schema();
      return;
    }
    lock_.emplace(folder_);
    db_.emplace(file, mode);
    if (mode == Database::Mode::kWrite) check_schema();
    db_->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    if (mode == Database::Mode::kCreate) db_->execute(kSchema);
    if (schema_ == kWithoutChecksums) db_->execute(kAddChecksums);
    schema_ = kSchemaVersion;
    written_ = identity_of(file);
    db_->execute(kFailedTable);
    db_->execute(kMeasuredTable);
    db_->execute(kAnswersTable);
    db_->execute(kRobustTable);
    read_unsettled();
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

  void intend(const std::string& settings) override {
    db_->prepare("INSERT OR REPLACE INTO record VALUES (?, ?, ?)").bind("intent").bind(settings).bind_checksum().run();
  }

  [[nodiscard]] std::optional<std::string> intended() const override {
    if (!db_->prepare("SELECT key FROM record WHERE key = 'intent'").step()) return std::nullopt;
    return recorded("intent");
  }

  void record(const RunRecord& record) override {
    Transaction transaction(*db_);
    db_->execute("DELETE FROM record WHERE key = 'intent'");
    Statement insert = db_->prepare("INSERT OR REPLACE INTO record VALUES (?, ?, ?)");
    insert.bind("settings").bind(record.settings).bind_checksum().run();
    insert.bind("facts").bind(record.facts).bind_checksum().run();
    insert.bind("seeds").bind(record.seeds).bind_checksum().run();
    transaction.commit();
    input_kind_.reset();
  }

  [[nodiscard]] RunRecord record() const override {
    return {recorded("settings"), recorded("facts"), recorded("seeds")};
  }

  void write(const Events& events) override {
    if (events.empty()) return;
    check_writable();
    {
      Transaction transaction(*db_);
      for (const Finding& f : events.unsettled) insert_unsettled(f);
      for (const Finding& f : events.findings) insert_settled(f);
      for (const NotFinite& n : events.not_finite) insert_not_finite(n);
      for (const FailedInput& f : events.failed) insert_failed(f);
      for (const SeedDone& d : events.done) {
        if (d.end != ChainEnd::kModelFailed) forget_what_was_not_settled(d.seed);
        unsettled_.erase(d.seed.value);
        insert_done(d);
      }
      transaction.commit();
    }
    for (const Finding& f : events.findings) write_image(image_file(f), f.png);
    for (const NotFinite& n : events.not_finite) write_image(image_file(n), n.png);
    for (const FailedInput& f : events.failed) write_image(image_file(f), f.png);
  }

  void for_each_finding(bool with_png, const std::function<void(const Finding&)>& visit) const override {
    Statement rows = db_->prepare(fmt::format("SELECT {}, {}{} FROM findings ORDER BY seed, ordinal", kFindingColumns,
                                              checksum(), with_png ? ", png, " + checksum("png_checksum") : ""));
    std::optional<Statement> measured = beside_findings("measured", "facts");
    std::optional<Statement> answers = beside_findings("answers", "labels");
    std::optional<Statement> robust = beside_findings("robust", "asked, deviating");
    while (rows.step()) {
      if (!rows.intact(0, kFacts - 1, kFacts)) damaged("what was recorded of finding", rows);
      if (with_png && !rows.intact(kFacts + 1, kFacts + 1, kFacts + 2)) damaged("the image of finding", rows);
      Finding finding = finding_of(rows, input_kind(), with_png);
      if (measured) finding.facts = text_beside(*measured, finding, "what was measured of finding");
      if (answers) finding.answers = text_beside(*answers, finding, "what the models made of finding");
      if (robust) finding.robust = robustness_beside(*robust, finding);
      visit(finding);
    }
  }

  [[nodiscard]] std::vector<SeedDone> done() const override {
    std::vector<SeedDone> done;
    Statement row = db_->prepare(fmt::format(
        R"(SELECT seed, "end", queries, refine_queries, confirmations, ties, flaky, not_finite, seconds, {} FROM done ORDER BY seed)",
        checksum()));
    while (row.step()) {
      if (!row.intact(0, 8, 9)) damaged(fmt::format("the end of input {}", row.integer(0)));
      done.push_back({seed_of(row.integer(0)), enum_of(row.text(1), kEnds), row.integer(2), row.integer(3),
                      row.integer(4), row.integer(5), row.integer(6), row.integer(7), row.real(8)});
    }
    return done;
  }

  [[nodiscard]] std::vector<NotFinite> not_finite() const override {
    std::vector<NotFinite> all;
    Statement row = db_->prepare(
        fmt::format("SELECT seed, original, compressed, png, {} FROM not_finite ORDER BY seed", checksum()));
    while (row.step()) {
      if (!row.intact(0, 3, 4))
        damaged(fmt::format("the image for which input {} got no finite answer", row.integer(0)));
      all.push_back({seed_of(row.integer(0)), row.integer(1) != 0, row.integer(2) != 0, row.blob(3)});
    }
    return all;
  }

  [[nodiscard]] std::vector<FailedInput> failed() const override {
    std::vector<FailedInput> all;
    if (!has_table("failed")) return all;
    Statement row =
        db_->prepare("SELECT seed, original, compressed, hung, why, png, checksum FROM failed ORDER BY seed");
    while (row.step()) {
      if (!row.intact(0, 5, 6)) damaged(fmt::format("the image on which a model failed, of input {}", row.integer(0)));
      all.push_back({seed_of(row.integer(0)), row.integer(1) != 0, row.integer(2) != 0, row.integer(3) != 0,
                     row.text(4), row.blob(5)});
    }
    return all;
  }

  void derive_pngs() override {
    check_writable();
    std::set<std::string> expected;
    const auto derive = [&](const auto& event) {
      const ImageFile file = image_file(event);
      if (!folder_of(file).holds(file.name, event.png)) write_image(file, event.png);
      expected.insert(path_in_run(file));
    };
    for_each_finding(true, derive);
    for (const NotFinite& n : not_finite()) derive(n);
    for (const FailedInput& f : failed()) derive(f);
    remove_replaced(expected);
  }

  void write_summary(const std::string& json) override {
    check_writable();
    replace_file(folder_ / "summary.json", json);
  }

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
                  start_again());
    }
    schema_ = pragma("user_version");
    if (schema_ != kSchemaVersion && schema_ != kWithoutChecksums) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: written in format {}, expected {}", file, schema_, kSchemaVersion),
                  "use the dflare that wrote it");
    }
  }

  [[nodiscard]] std::string start_again() const {
    return fmt::format("start it again by `dflare search ... -o {}`", folder_.string());
  }

  void check_writable() const {
    if (!writing_) throw Error(ErrorCode::kCannotWrite, folder_.string() + ": the run was opened for reading");
    const fs::path file = folder_ / "run.sqlite";
    if (identity_of(file) == written_) return;
    throw Error(ErrorCode::kCannotWrite, file.string() + ": taken away or replaced while the run was written",
                "what was found since is lost; start again by `dflare search`");
  }

  // A writer that was killed while it changed the file itself leaves a journal, which only a writer can undo.
  void recover_interrupted_write() const {
    std::error_code failed;
    if (!fs::exists(folder_ / "run.sqlite-journal", failed)) return;
    std::optional<WriterLock> lock;
    try {
      lock.emplace(folder_);
    } catch (const Error&) {
      return;  // someone is writing, or nobody can: what reading says is what there is to say
    }
    const Database db(folder_ / "run.sqlite", Database::Mode::kWrite);
    db.prepare("SELECT count(*) FROM sqlite_master").run();
  }

  // The column, in formats that have it.
  [[nodiscard]] std::string checksum(const char* column = "checksum") const {
    return schema_ >= kSchemaVersion ? column : "NULL";
  }

  [[noreturn]] void damaged(const std::string& what) const {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: {} is damaged: it is not what was stored", (folder_ / "run.sqlite").string(), what),
                "put run.sqlite back from a copy; images in the run folder were not touched");
  }
  [[noreturn]] void damaged(const char* what, const Statement& finding) const {
    damaged(fmt::format("{} {}:{}", what, finding.integer(0), finding.integer(1)));
  }

  // Of what the run stores, by its record.
  [[nodiscard]] InputKind input_kind() const {
    if (!input_kind_) {
      Statement row = db_->prepare("SELECT value FROM record WHERE key = 'facts'");
      const auto facts = nlohmann::json::parse(row.step() ? row.text(0) : "", nullptr, /*allow_exceptions=*/false);
      input_kind_ = kind_named(facts.is_object() ? facts.value("kind", "") : "");
    }
    return *input_kind_;
  }

  static ImageFile image_file(const Finding& f) { return file_of(f); }
  [[nodiscard]] ImageFile image_file(const NotFinite& bad) const {
    return file_of_seed("not_finite", bad.seed, input_kind());
  }
  [[nodiscard]] ImageFile image_file(const FailedInput& bad) const {
    return file_of_seed("failed", bad.seed, input_kind());
  }

  [[nodiscard]] std::string recorded(const char* key) const {
    Statement row = db_->prepare(fmt::format("SELECT key, value, {} FROM record WHERE key = ?", checksum()));
    row.bind(key);
    if (!row.step()) {
      throw Error(ErrorCode::kBadInput, folder_.string() + ": the run was stopped before it began",
                  intended() ? fmt::format("`dflare resume {}` begins it", folder_.string()) : start_again());
    }
    if (!row.intact(0, 1, 2)) damaged(fmt::format("the record of its {}", key));
    return row.text(1);
  }

  [[nodiscard]] bool has_table(const char* name) const {
    return db_->prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name = ?").bind(name).step();
  }

  // What stands in a table of its own, a row a finding; nothing in runs that have none.
  [[nodiscard]] std::optional<Statement> beside_findings(const char* table, const char* columns) const {
    if (!has_table(table)) return std::nullopt;
    if (!db_->prepare(fmt::format("SELECT 1 FROM {} LIMIT 1", table)).step()) return std::nullopt;
    return db_->prepare(
        fmt::format("SELECT seed, ordinal, {}, checksum FROM {} WHERE seed = ? AND ordinal = ?", columns, table));
  }

  [[nodiscard]] std::string text_beside(Statement& row, const Finding& f, const char* what) const {
    row.bind(std::int64_t{f.seed.value}).bind(std::int64_t{f.ordinal});
    std::string text;
    while (row.step()) {
      if (!row.intact(0, 2, 3)) damaged(fmt::format("{} {}:{}", what, f.seed.value, f.ordinal));
      text = row.text(2);
    }
    return text;
  }

  [[nodiscard]] Robustness robustness_beside(Statement& row, const Finding& f) const {
    row.bind(std::int64_t{f.seed.value}).bind(std::int64_t{f.ordinal});
    Robustness robust;
    while (row.step()) {
      if (!row.intact(0, 3, 4)) damaged("what was asked around finding", row);
      robust = {static_cast<int>(row.integer(2)), static_cast<int>(row.integer(3))};
    }
    return robust;
  }

  // Seeds of which a chain wrote something but never its end.
  void read_unsettled() {
    Statement row = db_->prepare(
        "SELECT seed FROM findings WHERE kind <> 'natural' UNION SELECT seed FROM not_finite UNION SELECT seed FROM "
        "failed EXCEPT SELECT seed FROM done");
    while (row.step()) unsettled_.try_emplace(static_cast<std::int32_t>(row.integer(0)));
  }

  // What a rerun has written of such a seed; null for other seeds.
  Written* written_of(SeedIndex seed) {
    const auto found = unsettled_.find(seed.value);
    return found == unsettled_.end() ? nullptr : &found->second;
  }

  void insert_unsettled(const Finding& f) {
    if (!unsettled_.try_emplace(f.seed.value).second) forget_finding(f.seed, f.ordinal);
    insert_finding(f);
  }

  void insert_finding(const Finding& f) {
    insert(writing_->finding, f);
    const auto insert_beside = [&f](Statement& row, const std::string& text) {
      if (text.empty()) return;
      row.bind(std::int64_t{f.seed.value}).bind(std::int64_t{f.ordinal}).bind(text).bind_checksum().run();
    };
    insert_beside(writing_->measured, f.facts);
    insert_beside(writing_->answers, f.answers);
    if (f.robust.asked == 0) return;
    Statement& robust = writing_->robust.bind(std::int64_t{f.seed.value}).bind(std::int64_t{f.ordinal});
    robust.bind(std::int64_t{f.robust.asked}).bind(std::int64_t{f.robust.deviating}).bind_checksum().run();
  }

  void insert_settled(const Finding& f) {
    if (Written* const written = written_of(f.seed)) {
      written->ordinals.insert(f.ordinal);
      forget_finding(f.seed, f.ordinal);
    }
    insert_finding(f);
  }

  void insert_not_finite(const NotFinite& n) {
    if (Written* const written = written_of(n.seed)) written->not_finite = true;
    Statement& row = writing_->not_finite;
    row.bind(std::int64_t{n.seed.value}).bind(std::int64_t{n.original}).bind(std::int64_t{n.compressed});
    row.bind(n.png).bind_checksum().run();
  }

  void insert_failed(const FailedInput& f) {
    if (Written* const written = written_of(f.seed)) written->failed = true;
    Statement& row = writing_->failed;
    row.bind(std::int64_t{f.seed.value}).bind(std::int64_t{f.original}).bind(std::int64_t{f.compressed});
    row.bind(std::int64_t{f.hung}).bind(f.why).bind(f.png).bind_checksum().run();
  }

  void note_replaced(const ImageFile& file) { writing_->replaced.bind(path_in_run(file)).run(); }

  void forget_finding(SeedIndex seed, std::int64_t ordinal) {
    Statement& row = writing_->forget_finding.bind(std::int64_t{seed.value}).bind(ordinal);
    while (row.step()) note_replaced(image_file(finding_of(row, input_kind())));
    writing_->forget_measured.bind(std::int64_t{seed.value}).bind(ordinal).run();
    writing_->forget_answers.bind(std::int64_t{seed.value}).bind(ordinal).run();
    writing_->forget_robust.bind(std::int64_t{seed.value}).bind(ordinal).run();
  }

  // Until its chain has ended again, a seed keeps what was found before; then what the chain has not written again
  // goes. A chain that a model has ended never came to settle what was confirmed.
  void forget_what_was_not_settled(SeedIndex seed) {
    const Written* const written = written_of(seed);
    if (written == nullptr) return;
    std::vector<std::int64_t> stale;
    writing_->ordinals.bind(std::int64_t{seed.value});
    while (writing_->ordinals.step()) {
      const std::int64_t ordinal = writing_->ordinals.integer(0);
      if (!written->ordinals.contains(static_cast<int>(ordinal))) stale.push_back(ordinal);
    }
    for (const std::int64_t ordinal : stale) forget_finding(seed, ordinal);
    const auto forget = [&](Statement& statement, const ImageFile& file) {
      statement.bind(std::int64_t{seed.value});
      while (statement.step()) note_replaced(file);
    };
    if (!written->not_finite) forget(writing_->forget_not_finite, image_file(NotFinite{.seed = seed}));
    if (!written->failed) forget(writing_->forget_failed, image_file(FailedInput{.seed = seed}));
  }

  void insert_done(const SeedDone& d) {
    Statement& row = writing_->done;
    row.bind(std::int64_t{d.seed.value}).bind(to_string(d.end)).bind(d.queries).bind(d.refine_queries);
    row.bind(d.confirmations).bind(d.ties).bind(d.flaky).bind(d.not_finite).bind(d.seconds);
    row.bind_checksum().run();
  }

  [[nodiscard]] const OwnFolder& folder_of(const ImageFile& file) {
    const auto found = image_folders_.find(file.folder);
    return found != image_folders_.end()
               ? found->second
               : image_folders_.emplace(file.folder, OwnFolder(folder_, file.folder)).first->second;
  }

  void write_image(const ImageFile& file, const std::vector<std::uint8_t>& png) {
    folder_of(file).write(file.name, png);
  }

  // Images of findings that a rerun replaced by others: just those that this run had written.
  void remove_replaced(const std::set<std::string>& expected) {
    {
      Statement row = db_->prepare("SELECT file FROM replaced");
      while (row.step()) {
        const fs::path file = row.text(0);
        if (expected.contains(file.string())) continue;
        for (const char* kind : {"findings", "flaky", "not_finite", "failed"}) {
          if (file.parent_path() == kind) folder_of({kind, {}}).remove(file.filename().string());
        }
      }
    }
    db_->execute("DELETE FROM replaced");
  }

  fs::path folder_;
  std::optional<WriterLock> lock_;
  std::optional<Database> db_;
  std::optional<Writing> writing_;
  std::map<std::int32_t, Written> unsettled_;       // by seed
  std::map<std::string, OwnFolder> image_folders_;  // opened when first needed
  std::int64_t schema_ = kSchemaVersion;
  mutable std::optional<InputKind> input_kind_;
  FileIdentity written_;
};

// A run that was stopped at any moment before its record was written.
bool never_began(const fs::path& file) {
  const auto counts = [](const Database& db, const char* sql) {
    Statement row = db.prepare(sql);
    return row.step() ? row.integer(0) : 0;
  };
  try {
    const Database db(file, Database::Mode::kWrite);
    if (counts(db, "SELECT count(*) FROM sqlite_master") == 0) return true;
    return counts(db, "PRAGMA application_id") == kApplicationId &&
           counts(db, "SELECT count(*) FROM record WHERE key <> 'intent'") == 0;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

std::string png_name(const Finding& finding) {
  return fmt::format("{:06}_{}_{}{}", finding.seed.value, finding.ordinal, to_string(finding.kind),
                     extension_of(finding.input));
}

std::string image_path(const Finding& finding) { return path_in_run(file_of(finding)); }

bool FindingStore::remove_unbegun(const fs::path& folder) {
  std::error_code failed;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, failed)) {
    const bool own = std::ranges::find(kOwnFiles, entry.path().filename().string()) != kOwnFiles.end();
    if (!own || !fs::is_regular_file(entry.symlink_status(failed))) return false;
  }
  if (failed || !fs::exists(folder / "run.sqlite", failed)) return false;
  const WriterLock lock(folder);
  if (!never_began(folder / "run.sqlite")) return false;
  for (const char* file : kOwnFiles) fs::remove(folder / file, failed);
  return true;
}

std::unique_ptr<FindingStore> FindingStore::create(const fs::path& folder) {
  std::error_code failed;
  remove_unbegun(folder);
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
