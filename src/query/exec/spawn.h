// Starting a program from a process with many threads.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

namespace dflare::exec {

struct Program {
  std::vector<std::string> arguments;    // the first is its path
  std::vector<std::string> environment;  // NAME=value, over what is there
  // Ours and the program's; /dev/null where ours is negative. All others are closed. Ours are 10 or higher, the
  // program's fewer than 10.
  std::vector<std::pair<int, int>> descriptors;
};

// Starts it in a process group of its own, with no signal blocked or ignored. Throws Fault.
pid_t spawn(const Program& program);

}  // namespace dflare::exec
