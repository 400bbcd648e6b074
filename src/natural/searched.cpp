// What a search leaves to learn from and to measure on, and both models asked about it.
#include "dflare/searched.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <unordered_set>

#include "core/spread.h"
#include "dflare/error.h"

namespace dflare {
namespace {

constexpr std::size_t kNotAsked = std::numeric_limits<std::size_t>::max();

std::string_view pixels_of(const Seed& seed) {
  return {reinterpret_cast<const char*>(seed.input.pixels.data()), seed.input.pixels.size()};
}

}  // namespace

std::vector<SeedIndex> readable_inputs(const SeedSet& seeds) {
  std::vector<SeedIndex> inputs;
  for (std::size_t i = 0; i < seeds.seeds.size(); ++i) {
    if (seeds.seeds[i].problem.empty()) inputs.emplace_back(static_cast<std::int32_t>(i));
  }
  return inputs;
}

std::vector<SeedIndex> unknown_inputs(const SeedSet& given, const SeedSet& known) {
  std::unordered_set<std::string_view> seen;
  for (const Seed& seed : known.seeds) {
    if (seed.problem.empty()) seen.insert(pixels_of(seed));
  }
  std::vector<SeedIndex> inputs = readable_inputs(given);
  std::erase_if(inputs, [&](SeedIndex input) {
    return seen.contains(pixels_of(given.seeds[static_cast<std::size_t>(input.value)]));
  });
  if (!inputs.empty()) return inputs;
  throw Error(ErrorCode::kBadInput,
              given.path.string() + ": holds no input that can be read and that the run has not seen",
              "leave --held-out away: some of the run's own inputs are then kept apart");
}

void PairRows::add(const Answers& original, const Answers& compressed) {
  classes_ = original.classes();
  for (std::size_t i = 0; i < original.rows(); ++i) {
    const auto f = original.raw(i);
    const auto g = compressed.raw(i);
    original_.insert(original_.end(), f.begin(), f.end());
    compressed_.insert(compressed_.end(), g.begin(), g.end());
  }
}

void PairRows::add(const PairRows& others, std::size_t row) {
  classes_ = others.classes_;
  const auto at = static_cast<std::ptrdiff_t>(row * classes_);
  const auto n = static_cast<std::ptrdiff_t>(classes_);
  original_.insert(original_.end(), others.original_.begin() + at, others.original_.begin() + at + n);
  compressed_.insert(compressed_.end(), others.compressed_.begin() + at, others.compressed_.begin() + at + n);
}

Answers PairRows::read(const std::vector<float>& raw, OutputReading reading) const {
  Answers answers;
  std::ranges::copy(raw, answers.prepare(size(), classes_).begin());
  reading.skip_classes = 0;  // they are left out already
  if (size() > 0) answers.interpret(reading);
  return answers;
}

PairAsker::PairAsker(const Searched& searched, const AskOptions& options)
    : searched_(searched),
      options_(options),
      original_(*searched.original, options),
      compressed_(*searched.compressed, options) {}

bool PairAsker::ask(const SeedSet& seeds, std::span<const NaturalImage> images, PairRows& rows) {
  const Answers original = original_.ask(searched_.original_reading, seeds, images);
  if (stopped()) return false;
  const Answers compressed = compressed_.ask(searched_.compressed_reading, seeds, images);
  if (stopped()) return false;
  rows.add(original, compressed);
  return true;
}

ImageRound::ImageRound(const SeedSet& seeds, std::vector<NaturalImage> images)
    : seeds_(seeds), images_(std::move(images)), row_of_(images_.size(), kNotAsked) {
  std::vector<std::size_t> bounds;  // first images of inputs, and the end
  for (std::size_t i = 0; i < images_.size(); ++i) {
    if (i == 0 || images_[i].seed != images_[i - 1].seed) bounds.push_back(i);
  }
  const std::vector<std::size_t> inputs = spread_order(bounds.size());
  bounds.push_back(images_.size());
  order_.reserve(images_.size());
  for (std::size_t nth = 0; order_.size() < images_.size(); ++nth) {
    for (const std::size_t input : inputs) {
      if (bounds[input] + nth < bounds[input + 1]) order_.push_back(bounds[input] + nth);
    }
  }
}

std::size_t ImageRound::ask(PairAsker& asker, std::size_t images) {
  const std::span<const std::size_t> places =
      std::span(order_).subspan(asked_, std::min(images, order_.size() - asked_));
  std::vector<NaturalImage> piece;
  for (const std::size_t place : places) piece.push_back(images_[place]);
  const std::size_t row = rows_.size();
  if (piece.empty() || !asker.ask(seeds_, piece, rows_)) return 0;
  for (std::size_t i = 0; i < places.size(); ++i) row_of_[places[i]] = row + i;
  asked_ += places.size();
  return places.size();
}

ImageRound::Part ImageRound::part() const {
  Part part;
  for (std::size_t i = 0; i < images_.size(); ++i) {
    if (row_of_[i] == kNotAsked) continue;
    part.images.push_back(images_[i]);
    part.rows.add(rows_, row_of_[i]);
  }
  return part;
}

}  // namespace dflare
