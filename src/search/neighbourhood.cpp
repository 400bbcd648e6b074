// Asks both models for inputs one level around another.
#include "search/neighbourhood.h"

#include <algorithm>

#include "core/array_values.h"
#include "core/image_key.h"
#include "dflare/error.h"
#include "dflare/rng.h"

namespace dflare {
namespace {

constexpr std::uint64_t kPurpose = 0x726f62757374;  // "robust"

void write_neighbour(InputView input, Rng& rng, std::span<std::uint8_t> out) {
  if (!is_array(input.shape)) {
    std::ranges::transform(input.pixels(), out.begin(), [&rng](std::uint8_t value) {
      return static_cast<std::uint8_t>(std::clamp(value + rng.between(-1, 1), 0, 255));
    });
    return;
  }
  const bool whole = input.shape.form->whole;
  fill_array(input, out, [&](std::size_t, double value, double level) {
    return value + rng.between(-1, 1) * (whole ? std::max(level, 1.0) : level);
  });
}

}  // namespace

Neighbourhood::Neighbourhood(const RunContext& context, int neighbours)
    : context_(context),
      count_(has_slopes(context.shape) ? static_cast<std::size_t>(neighbours) : 0),
      neighbours_(context.shape, count_) {}

void Neighbourhood::draw(InputView input) {
  const ImageKey key = key_of(input);
  Rng rng(key.a, key.b, kPurpose);
  neighbours_.clear();
  while (neighbours_.size() < count_) write_neighbour(input, rng, neighbours_.append());
}

bool Neighbourhood::deviates(const PairInstance& pair, std::size_t row, std::size_t answer) const {
  const int label = context_.original[static_cast<std::size_t>(seeds_[row].value)].label;
  return judge(neighbours_[row], pair.original_beside()[answer], pair.compressed_beside()[answer], label,
               context_.acceptance)
      .deviates;
}

Robustness Neighbourhood::measure(PairInstance& pair, InputView input, SeedIndex seed) {
  if (count_ == 0) return {};
  draw(input);
  seeds_.assign(count_, seed);
  try {
    pair.ask_beside(neighbours_.views(), seeds_);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kModelFailed) throw;
    return ask_one_by_one(pair);
  }
  Robustness robust{.asked = static_cast<int>(count_)};
  for (std::size_t row = 0; row < count_; ++row) robust.deviating += deviates(pair, row, row) ? 1 : 0;
  return robust;
}

// Which of them a model fails on, if it does so again.
Robustness Neighbourhood::ask_one_by_one(PairInstance& pair) {
  Robustness robust{.asked = static_cast<int>(count_)};
  for (failing_ = 0; failing_ < count_; ++failing_) {
    pair.ask_beside(neighbours_.views().subspan(failing_, 1), {&seeds_[failing_], 1});
    robust.deviating += deviates(pair, failing_, 0) ? 1 : 0;
  }
  return robust;
}

}  // namespace dflare
