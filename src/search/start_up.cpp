// Checks, asks both models all inputs, sorts the inputs, and freezes what chains may know.
#include "search/start_up.h"

#include <algorithm>
#include <string>
#include <thread>

#include "dflare/error.h"
#include "search/ask_seeds.h"
#include "search/check_settings.h"
#include "search/probe.h"
#include "search/sort_seeds.h"

namespace dflare {
namespace {

constexpr std::size_t kProbed = 64;  // inputs that the probe asks, or a batch of them
constexpr std::size_t kGroup = 256;  // with max_seeds: inputs asked until it is looked whether they are enough

// Offsets that differ are evened out by leaving out the leading classes of the model that has more.
void align_classes(const Pair& pair, const SearchSettings& s, PairFacts& facts) {
  const int common = std::min(s.original_label_offset, s.compressed_label_offset);
  facts.original.skip_classes = s.original_label_offset - common;
  facts.compressed.skip_classes = s.compressed_label_offset - common;
  const auto classes = [](const Model& m, const OutputReading& r) {
    return static_cast<int>(m.info().classes) - r.skip_classes;
  };
  const int f = classes(*pair.original, facts.original);
  const int g = classes(*pair.compressed, facts.compressed);
  if (f != g) {
    throw Error(
        ErrorCode::kBadArgument,
        "the models answer with different numbers of classes: " + pair.original->info().path + " with " +
            std::to_string(f) + ", " + pair.compressed->info().path + " with " + std::to_string(g),
        "where one counts a background class first, use --original-label-offset 1 or --compressed-label-offset 1");
  }
}

void check_oracle(const Pair& pair, const SearchSettings& s) {
  for (const Model* model : {pair.original, pair.compressed}) {
    const std::size_t values = model->info().classes;
    if (s.oracle.labels() && s.oracle.binary != (values == 1)) {
      throw Error(ErrorCode::kBadArgument,
                  model->info().path + " gives " + std::to_string(values) + " values for an input",
                  values == 1 ? "one score is read by --oracle binary, a measured quantity by --oracle value:TOLERANCE"
                              : "--oracle binary is for models that give one score; leave it away");
    }
  }
  if ((s.oracle.binary || !s.oracle.labels()) && (s.original_label_offset != 0 || s.compressed_label_offset != 0)) {
    throw Error(ErrorCode::kBadArgument, "a label offset is for scores of several classes",
                "leave --label-offset away");
  }
}

RunContext context_of(const Pair& pair, const SeedSet& seeds, const SearchSettings& settings, const PairFacts& facts) {
  RunContext context;
  context.seeds = &seeds;
  context.shape = pair.original->info().shape;
  context.shape.form = seeds.form.get();
  context.acceptance = settings.acceptance;
  if (settings.goal == Goal::kRegression) context.acceptance.require = Require::kCompressedLost;
  context.goal = settings.goal;
  context.natural_box = settings.natural_box;
  context.budget = settings.budget;
  context.oracle = settings.oracle.oracle.get();
  context.status.assign(seeds.seeds.size(), SeedStatus::kNotAsked);
  context.classes = pair.original->info().classes - static_cast<std::size_t>(facts.original.skip_classes);
  return context;
}

std::vector<SeedIndex> readable_of(const SeedSet& seeds, RunContext& context) {
  std::vector<SeedIndex> readable;
  for (std::size_t i = 0; i < seeds.seeds.size(); ++i) {
    if (seeds.seeds[i].problem.empty())
      readable.emplace_back(static_cast<std::int32_t>(i));
    else
      context.status[i] = SeedStatus::kUnreadable;
  }
  if (readable.empty())
    throw Error(ErrorCode::kNoUsableSeed, "no input of " + seeds.path.string() + " can be used",
                "see the reasons given for each file");
  return readable;
}

int workers_of(const SearchSettings& settings) {
  if (settings.workers > 0) return settings.workers;
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, LiveProgress::kMostWorkers);
}

// What the workers will really ask at a time: as many chains as fit, one at least, each with all that it proposes.
int whole_populations(int batch, const SearchSettings& settings) {
  const auto proposals = static_cast<int>(proposals_of(settings));
  return std::max(1, batch / proposals) * proposals;
}

void measure(const Pair& pair, const SearchSettings& settings, Sample sample, PairFacts& facts, LiveProgress& live) {
  QueryUnderWay& slot = live.queries_under_way[0];
  const int batch = settings.batch > 0 ? settings.batch : measure_batch(pair, sample, slot);
  facts.batch = whole_populations(batch, settings);
  facts.rows_exact = rows_are_exact(pair, sample, facts.batch, slot);
}

void probe(const Pair& pair, const SearchSettings& settings, std::span<const SeedIndex> readable, SeedAsker& asker,
           PairFacts& facts, LiveProgress& live) {
  facts.workers = workers_of(settings);
  const std::size_t most = std::max(kProbed, static_cast<std::size_t>(settings.batch));
  const std::vector<InputView> sample = asker.sample(readable, most);
  try {
    measure(pair, settings, sample, facts, live);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kModelFailed) throw;
    measure(pair, settings, Sample(sample).first(1), facts, live);  // a model fails on one of the others
  }
}

