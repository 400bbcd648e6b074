// Opens a pair and takes turns.
#include "measurement.h"

#include <algorithm>

#include "bare_loop.h"
#include "search_loop.h"

namespace dflare::bench {
namespace {

struct OpenPair {
  std::unique_ptr<Model> original, compressed;
  SeedSet seeds;
};

OpenPair open(const PairSpec& spec, ModelOptions options) {
  OpenPair out;
  options.preprocess = parse_preprocess(spec.preprocess);
  out.original = open_model(spec.original, options);
  out.compressed = open_model(spec.compressed, options);
  out.seeds = load_seeds(spec.seeds, {.shape = out.original->info().shape,
                                      .preprocess = options.preprocess,
                                      .labels = spec.labels,
                                      .classes = spec.classes});
  return out;
}

// A full batch of inputs that are searched, repeated where they are fewer.
std::vector<InputView> ready_batch(const Search& search) {
  const std::vector<SeedIndex>& plan = search.plan();
  std::vector<InputView> out;
  for (int i = 0; i < search.facts().batch; ++i) {
    out.push_back(search.context().input(plan[static_cast<std::size_t>(i) % plan.size()]));
  }
  return out;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Medians of what `value` makes of each round's rate and clock.
template <class Value>
Rate median_rate(const std::vector<Round>& rounds, const Value& value) {
  std::vector<double> wall, cpu;
  for (const Round& round : rounds) {
    wall.push_back(value(round, &Rate::per_second));
    cpu.push_back(value(round, &Rate::per_cpu_second));
  }
  return {median(std::move(wall)), median(std::move(cpu))};
}

template <class Value>
Round median_round(const std::vector<Round>& rounds, const Value& value) {
  const auto of = [&](Rate Round::*turn) {
    return median_rate(rounds, [&](const Round& r, double Rate::*clock) { return value(r, r.*turn.*clock, clock); });
  };
  return {of(&Round::runtimes), of(&Round::queries), of(&Round::in_memory), of(&Round::on_disk)};
}

void add(StepSeconds& sum, const StepSeconds& steps) {
  sum.mutate += steps.mutate;
  sum.query += steps.query;
  sum.judge += steps.judge;
  sum.confirm += steps.confirm;
  sum.store += steps.store;
}

Shares shares_of(const StepSeconds& s, double all) {
  Shares out{.mutate = s.mutate / all, .query = s.query / all, .judge = s.judge / all};
  out.confirm = s.confirm / all;
  out.store = s.store / all;
  out.other = 1 - out.mutate - out.query - out.judge - out.confirm - out.store;
  return out;
}

}  // namespace

Round Measurement::median() const {
  return median_round(rounds, [](const Round&, double rate, double Rate::*) { return rate; });
}

Round Measurement::ratio() const {
  return median_round(rounds,
                      [](const Round& r, double rate, double Rate::*clock) { return rate / (r.runtimes.*clock); });
}

Measurement measure(const PairSpec& spec, const MeasureOptions& options) {
  OpenPair models = open(spec, options.model);
  const Pair pair{models.original.get(), models.compressed.get()};
  SearchSettings settings = options.search;
  settings.original_label_offset = settings.compressed_label_offset = spec.label_offset;
  SearchLoop loop(pair, std::move(models.seeds), settings, options.seconds);
  const PairFacts& facts = loop.search().facts();
  const std::vector<InputView> batch = ready_batch(loop.search());
  BareLoop bare(pair, batch, facts.workers, facts.rows_exact);

  Measurement out{.id = spec.id,
                  .original_runtime = pair.original->info().runtime,
                  .compressed_runtime = pair.compressed->info().runtime,
                  .batch = facts.batch,
                  .workers = facts.workers,
                  .threads = options.model.threads,
                  .rows_exact = facts.rows_exact};
  StepSeconds steps;
  double seconds = 0;
  for (int i = 0; i < options.rounds; ++i) {
    Round& round = out.rounds.emplace_back();
    round.runtimes = bare.runtimes(options.seconds);
    round.in_memory = loop.to_memory().rate();
    round.queries = bare.queries(options.seconds);
    const SearchTurn turn = loop.to_disk();
    round.on_disk = turn.rate();
    add(steps, turn.steps);
    seconds += turn.seconds * facts.workers;
    out.queries += turn.queries;
    out.confirmations += turn.confirmations;
    out.findings += turn.findings;
    out.natural += turn.natural;
  }
  out.shares = shares_of(steps, seconds);
  return out;
}

nlohmann::json to_json(const Measurement& m) {
  const auto rate_json = [](const Rate& r) {
    return nlohmann::json{{"wall", r.per_second}, {"cpu", r.per_cpu_second}};
  };
  const auto round_json = [&](const Round& r) {
    return nlohmann::json{{"runtimes", rate_json(r.runtimes)},
                          {"queries", rate_json(r.queries)},
                          {"in_memory", rate_json(r.in_memory)},
                          {"on_disk", rate_json(r.on_disk)}};
  };
  nlohmann::json rounds = nlohmann::json::array();
  for (const Round& r : m.rounds) rounds.push_back(round_json(r));
  return {{"pair", m.id},
          {"runtimes", {m.original_runtime, m.compressed_runtime}},
          {"batch", m.batch},
          {"workers", m.workers},
          {"threads", m.threads},
          {"rows_exact", m.rows_exact},
          {"queries_per_second", round_json(m.median())},
          {"ratio", round_json(m.ratio())},
          {"shares",
           {{"mutate", m.shares.mutate},
            {"query", m.shares.query},
            {"judge", m.shares.judge},
            {"confirm", m.shares.confirm},
            {"store", m.shares.store},
            {"other", m.shares.other}}},
          {"queries", m.queries},
          {"confirmations", m.confirmations},
          {"findings", m.findings},
          {"natural", m.natural},
          {"rounds", rounds}};
}

}  // namespace dflare::bench
