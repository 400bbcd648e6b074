// What a search leaves to learn from and to measure on: its inputs, what became of them, its findings.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dflare/answers.h"
#include "dflare/ids.h"
#include "dflare/model.h"
#include "dflare/natural.h"
#include "dflare/seed_status.h"
#include "dflare/seeds.h"

namespace dflare {

// Borrowed: models and inputs must outlive it.
struct Searched {
  std::string name;  // of the run, for messages
  const Model* original = nullptr;
  const Model* compressed = nullptr;
  OutputReading original_reading, compressed_reading;
  const SeedSet* inputs = nullptr;
  std::vector<SeedStatus> status;     // of every input
  std::vector<std::uint8_t> planned;  // of every input, 1: the search is to start from it
  std::vector<SeedIndex> done;        // from which it did, rising
  SeedSet findings;                   // as images: the confirmed ones, but for natural deviations
  std::vector<SeedIndex> finding_of;  // the input that each came from
  int label_shift = 0;                // from a true label to the place among the classes that both models tell apart
};

// Inputs that can be read.
std::vector<SeedIndex> readable_inputs(const SeedSet& seeds);

// Those of `given` that can be read and are not among the inputs of `known`, by their pixels: nothing is measured on
// what was learnt from. Throws kBadInput where none is left.
std::vector<SeedIndex> unknown_inputs(const SeedSet& given, const SeedSet& known);

// Rows of what both models said, one after another, as raw outputs without those that the readings skip.
class PairRows {
 public:
  void add(const Answers& original, const Answers& compressed);
  void add(const PairRows& others, std::size_t row);
  [[nodiscard]] std::size_t size() const { return classes_ == 0 ? 0 : original_.size() / classes_; }
  [[nodiscard]] Answers original(const OutputReading& reading) const { return read(original_, reading); }
  [[nodiscard]] Answers compressed(const OutputReading& reading) const { return read(compressed_, reading); }

 private:
  [[nodiscard]] Answers read(const std::vector<float>& raw, OutputReading reading) const;

  std::size_t classes_ = 0;
  std::vector<float> original_, compressed_;
};

// Both models of a search.
class PairAsker {
 public:
  // What the options point to must outlive it.
  PairAsker(const Searched& searched, const AskOptions& options);
  // Appends a row an image. False where options.stop was set: then nothing is appended.
  bool ask(const SeedSet& seeds, std::span<const NaturalImage> images, PairRows& rows);
  [[nodiscard]] bool stopped() const { return options_.stop != nullptr && *options_.stop; }

 private:
  const Searched& searched_;
  AskOptions options_;
  Asker original_, compressed_;
};

// Images of a set of inputs that both models are asked piece by piece: one of each input, inputs spread evenly, then
// the next of each. Whenever the work ends, what was asked stands for all.
class ImageRound {
 public:
  // Images of one input stand together. `seeds` must outlive it.
  ImageRound(const SeedSet& seeds, std::vector<NaturalImage> images);

  [[nodiscard]] std::size_t size() const { return images_.size(); }
  [[nodiscard]] std::size_t asked() const { return asked_; }
  [[nodiscard]] bool finished() const { return asked_ == images_.size(); }
  // Asks so many images more, as far as there are. Returns how many; 0 where the asker was stopped.
  std::size_t ask(PairAsker& asker, std::size_t images);

  // What was asked, in the order of the images.
  struct Part {
    std::vector<NaturalImage> images;
    PairRows rows;
  };
  [[nodiscard]] Part part() const;

 private:
  const SeedSet& seeds_;
  std::vector<NaturalImage> images_;
  std::vector<std::size_t> order_;   // places in images_, in the order in which they are asked
  std::size_t asked_ = 0;            // of order_
  std::vector<std::size_t> row_of_;  // of every image; SIZE_MAX: not asked
  PairRows rows_;
};

}  // namespace dflare
