// The one error type of the library: what went wrong, and a way out.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace dflare {

// The classes of failure that a caller treats differently. The command maps them to its exit codes.
enum class ErrorCode {
  kBadArgument,   // an option or a call is wrong                        (exit 2)
  kBadInput,      // a file of the user's cannot be used                 (exit 2)
  kModelFailed,   // a model or a runtime failed, hung, or is not there  (exit 3)
  kCannotWrite,   // the run folder cannot be written                    (exit 4)
  kNoUsableSeed,  // nothing to search from                              (exit 5)
};

// Thrown by the library, which never prints and never aborts.
//   throw Error(ErrorCode::kBadArgument, "batch is 0", "use --batch N with N >= 1");
class Error : public std::runtime_error {
 public:
  // message: what happened, naming the file and what was expected. hint: the option or step that helps; may be empty.
  Error(ErrorCode code, const std::string& message, std::string hint = {})
      : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }
  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }

 private:
  ErrorCode code_;
  std::string hint_;
};

}  // namespace dflare
