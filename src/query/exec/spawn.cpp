// posix_spawn: nothing runs between fork and exec that another thread's lock could stop.
#include "query/exec/spawn.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <string_view>

#include "query/exec/protocol.h"

namespace dflare::exec {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (const std::string& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> environment_with(const std::vector<std::string>& changes) {
  std::vector<std::string> all = changes;
  const auto replaced = [&changes](std::string_view entry) {
    const std::string_view name = entry.substr(0, entry.find('=') + 1);
    return std::ranges::any_of(changes, [name](const std::string& change) { return change.starts_with(name); });
  };
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    if (!replaced(*entry)) all.emplace_back(*entry);
  }
  return all;
}

void check(int error) {
  if (error == 0) return;
  throw Fault{FaultKind::kDied, std::string("cannot be started: ") + std::strerror(error),
              "use fewer --workers, or raise the limits of processes and open files (ulimit -u, -n)"};
}

struct FileActions {
  FileActions() { check(posix_spawn_file_actions_init(&actions)); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { posix_spawn_file_actions_destroy(&actions); }
  posix_spawn_file_actions_t actions{};
};

struct Attributes {
  Attributes() { check(posix_spawnattr_init(&attributes)); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { posix_spawnattr_destroy(&attributes); }
  posix_spawnattr_t attributes{};
};

void give(const std::vector<std::pair<int, int>>& descriptors, posix_spawn_file_actions_t* actions) {
  int highest = 0;
  for (const auto& [ours, theirs] : descriptors) {
    check(ours < 0 ? posix_spawn_file_actions_addopen(actions, theirs, "/dev/null", O_RDWR, 0)
                   : posix_spawn_file_actions_adddup2(actions, ours, theirs));
    highest = std::max(highest, theirs);
  }
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
  check(posix_spawn_file_actions_addclosefrom_np(actions, highest + 1));
#endif
}

// A program inherits ignored signals, and a mask: it begins with neither.
void set_signals(posix_spawnattr_t* attributes) {
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  sigdelset(&all, SIGKILL);
  sigdelset(&all, SIGSTOP);
  check(posix_spawnattr_setsigmask(attributes, &none));
  check(posix_spawnattr_setsigdefault(attributes, &all));
  check(posix_spawnattr_setpgroup(attributes, 0));
  check(posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP));
}

}  // namespace

pid_t spawn(const Program& program) {
  FileActions files;
  Attributes attributes;
  give(program.descriptors, &files.actions);
  set_signals(&attributes.attributes);
  const std::vector<std::string> environment = environment_with(program.environment);
  pid_t child = -1;
  check(posix_spawn(&child, program.arguments.front().c_str(), &files.actions, &attributes.attributes,
                    pointers(program.arguments).data(), pointers(environment).data()));
  return child;
}

}  // namespace dflare::exec
