// The dflare command: runs a verb, and turns failures into a message with a way out and an exit code.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <functional>
#include <new>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>

#include "cli/command_line.h"
#include "cli/crash.h"
#include "cli/process.h"
#include "cli/terminal.h"
#include "dflare/error.h"
#include "dflare/process.h"

namespace {

using dflare::Error;
using dflare::ErrorCode;
using dflare::Style;
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

std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// A message of several lines is set in, so that no name in it passes for a line of ours.
void print_failure(const std::string& message, const std::string& hint) {
  std::string_view rest = message;
  cli::say(stderr, "{} {}\n", cli::styled(stderr, Style::kRed, "error:"), next_line(rest));
  while (!rest.empty()) cli::say(stderr, "  {}\n", next_line(rest));
  if (!hint.empty()) cli::say(stderr, "{} {}\n", cli::styled(stderr, Style::kGreen, "hint:"), hint);
}

int run(int argc, char** argv) {
  const cli::Command command = cli::parse_command_line(argc, argv);
  if (command.verb != nullptr) return command.verb->run(command.givens);
  cli::put(stdout, command.text);
  return 0;
}

// The exit code of what `act` returns, or of the failure that it throws, which is told.
int told(const std::function<int()>& act) {
  try {
    return act();
  } catch (const Error& e) {
    print_failure(e.what(), e.hint());
    return exit_code(e.code());
  } catch (const std::bad_alloc&) {
    print_failure("out of memory", "use a smaller --batch, fewer --workers, or fewer inputs by --max-seeds");
    return 3;
  } catch (const std::filesystem::filesystem_error& e) {
    print_failure(fmt::format("{}: {}", e.path1().string(), e.code().message()), "");
    return exit_code(ErrorCode::kBadInput);
  } catch (const nlohmann::json::exception& e) {  // what a run recorded is the only JSON that verbs take apart
    print_failure(fmt::format("what the run recorded is damaged: {}", e.what()), "put its run.sqlite back from a copy");
    return exit_code(ErrorCode::kBadInput);
  } catch (const std::system_error& e) {
    const bool no_thread = e.code() == std::errc::resource_unavailable_try_again;
    print_failure(no_thread ? "the system gives this program no more threads" : e.code().message(),
                  no_thread ? "use fewer --workers and --threads, or raise the limit of processes (ulimit -u)" : "");
    return 3;
  } catch (const std::exception& e) {
    print_failure(fmt::format("unexpected: {}", e.what()), "this is a fault of dflare's; please report it");
    return 3;
  }
}

}  // namespace

int main(int argc, char** argv) {
  cli::prepare_process();
  cli::tell_crashes();
  dflare::use_one_opencv_thread();
  const int code = told([&] { return run(argc, argv); });
  const int written = told([] {
    cli::finish_output();
    return 0;
  });
  return code != 0 ? code : written;
}
