// Asks both models all inputs, reads their outputs, and freezes what chains may know.
#include "search/start_up.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <mutex>
#include <string>
#include <thread>

#include "dflare/error.h"
#include "search/clock.h"
#include "search/pair_instance.h"

namespace dflare {
namespace {

using Rows = std::vector<SeedIndex>;

// Inputs that a strategy may propose at a time.
std::int64_t proposals_of(const SearchSettings& s) {
  return static_cast<std::int64_t>(make_strategy_factory(s.strategy)()->max_proposals());
}

void check_settings(const Pair& pair, const SearchSettings& s) {
  const auto require = [](bool ok, const std::string& what, const std::string& hint) {
    if (!ok) throw Error(ErrorCode::kBadArgument, what, hint);
  };
  require(s.max_queries >= 2,
          "the query budget is " + std::to_string(s.max_queries) + ", and the seed itself takes one",
          "use --max-queries N with N >= 2");
  const std::int64_t least = 1 + proposals_of(s);
  require(s.max_queries >= least,
          "the query budget is " + std::to_string(s.max_queries) + ", and the seed and its first population take " +
              std::to_string(least),
          "use --max-queries N with N >= " + std::to_string(least) + ", or a smaller --population");
  require(s.findings_per_seed >= 1, "a seed's search ends with its first finding at the earliest",
          "use --findings-per-seed N with N >= 1");
  require(s.confirm >= 1, "a finding must be confirmed at least once", "use --confirm K with K >= 1");
  require(s.shards >= 1 && s.shard >= 0 && s.shard < s.shards, "there is no such shard",
          "use --shard I/N with 0 <= I < N");
  require(s.batch >= 0 && s.workers >= 0 && s.workers < LiveProgress::kSlots, "batch or workers are out of range",
          "use --batch N and --workers N with N >= 0 (0: chosen for you)");
  require(pair.original->info().shape == pair.compressed->info().shape, "the two models take images of different sizes",
          "compare models with the same input height, width, channels");
}

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

class SeedAnswers {
 public:
  SeedAnswers(const Pair& pair, const SeedSet& seeds, const SearchSettings& settings, LiveProgress* live)
      : pair_(pair), seeds_(seeds), settings_(settings), live_(live) {
    context_.seeds = &seeds;
    context_.shape = pair.original->info().shape;
    context_.acceptance = settings.acceptance;
    context_.budget = settings.budget;
    context_.status.assign(seeds.seeds.size(), SeedStatus::kNotAsked);
    align_classes(pair, settings, facts_);
    context_.classes = pair.original->info().classes - static_cast<std::size_t>(facts_.original.skip_classes);
    original_raw_ = make_room(context_.original, *pair.original);
    compressed_raw_ = make_room(context_.compressed, *pair.compressed);
    for (std::size_t i = 0; i < seeds.seeds.size(); ++i) {
      if (seeds.seeds[i].problem.empty())
        readable_.emplace_back(static_cast<std::int32_t>(i));
      else
        context_.status[i] = SeedStatus::kUnreadable;
    }
    if (readable_.empty())
      throw Error(ErrorCode::kNoUsableSeed, "no input of " + seeds.path.string() + " can be used",
                  "see the reasons given for each file");
  }

  StartUp finish() {
    measure_batch();
    hold_whole_populations();
    measure_rows_exact();
    ask_seeds();
    read_outputs();
    set_statuses();
    measure_accuracy();
    StartUp out{.context = std::move(context_), .facts = facts_, .plan = {}};
    out.plan = plan(out.context);
    return out;
  }

 private:
  [[nodiscard]] std::span<float> make_room(Answers& answers, const Model& model) const {
    const std::span<float> raw = answers.prepare(seeds_.seeds.size(), model.info().classes);
    std::fill(raw.begin(), raw.end(), 0.0F);
    return raw;
  }

  [[nodiscard]] std::vector<InputView> views(std::span<const SeedIndex> rows) const {
    std::vector<InputView> out;
    for (const SeedIndex i : rows) out.push_back(context_.input(i));
    return out;
  }

  // The first readable seeds, repeated until there are n.
  [[nodiscard]] std::vector<InputView> sample(std::size_t n) const {
    std::vector<InputView> out;
    for (std::size_t i = 0; i < n; ++i) out.push_back(context_.input(readable_[i % readable_.size()]));
    return out;
  }

  [[nodiscard]] std::atomic<std::int64_t>* slot(int i) const {
    return live_ == nullptr ? nullptr : &live_->query_started[i];
  }

  // The smallest batch whose time per row is within 4 % of the best seen; stops growing when it no longer pays.
  void measure_batch() {
    const auto cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    facts_.workers = settings_.workers > 0 ? settings_.workers : cores;
    facts_.batch = settings_.batch;
    if (settings_.batch > 0) return;
    PairInstance instance(pair_, slot(0));
    double best = 1e30;
    for (const int rows : {1, 4, 16, 64}) {
      const std::vector<InputView> inputs = sample(static_cast<std::size_t>(rows));
      instance.reserve(inputs.size());
      const double per_row = least_seconds(instance, inputs) / rows;
      if (per_row < 0.96 * best) facts_.batch = rows;
      if (per_row > 1.1 * best || per_row * rows > 0.2) break;
      best = std::min(best, per_row);
    }
  }

