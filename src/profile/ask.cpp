// Both models asked about the field, piece by piece: whatever ends the work, what was asked stands for all inputs.
#include <algorithm>
#include <utility>

#include "core/pacer.h"
#include "core/spread.h"
#include "dflare/corruptions.h"
#include "dflare/error.h"
#include "dflare/profile.h"
#include "dflare/searched.h"

namespace dflare {
namespace {

constexpr int kRowsAQuery = 32;
constexpr std::size_t kFirstInputs = 16;  // asked before the first look at the clock

void check(const FieldSettings& s) {
  const auto require = [](bool ok, const char* what, const char* hint) {
    if (!ok) throw Error(ErrorCode::kBadArgument, std::string(what) + " is out of range", hint);
  };
  require(s.rounds >= 0 && s.rounds <= kProfileSeverities, "the number of rounds", "use 0 to 5");
  require(s.max_inputs >= 0, "--max-inputs", "use --max-inputs N with N >= 0");
}

// The images of one round of these inputs: one of every kind, at the severity that the first round drew for it or so
// many further, in rotation.
std::vector<NaturalImage> images_of_round(std::span<const SeedIndex> inputs, int round, const ArrayForm* form,
                                          std::uint64_t rng_seed) {
  if (round == 0) return clean_images(inputs);
  std::vector<NaturalImage> images =
      corrupted_images(inputs, static_cast<int>(corruptions(form).size()), rng_seed, form);
  for (NaturalImage& image : images) image.severity = (image.severity - 1 + round - 1) % kProfileSeverities + 1;
  return images;
}

class FieldAsker {
 public:
  FieldAsker(const Model& original, const Model& compressed, const SeedSet& seeds, const FieldSettings& settings,
             LiveProgress& live)
      : seeds_(seeds),
        settings_(settings),
        live_(live),
        options_{.workers = settings.workers,
                 .batch = settings.batch == 0 ? kRowsAQuery : settings.batch,
                 .stop = &live.stop,
                 .query_started = live.query_started},
        original_(original, options_),
        compressed_(compressed, options_),
        shift_(std::min(settings.original_label_offset, settings.compressed_label_offset)) {}

  // False, and nothing is added, where it was stopped meanwhile.
  bool ask(std::span<const SeedIndex> inputs, int round, std::vector<CalledImage>& out) {
    const std::vector<NaturalImage> images = images_of_round(inputs, round, seeds_.form.get(), settings_.rng_seed);
    // Which label is the largest does not depend on what the outputs are otherwise.
    const auto reading = [this](int offset) { return OutputReading{OutputKind::kLogits, 0, offset - shift_}; };
    const Answers f = original_.ask(reading(settings_.original_label_offset), seeds_, images);
    if (live_.stop) return false;
    const Answers g = compressed_.ask(reading(settings_.compressed_label_offset), seeds_, images);
    if (live_.stop) return false;
    for (std::size_t i = 0; i < images.size(); ++i) {
      const int label = seeds_.seeds[static_cast<std::size_t>(images[i].seed.value)].label;
      out.push_back({.image = images[i],
                     .original = f[i].label,
                     .compressed = g[i].label,
                     .truth = label < 0 ? -1 : label + shift_,
                     .original_tied = f[i].tie,
                     .as_drawn = round <= 1});
    }
    return true;
  }

 private:
  const SeedSet& seeds_;
  const FieldSettings& settings_;
  LiveProgress& live_;
  AskOptions options_;
  Asker original_, compressed_;
  int shift_;
};

std::vector<SeedIndex> inputs_to_ask(const SeedSet& seeds, const FieldSettings& settings) {
  const std::vector<SeedIndex> readable = readable_inputs(seeds);
  const auto most = settings.max_inputs == 0 ? readable.size() : static_cast<std::size_t>(settings.max_inputs);
  std::vector<SeedIndex> inputs;
  for (const std::size_t i : spread_choice(readable.size(), most)) inputs.push_back(readable[i]);
  if (inputs.empty()) {
    throw Error(ErrorCode::kNoUsableSeed, "no input of " + seeds.path.string() + " can be used",
                "see the reasons given for each file");
  }
  return inputs;
}

const char* name_of(int round) { return round == 0 ? "inputs as they are" : "corrupted inputs"; }

}  // namespace

FieldAnswers ask_field(const Model& original, const Model& compressed, const SeedSet& seeds,
                       const FieldSettings& settings, LiveProgress& live, const Tell& tell) {
  check(settings);
  const std::vector<SeedIndex> inputs = inputs_to_ask(seeds, settings);
  const std::vector<std::size_t> order = spread_order(inputs.size());
  FieldAsker asker(original, compressed, seeds, settings, live);
  FieldAnswers out;
  bool going = true;
  for (int round = 0; round <= settings.rounds && going; ++round) {
    Pacer pacer(round == 0 ? kFirstInputs : 1);
    const Elapsed elapsed;
    for (std::size_t asked = 0; asked < order.size() && going;) {
      const std::size_t end = std::min(order.size(), asked + pacer.next());
      const double left =
          asked == 0 ? -1 : elapsed.seconds() * static_cast<double>(order.size() - asked) / static_cast<double>(asked);
      if (tell) tell({name_of(round), static_cast<std::int64_t>(asked), std::ssize(order), left, -1});
      std::vector<SeedIndex> piece;
      for (std::size_t i = asked; i < end; ++i) piece.push_back(inputs[order[i]]);
      const Elapsed took;
      going = !live.stop && asker.ask(piece, round, out.images);
      if (!going) break;
      pacer.took(piece.size(), took.seconds());
      asked = end;
      if (round == 0) out.inputs = static_cast<std::int64_t>(end);
    }
  }
  out.complete = going;
  std::ranges::sort(out.images, {}, [](const CalledImage& called) {
    return std::tuple(called.image.seed, called.image.corruption, called.image.severity);
  });
  return out;
}

}  // namespace dflare
