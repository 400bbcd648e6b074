// dflare search: a new run.
#include <fmt/format.h>

#include <filesystem>

#include "cli/argument_order.h"
#include "cli/feeding.h"
#include "cli/inputs.h"
#include "cli/pair.h"
#include "cli/record.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "dflare/error.h"
#include "dflare/settings.h"

namespace dflare::cli {
namespace {

bool is_there(const std::filesystem::path& folder) {
  std::error_code unknown;  // whoever makes it will say
  return std::filesystem::exists(folder, unknown);
}

std::filesystem::path run_folder(const Options& options) {
  if (!options.out.empty()) return options.out;
  for (int n = 1;; ++n) {
    std::filesystem::path folder = fmt::format("dflare-run-{}", n);
    if (!is_there(folder)) return folder;
  }
}

// A run that never began leaves no folder behind; its owner's folder stays, empty as it was.
class FolderOfNewRun {
 public:
  explicit FolderOfNewRun(const std::filesystem::path& folder)
      : existed_(is_there(folder)), store_(FindingStore::create(folder)) {}
  ~FolderOfNewRun() {
    if (kept_) return;
    const std::filesystem::path folder = store_->folder();
    store_.reset();
    std::error_code ignored;
    try {
      FindingStore::remove_unbegun(folder);
    } catch (const Error&) {
      return;
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
  refuse_swapped_search(options);
  const SearchSettings settings = search_settings(options);
  const OpenPair pair = open_pair(options);
  check_levels(pair.original->info(), declared_of(options, Side::kOriginal));
  check_levels(pair.compressed->info(), declared_of(options, Side::kCompressed));
  const SeedSet seeds = load_inputs(options, pair.original->info());
  FolderOfNewRun folder(run_folder(options));
  Session session(folder.store(), options);
  session.begin_start_up(seeds);
  const Pair models{pair.original.get(), pair.compressed.get()};
  Search search(models, seeds, settings, &session.live());
  if (session.live().stop) return session.interrupted_at_start_up();
  const std::vector<std::string> notes = in_words(doubts_of(options, models, seeds, search));
  if (!options.quiet) print_notes(notes);
  folder.store().record(make_record(options, pair, seeds, search, notes));
  folder.keep();
  return session.conduct(search);
}

}  // namespace dflare::cli
