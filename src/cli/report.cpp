// dflare report: runs, profiles and comparisons as one page.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dflare/error.h"
#include "dflare/run_page.h"

namespace dflare::cli {
namespace {

constexpr std::size_t kMegabyte = 1'000'000;
constexpr std::int64_t kMost = 1'000'000;  // MB

std::int64_t pictured(const RunPage& page) {
  std::int64_t count = 0;
  for (const PageFinding& finding : page.findings) count += finding.picture >= 0 ? 1 : 0;
  return count;
}

}  // namespace

int report(const Givens& givens) {
  const Options options = resolve(givens);
  const std::size_t bytes = static_cast<std::size_t>(std::min(options.page_size, kMost)) * kMegabyte;
  const auto is_file = [](const std::string& path) {
    std::error_code failed;
    return std::filesystem::is_regular_file(path, failed);
  };
  const auto runs = static_cast<std::size_t>(std::ranges::count_if(options.runs, std::not_fn(is_file)));
  std::vector<RunPage> pages;
  std::vector<MeasuredPage> measured;
  for (const std::string& path : options.runs) {
    if (is_file(path)) {
      measured.push_back(measured_page(path));
      continue;
    }
    const auto store = FindingStore::open(path, /*writable=*/false);
    pages.push_back(run_page(*store, bytes / runs));
    if (options.quiet) continue;
    for (const std::string& note : pages.back().notes) say(stderr, "note: {}\n", note);
  }
  const std::string html = to_html(pages, measured);
  if (options.out == "-") {
    put(stdout, html);
    return 0;
  }
  const std::string target = options.out.empty() ? "report.html" : options.out;
  write_page(html, target);
  if (options.quiet) return 0;
  std::int64_t findings = 0;
  std::int64_t shown = 0;
  for (const RunPage& page : pages) {
    findings += std::ssize(page.findings);
    shown += pictured(page);
  }
  say(stderr, "{} findings, {} with pictures, written to {} ({:.1f} MB)\n", findings, shown, target,
      static_cast<double>(html.size()) / static_cast<double>(kMegabyte));
  return 0;
}

}  // namespace dflare::cli
