// SQLite, as the store needs it: statements that clean up after themselves, failures as errors.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dflare {

class Database;

// A checksum of values, each by its type and bytes: of what is bound to a statement, or of a row's columns.
class Checksum {
 public:
  void add(std::int64_t value);
  void add(double value);  // NaN as nothing, as SQLite keeps it
  void add(std::string_view text) { add('t', text.data(), text.size()); }
  void add(std::span<const std::uint8_t> blob) { add('b', blob.data(), blob.size()); }
  void add_nothing() { add('n', nullptr, 0); }
  [[nodiscard]] std::int64_t value() const { return crc_; }

 private:
  void add(char type, const void* bytes, std::size_t size);
  std::uint32_t crc_ = 0;
};

// One prepared statement, kept for many uses. One use: bind the parameters in order, then run() or step() to the end.
class Statement {
 public:
  Statement(const Database& db, std::string_view sql);

  Statement& bind(std::int64_t value);
  Statement& bind(double value);
  // Borrowed until the statement is run.
  Statement& bind(std::string_view text);
  Statement& bind(std::span<const std::uint8_t> blob);
  // The checksum of what was bound since the last one, or since the statement's last use.
  Statement& bind_checksum();

  // One row further; false at the end, after which the statement is ready for its next use.
  bool step();
  void run() {
    while (step()) {
    }
  }

  // Columns of the current row, from 0. Views end with the next step.
  [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  [[nodiscard]] double real(int column) const { return sqlite3_column_double(statement_.get(), column); }
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::vector<std::uint8_t> blob(int column) const;
  // Whether the columns first .. last are what they were when `checksum`, a column too, was bound after them. True
  // where there is none: rows of an earlier format.
  [[nodiscard]] bool intact(int first, int last, int checksum) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
  };
  void check(int result);

  void reset();

  const Database* db_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bound_ = 0;
  Checksum bound_sum_;
};

// An open database file. Reading failures are kBadInput, writing failures kCannotWrite; both name the file.
class Database {
 public:
  enum class Mode { kCreate, kWrite, kRead };
  Database(const std::filesystem::path& file, Mode mode);

  void execute(const char* sql);
  [[nodiscard]] Statement prepare(std::string_view sql) const { return {*this, sql}; }
  // Undoes the open transaction, if any is left.
  void roll_back() noexcept;

 private:
  friend class Statement;
  [[noreturn]] void fail() const;

  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };

  std::string file_;
  Mode mode_;
  std::unique_ptr<sqlite3, Close> db_;
};

// Runs everything between construction and commit(), or nothing of it.
class Transaction {
 public:
  explicit Transaction(Database& db) : db_(db) { db_.execute("BEGIN IMMEDIATE"); }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (!committed_) db_.roll_back();
  }

  void commit() {
    db_.execute("COMMIT");
    committed_ = true;
  }

 private:
  Database& db_;
  bool committed_ = false;
};

}  // namespace dflare
