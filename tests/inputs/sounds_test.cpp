// Sounds from files: what is read, what is refused, and with which words.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <numbers>

#include "core/sound_file.h"
#include "dflare/error.h"
#include "dflare/seeds.h"
#include "support/folder.h"
#include "support/sounds.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;

// Of one file that is written.
struct Written {
  int format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  int channels = 1, rate = 8000;
  double seconds = 0.5;
  double right = 1;  // the second channel is the first one times this
};

class Sounds : public testing::Test {
 protected:
  static std::vector<std::uint8_t> bytes_of(const Written& w) {
    std::vector<std::uint8_t> bytes;
    SoundBytes file{&bytes};
    SF_INFO info{};
    info.samplerate = w.rate;
    info.channels = w.channels;
    info.format = w.format;
    const auto frames = static_cast<sf_count_t>(w.seconds * w.rate);
    std::vector<double> samples;
    for (sf_count_t i = 0; i < frames; ++i) {
      const double wave = 0.25 * std::sin(2 * std::numbers::pi * 440 * static_cast<double>(i) / w.rate);
      for (int c = 0; c < w.channels; ++c) samples.push_back(c == 0 ? wave : w.right * wave);
    }
    SoundFile opened = open_sound(file, SFM_WRITE, info);
    EXPECT_NE(opened, nullptr) << sf_strerror(nullptr);
    sf_writef_double(opened.get(), samples.data(), frames);
    opened.reset();  // the rest is written
    return bytes;
  }
  void put(const std::string& name, const std::vector<std::uint8_t>& bytes) {
    const fs::path path = folder_.path() / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
  }
  static SeedOptions options() {
    SeedOptions options;
    options.kind = InputKind::kAudio;
    options.rate = 8000;
    options.shape = sound_shape(8000);
    return options;
  }
  // The only other sound of the folder is fine.
  Seed loaded(const std::string& name, const std::vector<std::uint8_t>& bytes) {
    put("a fine one.wav", bytes_of({}));
    put(name, bytes);
    const SeedSet set = load_seeds(folder_.path(), options());
    for (const Seed& seed : set.seeds)
      if (seed.source == name) return seed;
    return {};
  }
  static double loudness(const Seed& seed) {
    double sum = 0;
    for (const std::int16_t s : seed.input.view().samples()) sum += static_cast<double>(s) * s;
    return std::sqrt(sum / static_cast<double>(seed.input.view().samples().size())) / 32768;
  }

  static constexpr double kLoud = 0.25 / std::numbers::sqrt2;
  test::Folder folder_;
};

TEST_F(Sounds, SixteenBitsAreReadAsTheyStand) {
  for (const int format : {SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_FLAC | SF_FORMAT_PCM_16}) {
    const Seed seed = loaded("b.wav", bytes_of({.format = format}));
    ASSERT_EQ(seed.problem, "");
    const auto samples = seed.input.view().samples();
    ASSERT_EQ(samples.size(), 4000U);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const double wave = 0.25 * std::sin(2 * std::numbers::pi * 440 * static_cast<double>(i) / 8000);
      ASSERT_NEAR(samples[i], 32768 * wave, 1.01) << i;
    }
  }
}

TEST_F(Sounds, OtherWidthsChannelsAndRatesAreConverted) {
  const Seed stereo = loaded("stereo.wav", bytes_of({.channels = 2, .right = 0}));
  ASSERT_EQ(stereo.problem, "");
  EXPECT_NEAR(loudness(stereo), kLoud / 2, 0.001) << "channels are averaged";
  EXPECT_NEAR(loudness(loaded("u8.wav", bytes_of({.format = SF_FORMAT_WAV | SF_FORMAT_PCM_U8}))), kLoud, 0.01);
  EXPECT_NEAR(loudness(loaded("24.flac", bytes_of({.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_24}))), kLoud, 0.001);
  EXPECT_NEAR(loudness(loaded("f32.wav", bytes_of({.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT}))), kLoud, 0.001);
  const Seed fast = loaded("96k.wav", bytes_of({.rate = 96000}));
  ASSERT_EQ(fast.problem, "");
  EXPECT_NEAR(static_cast<double>(fast.input.view().samples().size()), 4000, 2);
  EXPECT_NEAR(loudness(fast), kLoud, 0.003);
}

TEST_F(Sounds, BadFilesAreLeftOutWithTheReason) {
  const auto problem = [this](const char* name, const std::vector<std::uint8_t>& bytes) {
    return loaded(name, bytes).problem;
  };
  const auto expect = [](const std::string& said, const char* part) {
    EXPECT_NE(said.find(part), std::string::npos) << said;
  };
  expect(problem("empty.wav", {}), "an empty file");
  expect(problem("none.wav", bytes_of({.seconds = 0})), "holds no samples");
  std::vector<std::uint8_t> mp3(2000, 0);
  std::memcpy(mp3.data(), "ID3\x03", 4);
  expect(problem("mp3.wav", mp3), "MP3 inside, neither WAV nor FLAC");
  expect(problem("text.wav", std::vector<std::uint8_t>(300, 'x')), "neither WAV nor FLAC");
  expect(problem("long.wav", bytes_of({.seconds = 3600})), "3600.0 seconds long, expected at most the 1.0");
  std::vector<std::uint8_t> wav = bytes_of({});
  wav.resize(wav.size() / 2);
  expect(problem("half.wav", wav), "cut off");
  std::vector<std::uint8_t> flac = bytes_of({.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16});
  flac.resize(flac.size() / 2);
  EXPECT_NE(problem("half.flac", flac), "");
  std::vector<std::uint8_t> silent = bytes_of({});
  std::fill(silent.begin() + 44, silent.end(), std::uint8_t{0});
  expect(problem("silent.wav", silent), "silent");
}

TEST_F(Sounds, OneSampleIsASound) {
  const Seed seed = loaded("one.wav", [] {
    std::vector<std::uint8_t> wav = bytes_of({.seconds = 1.0 / 8000});
    wav[wav.size() - 1] = 1;
    return wav;
  }());
  ASSERT_EQ(seed.problem, "");
  EXPECT_EQ(seed.input.view().samples().size(), 1U);
  std::vector<std::uint8_t> stored;
  encode_input(seed.input.view(), stored);
  EXPECT_EQ(decode_input(stored, "one", seed.input.shape).pixels, seed.input.pixels);
}

TEST_F(Sounds, AFolderOfSoundsIsKnownByItsFilesAndImagesComeFirst) {
  put("a.flac", bytes_of({.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16}));
  EXPECT_EQ(kind_of_seeds(folder_.path()), InputKind::kAudio);
  put("cover.png", {1, 2, 3});
  EXPECT_EQ(kind_of_seeds(folder_.path()), InputKind::kImage);
}

TEST_F(Sounds, StoredBytesOfAnotherRateOrLengthAreRefused) {
  const Input sound = toy::sound_input(toy::tone(1));
  std::vector<std::uint8_t> stored;
  encode_input(sound.view(), stored);
  Shape other = sound.shape;
  other.form = sound_form(16000).get();
  EXPECT_THROW((void)decode_input(stored, "x.flac", other), Error);
  Shape shorter = toy::shape_of_sounds(100);
  EXPECT_THROW((void)decode_input(stored, "x.flac", shorter), Error);
}

}  // namespace
}  // namespace dflare
