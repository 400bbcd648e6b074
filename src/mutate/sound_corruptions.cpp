// The natural corruptions of sounds: what microphones, rooms, lines and codecs do to them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "core/resampled.h"
#include "core/sound.h"
#include "core/sound_file.h"
#include "dflare/rng.h"
#include "mutate/corruption_list.h"

namespace dflare {
namespace {

using SoundOut = std::span<std::uint8_t>;
using Wave = std::vector<double>;

Wave wave_of(InputView in) {
  const auto samples = in.samples();
  return {samples.begin(), samples.end()};
}

void write(const Wave& wave, SoundOut out) { write_sound(std::span<const double>(wave), out); }

// Root of the mean square; at least one unit, so that silence has some too.
double loudness(const Wave& wave) {
  double squares = 0;
  for (const double s : wave) squares += s * s;
  return std::max(1.0, std::sqrt(squares / static_cast<double>(std::max<std::size_t>(wave.size(), 1))));
}

double from_decibels(double db) { return std::pow(10, db / 20); }

// ---- what is added

double noise_snr(double t) { return 50 - 55 * t; }

void white_noise(InputView in, double t, std::uint64_t key, SoundOut out) {
  Wave wave = wave_of(in);
  Rng rng(key, 1);
  const double sigma = loudness(wave) * from_decibels(-noise_snr(t));
  for (double& s : wave) s += sigma * static_cast<double>(rng.normal());
  write(wave, out);
}

double hum_snr(double t) { return 40 - 45 * t; }

// Of the mains, 50 Hz with three harmonics.
void hum(InputView in, double t, std::uint64_t key, SoundOut out) {
  Wave wave = wave_of(in);
  const double of_one = std::sqrt((1 + 1.0 / 4 + 1.0 / 9 + 1.0 / 16) / 2);  // loudness, the first amplitude being 1
  const double amplitude = loudness(wave) * from_decibels(-hum_snr(t)) / of_one;
  const double phase = Rng(key, 2).uniform();
  for (std::size_t i = 0; i < wave.size(); ++i) {
    const double turns = phase + 50.0 * static_cast<double>(i) / in.shape.form->rate;
    for (int h = 1; h <= 4; ++h) wave[i] += amplitude / h * std::sin(2 * std::numbers::pi * h * turns);
  }
  write(wave, out);
}

double echo_seconds(double t) { return 0.1 + 0.9 * t; }

// Sixty reflections at frozen times within the room's time of reverberation, at whose end they are 60 dB down.
void echo(InputView in, double t, std::uint64_t key, SoundOut out) {
  constexpr int kReflections = 60;
  const Wave dry = wave_of(in);
  Wave wave = dry;
  Rng rng(key, 3);
  for (int r = 0; r < kReflections; ++r) {
    const double at = rng.uniform();
    const double gain = t * 0.5 * std::pow(10, -3 * at) * (rng.uniform() < 0.5 ? -1 : 1);
    const auto delay = static_cast<std::size_t>(1 + at * echo_seconds(t) * in.shape.form->rate);
    for (std::size_t i = delay; i < wave.size(); ++i) wave[i] += gain * dry[i - delay];
  }
  write(wave, out);
}

// ---- what is taken away

// Butterworth's second order (Bristow-Johnson's cookbook), at a corner in shares of the rate.
struct Biquad {
  double b0, b1, b2, a1, a2;
  Biquad(double corner, bool high) {
    const double w = 2 * std::numbers::pi * corner, c = std::cos(w), alpha = std::sin(w) / std::numbers::sqrt2;
    const double edge = high ? (1 + c) / 2 : (1 - c) / 2;
    b0 = b2 = edge / (1 + alpha);
    b1 = (high ? -2 : 2) * b0;
    a1 = -2 * c / (1 + alpha);
    a2 = (1 - alpha) / (1 + alpha);
  }
  void filter(Wave& wave) const {
    double x1 = 0, x2 = 0, y1 = 0, y2 = 0;
    for (double& s : wave) {
      const double y = b0 * s + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
      x2 = x1, x1 = s, y2 = y1, y1 = y;
      s = y;
    }
  }
};

double lowest(double t) { return 600 * t; }
double highest(double t, int rate) {
  const double nyquist = 0.49 * rate;
  return nyquist * std::pow(std::min(1.0, 1500 / nyquist), t);
}

void telephone(InputView in, double t, std::uint64_t /*key*/, SoundOut out) {
  const int rate = in.shape.form->rate;
  Wave wave = wave_of(in);
  const Biquad low(highest(t, rate) / rate, false);
  low.filter(wave);
  low.filter(wave);
  Biquad(lowest(t) / rate, true).filter(wave);
  write(wave, out);
}

double clipped_at(double t) { return 1 - 0.97 * t; }

void clipping(InputView in, double t, std::uint64_t /*key*/, SoundOut out) {
  Wave wave = wave_of(in);
  double peak = 0;
  for (const double s : wave) peak = std::max(peak, std::abs(s));
  const double most = clipped_at(t) * peak;
  for (double& s : wave) s = std::clamp(s, -most, most);
  write(wave, out);
}

// Vorbis in Ogg, there and back. What the codec cannot do is left alone.
void codec(InputView in, double t, std::uint64_t /*key*/, SoundOut out) {
  std::vector<std::uint8_t> bytes;
  SoundBytes file{&bytes};
  SF_INFO info{};
  info.samplerate = in.shape.form->rate;
  info.channels = 1;
  info.format = SF_FORMAT_OGG | SF_FORMAT_VORBIS;
  const auto samples = in.samples();
  std::vector<float> wave(samples.begin(), samples.end());
  for (float& s : wave) s /= 32768.0F;
  if (const SoundFile encoder = open_sound(file, SFM_WRITE, info); encoder != nullptr) {
    double level = std::clamp(t, 0.0, 1.0);
    sf_command(encoder.get(), SFC_SET_COMPRESSION_LEVEL, &level, sizeof level);
    sf_writef_float(encoder.get(), wave.data(), std::ssize(wave));
  }
  file.at = 0;
  info = {};
  if (const SoundFile decoder = open_sound(file, SFM_READ, info); decoder != nullptr) {
    const sf_count_t got = sf_readf_float(decoder.get(), wave.data(), std::ssize(wave));
    std::fill(wave.begin() + std::clamp<sf_count_t>(got, 0, std::ssize(wave)), wave.end(), 0.0F);
  }
  write_sound(
      std::span<const float>(wave), [](double s) { return 32768 * s; }, out);
}

double mu_law_levels(double t) { return 256 * std::pow(4.0 / 256, t); }

// As G.711 does to telephone calls, in fewer and fewer steps.
void mu_law(InputView in, double t, std::uint64_t /*key*/, SoundOut out) {
  constexpr double kMu = 255;
  const double steps = mu_law_levels(t) / 2;
  Wave wave = wave_of(in);
  for (double& s : wave) {
    const double pressed = std::copysign(std::log1p(kMu * std::min(1.0, std::abs(s) / 32768)) / std::log1p(kMu), s);
    const double stepped = std::round(pressed * steps) / steps;
    s = std::copysign(32768 * std::expm1(std::abs(stepped) * std::log1p(kMu)) / kMu, stepped);
  }
  write(wave, out);
}

double share_lost(double t) { return 0.6 * t; }

// Packets of 20 ms, silent where they are lost: each at the strength at which its own number is passed, one at least.
void dropouts(InputView in, double t, std::uint64_t key, SoundOut out) {
  Wave wave = wave_of(in);
  const auto packet = static_cast<std::size_t>(std::max(1, in.shape.form->rate / 50));
  Rng rng(key, 4);
  std::vector<double> numbers((wave.size() + packet - 1) / packet);
  for (double& number : numbers) number = rng.uniform();
  if (!numbers.empty()) *std::ranges::min_element(numbers) = 0;
  for (std::size_t i = 0; i < wave.size(); ++i) {
    if (numbers[i / packet] < share_lost(t)) wave[i] = 0;
  }
  write(wave, out);
}

double lowered_by(double t) { return 40 * t; }

void quieter(InputView in, double t, std::uint64_t /*key*/, SoundOut out) {
  const double factor = from_decibels(-lowered_by(t));
  write_sound(
      in.samples(), [factor](double s) { return factor * s; }, out);
}

// ---- time

double speed_up(double t) { return 1 + 0.6 * t; }

// Pitch goes with it.
void at_speed_of(InputView in, double factor, SoundOut out) {
  const auto samples = in.samples();
  const std::vector<float> wave(samples.begin(), samples.end());
  const std::vector<float> moved = resampled(wave, 1 / factor);
  write_sound(std::span<const float>(moved.empty() ? wave : moved), out);
}

void sped_up(InputView in, double t, std::uint64_t /*key*/, SoundOut out) { at_speed_of(in, speed_up(t), out); }
void slowed(InputView in, double t, std::uint64_t /*key*/, SoundOut out) { at_speed_of(in, 1 / speed_up(t), out); }

CorruptionList make_sound_corruptions() {
  CorruptionList all;
  const auto add = [&all](std::string_view name, CorruptionKind::Apply apply, CorruptionKind::Describe describe) {
    all.push_back(std::make_unique<CorruptionKind>(name, apply, describe));
  };
  add("noise", white_noise,
      [](double t, const Shape&) { return fmt::format("white noise, {:.0f} dB below the sound", noise_snr(t)); });
  add("hum", hum, [](double t, const Shape&) { return fmt::format("hum, {:.0f} dB below the sound", hum_snr(t)); });
  add("echo", echo, [](double t, const Shape&) {
    return fmt::format("echo of {:.2f} s, reflections at {:.0f} %", echo_seconds(t), 50 * t);
  });
  add("telephone", telephone, [](double t, const Shape& s) {
    return fmt::format("only {:.0f} to {:.0f} Hz", lowest(t), highest(t, s.form->rate));
  });
  add("clipping", clipping,
      [](double t, const Shape&) { return fmt::format("clipped at {:.0f} % of its peak", 100 * clipped_at(t)); });
  add("codec", codec, [](double t, const Shape&) { return fmt::format("Vorbis, quality {:.1f}", 10 * (1 - t)); });
  add("mu-law", mu_law, [](double t, const Shape&) { return fmt::format("mu-law, {:.0f} levels", mu_law_levels(t)); });
  add("dropouts", dropouts,
      [](double t, const Shape&) { return fmt::format("{:.0f} % of packets of 20 ms lost", 100 * share_lost(t)); });
  add("quieter", quieter, [](double t, const Shape&) { return fmt::format("quieter by {:.1f} dB", lowered_by(t)); });
  add("faster", sped_up, [](double t, const Shape&) { return fmt::format("{:.2f} times as fast", speed_up(t)); });
  add("slower", slowed, [](double t, const Shape&) { return fmt::format("{:.2f} times as slow", speed_up(t)); });
  return all;
}

}  // namespace

const CorruptionList& sound_corruptions() {
  static const CorruptionList all = make_sound_corruptions();
  return all;
}

}  // namespace dflare