  // What the workers will really ask at a time: as many chains as fit, one at least, each with all that it proposes.
  void hold_whole_populations() {
    const auto proposals = static_cast<int>(proposals_of(settings_));
    facts_.batch = std::max(1, facts_.batch / proposals) * proposals;
  }

  static double least_seconds(PairInstance& instance, std::span<const InputView> inputs) {
    instance.ask_raw(inputs);
    double least = 1e30;
    const Stopwatch total;
    for (int i = 0; i < 3 || (i < 20 && total.seconds() < 0.02); ++i) {
      const Stopwatch one;
      instance.ask_raw(inputs);
      least = std::min(least, one.seconds());
      if (total.seconds() > 0.4) break;
    }
    return least;
  }

  void measure_rows_exact() {
    const std::vector<InputView> inputs = sample(static_cast<std::size_t>(std::max(facts_.batch, 3)));
    PairInstance together(pair_, slot(0));
    PairInstance alone(pair_, slot(0));
    together.reserve(inputs.size());
    together.ask_raw(inputs);
    facts_.rows_exact = true;
    for (std::size_t i = 0; i < std::min(inputs.size(), readable_.size()); ++i) {
      alone.ask_raw({&inputs[i], 1});
      facts_.rows_exact = facts_.rows_exact && same_bits(together.original().raw(i), alone.original().raw(0)) &&
                          same_bits(together.compressed().raw(i), alone.compressed().raw(0));
    }
  }

  static bool same_bits(std::span<const float> a, std::span<const float> b) {
    return std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
  }

  // Asks the readable seeds in order; with --max-seeds in groups, until enough usable ones are known.
  void ask_seeds() {
    constexpr std::size_t kGroup = 256;
    const std::size_t group = settings_.max_seeds > 0 ? kGroup : readable_.size();
    for (std::size_t first = 0; first < readable_.size(); first += group) {
      ask_group(std::span(readable_).subspan(first, std::min(group, readable_.size() - first)));
      if (settings_.max_seeds > 0 && count_usable_so_far() >= settings_.max_seeds) break;
    }
  }

  // Shares the rows out among the workers, a batch at a time.
  void ask_group(std::span<const SeedIndex> group) {
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex failure_lock;
    const auto batch = static_cast<std::size_t>(facts_.batch);
    const auto work = [&](int worker) {
      try {
        PairInstance instance(pair_, slot(worker));
        instance.reserve(batch);
        while (live_ == nullptr || !live_->stop) {
          const std::size_t first = next.fetch_add(batch);
          if (first >= group.size()) return;
          ask_rows(instance, group.subspan(first, std::min(batch, group.size() - first)));
        }
      } catch (...) {
        const std::lock_guard lock(failure_lock);
        failure = std::current_exception();
        next = group.size();
      }
    };
    const std::size_t batches = (group.size() + batch - 1) / batch;
    std::vector<std::jthread> threads;
    for (int w = 1; w < std::min(facts_.workers, static_cast<int>(batches)); ++w) threads.emplace_back(work, w);
    work(0);
    threads.clear();
    if (failure) std::rethrow_exception(failure);
    asked_ += group.size();
  }

  void ask_rows(PairInstance& instance, std::span<const SeedIndex> rows) {
    instance.ask_raw(views(rows));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto seed = static_cast<std::size_t>(rows[i].value);
      const auto f = instance.original().raw(i);
      const auto g = instance.compressed().raw(i);
      std::copy(f.begin(), f.end(), original_raw_.begin() + static_cast<std::ptrdiff_t>(seed * f.size()));
      std::copy(g.begin(), g.end(), compressed_raw_.begin() + static_cast<std::ptrdiff_t>(seed * g.size()));
    }
  }

  [[nodiscard]] std::int64_t count_usable_so_far() const {
    const int f_skip = facts_.original.skip_classes;
    const int g_skip = facts_.compressed.skip_classes;
    std::int64_t usable = 0;
    Answers f;
    Answers g;
    for (std::size_t i = 0; i < asked_; ++i) {
      const auto row = static_cast<std::size_t>(readable_[i].value);
      const auto read = [row](Answers& to, const Answers& from, int skip) {
        const auto raw = from.raw(row);
        std::copy(raw.begin(), raw.end(), to.prepare(1, raw.size()).begin());
        to.interpret({OutputKind::kLogits, 0, skip});
      };
      read(f, context_.original, f_skip);
      read(g, context_.compressed, g_skip);
      if (status_of(row, f[0], g[0]) == SeedStatus::kUsable) ++usable;
    }
    return usable;
  }

