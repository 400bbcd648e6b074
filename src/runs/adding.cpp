// Runs of one search put together, an input at a time.
#include "runs/adding.h"

#include <algorithm>
#include <utility>

namespace dflare {
namespace {

// What a part says of inputs beside their findings.
template <class Wanted>
std::map<std::int32_t, Events> beside_findings(const PartOfSearch& part, Wanted wanted,
                                               const std::map<std::int32_t, SeedDone>* done) {
  std::map<std::int32_t, Events> beside;
  for (NotFinite& n : part.store->not_finite()) {
    if (wanted(n.seed)) beside[n.seed.value].not_finite.push_back(std::move(n));
  }
  for (FailedInput& f : part.store->failed()) {
    const bool at_start_up = !part.recorded.seeds.at(static_cast<std::size_t>(f.seed.value)).planned;
    if (wanted(f.seed) || (at_start_up && done != nullptr)) beside[f.seed.value].failed.push_back(std::move(f));
  }
  if (done == nullptr) return beside;
  for (const auto& [seed, end] : *done) beside[seed].done.push_back(end);
  return beside;
}

}  // namespace

PartOfSearch::PartOfSearch(const std::filesystem::path& folder)
    : store(FindingStore::open(folder, /*writable=*/false)), recorded(read_run(*store)), done(store->done()) {
  recorded.folder = folder;
}

Adding::Adding(FindingStore& to) : to_(to) {
  for (const SeedDone& done : to.done()) note(done);
  to.for_each_finding(/*with_png=*/false, [this](const Finding& f) {
    note(f);
    ++findings_[f.seed.value];
  });
}

std::int64_t Adding::add_ended(const PartOfSearch& part) {
  Ended fresh;
  for (const SeedDone& done : part.done) {
    if (!ended_.contains(done.seed.value)) fresh.emplace(done.seed.value, done);
  }
  add(
      part, [&fresh](SeedIndex seed) { return fresh.contains(seed.value); }, &fresh);
  for (const auto& [seed, done] : fresh) note(done);
  return std::ssize(fresh);
}

void Adding::add_unfinished(const PartOfSearch& part) {
  std::map<std::int32_t, int> counts;
  part.store->for_each_finding(/*with_png=*/false, [&](const Finding& f) { ++counts[f.seed.value]; });
  const auto wanted = [&](SeedIndex seed) {
    return !ended_.contains(seed.value) && counts[seed.value] >= findings_[seed.value];
  };
  add(part, wanted, nullptr);
  for (const auto& [seed, count] : counts) findings_[seed] = std::max(findings_[seed], count);
}

void Adding::note(const SeedDone& done) {
  ended_.insert(done.seed.value);
  queries_ += done.queries + done.refine_queries;
}

void Adding::note(const Finding& finding) {
  if (!finding.flaky && finding.kind != FindingKind::kNatural) found_.insert(finding.seed.value);
}

template <class Wanted>
void Adding::add(const PartOfSearch& part, Wanted wanted, const Ended* done) {
  std::map<std::int32_t, Events> beside = beside_findings(part, wanted, done);
  std::vector<Finding> findings;  // of one input
  const auto settle = [&] {
    if (findings.empty()) return;
    Events events = std::move(beside[findings.front().seed.value]);
    beside.erase(findings.front().seed.value);
    events.findings = std::exchange(findings, {});
    to_.write(events);
  };
  part.store->for_each_finding(/*with_png=*/true, [&](const Finding& finding) {
    if (!wanted(finding.seed)) return;
    if (!findings.empty() && findings.front().seed != finding.seed) settle();
    note(finding);
    findings.push_back(finding);
  });
  settle();
  for (const auto& [seed, events] : beside) to_.write(events);
}

}  // namespace dflare
