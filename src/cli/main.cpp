// The dflare command: runs a verb, and turns failures into a message with a way out and an exit code.
#include <fmt/format.h>

#include <exception>
#include <new>

#include "cli/command_line.h"
#include "cli/terminal.h"
#include "dflare/error.h"
#include "dflare/process.h"

namespace {

using dflare::Error;
using dflare::ErrorCode;
namespace cli = dflare::cli;

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kBadArgument:
    case ErrorCode::kBadInput:
      return 2;
    case ErrorCode::kModelFailed:
      return 3;
    case ErrorCode::kCannotWrite:
      return 4;
    case ErrorCode::kNoUsableSeed:
      return 5;
  }
  return 2;
}

void print_failure(const std::string& message, const std::string& hint) {
  fmt::print(stderr, "{} {}\n", cli::styled(stderr, cli::Style::kRed, "error:"), message);
  if (!hint.empty()) fmt::print(stderr, "{} {}\n", cli::styled(stderr, cli::Style::kGreen, "hint:"), hint);
}

int run(int argc, char** argv) {
  const cli::Command command = cli::parse_command_line(argc, argv);
  if (command.verb != nullptr) return command.verb->run(command.givens);
  fmt::print("{}", command.text);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    dflare::use_one_opencv_thread();
    return run(argc, argv);
  } catch (const Error& e) {
    print_failure(e.what(), e.hint());
    return exit_code(e.code());
  } catch (const std::bad_alloc&) {
    print_failure("out of memory", "use a smaller --batch, fewer --workers, or fewer inputs by --max-seeds");
    return 3;
  } catch (const std::exception& e) {
    print_failure(fmt::format("unexpected: {}", e.what()), "this is a fault of dflare's; please report it");
    return 3;
  }
}
