// From argv to a verb and what was given for it: CLI11 splits, the table of options names.
#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <deque>

#include "cli/help.h"
#include "cli/version.h"
#include "core/nearest.h"
#include "dflare/config_file.h"
#include "dflare/error.h"

namespace dflare::cli {
namespace {

// An option as CLI11 fills it.
struct Bound {
  const Flag* flag;
  CLI::Option* option = nullptr;
  std::string text = {};
  std::vector<std::string> texts = {};  // of an argument that may be repeated
  bool on = false;
};

bool is_list(const Flag& flag) { return std::holds_alternative<std::vector<std::string> Options::*>(flag.slot); }

std::string cli11_name(const Flag& flag) {
  if (is_argument(flag)) return flag.name;
  return flag.letter == 0 ? "--" + flag.name : fmt::format("-{},--{}", flag.letter, flag.name);
}

void bind(CLI::App& app, Bound& bound) {
  const std::string name = cli11_name(*bound.flag);
  if (is_switch(*bound.flag)) {
    bound.option = app.add_flag(name, bound.on);
    return;
  }
  if (is_list(*bound.flag)) {
    bound.option = app.add_option(name, bound.texts);
    return;
  }
  bound.option = app.add_option(name, bound.text);
  bound.option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

// CLI11 takes the next word as a value, whatever it is.
void require_value(const Flag& flag, const std::string& text) {
  const bool is_option = text.starts_with("--") || (text.size() == 2 && text[0] == '-' && std::isalpha(text[1]) != 0);
  if (!is_option) return;
  throw Error(ErrorCode::kBadArgument, fmt::format("{} needs a value, and '{}' follows", spelled(flag), text),
              fmt::format("use {} {}", spelled(flag), flag.metavar));
}

Givens collect(const std::deque<Bound>& bounds) {
  Givens givens;
  for (const Bound& bound : bounds) {
    if (bound.option->count() == 0) continue;
    if (is_switch(*bound.flag)) {
      givens.push_back({bound.flag, "true"});
    } else if (is_list(*bound.flag)) {
      for (const std::string& text : bound.texts) givens.push_back({bound.flag, text});
    } else {
      require_value(*bound.flag, bound.text);
      givens.push_back({bound.flag, bound.text});
    }
  }
  return givens;
}

// What helps against an option that the verb does not have: the nearest that it has, or the verb that has it.
std::string meant_by(const Verb& verb, const std::string& name) {
  std::vector<std::string> names{"--help"};
  for (const Flag* flag : flags_of(verb.set)) {
    if (!is_argument(*flag)) names.push_back("--" + flag->name);
  }
  std::string others;
  for (const Verb& other : verbs()) {
    const auto has = [&name](const Flag* flag) { return !is_argument(*flag) && "--" + flag->name == name; };
    if (std::ranges::any_of(flags_of(other.set), has)) {
      others += fmt::format("{}`dflare {}`", others.empty() ? "" : ", ", other.name);
    }
  }
  if (!others.empty())
    return fmt::format("it is an option of {}; dflare {} -h lists those of {}", others, verb.name, verb.name);
  const std::string meant = nearest_name(name, names);
  return meant.empty() ? fmt::format("dflare {} -h lists the options", verb.name)
                       : fmt::format("did you mean '{}'?", meant);
}

void refuse_leftovers(const Verb& verb, const std::vector<std::string>& leftovers) {
  if (leftovers.empty()) return;
  for (const std::string& word : leftovers) {
    if (!word.starts_with('-')) continue;
    const std::string name = word.substr(0, word.find('='));
    throw Error(ErrorCode::kBadArgument, fmt::format("unknown option '{}'", name), meant_by(verb, name));
  }
  throw Error(ErrorCode::kBadArgument, fmt::format("unexpected argument '{}'", leftovers.front()),
              "usage: " + usage(verb));
}

void require_arguments(const Verb& verb, const Givens& givens) {
  for (const Flag* flag : flags_of(verb.set)) {
    const auto is_given = [flag](const Given& given) { return given.flag == flag; };
    if (is_argument(*flag) && std::none_of(givens.begin(), givens.end(), is_given)) {
      throw Error(ErrorCode::kBadArgument, fmt::format("{} is missing", flag->metavar), "usage: " + usage(verb));
    }
  }
}

Command parse_verb(const Verb& verb, int argc, const char* const* argv) {
  CLI::App app;
  app.set_help_flag("-h");
  app.set_help_all_flag("--help");
  app.allow_extras();
  std::deque<Bound> bounds;
  for (const Flag* flag : flags_of(verb.set)) bind(app, bounds.emplace_back(Bound{flag}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return {nullptr, {}, short_help(verb)};
  } catch (const CLI::CallForAllHelp&) {
    return {nullptr, {}, long_help(verb)};
  } catch (const CLI::ParseError& e) {
    throw Error(ErrorCode::kBadArgument, e.what(), fmt::format("dflare {} -h lists the options", verb.name));
  }
  Givens givens = collect(bounds);
  refuse_leftovers(verb, app.remaining());
  givens = with_config(std::move(givens), verb.set);
  require_arguments(verb, givens);
  return {&verb, std::move(givens), {}};
}

const Verb& verb_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Verb& verb : verbs()) {
    if (verb.name == name) return verb;
    names.push_back(verb.name);
  }
  if (name.starts_with('-')) names = {"--help", "--version", "-h", "-V"};
  const char* const what = name.starts_with('-') ? "option" : "verb";
  throw Error(ErrorCode::kBadArgument, fmt::format("unknown {} '{}'", what, name), known_names_hint(name, names));
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv) {
  const std::string first = argc > 1 ? argv[1] : "--help";
  if (first == "-h" || first == "--help") return {nullptr, {}, overview()};
  if (first == "-V" || first == "--version") return {nullptr, {}, version_text()};
  if (first == "help") return {nullptr, {}, argc > 2 ? long_help(verb_named(argv[2])) : overview()};
  return parse_verb(verb_named(first), argc - 1, argv + 1);
}

}  // namespace dflare::cli
