// What a model says of a batch of inputs: raw outputs, probabilities, log-probabilities, labels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dflare {

// What a model's output vector holds.
enum class OutputKind { kProbabilities, kLogits };

// How raw outputs are read (DESIGN 2, «log p»).
struct OutputReading {
  OutputKind kind = OutputKind::kProbabilities;
  // Distance between two neighbouring values of an 8-bit output; 0 for real-valued outputs.
  float step = 0.0F;
  // Leading outputs to leave out, where the two models of a pair count classes differently (1001 against 1000).
  int skip_classes = 0;
  // Of a model with one score: it means yes (class 1) where its probability is above this, no (class 0) below.
  std::optional<float> threshold = {};
};

// An output that a row of raw answers is made of.
struct AnswerPart {
  std::string name;
  std::vector<std::int64_t> extents;  // of one row; none: one value
  bool text = false;                  // its values are bytes of UTF-8, zeros behind the end

  [[nodiscard]] std::size_t values() const {
    std::size_t n = 1;
    for (const std::int64_t extent : extents) n *= static_cast<std::size_t>(extent);
    return n;
  }
};

// All of them, in the order of the values.
using AnswerLayout = std::vector<AnswerPart>;

// One row of Answers, borrowed. All spans hold one value a class.
struct AnswerView {
  std::span<const float> raw;    // as the model gave it (dequantised)
  std::span<const float> p;      // probabilities: softmax of logits, or raw
  std::span<const float> log_p;  // log-softmax of logits; log max(p, step/2) for 8-bit probabilities; log max(p, 1e-12)
  int label = -1;                // first index of the largest raw output; -1 when not finite
  bool tie = false;              // the largest raw output stands at two or more indices
  bool finite = true;            // no NaN and no infinity among the raw outputs

  // Probability of the top label.
  [[nodiscard]] float top_p() const { return label < 0 ? 0.0F : p[static_cast<std::size_t>(label)]; }
};

// Rows x classes answers of one model. Row i belongs to row i of the query. Reused from query to query: it allocates
// only when it grows.
class Answers {
 public:
  // Makes room for rows x classes raw outputs and returns them for the model to fill, row after row.
  std::span<float> prepare(std::size_t rows, std::size_t classes);
  // Derives p, log_p, labels, ties from the raw outputs. May be read again another way, but for the classes left out,
  // which are gone: reading.skip_classes less than before is kBadArgument. One score that was read by a threshold has
  // become two, and stays as it was read.
  void interpret(const OutputReading& reading);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t classes() const { return classes_; }
  // A row's raw outputs; valid before interpret() too.
  [[nodiscard]] std::span<const float> raw(std::size_t row) const { return row_of(raw_, row); }
  // A row as interpreted.
  [[nodiscard]] AnswerView operator[](std::size_t row) const;

 private:
  [[nodiscard]] std::span<const float> row_of(const std::vector<float>& v, std::size_t row) const {
    return std::span(v).subspan(row * classes_, classes_);
  }
  void leave_out(std::size_t leading);
  void make_two_of_one(const OutputReading& reading);
  void interpret_row(std::size_t row, const OutputReading& reading, float least);

  std::size_t rows_ = 0;
  std::size_t classes_ = 0;
  std::size_t left_out_ = 0;  // leading classes that are gone since prepare()
  bool of_one_ = false;       // two classes were made of one score
  std::vector<float> raw_, p_, log_p_;
  std::vector<int> label_;
  std::vector<std::uint8_t> tie_, finite_;
};

// Guesses the reading from raw answers to real inputs: probabilities if no value is negative or above 1 and every row
// sums to 1 within 0.02 (within 0.25 where the values come in steps, as an 8-bit softmax does; a single value need
// not); logits otherwise. `output_scale` is the output's own quantisation and is the step; where it has none (0), the
// step is what the values show, if that cannot be chance: eight or more different values, all whole multiples of one
// step within 256 of them, and for probabilities a step of about 1/255 or 1/256. Where the user `declared` what the
// outputs are, that is what they are.
OutputReading detect_reading(const Answers& answers, float output_scale = 0, std::optional<OutputKind> declared = {});

}  // namespace dflare
