// Random mutations of sounds: those of the paper's section 6.1, with the ranges that audiomentations has by default.
#include "mutate/sound_operators.h"

#include <sonic.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <new>
#include <utility>

#include "core/sound.h"
#include "mutate/flavour.h"

namespace dflare {
namespace {

using Samples = std::span<const std::int16_t>;

class SoundOperator final : public NamedOperator {
 public:
  using Apply = void (*)(Samples, int rate, std::span<std::uint8_t>, Rng&);
  SoundOperator(std::string name, Apply function) : NamedOperator(std::move(name)), apply_(function) {}

  void apply(InputView in, std::span<std::uint8_t> out, Rng& rng) const override {
    apply_(in.samples(), in.shape.form->rate, out, rng);
  }

 private:
  Apply apply_;
};

double between(double low, double high, Rng& rng) { return low + (high - low) * rng.uniform(); }

struct StreamEnd {
  void operator()(sonicStream stream) const { sonicDestroyStream(stream); }
};

// At so many times the tempo, the pitch kept but for so many semitones. A sound too short for that stays as it is.
void stretch(Samples in, int rate, double tempo, double semitones, std::span<std::uint8_t> out) {
  const std::unique_ptr<sonicStreamStruct, StreamEnd> work(sonicCreateStream(rate, 1));
  if (!work) throw std::bad_alloc();
  sonicSetSpeed(work.get(), static_cast<float>(tempo));
  sonicSetPitch(work.get(), static_cast<float>(std::exp2(semitones / 12)));
  std::vector<std::int16_t> samples(in.begin(), in.end());
  if (sonicWriteShortToStream(work.get(), samples.data(), static_cast<int>(samples.size())) == 0 ||
      sonicFlushStream(work.get()) == 0)
    throw std::bad_alloc();
  samples.resize(static_cast<std::size_t>(sonicSamplesAvailable(work.get())));
  sonicReadShortFromStream(work.get(), samples.data(), static_cast<int>(samples.size()));
  if (samples.empty()) samples.assign(in.begin(), in.end());
  if (tempo == 1) samples.resize(in.size());  // some samples more or fewer: where a period ends
  write_sound(Samples(samples), out);
}

void time_stretch(Samples in, int rate, std::span<std::uint8_t> out, Rng& rng) {
  stretch(in, rate, between(0.8, 1.25, rng), 0, out);
}

void pitch_shift(Samples in, int rate, std::span<std::uint8_t> out, Rng& rng) {
  stretch(in, rate, 1, between(-4, 4, rng), out);
}

// What leaves at one end comes in at the other; the seam is faded over 5 ms.
void time_shift(Samples in, int rate, std::span<std::uint8_t> out, Rng& rng) {
  const std::size_t n = in.size();
  const double by = between(-0.5, 0.5, rng) * static_cast<double>(n);
  const std::size_t seam = n == 0 ? 0 : (static_cast<std::size_t>(std::lround(by) + static_cast<long>(n))) % n;
  const double fade = std::max(1.0, 0.005 * rate);
  std::vector<float> moved(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double far = i < seam ? static_cast<double>(seam - i) : static_cast<double>(i - seam) + 1;
    moved[i] = static_cast<float>(in[(i + n - seam) % n] * (seam == 0 ? 1 : std::min(1.0, far / fade)));
  }
  write_sound(std::span<const float>(moved), out);
}

void gain(Samples in, int /*rate*/, std::span<std::uint8_t> out, Rng& rng) {
  const double factor = std::pow(10, between(-12, 12, rng) / 20);
  write_sound(
      in, [factor](double s) { return factor * s; }, out);
}

struct SoundEntry {
  const char* name;
  SoundOperator::Apply apply;
};

constexpr std::array<SoundEntry, 4> kSoundEntries{{
    {"time-stretch", time_stretch},
    {"pitch-shift", pitch_shift},
    {"time-shift", time_shift},
    {"gain", gain},
}};

}  // namespace

std::vector<std::string> sound_operator_names() {
  std::vector<std::string> names;
  for (const SoundEntry& entry : kSoundEntries) names.emplace_back(entry.name);
  return names;
}

std::unique_ptr<Operator> make_sound_operator(std::string_view name) {
  const auto entry = std::ranges::find(kSoundEntries, name, &SoundEntry::name);
  if (entry == kSoundEntries.end()) return nullptr;
  return std::make_unique<SoundOperator>(entry->name, entry->apply);
}

}  // namespace dflare
