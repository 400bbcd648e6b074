// SQLite, as the store needs it.
#include "findings/database.h"

#include <zlib.h>

#include <cmath>

#include "dflare/error.h"

namespace dflare {
namespace {

constexpr int kBusyMilliseconds = 5000;

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

void Checksum::add(char type, const void* bytes, std::size_t size) {
  const auto mix = [this](const void* data, std::size_t length) {
    crc_ = static_cast<std::uint32_t>(crc32_z(crc_, static_cast<const Bytef*>(data), length));
  };
  const auto length = static_cast<std::uint64_t>(size);
  mix(&type, 1);
  mix(&length, sizeof length);
  if (size > 0) mix(bytes, size);
}

void Checksum::add(std::int64_t value) { add('i', &value, sizeof value); }

void Checksum::add(double value) {
  if (std::isnan(value)) return add_nothing();
  const double stored = value + 0.0;  // SQLite keeps no negative zero
  add('r', &stored, sizeof stored);
}

Statement::Statement(const Database& db, std::string_view sql) : db_(&db) {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v2(db.db_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  statement_.reset(statement);
  check(result);
}

void Statement::check(int result) {
  if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE) return;
  try {
    db_->fail();
  } catch (...) {
    reset();
    throw;
  }
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  bound_ = 0;
  bound_sum_ = {};
}

Statement& Statement::bind(std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), ++bound_, value));
  bound_sum_.add(value);
  return *this;
}

Statement& Statement::bind(double value) {
  check(sqlite3_bind_double(statement_.get(), ++bound_, value));
  bound_sum_.add(value);
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  check(sqlite3_bind_text64(statement_.get(), ++bound_, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8));
  bound_sum_.add(text);
  return *this;
}

Statement& Statement::bind(std::span<const std::uint8_t> blob) {
  check(sqlite3_bind_blob64(statement_.get(), ++bound_, blob.data(), blob.size(), SQLITE_STATIC));
  bound_sum_.add(blob);
  return *this;
}

Statement& Statement::bind_checksum() {
  bind(bound_sum_.value());
  bound_sum_ = {};
  return *this;
}

bool Statement::step() {
  const int result = sqlite3_step(statement_.get());
  check(result);
  if (result == SQLITE_ROW) return true;
  reset();
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

bool Statement::intact(int first, int last, int checksum) const {
  if (sqlite3_column_type(statement_.get(), checksum) == SQLITE_NULL) return true;
  Checksum sum;
  for (int column = first; column <= last; ++column) {
    switch (sqlite3_column_type(statement_.get(), column)) {
      case SQLITE_INTEGER:
        sum.add(integer(column));
        break;
      case SQLITE_FLOAT:
        sum.add(real(column));
        break;
      case SQLITE_TEXT:
        sum.add(std::string_view(text(column)));
        break;
      case SQLITE_BLOB:
        sum.add(std::span<const std::uint8_t>(blob(column)));
        break;
      default:
        sum.add_nothing();
    }
  }
  return sum.value() == integer(checksum);
}

Database::Database(const std::filesystem::path& file, Mode mode) : file_(file.string()), mode_(mode) {
  sqlite3* db = nullptr;
  const int result = sqlite3_open_v2(file_.c_str(), &db, open_flags(mode), nullptr);
  db_.reset(db);
  if (db == nullptr) throw std::bad_alloc();
  if (result != SQLITE_OK) fail();
  sqlite3_busy_timeout(db, kBusyMilliseconds);
}

void Database::execute(const char* sql) {
  if (sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

void Database::roll_back() noexcept {
  if (sqlite3_get_autocommit(db_.get()) == 0) sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Database::fail() const {
  const int code = sqlite3_errcode(db_.get()) & 0xff;
  const std::string message = file_ + ": " + sqlite3_errmsg(db_.get());
  switch (code) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
      throw Error(ErrorCode::kCannotWrite, message, "free disk space, then go on with `dflare resume RUN`");
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      throw Error(ErrorCode::kCannotWrite, message,
                  mode_ == Mode::kRead
                      ? "a run that was killed is put in order by its next reader, which must be able to "
                        "write its folder: copy it to where that can be done"
                      : "choose a folder that can be written by -o RUN");
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

}  // namespace dflare
