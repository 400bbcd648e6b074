// Distances between inputs, and keeping within them.
#include "dflare/budget.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "core/array_values.h"
#include "core/text_edits.h"

namespace dflare {
namespace {

// Sums over the windows that start at each place, for one channel: first along rows, then down columns.
struct WindowSums {
  double a = 0, b = 0, aa = 0, bb = 0, ab = 0;

  void add(double x, double y, double sign) {
    a += sign * x;
    b += sign * y;
    aa += sign * x * x;
    bb += sign * y * y;
    ab += sign * x * y;
  }
  void add(const WindowSums& other, double sign) {
    a += sign * other.a;
    b += sign * other.b;
    aa += sign * other.aa;
    bb += sign * other.bb;
    ab += sign * other.ab;
  }
};

double similarity(const WindowSums& s, double n) {
  constexpr double kC1 = 0.01 * 255 * 0.01 * 255;
  constexpr double kC2 = 0.03 * 255 * 0.03 * 255;
  const double mean_a = s.a / n;
  const double mean_b = s.b / n;
  const double unbiased = n > 1 ? n / (n - 1) : 1;
  const double var_a = unbiased * (s.aa / n - mean_a * mean_a);
  const double var_b = unbiased * (s.bb / n - mean_b * mean_b);
  const double covariance = unbiased * (s.ab / n - mean_a * mean_b);
  return (2 * mean_a * mean_b + kC1) * (2 * covariance + kC2) /
         ((mean_a * mean_a + mean_b * mean_b + kC1) * (var_a + var_b + kC2));
}

// Rolls a window of `rows` row sums down the image: column[x] holds the sum over the current rows.
double ssim_of_channel(InputView a, InputView b, int channel, int window) {
  const Shape& s = a.shape;
  const auto at = [&](InputView v, int y, int x) {
    return static_cast<double>(v.data[(static_cast<std::size_t>(y) * s.width + x) * s.channels + channel]);
  };
  std::vector<WindowSums> column(static_cast<std::size_t>(s.width));
  double sum = 0;
  for (int y = 0; y < s.height; ++y) {
    for (int x = 0; x < s.width; ++x) {
      column[static_cast<std::size_t>(x)].add(at(a, y, x), at(b, y, x), 1);
      if (y >= window) column[static_cast<std::size_t>(x)].add(at(a, y - window, x), at(b, y - window, x), -1);
    }
    if (y < window - 1) continue;
    WindowSums rolling;
    for (int x = 0; x < s.width; ++x) {
      rolling.add(column[static_cast<std::size_t>(x)], 1);
      if (x >= window) rolling.add(column[static_cast<std::size_t>(x - window)], -1);
      if (x >= window - 1) sum += similarity(rolling, static_cast<double>(window) * window);
    }
  }
  return sum / (static_cast<double>(s.height - window + 1) * (s.width - window + 1));
}

std::uint8_t toward(std::uint8_t seed, std::uint8_t value, double share) {
  return static_cast<std::uint8_t>(seed + static_cast<int>(share * (value - seed)));  // rounds towards the seed
}

double l2_of_arrays(InputView a, InputView b) {
  const ArrayForm& form = *a.shape.form;
  const std::span<const float> x = a.numbers(), y = b.numbers();
  double squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double d = (static_cast<double>(x[i]) - y[i]) / form.range(i);
    squares += d * d;
  }
  return std::sqrt(squares);
}

double linf_of_arrays(InputView a, InputView b) {
  const ArrayForm& form = *a.shape.form;
  const std::span<const float> x = a.numbers(), y = b.numbers();
  double largest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(x[i]) - y[i]) / level_of(form, i));
  }
  return largest;
}

// Of the change of a sound against the sound `a`; a sound that is silent counts as one of a unit's loudness.
double noise_share(std::span<const std::int16_t> a, std::span<const std::int16_t> b) {
  double change = 0, signal = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const double d = sample_at(b, i) - sample_at(a, i);
    change += d * d;
    signal += sample_at(a, i) * sample_at(a, i);
  }
  return std::sqrt(change / std::max(signal, static_cast<double>(std::max<std::size_t>(a.size(), 1))));
}