void check_time(const RunClock& clock, std::size_t asked, std::size_t inputs) {
  if (asked == inputs || !clock.over()) return;
  throw Error(ErrorCode::kBadArgument,
              "the time was over when both models had answered " + std::to_string(asked) + " of the " +
                  std::to_string(inputs) + " inputs that a search begins with",
              "use a longer --time-limit, or fewer inputs by --max-seeds N");
}

// Asks the readable seeds in order; with max_seeds in groups, until enough usable ones are known, and with a deadline
// so that it is kept. Returns those asked.
std::span<const SeedIndex> ask(const SearchSettings& settings, const SeedSorter& sorter,
                               std::span<const SeedIndex> readable, SeedAsker& asker, const StartUp& so_far,
                               const RunClock& clock, const LiveProgress& live) {
  const std::size_t group = settings.max_seeds > 0 || settings.deadline ? kGroup : readable.size();
  std::size_t asked = 0;
  while (asked < readable.size() && !live.stop) {
    const auto next = readable.subspan(asked, std::min(group, readable.size() - asked));
    asker.ask(next);
    asker.ask_alone_where_they_differ(next);
    asked += next.size();
    const auto enough = [&] {
      const std::vector<SeedIndex> answered = asker.answered(readable.first(asked));
      return sorter.count_usable(answered, so_far.context, so_far.facts) >= settings.max_seeds;
    };
    if (settings.max_seeds > 0 && enough()) break;
    check_time(clock, asked, readable.size());
  }
  return readable.first(asked);
}

std::vector<SeedIndex> plan_of(const RunContext& context, const SearchSettings& settings) {
  std::vector<SeedIndex> plan;
  std::int64_t nth = 0;
  for (std::size_t row = 0; row < context.status.size(); ++row) {
    const SeedStatus status = context.status[row];
    if (status != SeedStatus::kUsable && status != SeedStatus::kNatural) continue;
    if (nth++ % settings.shards == settings.shard) plan.emplace_back(static_cast<std::int32_t>(row));
  }
  return plan;
}

}  // namespace

StartUp start_up(const Pair& pair, const SeedSet& seeds, const SearchSettings& settings, const RunClock& clock,
                 LiveProgress& live) {
  check_fits(pair, settings);
  StartUp out;
  check_oracle(pair, settings);
  align_classes(pair, settings, out.facts);
  out.context = context_of(pair, seeds, settings, out.facts);
  const std::vector<SeedIndex> readable = readable_of(seeds, out.context);
  SeedAsker asker(pair, out.context, out.facts, settings, live);
  probe(pair, settings, readable, asker, out.facts, live);
  const SeedSorter sorter(seeds, settings);
  const auto asked = ask(settings, sorter, readable, asker, out, clock, live);
  const std::vector<SeedIndex> answered = asker.answered(asked);
  read_outputs(pair, settings, answered, out.context, out.facts);
  sorter.sort(answered, out.context);
  sorter.measure(answered, out.context, out.facts);
  out.failed = asker.failed();
  for (const FailedInput& f : out.failed)
    out.context.status[static_cast<std::size_t>(f.seed.value)] = SeedStatus::kFailed;
  out.plan = plan_of(out.context, settings);
  return out;
}

}  // namespace dflare
