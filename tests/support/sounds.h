// Sounds as inputs.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "core/sound.h"
#include "dflare/seeds.h"
#include "support/toy.h"

namespace dflare::toy {

inline constexpr int kRate = 8000, kSoundRoom = 6000;

inline Shape shape_of_sounds(int room = kSoundRoom) {
  Shape shape = sound_shape(room);
  shape.form = sound_form(kRate).get();
  return shape;
}

inline Input sound_input(const std::vector<std::int16_t>& samples, int room = kSoundRoom) {
  Input input(shape_of_sounds(room));
  write_sound(std::span<const std::int16_t>(samples), input.pixels);
  return input;
}

// A tone that swells and falls, with a little noise: `key` chooses its pitch.
inline std::vector<std::int16_t> tone(std::uint64_t key, std::size_t count = 4000) {
  Rng rng(90, key);
  const double pitch = 200 + 900 * rng.uniform();
  std::vector<std::int16_t> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double place = static_cast<double>(i) / static_cast<double>(count);
    const double wave = std::sin(2 * std::numbers::pi * pitch * static_cast<double>(i) / kRate);
    samples[i] = to_sample(9000 * std::sin(std::numbers::pi * place) * wave + 60 * static_cast<double>(rng.normal()));
  }
  return samples;
}

inline SeedSet sound_seeds(int count, int room = kSoundRoom) {
  std::vector<Input> sounds;
  for (int i = 0; i < count; ++i)
    sounds.push_back(sound_input(tone(static_cast<std::uint64_t>(i), static_cast<std::size_t>(3000 + 100 * i)), room));
  SeedSet set = seeds_of(std::move(sounds));
  set.form = sound_form(kRate);
  return set;
}

// Says a letter for each tenth of a second, by how often the sound crosses zero there, and a word a quarter of a
// second; `coarse` counts in other steps, and is less sure.
inline std::unique_ptr<Model> talking_model(bool coarse, int room = kSoundRoom) {
  constexpr std::size_t kText = 64;
  ModelInfo info;
  info.path = coarse ? "coarse" : "fine";
  info.kind = InputKind::kAudio;
  info.rate = kRate;
  info.shape = sound_shape(room);
  info.classes = kText + 1;
  info.parts = {{"said", {kText}, true}, {"sure", {1}}};
  return make_batch_model(info, [coarse](std::span<const InputView> in, std::span<float> out) {
    constexpr std::size_t kPiece = kRate / 10;
    for (std::size_t row = 0; row < in.size(); ++row) {
      const auto samples = in[row].samples();
      std::string said;
      double crossings = 0;
      for (std::size_t from = 0; from + kPiece <= samples.size() && said.size() + 2 < kText; from += kPiece) {
        int here = 0;
        for (std::size_t i = from + 1; i < from + kPiece; ++i) here += (samples[i] < 0) != (samples[i - 1] < 0) ? 1 : 0;
        crossings += here;
        said += static_cast<char>('a' + std::min(25, coarse ? (here + 1) / 9 : here / 9));
        if (said.size() % 3 == 2) said += ' ';
      }
      const std::span<float> to = out.subspan(row * (kText + 1), kText + 1);
      std::ranges::fill(to, 0.0F);
      std::ranges::copy(said, to.begin());
      to[kText] = static_cast<float>(std::sin(crossings) + (coarse ? 0.1 : 0));
    }
  });
}

}  // namespace dflare::toy
