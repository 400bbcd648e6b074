// What models say of the same inputs, and what is doubted of them for it.
#include "audit/testimony.h"

#include <numeric>
#include <utility>

namespace dflare {

std::vector<int> truth_of(const SeedSet& seeds, std::span<const SeedIndex> inputs) {
  std::vector<int> truth;
  for (const SeedIndex input : inputs) truth.push_back(seeds.seeds[static_cast<std::size_t>(input.value)].label);
  return truth;
}

void Testimony::add(const DeclaredModel& given, Answers said) {
  const auto& [model, declared] = given;
  Answers& answers = answers_.emplace_back(std::move(said));
  OutputReading reading = detect_reading(answers, model->info().output_scale, declared.output);
  reading.threshold = threshold_;
  answers.interpret(reading);
  witnesses_.push_back({&model->info(), &answers, reading, declared, declared.label_offset});
}

std::vector<Doubt> Testimony::doubts() const {
  std::vector<std::size_t> rows(truth_.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return find_doubts(witnesses_, rows, truth_);
}

}  // namespace dflare