double largest_change(std::span<const std::int16_t> a, std::span<const std::int16_t> b) {
  double largest = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i)
    largest = std::max(largest, std::abs(sample_at(b, i) - sample_at(a, i)));
  return largest;
}

double share_of(const TextEdits& edits, std::size_t count) {
  return edits.longest() == 0 ? 0 : static_cast<double>(count) / static_cast<double>(edits.longest());
}

}  // namespace

double l2_distance(InputView a, InputView b) {
  if (is_text(a.shape)) {
    const TextEdits edits(a.text(), b.text());
    return share_of(edits, edits.count());
  }
  if (is_sound(a.shape)) return noise_share(a.samples(), b.samples());
  if (is_array(a.shape)) return l2_of_arrays(a, b);
  std::int64_t squares = 0;
  const std::size_t n = a.shape.size();
  for (std::size_t i = 0; i < n; ++i) {
    const int d = a.data[i] - b.data[i];
    squares += d * d;
  }
  return std::sqrt(static_cast<double>(squares)) / 255.0;
}

double ssim(InputView a, InputView b) {
  int window = std::min({7, a.shape.height, a.shape.width});
  if (window % 2 == 0) --window;
  double sum = 0;
  for (int c = 0; c < a.shape.channels; ++c) sum += ssim_of_channel(a, b, c, window);
  return sum / a.shape.channels;
}

Distance distance(InputView a, InputView b) {
  if (is_text(a.shape)) {
    const TextEdits edits(a.text(), b.text());
    return {.linf = static_cast<double>(edits.count()), .l2 = share_of(edits, edits.count())};
  }
  if (is_sound(a.shape)) {
    return {.linf = largest_change(a.samples(), b.samples()), .l2 = noise_share(a.samples(), b.samples())};
  }
  if (is_array(a.shape)) return {.linf = linf_of_arrays(a, b), .l2 = l2_of_arrays(a, b)};
  int largest = 0;
  for (std::size_t i = 0; i < a.shape.size(); ++i) largest = std::max(largest, std::abs(a.data[i] - b.data[i]));
  return {static_cast<double>(largest), l2_distance(a, b), ssim(a, b)};
}

namespace {

void project_image(const PerturbationBudget& budget, InputView seed, std::span<std::uint8_t> image) {
  if (budget.linf > 0) {
    const int reach = static_cast<int>(budget.linf);
    for (std::size_t i = 0; i < image.size(); ++i) {
      const int low = std::max(0, seed.data[i] - reach);
      const int high = std::min(255, seed.data[i] + reach);
      image[i] = static_cast<std::uint8_t>(std::clamp<int>(image[i], low, high));
    }
  }
  const InputView view{seed.shape, image.data()};
  const auto shrink = [&](double share) {
    for (std::size_t i = 0; i < image.size(); ++i) image[i] = toward(seed.data[i], image[i], share);
  };
  if (budget.l2 > 0) {
    constexpr double kHair = 1 - 1e-9;  // a share that rounds up to whole grey levels would keep the image beyond
    for (double d = l2_distance(seed, view); d > budget.l2; d = l2_distance(seed, view)) shrink(kHair * budget.l2 / d);
  }
  constexpr double kShrink = 0.9;
  if (budget.min_ssim > 0) {
    while (ssim(seed, view) < budget.min_ssim && !std::equal(image.begin(), image.end(), seed.data)) shrink(kShrink);
  }
}

// The number nearest to `value` that is at most `levels` away from the seed's.
float within(const ArrayForm& form, std::size_t i, float seed, float value, double levels) {
  const double reach = levels * level_of(form, i);
  float near = settled(form, i, std::clamp<double>(value, seed - reach, seed + reach));
  while (std::abs(static_cast<double>(near) - seed) / level_of(form, i) > levels) {
    near = form.whole ? near + (near < seed ? 1.0F : -1.0F) : std::nextafter(near, seed);
  }
  return near;
}

void project_array(const PerturbationBudget& budget, InputView seed, std::span<std::uint8_t> bytes) {
  const ArrayForm& form = *seed.shape.form;
  const std::span<const float> from = seed.numbers();
  const std::span<float> numbers = numbers_of(bytes);
  if (budget.linf > 0) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      numbers[i] = within(form, i, from[i], numbers[i], budget.linf);
    }
  }
  if (budget.l2 <= 0) return;
  constexpr double kHair = 1 - 1e-6;  // more than the rounding of a float
  constexpr int kMostRounds = 100;
  const InputView view{seed.shape, bytes.data()};
  double d = l2_distance(seed, view);
  for (int round = 0; d > budget.l2 && round < kMostRounds; ++round, d = l2_distance(seed, view)) {
    const double share = kHair * budget.l2 / d;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const double change = share * (static_cast<double>(numbers[i]) - from[i]);
      numbers[i] = settled(form, i, from[i] + (form.whole ? std::trunc(change) : change));
    }
  }
  if (d > budget.l2) std::ranges::copy(from, numbers.begin());
}

