// The loop: propose, query both, judge, remember, until every chain has ended.
#include "search/worker.h"

#include <algorithm>
#include <utility>

#include "dflare/seeds.h"
#include "search/check_settings.h"

namespace dflare {
namespace {

// As many as fit into a batch, but no more than a worker's share of the seeds: better all cores with small batches than
// a few with full ones.
std::size_t chains_a_worker(const SharedWork& work, std::size_t proposals) {
  const std::size_t fit = static_cast<std::size_t>(work.facts.batch) / proposals;
  const std::size_t share = (work.pending.size() + work.workers - 1) / work.workers;
  return std::max<std::size_t>(1, std::min(fit, share));
}

}  // namespace

Worker::Worker(const Pair& pair, SharedWork& work, int number)
    : work_(work),
      pair_(pair, work.live.queries_under_way[number]),
      confirmation_(work.context, work.settings.confirm),
      neighbourhood_(work.context, work.settings.robust),
      batch_(work.context.shape, 0) {
  pair_.read_as(work.facts.original, work.facts.compressed, work.context.oracle, work.context.seed_sets);
  const auto proposals = static_cast<std::size_t>(proposals_of(work.settings));
  chains_.resize(chains_a_worker(work, proposals));
  for (Chain& chain : chains_) {
    chain.strategy = work.make_strategy();
    chain.refiner = make_refiner(work.settings.refine);
  }
  batch_ = Batch(work.context.shape, chains_.size() * proposals);
  rows_.reserve(batch_.capacity());
  row_seeds_.reserve(batch_.capacity());
  verdicts_.reserve(proposals);
  pair_.reserve(batch_.capacity());
}

void Worker::run(const std::atomic<bool>& another_failed) {
  try {
    for (fill_chains(another_failed); has_work(); fill_chains(another_failed)) {
      if (stopped(another_failed)) {
        leave_chains(/*ask=*/!another_failed);
        break;
      }
      advance();
      hand_over();
    }
  } catch (...) {
    leave_chains(/*ask=*/false);
    hand_over();
    throw;
  }
  hand_over();
}

bool Worker::has_work() const {
  return std::ranges::any_of(chains_, [](const Chain& chain) { return chain.phase != Phase::kIdle; });
}

bool Worker::stopped(const std::atomic<bool>& another_failed) {
  SearchEnd none = SearchEnd::kComplete;
  if (work_.live.stop)
    work_.end.compare_exchange_strong(none, SearchEnd::kStopped);
  else if (work_.clock.over())
    work_.end.compare_exchange_strong(none, SearchEnd::kTimeLimit);
  return work_.end != SearchEnd::kComplete || another_failed || work_.writer.failed();
}

void Worker::advance() {
  propose();
  collect_rows();
  if (rows_.empty()) return;
  const Stopwatch watch;
  ask_batch();
  const double query_seconds = watch.seconds();
  steps_.query += query_seconds;
  if (!rows_.empty()) judge_all(query_seconds);
}

void Worker::hand_over() { work_.writer.push(events_, std::exchange(seeds_found_, 0)); }

int Worker::label_of(SeedIndex seed) const {
  return work_.context.original[static_cast<std::size_t>(seed.value)].label;
}

// Keeps the batch full: a chain that ended makes room for the next seed. Natural ones are reported on the way.
void Worker::fill_chains(const std::atomic<bool>& another_failed) {
  for (Chain& chain : chains_) {
    while (chain.phase == Phase::kIdle) {
      if (work_.next_pending >= work_.pending.size() || stopped(another_failed)) return;
      const std::size_t next = work_.next_pending.fetch_add(1);
      if (next >= work_.pending.size()) return;
      start(chain, work_.pending[next]);
      hand_over();
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
  chain.phase = Phase::kSearching;
  chain.strategy->begin(work_.context, seed, chain.rng);
}

// An input on which the models differ as it is: the user's best evidence, at no cost.
void Worker::report_natural(SeedIndex seed) {
  const Stopwatch watch;
  const auto row = static_cast<std::size_t>(seed.value);
  const Verdict verdict = judge(work_.context.input(seed), work_.context.original[row], work_.context.compressed[row],
                                label_of(seed), {.ties = work_.context.acceptance.ties});
  Finding finding{.seed = seed};
  SeedDone done{.seed = seed, .end = ChainEnd::kFound, .confirmations = confirmation_.times()};
  try {
    confirmation_.confirm(pair_, {verdict.input, verdict.seed_label, verdict.original.label, verdict.compressed.label},
                          finding);
    finding.kind = FindingKind::kNatural;
    done.flaky = finding.flaky ? 1 : 0;
    events_.findings.push_back(std::move(finding));
  } catch (const Error& e) {
    note_failure(seed, verdict.input, e);
    done.end = ChainEnd::kModelFailed;
  }
  if (done.end == ChainEnd::kFound) measure(done, events_.findings.back());
  events_.done.push_back(done);
  steps_.confirm += watch.seconds();
}

void Worker::propose() {
  Stopwatch watch;
  batch_.clear();
  for (Chain& chain : chains_) {
    if (chain.phase == Phase::kIdle) continue;
    chain.first_row = batch_.size();
    if (chain.phase == Phase::kRefining)
      chain.refiner->propose(chain.rng, batch_);
    else
      chain.strategy->propose(chain.rng, batch_);
    chain.rows = batch_.size() - chain.first_row;
    for (std::size_t row = chain.first_row; row < batch_.size(); ++row) {
      project(work_.settings.budget, work_.context.input(chain.tally.seed), batch_.row(row));
    }
    const double seconds = watch.lap();
    chain.tally.seconds += seconds;
    steps_.mutate += seconds;
    if (chain.rows > 0) continue;
    if (chain.phase == Phase::kRefining)  // nothing new to ask
      finish_refining(chain);
    else
      end(chain, ChainEnd::kGaveUp);
    steps_.confirm += watch.lap();
  }
}

void Worker::collect_rows() {
  rows_.clear();
  row_seeds_.clear();
  for (Chain& chain : chains_) {
    if (chain.phase == Phase::kIdle || chain.rows == 0) continue;
    chain.first_answer = rows_.size();
    for (std::size_t row = chain.first_row; row < chain.first_row + chain.rows; ++row) {
      rows_.push_back(batch_[row]);
      row_seeds_.push_back(chain.tally.seed);
    }
  }
}

// An input that a model fails on ends its chain, and the others are asked again without it.
void Worker::ask_batch() {
  bool in_vain = false;
  while (!rows_.empty()) {
    try {
      pair_.ask(rows_, row_seeds_);
      return;
    } catch (const Error& e) {
      if (e.code() != ErrorCode::kModelFailed) throw;
      const bool found_why = end_failing_chains();
      if (!found_why && std::exchange(in_vain, true)) throw;  // once may have been a whim of the runtime
    }
    collect_rows();
  }
}

bool Worker::end_failing_chains() {
  bool any = false;
  for (Chain& chain : chains_) {
    if (chain.phase == Phase::kIdle) continue;
    for (std::size_t row = chain.first_row; row < chain.first_row + chain.rows; ++row) {
      if (!fails(batch_[row], chain.tally.seed)) continue;
      any = true;
      if (chain.phase == Phase::kRefining) measure_and_settle(chain, std::exchange(chain.found, {}));
      if (chain.phase != Phase::kIdle) end(chain, ChainEnd::kModelFailed);
      break;
    }
  }
  return any;
}

bool Worker::fails(InputView input, SeedIndex seed) {
  try {
    pair_.ask({&input, 1}, {&seed, 1});
    return false;
  } catch (const Error& e) {
    note_failure(seed, input, e);
    return true;
  }
}

void Worker::note_failure(SeedIndex seed, InputView input, const Error& failure) {
  if (failure.code() != ErrorCode::kModelFailed) throw failure;
  FailedInput event{.seed = seed,
                    .original = !pair_.asked_compressed(),
                    .compressed = pair_.asked_compressed(),
                    .why = failure.what()};
  const InputView known = work_.context.input(seed);
  // It was answered once: a model that fails on it now is broken altogether. Rows may be in the middle of being judged.
  pair_.ask_beside({&known, 1}, {&seed, 1});
  encode_input(input, event.png);
  events_.failed.push_back(std::move(event));
  if (++work_.failed_inputs < kMostFailedInputs) return;
  throw Error(
      ErrorCode::kModelFailed,
      "the models failed on " + std::to_string(kMostFailedInputs) + " inputs, the last time with: " + failure.what(),
      "the inputs are kept in the run's folder `failed`");
}

void Worker::judge_all(double query_seconds) {
  Stopwatch watch;
  const double seconds_a_row = query_seconds / static_cast<double>(rows_.size());
  claims_.clear();
  refined_.clear();
  for (Chain& chain : chains_) {
    if (chain.phase == Phase::kIdle || chain.rows == 0) continue;
    (chain.phase == Phase::kRefining ? chain.tally.refine_queries : chain.tally.queries) +=
        static_cast<std::int64_t>(chain.rows);
    chain.tally.seconds += seconds_a_row * static_cast<double>(chain.rows);
    judge_chain(chain);
    const double seconds = watch.lap();
    chain.tally.seconds += seconds;
    steps_.judge += seconds;
  }
  work_.live.queries += std::ssize(rows_);
  // Confirming asks the models again and so overwrites their answers: only now that every row is judged.
  for (const Claim& claim : claims_) confirm(claim);
  for (Chain* chain : refined_) finish_refining(*chain);
  steps_.confirm += watch.lap();
  for (Chain& chain : chains_) {
    if (chain.phase == Phase::kSearching) check_budget(chain);
  }
}

void Worker::judge_chain(Chain& chain) {
  verdicts_.clear();
  const int label = label_of(chain.tally.seed);
  for (std::size_t i = 0; i < chain.rows; ++i) {
    const std::size_t answer = chain.first_answer + i;
    const Verdict& v = verdicts_.emplace_back(judge(batch_[chain.first_row + i], pair_.original()[answer],
                                                    pair_.compressed()[answer], label, work_.context.acceptance));
    if (!v.finite) note_not_finite(chain, v);
    if (v.differs && !v.deviates) ++chain.tally.ties;
  }
  if (chain.phase == Phase::kRefining) {
    if (work_.settings.min_robust > 0) strike_fragile(chain);
    judge_refined(chain);
    return;
  }
  const Decision decision = chain.strategy->observe(verdicts_, chain.rng);
  if (decision.kind == Decision::Kind::kDeviation) claims_.push_back({&chain, verdicts_[decision.row]});
  if (decision.kind == Decision::Kind::kGaveUp) end(chain, ChainEnd::kGaveUp);
}

void Worker::strike_fragile(Chain& chain) {
  for (Verdict& v : verdicts_) {
    if (!v.deviates || !chain.refiner->would_take(v)) continue;
    v.deviates = !is_fragile(robustness(chain.tally, v.input));
  }
}

void Worker::judge_refined(Chain& chain) {
  const bool go_on = chain.refiner->observe(verdicts_);
  const std::int64_t spent = chain.tally.refine_queries - chain.found.refine_queries;
  if (!go_on || spent >= chain.refine_limit || time_is_spent(chain)) refined_.push_back(&chain);
}

// The first such input of a chain is kept as evidence, the others are counted.
void Worker::note_not_finite(Chain& chain, const Verdict& verdict) {
  if (chain.tally.not_finite++ > 0) return;
  NotFinite event{
      .seed = chain.tally.seed, .original = !verdict.original.finite, .compressed = !verdict.compressed.finite};
  encode_input(verdict.input, event.png);
  events_.not_finite.push_back(std::move(event));
}

void Worker::confirm(const Claim& claim) {
  const Stopwatch watch;
  Chain& chain = *claim.chain;
  const Verdict& v = claim.verdict;
  Finding finding{.seed = chain.tally.seed, .ordinal = chain.findings++, .queries = chain.tally.queries};
  try {
    confirmation_.confirm(pair_, {v.input, v.seed_label, v.original.label, v.compressed.label}, finding);
  } catch (const Error& e) {
    note_failure(chain.tally.seed, v.input, e);
    end(chain, ChainEnd::kModelFailed);
    return;
  }
  chain.tally.confirmations += confirmation_.times();
  chain.tally.seconds += watch.seconds();
  finding.severity_found = finding.severity;
  finding.how = chain.strategy->how();
  chain.refine_limit = queries_for_refining(chain);
  if (chain.refine_limit <= 0 || finding.flaky) {
    measure_and_settle(chain, std::move(finding));
    return;
  }
  chain.phase = Phase::kRefining;
  chain.refiner->begin(work_.context, finding.seed,
                       {v.input, v.original.label, v.compressed.label, chain.strategy->way()}, aimed_at(finding),
                       chain.refine_limit);
  finding.refine_queries = chain.tally.refine_queries;  // spent on findings before this one
  chain.found = std::move(finding);
  if (work_.settings.min_robust > 0) measure(chain.tally, chain.found);
  if (!counts(chain, chain.found)) return;
  Finding& kept = events_.unsettled.emplace_back(chain.found);
  kept.refine_queries = 0;
  kept.seconds = chain.tally.seconds;
}

// 0: findings stay as they are found.
std::int64_t Worker::queries_for_refining(const Chain& chain) const {
  if (chain.refiner == nullptr) return 0;
  const std::int64_t total = work_.settings.total_queries;
  if (total == 0) return work_.settings.refine_queries;
  return std::min(work_.settings.refine_queries, total - chain.tally.queries - chain.tally.refine_queries);
}

// How decisive a finding is by the run's goal.
double Worker::aimed_at(const Finding& finding) const {
  return work_.context.goal == Goal::kRegression ? finding.regression() : finding.severity;
}

// The refined image must be confirmed as the first was; where it is not, the first stays.
void Worker::finish_refining(Chain& chain) {
  const Stopwatch watch;
  const Refiner::Best best = chain.refiner->best();
  Finding refined = chain.found;
  try {
    confirmation_.confirm(pair_, {best.image, refined.seed_label, best.label_original, best.label_compressed}, refined);
    chain.tally.confirmations += confirmation_.times();
  } catch (const Error& e) {
    note_failure(chain.tally.seed, best.image, e);
    refined.flaky = true;
  }
  if (std::string how = chain.refiner->how(); !how.empty()) refined.how = std::move(how);
  chain.tally.seconds += watch.seconds();
  if (refined.flaky) refined = chain.found;
  if (refined.png != chain.found.png) refined.robust = {};
  measure_and_settle(chain, std::move(refined));
}

Robustness Worker::robustness(SeedDone& tally, InputView input) {
  try {
    const Robustness robust = neighbourhood_.measure(pair_, input, tally.seed);
    tally.confirmations += robust.asked;
    return robust;
  } catch (const Error& e) {
    note_failure(tally.seed, neighbourhood_.failing(), e);
    return {};
  }
}

// Whatever its neighbours do to a model, what was confirmed is settled.
void Worker::measure_and_settle(Chain& chain, Finding finding) {
  const Stopwatch watch;
  try {
    measure(chain.tally, finding);
  } catch (const Error&) {
    settle(chain, std::move(finding));
    throw;
  }
  chain.tally.seconds += watch.seconds();
  settle(chain, std::move(finding));
}

void Worker::measure(SeedDone& tally, Finding& finding) {
  if (finding.flaky || finding.robust.asked > 0 || work_.settings.robust == 0) return;
  const Input image = decode_input(finding.png, "a finding", work_.context.shape);
  finding.robust = robustness(tally, image.view());
}

bool Worker::is_fragile(const Robustness& robust) const {
  return robust.share().value_or(0) < work_.settings.min_robust;
}

bool Worker::counts(const Chain& chain, const Finding& finding) const {
  const bool mild = aimed_at(finding) < work_.settings.min_severity;
  const bool known = std::ranges::find(chain.images, finding.png) != chain.images.end();
  return !finding.flaky && !mild && !known && !is_fragile(finding.robust);
}

// The one way of a finding into the store: in its last form it counts, and its chain ends or goes on for another; or it
// does not, and the chain looks elsewhere.
void Worker::settle(Chain& chain, Finding finding) {
  if (chain.phase == Phase::kRefining) finding.refine_queries = chain.tally.refine_queries - finding.refine_queries;
  chain.phase = Phase::kSearching;
  finding.seconds = chain.tally.seconds;
  const bool counted = counts(chain, finding);
  if (finding.flaky) ++chain.tally.flaky;
  if (finding.flaky || counted) events_.findings.push_back(finding);
  if (counted)
    go_on_after(chain, std::move(finding));
  else if (!leaving_)
    chain.strategy->rejected(chain.rng);
}

void Worker::go_on_after(Chain& chain, Finding finding) {
  if (chain.images.empty()) ++seeds_found_;
  if (leaving_) return;
  chain.images.push_back(std::move(finding.png));
  if (std::ssize(chain.images) >= work_.settings.findings_per_seed) {
    end(chain, ChainEnd::kFound);
    return;
  }
  chain.queries_before = chain.tally.queries;
  chain.strategy->again(work_.context, chain.tally.seed, chain.rng);
}

void Worker::leave_chains(bool ask) {
  leaving_ = true;
  for (Chain& chain : chains_) {
    if (chain.phase != Phase::kRefining) continue;
    try {
      if (ask) {
        finish_refining(chain);
        continue;
      }
    } catch (const Error&) {  // not even alone: the form in which it was confirmed stays
    }
    if (chain.phase == Phase::kRefining) settle(chain, std::exchange(chain.found, {}));
  }
}

bool Worker::time_is_spent(const Chain& chain) const {
  return work_.settings.timeout_seconds > 0 && chain.tally.seconds >= work_.settings.timeout_seconds;
}

void Worker::check_budget(Chain& chain) {
  const auto next = static_cast<std::int64_t>(chain.strategy->max_proposals());
  const std::int64_t total = work_.settings.total_queries;
  if (chain.tally.queries - chain.queries_before + next > work_.settings.max_queries ||
      (total > 0 && chain.tally.queries + chain.tally.refine_queries + next > total))
    end(chain, ChainEnd::kQueriesSpent);
  else if (time_is_spent(chain))
    end(chain, ChainEnd::kTimeSpent);
}

void Worker::end(Chain& chain, ChainEnd how) {
  chain.tally.end = how;
  chain.phase = Phase::kIdle;
  events_.done.push_back(chain.tally);
}

}  // namespace dflare
