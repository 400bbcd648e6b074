// A crash inside a runtime is told. What runs in the handler uses nothing but what POSIX allows there.
#include "cli/crash.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <string>
#include <string_view>

#include "core/printable.h"
#include "dflare/model_call.h"

namespace dflare::cli {
namespace {

constexpr int kModelFailed = 3;
#ifdef __SANITIZE_ADDRESS__
constexpr bool kSanitizerTells = true;  // and tells more
#else
constexpr bool kSanitizerTells = false;
#endif

struct Deadly {
  int signal;
  std::string_view name;
};
constexpr std::array kDeadly{Deadly{SIGSEGV, "SIGSEGV"}, Deadly{SIGBUS, "SIGBUS"}, Deadly{SIGFPE, "SIGFPE"},
                             Deadly{SIGILL, "SIGILL"}, Deadly{SIGABRT, "SIGABRT"}};

std::array<char, 8192> hint{};                // made ready outside the handler
alignas(16) std::array<char, 65536> stack{};  // of the handler, where the first thread's own is used up

void write_out(std::string_view text) { static_cast<void>(!write(STDERR_FILENO, text.data(), text.size())); }

// A path as it is, but for what a terminal would obey.
void write_path(const char* path) {
  for (char before = '\0'; *path != '\0'; before = *path++) {
    const auto byte = static_cast<unsigned char>(*path);
    const bool control = byte < 0x20 || byte == 0x7f || (byte >= 0x80 && byte < 0xa0 && before == '\xc2');
    write_out(control ? std::string_view("?") : std::string_view(path, 1));
  }
}

extern "C" void tell_crash(int signal) {
  const auto* const known =
      std::find_if(kDeadly.begin(), kDeadly.end(), [signal](const Deadly& d) { return d.signal == signal; });
  const std::string_view name = known == kDeadly.end() ? "a signal" : known->name;
  const CallUnderWay call = call_of_this_thread();
  write_out("\nerror: ");
  if (call.path == nullptr) {
    write_out("dflare crashed (");
    write_out(name);
    write_out(")\nhint: this is a fault of dflare's; please report it\n");
    raise(signal);  // SA_RESETHAND: as the system would
    return;
  }
  write_path(call.path);
  write_out(": its runtime crashed (");
  write_out(name);
  write_out(call.purpose == ModelCall::Purpose::kOpen ? ") while the model was opened\n"
                                                      : ") while the model was asked\n");
  write_out(std::string_view(hint.data(), strnlen(hint.data(), hint.size())));
  _exit(kModelFailed);
}

void prepare_hint(std::string_view text) {
  hint.fill('\0');
  text.copy(hint.data(), hint.size() - 1);
}

}  // namespace

void tell_crashes() {
  if constexpr (kSanitizerTells) return;
  prepare_hint("hint: the model's file may be damaged, or made for another runtime: convert or download it again\n");
  stack_t own{};
  own.ss_sp = stack.data();
  own.ss_size = stack.size();
  sigaltstack(&own, nullptr);
  struct sigaction action {};
  action.sa_handler = tell_crash;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER | SA_ONSTACK);
  for (const Deadly& deadly : kDeadly) sigaction(deadly.signal, &action, nullptr);
}

void crashes_leave(const std::filesystem::path& run) {
  const std::string shown = printable(run.string());
  prepare_hint("hint: what was found is kept in " + shown + "; `dflare resume " + shown + "` goes on\n");
}

}  // namespace dflare::cli