  void read_outputs() {
    const auto reading = [this](const Answers& all, const Model& model, int skip) {
      Answers asked;
      const std::span<float> raw = asked.prepare(asked_, model.info().classes);
      for (std::size_t i = 0; i < asked_; ++i) {
        const auto row = all.raw(static_cast<std::size_t>(readable_[i].value));
        std::copy(row.begin(), row.end(), raw.begin() + static_cast<std::ptrdiff_t>(i * row.size()));
      }
      OutputReading r = detect_reading(asked);
      if (settings_.output == OutputOption::kLogits) r.kind = OutputKind::kLogits;
      if (settings_.output == OutputOption::kProbabilities) r.kind = OutputKind::kProbabilities;
      if (r.step == 0) r.step = model.info().output_scale;
      r.skip_classes = skip;
      return r;
    };
    facts_.original = reading(context_.original, *pair_.original, facts_.original.skip_classes);
    facts_.compressed = reading(context_.compressed, *pair_.compressed, facts_.compressed.skip_classes);
    context_.original_reading = facts_.original;
    context_.compressed_reading = facts_.compressed;
    context_.original.interpret(facts_.original);
    context_.compressed.interpret(facts_.compressed);
  }

  [[nodiscard]] int true_label(std::size_t row) const {
    const int label = seeds_.seeds[row].label;
    return label < 0 ? -1 : label + std::min(settings_.original_label_offset, settings_.compressed_label_offset);
  }

  [[nodiscard]] bool filter_correct() const {
    return settings_.seed_filter == SeedFilter::kCorrect ||
           (settings_.seed_filter == SeedFilter::kAuto && seeds_.labelled);
  }

  [[nodiscard]] SeedStatus status_of(std::size_t row, const AnswerView& f, const AnswerView& g) const {
    if (!f.finite || !g.finite) return SeedStatus::kNotFinite;
    const bool tie = settings_.acceptance.ties == TiePolicy::kSkip && (f.tie || g.tie);
    if (tie) return SeedStatus::kTied;
    if (f.label != g.label) return SeedStatus::kNatural;
    if (filter_correct()) {
      if (true_label(row) < 0) return SeedStatus::kUnlabelled;
      if (true_label(row) != f.label) return SeedStatus::kWrong;
    }
    return SeedStatus::kUsable;
  }

  void set_statuses() {
    for (std::size_t i = 0; i < asked_; ++i) {
      const SeedIndex seed = readable_[i];
      const auto row = static_cast<std::size_t>(seed.value);
      const auto usable = static_cast<std::int64_t>(context_.usable.size());
      if (settings_.max_seeds > 0 && usable == settings_.max_seeds) return;  // the others stay not_asked
      context_.status[row] = status_of(row, context_.original[row], context_.compressed[row]);
      if (context_.status[row] == SeedStatus::kUsable) context_.usable.push_back(seed);
    }
  }

  void measure_accuracy() {
    std::int64_t labelled = 0;
    std::int64_t right_f = 0;
    std::int64_t right_g = 0;
    std::int64_t agree = 0;
    PairCounter counter;
    for (std::size_t i = 0; i < asked_; ++i) {
      const auto row = static_cast<std::size_t>(readable_[i].value);
      counter.add(context_.original[row], context_.compressed[row], true_label(row));
      const int f = context_.original[row].label;
      const int g = context_.compressed[row].label;
      agree += f >= 0 && f == g ? 1 : 0;
      if (true_label(row) < 0) continue;
      ++labelled;
      right_f += f == true_label(row) ? 1 : 0;
      right_g += g == true_label(row) ? 1 : 0;
    }
    facts_.figures = counter.figures();
    const auto share = [](std::int64_t a, std::int64_t b) {
      return b == 0 ? -1.0 : static_cast<double>(a) / static_cast<double>(b);
    };
    facts_.agreement = share(agree, static_cast<std::int64_t>(asked_));
    facts_.accuracy_original = share(right_f, labelled);
    facts_.accuracy_compressed = share(right_g, labelled);
  }

  [[nodiscard]] std::vector<SeedIndex> plan(const RunContext& context) const {
    std::vector<SeedIndex> out;
    std::int64_t nth = 0;
    for (std::size_t row = 0; row < context.status.size(); ++row) {
      const SeedIndex seed(static_cast<std::int32_t>(row));
      if (context.status[row] != SeedStatus::kUsable && context.status[row] != SeedStatus::kNatural) continue;
      if (nth++ % settings_.shards == settings_.shard) out.push_back(seed);
    }
    return out;
  }

  const Pair& pair_;
  const SeedSet& seeds_;
  const SearchSettings& settings_;
  LiveProgress* live_;
  RunContext context_;
  PairFacts facts_;
  Rows readable_;
  std::size_t asked_ = 0;  // the first asked_ of readable_ were asked
  std::span<float> original_raw_, compressed_raw_;
};

}  // namespace

StartUp start_up(const Pair& pair, const SeedSet& seeds, const SearchSettings& settings, LiveProgress* live) {
  check_settings(pair, settings);
  return SeedAnswers(pair, seeds, settings, live).finish();
}

}  // namespace dflare
