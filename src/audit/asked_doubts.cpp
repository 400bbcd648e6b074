// Doubts of models by what they say of a set of inputs.
#include <algorithm>
#include <utility>

#include "audit/testimony.h"
#include "dflare/doubts.h"
#include "dflare/natural.h"
#include "dflare/searched.h"

namespace dflare {
namespace {

constexpr std::size_t kMostAsked = 64;

// The first of those that can be read.
std::vector<SeedIndex> few_inputs(const SeedSet& seeds) {
  std::vector<SeedIndex> inputs = readable_inputs(seeds);
  if (inputs.size() > kMostAsked) inputs.resize(kMostAsked);
  return inputs;
}

}  // namespace

std::vector<Doubt> doubts_of_pair(const Witness& original, const Witness& compressed, const SeedSet& seeds,
                                  std::span<const SeedStatus> status) {
  std::vector<SeedIndex> asked;
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < seeds.seeds.size(); ++i) {
    if (status[i] == SeedStatus::kUnreadable || status[i] == SeedStatus::kNotAsked) continue;
    asked.emplace_back(static_cast<std::int32_t>(i));
    rows.push_back(i);
  }
  Witness both[] = {original, compressed};
  // What only one model has before its classes is left out of its answers.
  both[0].label_shift = both[1].label_shift =
      std::min(original.declared.label_offset, compressed.declared.label_offset);
  return find_doubts(both, rows, truth_of(seeds, asked));
}

std::optional<std::vector<Doubt>> ask_for_doubts(std::span<const DeclaredModel> models, const SeedSet& seeds,
                                                 const AskOptions& options) {
  const std::vector<SeedIndex> inputs = few_inputs(seeds);
  const std::vector<NaturalImage> images = clean_images(inputs);
  Testimony testimony(seeds, inputs);
  for (const DeclaredModel& model : models) {
    Answers answers = ask_all(*model.model, {OutputKind::kLogits, 0, 0}, seeds, images, options);
    if (options.stop != nullptr && *options.stop) return std::nullopt;
    testimony.add(model, std::move(answers));
  }
  return testimony.doubts();
}

}  // namespace dflare
