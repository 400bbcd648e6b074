// Random mutations of arrays: Table 3 of the paper, read for numbers with ranges of their own.
#include "mutate/array_operators.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/array_values.h"
#include "mutate/flavour.h"

namespace dflare {
namespace {

using Bytes = std::span<std::uint8_t>;

// An operator that is a plain function.
class ArrayOperator final : public NamedOperator {
 public:
  using Apply = void (*)(InputView, Bytes, Rng&);
  ArrayOperator(std::string name, Apply function) : NamedOperator(std::move(name)), apply_(function) {}
  void apply(InputView in, Bytes out, Rng& rng) const override { apply_(in, out, rng); }

 private:
  Apply apply_;
};

constexpr int kMostChanged = 9;  // numbers, as the paper changes pixels

// 0 to 9 numbers, drawn with replacement, get random values of their range.
void value_change(InputView in, Bytes out, Rng& rng) {
  std::ranges::copy(in.pixels(), out.begin());
  const ArrayForm& form = *in.shape.form;
  for (int left = rng.between(0, kMostChanged); left > 0; --left) {
    const std::size_t i = rng.below(static_cast<std::uint32_t>(in.shape.size()));
    numbers_of(out)[i] = settled(form, i, form.low[i] + rng.uniform() * form.range(i));
  }
}

constexpr double kNoise = 0.02;  // standard deviation, of each range

void noise(InputView in, Bytes out, Rng& rng) {
  const ArrayForm& form = *in.shape.form;
  fill_array(in, out, [&](std::size_t i, double value, double) {
    return value + kNoise * form.range(i) * static_cast<double>(rng.normal());
  });
}

// x + x n for n ~ N(-0.5 + U, 0.05 U'), as for images.
void multiplicative_noise(InputView in, Bytes out, Rng& rng) {
  const double mean = -0.5 + rng.uniform();
  const double sd = std::sqrt(0.05 * rng.uniform());
  fill_array(in, out, [&](std::size_t, double value, double) {
    return value + value * (mean + sd * static_cast<double>(rng.normal()));
  });
}

constexpr double kExtremes = 0.004;  // share of the numbers, as salt and pepper has of pixels; one at least

void extremes(InputView in, Bytes out, Rng& rng) {
  std::ranges::copy(in.pixels(), out.begin());
  const ArrayForm& form = *in.shape.form;
  const auto count = static_cast<int>(std::ceil(kExtremes * static_cast<double>(in.shape.size())));
  for (int left = count; left > 0; --left) {
    const std::size_t i = rng.below(static_cast<std::uint32_t>(in.shape.size()));
    numbers_of(out)[i] = (rng.next() >> 63U) != 0 ? form.high[i] : form.low[i];
  }
}

// Numbers from one row to the next; of a vector, from one number to the next.
std::size_t stride_of(const Shape& shape) {
  return shape.height > 1 ? shape.size() / static_cast<std::size_t>(shape.height) : 1;
}

// Number i becomes what pick(its place, number of places, read) makes of the numbers along its line.
template <class Pick>
void along_lines(InputView in, Bytes out, Pick&& pick) {
  const std::size_t stride = stride_of(in.shape);
  const auto places = static_cast<int>(in.shape.size() / stride);
  const std::span<const float> numbers = in.numbers();
  fill_array(in, out, [&](std::size_t i, double, double) {
    const auto at = [&](int place) {
      const auto clamped = static_cast<std::size_t>(std::clamp(place, 0, places - 1));
      return static_cast<double>(numbers[clamped * stride + i % stride]);
    };
    return pick(static_cast<int>(i / stride), at);
  });
}

void average(InputView in, Bytes out, Rng& rng) {
  const int reach = rng.between(1, 2);
  along_lines(in, out, [reach](int place, auto&& at) {
    double sum = 0;
    for (int k = -reach; k <= reach; ++k) sum += at(place + k);
    return sum / (2 * reach + 1);
  });
}

void median(InputView in, Bytes out, Rng& /*rng*/) {
  along_lines(in, out, [](int place, auto&& at) {
    std::array<double, 3> three{at(place - 1), at(place), at(place + 1)};
    std::ranges::sort(three);
    return three[1];
  });
}

void shift(InputView in, Bytes out, Rng& rng) {
  const int places = rng.between(-2, 2);
  along_lines(in, out, [places](int place, auto&& at) { return at(place + places); });
}

struct Entry {
  const char* name;
  ArrayOperator::Apply apply;
};

constexpr std::array<Entry, 7> kEntries{{
    {"value-change", value_change},
    {"noise", noise},
    {"multiplicative-noise", multiplicative_noise},
    {"extremes", extremes},
    {"average", average},
    {"median", median},
    {"shift", shift},
}};

}  // namespace

std::vector<std::string> array_operator_names() {
  std::vector<std::string> names;
  for (const Entry& entry : kEntries) names.emplace_back(entry.name);
  return names;
}

std::unique_ptr<Operator> make_array_operator(std::string_view name) {
  const auto entry = std::ranges::find(kEntries, name, &Entry::name);
  if (entry == kEntries.end()) return nullptr;
  return std::make_unique<ArrayOperator>(entry->name, entry->apply);
}

}  // namespace dflare
