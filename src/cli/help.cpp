// Help texts, from the tables of verbs and options.
#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "cli/terminal.h"

namespace dflare::cli {
namespace {

constexpr std::size_t kBriefColumn = 38;

std::string filled(const std::string& text, std::size_t indent) {
  return wrapped(text, indent, style_of(stdout).text_width());
}

std::string left_side(const Flag& flag) {
  if (is_argument(flag)) return "  " + flag.metavar;
  const std::string letter = flag.letter == 0 ? "    " : fmt::format("-{}, ", flag.letter);
  return fmt::format("  {}--{}{}{}", letter, flag.name, flag.metavar.empty() ? "" : " ", flag.metavar);
}

std::string with_default(const std::string& text, const Flag& flag) {
  const std::string value = default_text(flag);
  return value.empty() ? text : fmt::format("{} [default: {}]", text, value);
}

std::string short_entry(const Flag& flag) {
  const std::string left = left_side(flag);
  const std::string brief = with_default(flag.brief, flag);
  const std::string lines = filled(brief, kBriefColumn);
  if (left.size() + 2 > kBriefColumn) return left + "\n" + lines;
  return fmt::format("{:<{}}{}", left, kBriefColumn, lines.substr(kBriefColumn));
}

std::string long_entry(const Flag& flag) {
  std::string entry = left_side(flag) + "\n" + filled(flag.brief + ".", 10);
  if (!flag.details.empty()) entry += "\n" + filled(flag.details, 10);
  if (!flag.only_with.words.empty()) entry += filled("[only with: " + flag.only_with.words + "]", 10);
  if (const std::string value = default_text(flag); !value.empty()) entry += filled("[default: " + value + "]", 10);
  return entry + "\n";
}

std::string groups(const Verb& verb, const std::function<std::string(const Flag&)>& entry) {
  std::string out;
  std::string heading;
  for (const Flag* flag : flags_of(verb.set)) {
    const std::string group = is_argument(*flag) ? "Arguments" : flag->group;
    if (group != heading) {
      if (!heading.empty() && out.size() >= 2 && out[out.size() - 2] != '\n') out += '\n';
      out += group + ":\n";
      heading = group;
    }
    out += entry(*flag);
  }
  return out;
}

}  // namespace

std::string usage(const Verb& verb) {
  std::string line = "dflare " + verb.name;
  for (const Flag* flag : flags_of(verb.set)) {
    if (is_argument(*flag)) line += " " + flag->metavar;
  }
  return line + " [OPTIONS]";
}

std::string short_help(const Verb& verb) {
  return fmt::format("{}\n\nUsage: {}\n\n{}\n  -h for this list, --help for more on every option\n", verb.brief,
                     usage(verb), groups(verb, short_entry));
}

std::string long_help(const Verb& verb) {
  std::string examples = "Examples:\n";
  for (const std::string& example : verb.examples) examples += "  " + example + "\n";
  return fmt::format("{}\n{}\nUsage: {}\n\n{}\n{}", filled(verb.brief + ".", 0), filled(verb.about, 0), usage(verb),
                     examples, groups(verb, long_entry));
}

std::string overview() {
  std::string list;
  for (const Verb& verb : verbs()) list += fmt::format("  {:<10}{}\n", verb.name, verb.brief);
  return "dflare finds inputs on which a neural network and its compressed version disagree.\n\n"
         "Usage: dflare VERB [ARGUMENTS] [OPTIONS]\n\nVerbs:\n" +
         list +
         "\nOptions:\n"
         "  -h, --help       This text; after a verb: its options (-h) or all about them (--help)\n"
         "  -V, --version    Version, and the runtimes found\n\n"
         "Exit codes:\n"
         "  0  it ran               4  the run folder cannot be written\n"
         "  1  `check`, `replay`: a limit is broken; `show` could not rebuild, `repair` wrote no head\n"
         "  2  wrong usage, or input that cannot be used\n"
         "  3  a model or runtime failed, crashed or hung\n"
         "  5  no usable seed       6  `check`, `replay`: the inputs do not suffice to tell\n"
         "  130  interrupted, with everything found kept\n";
}

}  // namespace dflare::cli
