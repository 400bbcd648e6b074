// WAV and FLAC files, and what is stored.
#include "inputs/sounds.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>

#include "core/files.h"
#include "core/resampled.h"
#include "core/sound.h"
#include "core/sound_file.h"
#include "dflare/error.h"
#include "inputs/folder.h"

namespace dflare {
namespace {

constexpr std::size_t kLargestSoundFile = std::size_t{1} << 30;
constexpr int kMostChannels = 64;
constexpr int kLeastRate = 1000, kMostRate = 768000;

bool is_wav_or_flac(int format) {
  const int major = format & SF_FORMAT_TYPEMASK;
  return major == SF_FORMAT_WAV || major == SF_FORMAT_WAVEX || major == SF_FORMAT_RF64 || major == SF_FORMAT_FLAC;
}

// What a file is by its first bytes, for those who named it otherwise.
std::string what_it_is(std::span<const std::uint8_t> bytes) {
  const auto begins = [&bytes](std::string_view magic, std::size_t at = 0) {
    return bytes.size() >= at + magic.size() && std::memcmp(bytes.data() + at, magic.data(), magic.size()) == 0;
  };
  if (begins("ID3") || (bytes.size() > 1 && bytes[0] == 0xff && (bytes[1] & 0xe0U) == 0xe0U)) return "MP3";
  if (begins("OggS")) return "Ogg";
  if (begins("ftyp", 4)) return "MPEG-4";
  if (begins("FORM")) return "AIFF";
  if (begins("RIFF") || begins("fLaC") || begins("RF64")) return "damaged";
  return "";
}

[[noreturn]] void no_sound(const std::string& what) {
  throw Error(ErrorCode::kBadInput, what, "convert it: ffmpeg -i FILE -ac 1 -c:a pcm_s16le NEW.wav");
}

// All samples of a file, channels averaged, on [-1, 1].
std::vector<float> mono(SNDFILE* file, const SF_INFO& info) {
  std::vector<float> samples(static_cast<std::size_t>(info.frames)), block;
  const auto channels = static_cast<std::size_t>(info.channels);
  constexpr std::size_t kFrames = 4096;
  block.resize(kFrames * channels);
  std::size_t done = 0;
  while (done < samples.size()) {
    const auto wanted = static_cast<sf_count_t>(std::min(kFrames, samples.size() - done));
    const sf_count_t got = sf_readf_float(file, block.data(), wanted);
    for (std::size_t i = 0; std::cmp_less(i, got); ++i) {
      double sum = 0;
      for (std::size_t c = 0; c < channels; ++c) sum += static_cast<double>(block[i * channels + c]);
      samples[done + i] = static_cast<float>(sum / static_cast<double>(channels));
    }
    done += static_cast<std::size_t>(std::max<sf_count_t>(got, 0));
    if (got < wanted) break;
  }
  if (done < samples.size())
    no_sound(fmt::format("ends after {} of the {} samples that it promises", done, samples.size()));
  return samples;
}

// libsndfile takes what is there of a WAV that was cut off. Writers to a pipe don't know the length: 0, or all ones.
bool is_cut_off(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kHead = 8;
  if (bytes.size() < kHead || std::memcmp(bytes.data(), "RIFF", 4) != 0) return false;
  std::uint32_t length = 0;
  std::memcpy(&length, bytes.data() + 4, sizeof length);
  return length != 0 && length < 0xffffff00U && length + kHead > bytes.size() + 1;
}

// Checks a file's head: whether the sound can be one that both models take.
void check_head(const SF_INFO& info, int rate, std::size_t room) {
  if (!is_wav_or_flac(info.format)) no_sound("neither WAV nor FLAC");
  if (info.channels < 1 || info.channels > kMostChannels || info.samplerate < kLeastRate || info.samplerate > kMostRate)
    no_sound(fmt::format("{} channels at {} Hz, expected 1 to {} at {} to {} Hz", info.channels, info.samplerate,
                         kMostChannels, kLeastRate, kMostRate));
  if (info.frames < 1) no_sound("holds no samples");
  const double seconds = static_cast<double>(info.frames) / info.samplerate;
  const double most = static_cast<double>(room) / rate;
  if (seconds > most) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{:.1f} seconds long, expected at most the {:.1f} that the models take", seconds, most),
                "cut it into sentences");
  }
}

