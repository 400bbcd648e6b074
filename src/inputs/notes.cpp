// What is said of how a set of seeds was read.
#include <fmt/core.h>

#include <algorithm>

#include "dflare/seeds.h"

namespace dflare {
namespace {

constexpr std::size_t kShown = 5;

// The first few of `count` texts, and how many more there are.
template <class Text>
std::string listed(std::size_t count, const char* separator, Text text) {
  std::string out;
  for (std::size_t i = 0; i < std::min(count, kShown); ++i) out += (i == 0 ? "" : separator) + text(i);
  if (count > kShown) out += fmt::format("{}and {} more", separator, count - kShown);
  return out;
}

std::string on_unreadable(const SeedSet& set) {
  std::vector<const Seed*> bad;
  for (const Seed& seed : set.seeds) {
    if (!seed.problem.empty()) bad.push_back(&seed);
  }
  if (bad.empty()) return {};
  const auto text = [&](std::size_t i) { return bad[i]->source + ": " + bad[i]->problem; };
  return fmt::format("{} of {} inputs left out: {}", bad.size(), set.seeds.size(), listed(bad.size(), "; ", text));
}

std::string on_other_files(const SeedSet& set) {
  if (set.left_out.empty()) return {};
  std::size_t files = 0;
  for (const LeftOut& left : set.left_out) files += left.files;
  const auto text = [&](std::size_t i) {
    const LeftOut& left = set.left_out[i];
    const std::string kind = left.extension.empty() ? "without extension" : left.extension;
    return fmt::format("{} {} (such as {})", left.files, kind, left.first);
  };
  return fmt::format("{} file{} of kinds that are not read left out: {}", files, files == 1 ? "" : "s",
                     listed(set.left_out.size(), ", ", text));
}

std::string on_folder_names(const SeedSet& set) {
  if (set.folder_names.empty()) return {};
  const std::size_t count = set.folder_names.size();
  if (!set.labelled) {
    return fmt::format(
        "its {} folders have names and are not as many as the classes, so no input has a label; "
        "--classes FILE says which name is which class",
        count);
  }
  const auto text = [&](std::size_t i) { return fmt::format("{} = {}", set.folder_names[i], i); };
  return fmt::format("labels are the folders' names in sorted order: {} (--classes FILE says another)",
                     listed(count, ", ", text));
}

}  // namespace

std::vector<std::string> notes_on(const SeedSet& seeds) {
  std::vector<std::string> notes;
  for (std::string note : {on_unreadable(seeds), on_other_files(seeds), on_folder_names(seeds)}) {
    if (!note.empty()) notes.push_back(std::move(note));
  }
  return notes;
}

}  // namespace dflare
