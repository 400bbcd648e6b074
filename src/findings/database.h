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

// One prepared statement, kept for many uses. One use: bind the parameters in order, then run() or step() to the end.
class Statement {
 public:
  Statement(sqlite3* db, std::string_view sql, const std::string& file);

  Statement& bind(std::int64_t value);
  Statement& bind(double value);
  // Borrowed until the statement is run.
  Statement& bind(std::string_view text);
  Statement& bind(std::span<const std::uint8_t> blob);

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

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
  };
  void check(int result);

  sqlite3* db_;
  std::string file_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bound_ = 0;
};

// An open database file. Reading failures are kBadInput, writing failures kCannotWrite; both name the file.
class Database {
 public:
  enum class Mode { kCreate, kWrite, kRead };
  Database(const std::filesystem::path& file, Mode mode);

  void execute(const char* sql);
  [[nodiscard]] Statement prepare(std::string_view sql) const { return {db_.get(), sql, file_}; }
  // Undoes the open transaction, if any is left.
  void roll_back() noexcept;

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };

  std::string file_;
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
