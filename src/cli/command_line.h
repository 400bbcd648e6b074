// From argv to a verb and what was given for it.
#pragma once

#include <optional>
#include <string>

#include "cli/verbs.h"

namespace dflare::cli {

// What to do: run a verb, or print a text to standard output and end.
struct Command {
  const Verb* verb = nullptr;
  Givens givens;
  std::string text;  // when verb is null
};

// Throws kBadArgument with the nearest known name for whatever it does not know.
Command parse_command_line(int argc, const char* const* argv);

}  // namespace dflare::cli
