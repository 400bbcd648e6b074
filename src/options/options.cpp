// The table of options, and how a text becomes a value.
#include "dflare/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/nearest.h"
#include "dflare/error.h"
#include "options/flags.h"

namespace dflare {
namespace {

template <class Number>
Number parse_number(const Flag& flag, const std::string& text, const char* expected) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !std::isfinite(static_cast<double>(value)) || static_cast<double>(value) < flag.least) {
    const std::string at_least = std::isinf(flag.least) ? "" : fmt::format(" >= {}", flag.least);
    throw Error(ErrorCode::kBadArgument,
                fmt::format("{} is '{}', expected {}{}", spelled(flag), text, expected, at_least),
                fmt::format("use {} {} with {}{}", spelled(flag), flag.metavar, expected, at_least));
  }
  return value;
}

// As a config file says it.
std::string default_value(const Flag& flag) {
  static const Options defaults;
  if (const auto* text = std::get_if<std::string Options::*>(&flag.slot)) return defaults.**text;
  if (const auto* number = std::get_if<std::int64_t Options::*>(&flag.slot))
    return fmt::format("{}", defaults.**number);
  if (const auto* real = std::get_if<double Options::*>(&flag.slot)) return fmt::format("{}", defaults.**real);
  return {};
}

// What was given for nothing would pass for something that was tried.
void refuse_without_effect(const Givens& givens, const Options& options) {
  for (const Given& given : givens) {
    const Condition& condition = given.flag->only_with;
    if (condition.holds == nullptr || condition.holds(options)) continue;
    if (!given.file.empty() && given.text == default_value(*given.flag)) continue;
    throw Error(ErrorCode::kBadArgument,
                fmt::format("{} has no effect here: it works only with {}", spelled(*given.flag), condition.words),
                fmt::format("leave {} out, or add {}", spelled(*given.flag), condition.words));
  }
}

void check_choice(const Flag& flag, const std::string& text) {
  for (const std::string& choice : flag.choices) {
    if (choice == text) return;
  }
  if (!flag.own_choice.empty() && text.starts_with(flag.own_choice)) return;
  throw Error(ErrorCode::kBadArgument, fmt::format("unknown {} '{}'", spelled(flag), text),
              known_names_hint(text, flag.choices));
}

bool parse_switch(const Flag& flag, const std::string& text) {
  if (text == "true") return true;
  if (text == "false") return false;
  throw Error(ErrorCode::kBadArgument, fmt::format("{} is '{}', expected true or false", spelled(flag), text));
}

}  // namespace

std::vector<Flag> joined(std::initializer_list<std::vector<Flag>> parts) {
  std::vector<Flag> all;
  for (const std::vector<Flag>& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

const std::vector<Flag>& flag_table() {
  static const std::vector<Flag> table = [] {
    std::vector<Flag> all =
        joined({argument_flags(), rank_flags(), input_flags(), model_flags(), search_flags(), repair_flags(),
                guard_flags(), gate_flags(), corpus_flags(), budget_flags(), speed_flags(), output_flags()});
    std::vector<std::string> groups;  // as they first appear; where the result goes comes last
    for (const Flag& flag : all) {
      if (flag.group != kOutputGroup && std::ranges::find(groups, flag.group) == groups.end())
        groups.push_back(flag.group);
    }
    std::ranges::stable_sort(all, {}, [&](const Flag& flag) { return std::ranges::find(groups, flag.group); });
    return all;
  }();
  return table;
}

std::vector<const Flag*> flags_of(unsigned verb) {
  std::vector<const Flag*> flags;
  for (const Flag& flag : flag_table()) {
    if ((flag.verbs & verb) != 0) flags.push_back(&flag);
  }
  return flags;
}

std::string spelled(const Flag& flag) { return is_argument(flag) ? flag.metavar : "--" + flag.name; }

std::string default_text(const Flag& flag) {
  return !flag.default_words.empty() || is_argument(flag) ? flag.default_words : default_value(flag);
}

Options resolve(const Givens& givens) {
  Options options;
  for (const Given& given : givens) assign(options, given);
  refuse_without_effect(givens, options);
  return options;
}

namespace {

void assign_checked(Options& options, const Given& given) {
  const Flag& flag = *given.flag;
  if (given.text.empty() && given.file.empty()) {
    throw Error(ErrorCode::kBadArgument, fmt::format("{} is empty", spelled(flag)),
                fmt::format("use {} {}, or leave it out", spelled(flag), flag.metavar));
  }
  if (!flag.choices.empty()) check_choice(flag, given.text);
  if (const auto* text = std::get_if<std::string Options::*>(&flag.slot)) {
    options.** text = given.text;
  } else if (const auto* number = std::get_if<std::int64_t Options::*>(&flag.slot)) {
    options.** number = parse_number<std::int64_t>(flag, given.text, "a whole number");
  } else if (const auto* real = std::get_if<double Options::*>(&flag.slot)) {
    options.** real = parse_number<double>(flag, given.text, "a number");
  } else if (const auto* boolean = std::get_if<bool Options::*>(&flag.slot)) {
    options.** boolean = parse_switch(flag, given.text);
  } else if (const auto* list = std::get_if<std::vector<std::string> Options::*>(&flag.slot)) {
    (options.**list).push_back(given.text);
  }
}

}  // namespace

void assign(Options& options, const Given& given) {
  try {
    assign_checked(options, given);
  } catch (const Error& e) {
    if (given.file.empty()) throw;
    throw Error(e.code(), fmt::format("{}: {}", given.file, e.what()), e.hint());
  }
}

}  // namespace dflare
