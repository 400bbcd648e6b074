// Detections read off the raw outputs of detectors, and how those of two models go together.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "dflare/oracle.h"

namespace dflare {

// Corners in any unit, the same for all boxes of an image; x1 <= x2, y1 <= y2.
struct Box {
  float x1 = 0, y1 = 0, x2 = 0, y2 = 0;
  float score = 0;
  int label = 0;
};

// Intersection over union; of boxes that cover nothing 1 where they are the same, else 0.
double iou(const Box& a, const Box& b);

// Of each class the best boxes, without those that overlap a better one by more than `most`; by falling score.
std::vector<Box> without_duplicates(std::vector<Box> boxes, double most);

// Finds the boxes of at least that score in one row of a model's outputs; empty where it holds none. NaN anywhere makes
// the row not finite, which the caller has looked at.
class BoxDecoder {
 public:
  virtual ~BoxDecoder() = default;
  [[nodiscard]] virtual std::vector<Box> decode(std::span<const float> row, float least_score) const = 0;
};

// "nanodet" or "yolov8", for outputs of those shapes. Throws kBadArgument naming the shapes and what was expected.
std::unique_ptr<const BoxDecoder> make_box_decoder(std::string_view name, const AnswerLayout& layout);

}  // namespace dflare
