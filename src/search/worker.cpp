// The loop: propose, query both, judge, remember, until every chain has ended.
#include "search/worker.h"

#include <algorithm>
#include <utility>

#include "dflare/seeds.h"

namespace dflare {

Worker::Worker(const Pair& pair, SharedWork& work, int number)
    : work_(work),
      pair_(pair, &work.live.query_started[number]),
      confirmation_(work.context, work.settings.confirm),
      batch_(work.context.shape, 0) {
  pair_.read_as(work.facts.original, work.facts.compressed);
  const std::size_t proposals = work.make_strategy()->max_proposals();
  const auto rows = static_cast<std::size_t>(work.facts.batch);
  chains_.resize(std::max<std::size_t>(1, rows / proposals));
  for (Chain& chain : chains_) {
    chain.strategy = work.make_strategy();
    chain.refiner = make_refiner(work.settings.refine);
  }
  batch_ = Batch(work.context.shape, chains_.size() * proposals);
  verdicts_.reserve(proposals);
  pair_.reserve(batch_.capacity());
}

void Worker::run() {
  while (!stopped()) {
    try {
      advance();
    } catch (...) {
      write_events();  // a model that fails takes nothing along that was found before
      throw;
    }
    write_events();
    if (batch_.size() == 0) return;
  }
}

void Worker::advance() {
  fill_chains();
  propose();
  if (batch_.size() == 0) return;
  const Stopwatch watch;
  pair_.ask(batch_.views());
  const double query_seconds = watch.seconds();
  steps_.query += query_seconds;
  judge_all(query_seconds);
}

bool Worker::stopped() {
  const double limit = work_.settings.time_limit_seconds;
  if (limit > 0 && work_.started.seconds() > limit) work_.stop = true;
  return work_.stop || work_.live.stop;
}

int Worker::label_of(SeedIndex seed) const {
  return work_.context.original[static_cast<std::size_t>(seed.value)].label;
}

// Keeps the batch full: a chain that ended makes room for the next seed.
void Worker::fill_chains() {
  for (Chain& chain : chains_) {
    while (!chain.active) {
      const std::size_t next = work_.next_pending.fetch_add(1);
      if (next >= work_.pending.size()) return;
      start(chain, work_.pending[next]);
    }
  }
}

void Worker::start(Chain& chain, SeedIndex seed) {
  if (work_.context.status[static_cast<std::size_t>(seed.value)] == SeedStatus::kNatural) {
    report_natural(seed);
    return;
  }
  chain.rng = Rng(work_.settings.rng_seed, static_cast<std::uint64_t>(seed.value));
  chain.tally = SeedDone{.seed = seed, .queries = 1};
  chain.findings = 0;
  chain.queries_before = 0;
  chain.images.clear();
  chain.active = true;
  chain.refining = false;
  chain.strategy->begin(work_.context, seed, chain.rng);
}

// An input on which the models differ as it is: the user's best evidence, at no cost.
void Worker::report_natural(SeedIndex seed) {
  const Stopwatch watch;
  const auto row = static_cast<std::size_t>(seed.value);
  const Verdict verdict = judge(work_.context.input(seed), work_.context.original[row], work_.context.compressed[row],
                                label_of(seed), {.ties = work_.context.acceptance.ties});
  Finding finding{.seed = seed};
  confirmation_.confirm(pair_, {verdict.input, verdict.seed_label, verdict.original.label, verdict.compressed.label},
                        finding);
  finding.kind = FindingKind::kNatural;
  SeedDone done{.seed = seed, .end = ChainEnd::kFound, .confirmations = confirmation_.times()};
  done.flaky = finding.flaky ? 1 : 0;
  events_.findings.push_back(std::move(finding));
  events_.done.push_back(done);
  steps_.confirm += watch.seconds();
}

void Worker::propose() {
  const Stopwatch watch;
  batch_.clear();
  for (Chain& chain : chains_) {
    if (!chain.active) continue;
    chain.first_row = batch_.size();
    if (chain.refining)
      chain.refiner->propose(chain.rng, batch_);
    else
      chain.strategy->propose(chain.rng, batch_);
    chain.rows = batch_.size() - chain.first_row;
    for (std::size_t row = chain.first_row; row < batch_.size(); ++row) {
      project(work_.settings.budget, work_.context.input(chain.tally.seed), batch_.row(row));
    }
  }
  steps_.mutate += watch.seconds();
}

void Worker::judge_all(double query_seconds) {
  Stopwatch watch;
  const double seconds_a_row = query_seconds / static_cast<double>(batch_.size());
  claims_.clear();
  refined_.clear();
  for (Chain& chain : chains_) {
    if (!chain.active) continue;
    (chain.refining ? chain.tally.refine_queries : chain.tally.queries) += static_cast<std::int64_t>(chain.rows);
    chain.tally.seconds += seconds_a_row * static_cast<double>(chain.rows);
    judge_chain(chain);
  }
  work_.live.queries += static_cast<std::int64_t>(batch_.size());
  steps_.judge += watch.lap();
  // Confirming asks the models again and so overwrites their answers: only now that every row is judged.
  for (const Claim& claim : claims_) confirm(claim);
  for (Chain* chain : refined_) finish_refining(*chain);
  steps_.confirm += watch.lap();
  for (Chain& chain : chains_) {
    if (chain.active && !chain.refining) check_budget(chain);
  }
}

void Worker::judge_chain(Chain& chain) {
  verdicts_.clear();
  const int label = label_of(chain.tally.seed);
  for (std::size_t row = chain.first_row; row < chain.first_row + chain.rows; ++row) {
    const Verdict& v = verdicts_.emplace_back(
        judge(batch_[row], pair_.original()[row], pair_.compressed()[row], label, work_.context.acceptance));
    if (!v.finite) note_not_finite(chain, v);
    if (v.differs && !v.deviates) ++chain.tally.ties;
  }
  if (chain.refining) {
    judge_refined(chain);
    return;
  }
  const Decision decision = chain.strategy->observe(verdicts_, chain.rng);
  if (decision.kind == Decision::Kind::kDeviation) claims_.push_back({&chain, verdicts_[decision.row]});
  if (decision.kind == Decision::Kind::kGaveUp) end(chain, ChainEnd::kGaveUp);
}

// The first such input of a chain is kept as evidence, the others are counted.
void Worker::note_not_finite(Chain& chain, const Verdict& verdict) {
  if (chain.tally.not_finite++ > 0) return;
  NotFinite event{
      .seed = chain.tally.seed, .original = !verdict.original.finite, .compressed = !verdict.compressed.finite};
  encode_png(verdict.input, event.png);
  events_.not_finite.push_back(std::move(event));
}

void Worker::judge_refined(Chain& chain) {
  const bool go_on = chain.refiner->observe(verdicts_.front());
  const std::int64_t spent = chain.tally.refine_queries - chain.found.refine_queries;
  if (!go_on || spent >= work_.settings.refine_queries) refined_.push_back(&chain);
}

void Worker::confirm(const Claim& claim) {
  const Stopwatch watch;
  Chain& chain = *claim.chain;
  const Verdict& v = claim.verdict;
  Finding finding{.seed = chain.tally.seed, .ordinal = chain.findings++, .queries = chain.tally.queries};
  confirmation_.confirm(pair_, {v.input, v.seed_label, v.original.label, v.compressed.label}, finding);
  chain.tally.confirmations += confirmation_.times();
  chain.tally.seconds += watch.seconds();
  finding.severity_found = finding.severity;
  finding.how = chain.strategy->how();
  if (chain.refiner == nullptr || finding.flaky) {
    settle(chain, std::move(finding));
    return;
  }
  chain.refining = true;
  chain.refiner->begin(work_.context, finding.seed, {v.input, v.original.label, v.compressed.label}, finding.severity,
                       work_.settings.refine_queries);
  finding.refine_queries = chain.tally.refine_queries;  // spent on findings before this one
  chain.found = std::move(finding);
}

// A finding in its last form: it counts, and its chain ends or goes on for another; or the chain looks elsewhere.
void Worker::settle(Chain& chain, Finding finding) {
  finding.seconds = chain.tally.seconds;
  const bool mild = finding.severity < work_.settings.min_severity;
  const bool known = std::find(chain.images.begin(), chain.images.end(), finding.png) != chain.images.end();
  const bool counts = !finding.flaky && !mild && !known;
  if (finding.flaky) ++chain.tally.flaky;
  if (finding.flaky || counts) events_.findings.push_back(finding);
  if (counts)
    go_on_after(chain, std::move(finding));
  else
    chain.strategy->rejected(chain.rng);
}

void Worker::go_on_after(Chain& chain, Finding finding) {
  if (chain.images.empty()) ++seeds_found_;
  chain.images.push_back(std::move(finding.png));
  if (std::ssize(chain.images) >= work_.settings.findings_per_seed) {
    end(chain, ChainEnd::kFound);
    return;
  }
  chain.queries_before = chain.tally.queries;
  chain.strategy->again(work_.context, chain.tally.seed, chain.rng);
}

// The refined image must be confirmed as the first was; where it is not, the first stays.
void Worker::finish_refining(Chain& chain) {
  const Stopwatch watch;
  chain.refining = false;
  const Refiner::Best best = chain.refiner->best();
  Finding refined = chain.found;
  confirmation_.confirm(pair_, {best.image, refined.seed_label, best.label_original, best.label_compressed}, refined);
  chain.tally.confirmations += confirmation_.times();
  chain.tally.seconds += watch.seconds();
  Finding& last = refined.flaky ? chain.found : refined;
  last.refine_queries = chain.tally.refine_queries - chain.found.refine_queries;
  settle(chain, std::move(last));
}

void Worker::check_budget(Chain& chain) {
  const auto next = static_cast<std::int64_t>(chain.strategy->max_proposals());
  if (chain.tally.queries - chain.queries_before + next > work_.settings.max_queries)
    end(chain, ChainEnd::kQueriesSpent);
  else if (work_.settings.timeout_seconds > 0 && chain.tally.seconds >= work_.settings.timeout_seconds)
    end(chain, ChainEnd::kTimeSpent);
}

void Worker::end(Chain& chain, ChainEnd how) {
  chain.tally.end = how;
  chain.active = false;
  events_.done.push_back(chain.tally);
}

void Worker::write_events() {
  if (events_.empty()) return;
  const Stopwatch watch;
  {
    const std::lock_guard lock(work_.sink_lock);
    work_.sink.write(events_);
  }
  for (const Finding& f : events_.findings) {
    if (f.flaky)
      ++work_.live.flaky;
    else if (f.kind == FindingKind::kNatural)
      ++work_.live.natural;
  }
  work_.live.found += std::exchange(seeds_found_, 0);
  work_.live.seeds_done += static_cast<std::int64_t>(events_.done.size());
  events_.clear();
  steps_.store += watch.seconds();
}

}  // namespace dflare