// Edits are taken back, evenly over the text, until the rest is within. Fewer edits may be a larger share of a text
// that they left shorter: so that what is left is measured.
void project_text(const PerturbationBudget& budget, InputView seed, std::span<std::uint8_t> bytes) {
  const InputView text{seed.shape, bytes.data()};
  const auto allowed = [&] { return budget.allows(distance(seed, text)); };
  if (allowed()) return;
  const TextEdits edits(seed.text(), text.text());
  std::size_t kept = edits.count();
  if (budget.linf > 0) kept = std::min(kept, static_cast<std::size_t>(budget.linf));
  if (budget.l2 > 0) kept = std::min(kept, static_cast<std::size_t>(budget.l2 * static_cast<double>(edits.longest())));
  std::vector<bool> done(edits.count());
  for (;; --kept) {
    for (std::size_t i = 0; i < done.size(); ++i) done[i] = (i + 1) * kept / done.size() > i * kept / done.size();
    edits.write(done, bytes);
    if (kept == 0 || allowed()) return;
  }
}

// The change is clipped, then made that many times quieter. A sound that is longer or shorter is a change of what is
// silent; where nothing but silence is left of what it was longer, it is as long as the seed again.
void project_sound(const PerturbationBudget& budget, InputView seed, std::span<std::uint8_t> bytes) {
  const InputView sound{seed.shape, bytes.data()};
  if (budget.allows(distance(seed, sound))) return;
  const std::span<const std::int16_t> from = seed.samples();
  std::vector<double> change(std::max(from.size(), sound.samples().size()));
  for (std::size_t i = 0; i < change.size(); ++i) {
    const double d = sample_at(sound.samples(), i) - sample_at(from, i);
    change[i] = budget.linf > 0 ? std::clamp(d, -std::floor(budget.linf), std::floor(budget.linf)) : d;
  }
  constexpr double kQuieter = 0.95;
  for (double kept = 1; kept > 1e-6; kept *= kQuieter) {
    std::vector<std::int16_t> made(change.size());
    for (std::size_t i = 0; i < made.size(); ++i)
      made[i] = to_sample(sample_at(from, i) + std::trunc(kept * change[i]));
    while (made.size() > from.size() && made.back() == 0) made.pop_back();
    write_sound(std::span<const std::int16_t>(made), bytes);
    if (budget.allows(distance(seed, sound))) return;
  }
  std::ranges::copy(seed.pixels(), bytes.begin());
}

}  // namespace

void project(const PerturbationBudget& budget, InputView seed, std::span<std::uint8_t> image) {
  if (budget.unlimited()) return;
  if (is_text(seed.shape))
    project_text(budget, seed, image);
  else if (is_sound(seed.shape))
    project_sound(budget, seed, image);
  else if (is_array(seed.shape))
    project_array(budget, seed, image);
  else
    project_image(budget, seed, image);
}

}  // namespace dflare
