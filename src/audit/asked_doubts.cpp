// Doubts of models by what they say of a set of inputs.
#include <algorithm>
#include <numeric>

#include "dflare/doubts.h"
#include "dflare/natural.h"

namespace dflare {
namespace {

constexpr std::size_t kMostAsked = 64;

// The first few inputs that can be read, and their true labels.
struct Few {
  std::vector<SeedIndex> asked;
  std::vector<int> truth;
};

Few few_of(const SeedSet& seeds) {
  Few few;
  for (std::size_t i = 0; i < seeds.seeds.size() && few.asked.size() < kMostAsked; ++i) {
    if (!seeds.seeds[i].problem.empty()) continue;
    few.asked.emplace_back(static_cast<std::int32_t>(i));
    few.truth.push_back(seeds.seeds[i].label);
  }
  return few;
}

}  // namespace

std::vector<Doubt> doubts_of_pair(const Witness& original, const Witness& compressed, const SeedSet& seeds,
                                  std::span<const SeedStatus> status) {
  std::vector<std::size_t> rows;
  std::vector<int> truth;
  for (std::size_t i = 0; i < seeds.seeds.size(); ++i) {
    if (status[i] == SeedStatus::kUnreadable || status[i] == SeedStatus::kNotAsked) continue;
    rows.push_back(i);
    truth.push_back(seeds.seeds[i].label);
  }
  Witness both[] = {original, compressed};
  // What only one model has before its classes is left out of its answers.
  both[0].label_shift = both[1].label_shift =
      std::min(original.declared.label_offset, compressed.declared.label_offset);
  return find_doubts(both, rows, truth);
}

std::vector<Doubt> ask_for_doubts(std::span<const DeclaredModel> models, const SeedSet& seeds, int workers,
                                  const std::atomic<bool>& stop) {
  const Few few = few_of(seeds);
  std::vector<std::size_t> rows(few.asked.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::vector<Answers> answers(models.size());
  std::vector<Witness> witnesses;
  const AskOptions ask{.workers = workers, .batch = 32, .stop = &stop, .asked = nullptr};
  for (std::size_t m = 0; m < models.size(); ++m) {
    const auto& [model, declared] = models[m];
    answers[m] = ask_all(*model, {OutputKind::kLogits, 0, 0}, seeds, clean_images(few.asked), ask);
    if (stop) return {};
    const OutputReading reading = detect_reading(answers[m], model->info().output_scale, declared.output);
    answers[m].interpret(reading);
    witnesses.push_back({&model->info(), &answers[m], reading, declared, declared.label_offset});
  }
  return find_doubts(witnesses, rows, few.truth);
}

}  // namespace dflare
