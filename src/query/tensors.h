// What the shapes of a model's tensors mean: which dimension is the batch, the image, the classes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dflare/model.h"

namespace dflare {

// Tensor dimensions, the batch first; a negative one is left open by the model.
using Dims = std::vector<std::int64_t>;

std::string to_string(std::span<const std::int64_t> dims);

// The input of a model, an image or an array. `dims` has every open dimension settled but the first.
struct ImageTensor {
  Dims dims;
  Shape shape;
  Layout layout = Layout::kNhwc;
};

// Reads N x C x H x W, N x H x W x C or (grey) N x H x W. `usual` decides where a shape can be read both ways.
// Throws kBadInput for a shape that is no image, kBadArgument for options that contradict the model or are missing.
ImageTensor read_image_tensor(const std::string& model, std::span<const std::int64_t> dims, const ModelOptions& options,
                              Layout usual);

// Values a row of an output of that form: the classes of N x C, N x C x 1 x 1, N x 1 x 1 x C or, for a single row, C;
// the one of N x 1; all of any other. Throws kBadInput for another form, saying what the output looks like instead.
std::size_t read_values(const std::string& model, std::span<const std::int64_t> dims, OutputForm form);

// Reads N x anything for arrays, and as read_image_tensor() for images.
ImageTensor read_input_tensor(const std::string& model, std::span<const std::int64_t> dims, const ModelOptions& options,
                              Layout usual);

// An input or an output.
struct NamedTensor {
  std::string name;
  Dims dims;
};
using NamedOutput = NamedTensor;

// Which input is asked, and what the others are set to.
struct ChosenInputs {
  std::size_t asked = 0;
  std::vector<std::pair<std::size_t, double>> set;  // position and value
};
// Throws kBadInput where more than one is not set, naming them, and kBadArgument for names that no input has, or where
// none is left.
ChosenInputs choose_inputs(const std::string& model, std::span<const NamedTensor> inputs, const ModelOptions& options);

// The dimensions of an input that is set, beside an asked one of those: what is left open is the batch, or as long as
// the asked one where both have the same rank.
Dims dims_beside(const Dims& set, const Dims& asked, std::size_t rows);

// Whether an output may hold one score a class.
bool may_hold_classes(std::span<const std::int64_t> dims);

// The one output, or the one that is named. Throws kBadInput for several without a name, naming those that may hold
// scores of classes, kBadArgument for an unknown one.
std::size_t choose_output(const std::string& model, std::span<const NamedOutput> outputs, const std::string& wanted);

// Positions of the outputs that are read: the one that choose_output() chooses, or for kValues without a name all.
std::vector<std::size_t> choose_outputs(const std::string& model, std::span<const NamedOutput> outputs,
                                        const ModelOptions& options);

// The part of a row that an output is; every dimension but the batch is settled.
AnswerPart part_of(const std::string& name, std::span<const std::int64_t> dims);

// Throws kBadArgument for an empty query or an input of another shape.
void check_query(const ModelInfo& info, std::span<const InputView> inputs);

}  // namespace dflare