// The samples of a file at that rate.
std::vector<std::int16_t> samples_in(std::vector<std::uint8_t>& bytes, int rate, std::size_t room) {
  if (bytes.empty()) no_sound("an empty file");
  SoundBytes file{&bytes};
  SF_INFO info{};
  const SoundFile opened = open_sound(file, SFM_READ, info);
  const std::string kind = what_it_is(bytes);
  if (opened == nullptr)
    no_sound(kind.empty()        ? "neither WAV nor FLAC"
             : kind == "damaged" ? fmt::format("cannot be read: {}", sf_strerror(nullptr))
                                 : fmt::format("{} inside, neither WAV nor FLAC", kind));
  if (!is_wav_or_flac(info.format) && !kind.empty()) no_sound(kind + " inside, neither WAV nor FLAC");
  check_head(info, rate, room);
  if (is_cut_off(bytes)) no_sound("cut off: it is shorter than its head says");
  std::vector<float> samples = mono(opened.get(), info);
  if (info.samplerate != rate) samples = resampled(samples, static_cast<double>(rate) / info.samplerate);
  std::vector<std::int16_t> sound(std::min(samples.size(), room));
  std::transform(samples.begin(), samples.begin() + std::ssize(sound), sound.begin(),
                 [](float v) { return to_sample(32768.0 * static_cast<double>(v)); });
  return sound;
}

}  // namespace

std::shared_ptr<const ArrayForm> sound_form(int rate) {
  static std::mutex lock;
  static std::map<int, std::shared_ptr<const ArrayForm>> forms;
  const std::lock_guard guard(lock);
  auto& form = forms[rate];
  if (form == nullptr) {
    auto made = std::make_shared<ArrayForm>();
    made->kind = InputKind::kAudio;
    made->rate = rate;
    form = std::move(made);
  }
  return form;
}

void read_sound_file(const std::filesystem::path& path, const SeedOptions& options, Seed& seed) {
  Shape shape = options.shape;
  const auto form = sound_form(options.rate);
  shape.form = form.get();
  try {
    std::vector<std::uint8_t> bytes = read_file(path, kLargestSoundFile);
    const std::vector<std::int16_t> samples = samples_in(bytes, options.rate, samples_of(shape));
    if (std::ranges::all_of(samples, [](std::int16_t s) { return s == 0; })) no_sound("silent");
    seed.input = Input(shape);
    write_sound(std::span(samples), seed.input.pixels);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kBadInput) throw;
    seed.problem = as_utf8(e.what());
    const std::string name = path.string() + ": ";
    if (seed.problem.starts_with(name)) seed.problem.erase(0, name.size());
  }
}

void encode_sound(InputView input, std::vector<std::uint8_t>& bytes) {
  bytes.clear();
  SoundBytes file{&bytes};
  SF_INFO info{};
  info.samplerate = input.shape.form->rate;
  info.channels = 1;
  info.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
  const auto samples = input.samples();
  {
    const SoundFile opened = open_sound(file, SFM_WRITE, info);
    const bool written =
        opened != nullptr && sf_writef_short(opened.get(), samples.data(), std::ssize(samples)) == std::ssize(samples);
    if (!written) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("a sound of {} samples at {} Hz cannot be stored as FLAC: {}", samples.size(),
                              info.samplerate, sf_strerror(opened.get())),
                  "libsndfile must have been built with FLAC, as Debian's is");
    }
  }
}

Input decode_sound(std::span<const std::uint8_t> bytes, const std::string& name, const Shape& like) {
  std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());
  SoundBytes file{&copy};
  SF_INFO info{};
  const SoundFile opened = open_sound(file, SFM_READ, info);
  const bool fits = opened != nullptr && (info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_FLAC &&
                    (info.format & SF_FORMAT_SUBMASK) == SF_FORMAT_PCM_16 && info.channels == 1 &&
                    info.samplerate == like.form->rate && info.frames >= 0 &&
                    std::cmp_less_equal(info.frames, samples_of(like));
  std::vector<std::int16_t> samples(fits ? static_cast<std::size_t>(info.frames) : 0);
  if (!fits || sf_readf_short(opened.get(), samples.data(), info.frames) != info.frames) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: no FLAC of 16 bits, mono, {} Hz and at most {} samples", name,
                                                  like.form->rate, samples_of(like)));
  }
  Input input(like);
  write_sound(std::span<const std::int16_t>(samples), input.pixels);
  return input;
}

}  // namespace dflare
