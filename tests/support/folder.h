// A folder that is gone when the test ends, and what tests say of errors.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "dflare/error.h"

namespace dflare::test {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "dflare-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  std::filesystem::path write(const std::string& name, std::span<const std::uint8_t> bytes) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream out(path_ / name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
    return path_ / name;
  }
  std::filesystem::path write(const std::string& name, std::string_view text) const {
    return write(name, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }

 private:
  std::filesystem::path path_;
};

// The error that `act` throws; nothing, and a failed test, when it throws none.
inline std::optional<Error> error_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& e) {
    return e;
  }
  ADD_FAILURE() << "no dflare::Error was thrown";
  return std::nullopt;
}

// Code of the error that `act` throws, and a word that its message or hint must hold.
inline void expect_error(ErrorCode code, const std::string& word, const std::function<void()>& act) {
  const std::optional<Error> error = error_of(act);
  if (!error) return;
  EXPECT_EQ(error->code(), code) << error->what();
  const std::string said = std::string(error->what()) + " | " + error->hint();
  EXPECT_NE(said.find(word), std::string::npos) << "expected '" << word << "' in: " << said;
}

}  // namespace dflare::test
