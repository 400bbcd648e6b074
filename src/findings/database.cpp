// SQLite, as the store needs it.
#include "findings/database.h"

#include "dflare/error.h"

namespace dflare {
namespace {

constexpr int kBusyMilliseconds = 5000;

[[noreturn]] void fail(sqlite3* db, const std::string& file) {
  const int code = sqlite3_errcode(db) & 0xff;
  const std::string message = file + ": " + sqlite3_errmsg(db);
  switch (code) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
      throw Error(ErrorCode::kCannotWrite, message, "free disk space, then go on with `dflare resume RUN`");
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      throw Error(ErrorCode::kCannotWrite, message, "choose a folder that can be written by -o RUN");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error(ErrorCode::kCannotWrite, message, "another program is using the file; wait for it");
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      throw Error(ErrorCode::kBadInput, message, "the file is damaged or no run of dflare");
    default:
      throw Error(ErrorCode::kBadInput, message);
  }
}

int open_flags(Database::Mode mode) {
  switch (mode) {
    case Database::Mode::kCreate:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case Database::Mode::kWrite:
      return SQLITE_OPEN_READWRITE;
    case Database::Mode::kRead:
      return SQLITE_OPEN_READONLY;
  }
  return SQLITE_OPEN_READONLY;
}

}  // namespace

Statement::Statement(sqlite3* db, std::string_view sql, const std::string& file) : db_(db), file_(file) {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  statement_.reset(statement);
  check(result);
}

void Statement::check(int result) {
  if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE) return;
  try {
    fail(db_, file_);
  } catch (...) {
    sqlite3_reset(statement_.get());
    bound_ = 0;
    throw;
  }
}

Statement& Statement::bind(std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), ++bound_, value));
  return *this;
}

Statement& Statement::bind(double value) {
  check(sqlite3_bind_double(statement_.get(), ++bound_, value));
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  check(sqlite3_bind_text64(statement_.get(), ++bound_, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind(std::span<const std::uint8_t> blob) {
  check(sqlite3_bind_blob64(statement_.get(), ++bound_, blob.data(), blob.size(), SQLITE_STATIC));
  return *this;
}

bool Statement::step() {
  const int result = sqlite3_step(statement_.get());
  check(result);
  if (result == SQLITE_ROW) return true;
  sqlite3_reset(statement_.get());
  bound_ = 0;
  return false;
}

std::string Statement::text(int column) const {
  const auto* start = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (start == nullptr) return {};
  return {start, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::vector<std::uint8_t> Statement::blob(int column) const {
  const auto* start = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
  if (start == nullptr) return {};
  return {start, start + sqlite3_column_bytes(statement_.get(), column)};
}

Database::Database(const std::filesystem::path& file, Mode mode) : file_(file.string()) {
  sqlite3* db = nullptr;
  const int result = sqlite3_open_v2(file_.c_str(), &db, open_flags(mode), nullptr);
  db_.reset(db);
  if (db == nullptr) throw std::bad_alloc();
  if (result != SQLITE_OK) fail(db, file_);
  sqlite3_busy_timeout(db, kBusyMilliseconds);
}

void Database::execute(const char* sql) {
  if (sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(db_.get(), file_);
}

void Database::roll_back() noexcept {
  if (sqlite3_get_autocommit(db_.get()) == 0) sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace dflare
