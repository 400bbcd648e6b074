// The genetic search of DiffChaser (Xie et al., IJCAI 2019, Algorithm 1): a population of mutants is bred towards
// inputs of which a model is unsure, until the two models differ on one. docs/diffchaser.md: which choices are ours.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/array_values.h"
#include "dflare/error.h"
#include "strategy/repetition.h"
#include "strategy/strategies.h"

namespace dflare {
namespace {

constexpr int kTournament = 3;  // members drawn for a parent, of which the fittest is taken

// Top-1 less the k-th largest probability: 0 where a model cannot choose among k labels.
class Uncertainty {
 public:
  // k of at least 2; where there are fewer classes, all of them.
  void reset(int k, std::size_t classes) {
    kth_ = std::min(static_cast<std::size_t>(k), classes) - 1;
    sorted_.resize(classes);
  }

  double of(const AnswerView& answer) {
    std::copy(answer.p.begin(), answer.p.end(), sorted_.begin());
    const auto kth = sorted_.begin() + static_cast<std::ptrdiff_t>(kth_);
    std::nth_element(sorted_.begin(), kth, sorted_.end(), std::greater<>());
    return static_cast<double>(answer.top_p()) - static_cast<double>(*kth);
  }

 private:
  std::size_t kth_ = 1;
  std::vector<float> sorted_;
};

class DiffchaserStrategy : public Strategy {
 public:
  explicit DiffchaserStrategy(const DiffchaserOptions& options)
      : options_(options),
        log_of_unchanged_(std::log1p(-std::min(options.mutation_rate, 1 - 1e-12))),
        members_(static_cast<std::size_t>(options.population)) {}

  void begin(const RunContext& context, SeedIndex seed, Rng& /*rng*/) override {
    for (Member& member : members_) member.image.assign(context.input(seed));
    uncertainty_.reset(options_.k, context.classes);
    repetition_.begin(context.input(seed));
    bred_ = false;
  }

  [[nodiscard]] std::size_t max_proposals() const override { return members_.size(); }

  // At first mutants of the seed; then a child for every member but the fittest, which stays and is not asked again.
  void propose(Rng& rng, Batch& out) override {
    for (std::size_t i = first(); i < members_.size(); ++i) {
      const std::span<std::uint8_t> child = out.append();
      if (bred_) {
        cross(parent(rng).image, parent(rng).image, child, rng);
      } else {
        std::ranges::copy(members_[i].image.pixels, child.begin());
      }
      mutate(child, rng);
    }
  }

  Decision observe(std::span<const Verdict> verdicts, Rng& /*rng*/) override {
    Decision decision = Decision::go_on();
    const std::size_t first_asked = first();
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
      const Verdict& v = verdicts[i];
      Member& member = members_[first_asked + i];
      member.image.assign(v.input);
      repetition_.see(v.input);
      member.fitness = v.finite ? std::min(uncertainty_.of(v.original), uncertainty_.of(v.compressed))
                                : std::numeric_limits<double>::infinity();
      if (v.deviates && decision.kind == Decision::Kind::kGoOn) decision = Decision::deviation(i);
    }
    std::swap(members_.front(), *std::ranges::min_element(members_, {}, &Member::fitness));
    bred_ = true;
    return decision.kind == Decision::Kind::kGoOn && repetition_.stuck() ? Decision::gave_up() : decision;
  }

 private:
  struct Member {
    Input image;
    double fitness = 0;  // smaller is fitter
  };

  // The first member to be replaced; the fittest stands at 0.
  [[nodiscard]] std::size_t first() const { return bred_ ? 1 : 0; }

  const Member& parent(Rng& rng) const {
    const auto draw = [&]() -> const Member& {
      return members_[rng.below(static_cast<std::uint32_t>(members_.size()))];
    };
    const Member* best = &draw();
    for (int i = 1; i < kTournament; ++i) {
      const Member& other = draw();
      if (other.fitness < best->fitness) best = &other;
    }
    return *best;
  }

  // Bytes of what is changed as one: a pixel, or a number of an array.
  static std::size_t bytes_of_one(const Shape& shape) {
    return is_array(shape) ? sizeof(float) : static_cast<std::size_t>(shape.channels);
  }

  // Every pixel from one parent or the other, evenly.
  static void cross(const Input& a, const Input& b, std::span<std::uint8_t> child, Rng& rng) {
    const std::size_t bytes = bytes_of_one(a.shape);
    std::uint64_t coins = 0;
    for (std::size_t at = 0; at < child.size(); at += bytes) {
      if (at / bytes % 64 == 0) coins = rng.next();
      const Input& from = (coins & 1U) != 0 ? a : b;
      coins >>= 1U;
      std::copy_n(from.pixels.begin() + static_cast<std::ptrdiff_t>(at), bytes, child.subspan(at).begin());
    }
  }

  // Every pixel becomes a random colour with the probability of the mutation rate. The distance from one such pixel to
  // the next is geometric: drawn at once, not pixel by pixel.
  void mutate(std::span<std::uint8_t> image, Rng& rng) const {
    const Shape& shape = members_.front().image.shape;
    const std::size_t bytes = bytes_of_one(shape);
    const std::size_t pixels = image.size() / bytes;
    for (std::size_t at = unchanged(rng); at < pixels; at += 1 + unchanged(rng)) {
      if (is_array(shape)) {
        const ArrayForm& form = *shape.form;
        numbers_of(image)[at] = settled(form, at, form.low[at] + rng.uniform() * form.range(at));
        continue;
      }
      for (std::uint8_t& value : image.subspan(at * bytes, bytes)) {
        value = static_cast<std::uint8_t>(rng.below(256));
      }
    }
  }

  // How many pixels stay as they are before the next that changes.
  [[nodiscard]] std::size_t unchanged(Rng& rng) const {
    const double n = std::log1p(-rng.uniform()) / log_of_unchanged_;
    return n < 1e9 ? static_cast<std::size_t>(n) : std::size_t{1'000'000'000};
  }

  DiffchaserOptions options_;
  double log_of_unchanged_;
  std::vector<Member> members_;
  Uncertainty uncertainty_;
  Repetition repetition_;
  bool bred_ = false;  // the members were judged, and the fittest stands first
};

void check(const DiffchaserOptions& options) {
  if (options.population < 2 || options.population > kMaxPopulation) {
    throw Error(ErrorCode::kBadArgument, "the population is " + std::to_string(options.population),
                "use --population N with 2 <= N <= " + std::to_string(kMaxPopulation));
  }
  if (options.k < 2) {
    throw Error(ErrorCode::kBadArgument, "the uncertainty looks at the k-th label with k " + std::to_string(options.k),
                "use --k-uncertainty K with K >= 2");
  }
  if (!(options.mutation_rate > 0) || options.mutation_rate > 1) {
    throw Error(ErrorCode::kBadArgument, "the mutation rate is " + std::to_string(options.mutation_rate),
                "use --mutation-rate R with 0 < R <= 1");
  }
}

}  // namespace

StrategyFactory make_diffchaser_factory(const DiffchaserOptions& options) {
  check(options);
  return [options] { return std::make_unique<DiffchaserStrategy>(options); };
}

}  // namespace dflare
