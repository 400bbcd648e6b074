// dflare search: a new run.
#include <fmt/format.h>

#include <filesystem>

#include "cli/pair.h"
#include "cli/record.h"
#include "cli/session.h"
#include "cli/settings.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dflare/error.h"

namespace dflare::cli {
namespace {

constexpr std::size_t kProblemsShown = 5;

std::filesystem::path run_folder(const Options& options) {
  if (!options.out.empty()) return options.out;
  for (int n = 1;; ++n) {
    std::filesystem::path folder = fmt::format("dflare-run-{}", n);
    if (!std::filesystem::exists(folder)) return folder;
  }
}

std::vector<const Seed*> unreadable(const SeedSet& seeds) {
  std::vector<const Seed*> list;
  for (const Seed& seed : seeds.seeds) {
    if (!seed.problem.empty()) list.push_back(&seed);
  }
  return list;
}

std::string listed(const std::vector<const Seed*>& seeds) {
  std::string text;
  for (std::size_t i = 0; i < std::min(seeds.size(), kProblemsShown); ++i) {
    text += fmt::format("{}{}: {}", i == 0 ? "" : "; ", seeds[i]->source, seeds[i]->problem);
  }
  if (seeds.size() > kProblemsShown) text += fmt::format("; and {} more", seeds.size() - kProblemsShown);
  return text;
}

SeedSet load(const Options& options, const Shape& shape) {
  SeedSet seeds = load_seeds(options.seeds, seed_options(options, shape));
  const std::vector<const Seed*> problems = unreadable(seeds);
  if (problems.empty()) return seeds;
  if (problems.size() == seeds.seeds.size()) {
    throw Error(ErrorCode::kNoUsableSeed, fmt::format("none of the {} inputs in {} can be used: {}", seeds.seeds.size(),
                                                      options.seeds, listed(problems)));
  }
  if (!options.quiet) {
    fmt::print(stderr, "{} {} of {} inputs left out: {}\n", styled(stderr, Style::kYellow, "note:"), problems.size(),
               seeds.seeds.size(), listed(problems));
  }
  return seeds;
}

// A run that never began leaves no folder behind; its owner's folder stays, empty as it was.
class FolderOfNewRun {
 public:
  explicit FolderOfNewRun(const std::filesystem::path& folder)
      : existed_(std::filesystem::exists(folder)), store_(FindingStore::create(folder)) {}
  ~FolderOfNewRun() {
    if (kept_) return;
    const std::filesystem::path folder = store_->folder();
    store_.reset();
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
      std::filesystem::remove_all(entry.path(), ignored);
    }
    if (!existed_) std::filesystem::remove(folder, ignored);
  }
  FolderOfNewRun(const FolderOfNewRun&) = delete;
  FolderOfNewRun& operator=(const FolderOfNewRun&) = delete;

  [[nodiscard]] FindingStore& store() { return *store_; }
  void keep() { kept_ = true; }

 private:
  bool existed_;
  bool kept_ = false;
  std::unique_ptr<FindingStore> store_;
};

}  // namespace

int search(const Givens& givens) {
  const Options options = resolve(givens);
  const SearchSettings settings = search_settings(options);
  const OpenPair pair = open_pair(options);
  const SeedSet seeds = load(options, pair.original->info().shape);
  FolderOfNewRun folder(run_folder(options));
  Session session(folder.store(), options);
  Search search({pair.original.get(), pair.compressed.get()}, seeds, settings, &session.live());
  if (session.live().stop) return session.interrupted_at_start_up();
  folder.store().record(make_record(options, pair, seeds, search));
  folder.keep();
  return session.conduct(search);
}

}  // namespace dflare::cli
