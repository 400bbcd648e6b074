// The decoders that real detectors need.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/nearest.h"
#include "dflare/error.h"
#include "judge/boxes.h"

namespace dflare {
namespace {

constexpr double kOverlapOfDuplicates = 0.5;

std::string shapes_of(const AnswerLayout& layout) {
  std::vector<std::string> shapes;
  for (const AnswerPart& part : layout) shapes.push_back(fmt::format("{}", fmt::join(part.extents, " x ")));
  return fmt::format("{}", fmt::join(shapes, ", "));
}

[[noreturn]] void refuse(std::string_view name, const char* expected, const AnswerLayout& layout) {
  throw Error(ErrorCode::kBadArgument,
              fmt::format("--oracle boxes:{} reads {}; the model gives {}", name, expected, shapes_of(layout)),
              "name the decoder of this model's kind: boxes:nanodet or boxes:yolov8");
}

// NanoDet (and its kin): at each of three grids n x n a score a class, and for each side of the box a distribution over
// the distance to it, in strides. Boxes in pixels of the model's input.
class NanoDet final : public BoxDecoder {
 public:
  explicit NanoDet(const AnswerLayout& layout) {
    constexpr const char* kExpected =
        "pairs of outputs (cells x classes, cells x 4 distributions) at strides 8, 16, 32";
    std::size_t at = 0;
    for (const AnswerPart& part : layout) {
      if (part.extents.size() != 2) refuse("nanodet", kExpected, layout);
      add(static_cast<std::size_t>(part.extents[0]), static_cast<std::size_t>(part.extents[1]), at);
      at += part.values();
    }
    std::ranges::sort(grids_, [](const Grid& a, const Grid& b) { return a.cells > b.cells; });
    const bool complete = std::ranges::all_of(
        grids_, [](const Grid& g) { return g.classes > 0 && g.bins >= 2 && g.side * g.side == g.cells; });
    if (grids_.size() != kStrides.size() || !complete) refuse("nanodet", kExpected, layout);
  }

  [[nodiscard]] std::vector<Box> decode(std::span<const float> row, float least_score) const override {
    std::vector<Box> boxes;
    for (std::size_t g = 0; g < grids_.size(); ++g) {
      for (std::size_t cell = 0; cell < grids_[g].cells; ++cell) {
        const std::span<const float> scores =
            row.subspan(grids_[g].scores + cell * grids_[g].classes, grids_[g].classes);
        const auto best = std::ranges::max_element(scores);
        if (*best < least_score) continue;
        Box box = box_at(row, grids_[g], static_cast<float>(kStrides[g]), cell);
        box.score = *best;
        box.label = static_cast<int>(best - scores.begin());
        boxes.push_back(box);
      }
    }
    return without_duplicates(std::move(boxes), kOverlapOfDuplicates);
  }

 private:
  static constexpr std::array kStrides{8, 16, 32};
  struct Grid {
    std::size_t cells = 0, side = 0;
    std::size_t classes = 0, scores = 0;  // how many, and where in the row
    std::size_t bins = 0, distances = 0;
  };

  // Of the two outputs of a grid the one whose width is four times a few bins tells distances: the narrower one.
  void add(std::size_t cells, std::size_t width, std::size_t at) {
    const auto known = std::ranges::find(grids_, cells, &Grid::cells);
    if (known == grids_.end()) {
      grids_.push_back({.cells = cells,
                        .side = static_cast<std::size_t>(std::lround(std::sqrt(cells))),
                        .classes = width,
                        .scores = at});
      return;
    }
    const bool narrower = width < known->classes;
    known->bins = (narrower ? width : known->classes) / 4;
    known->distances = narrower ? at : known->scores;
    if (narrower) return;
    known->classes = width;
    known->scores = at;
  }

  static Box box_at(std::span<const float> row, const Grid& grid, float stride, std::size_t cell) {
    const std::size_t row_of_grid = cell / grid.side;
    const float x = (static_cast<float>(cell % grid.side) + 0.5F) * stride;
    const float y = (static_cast<float>(row_of_grid) + 0.5F) * stride;
    std::array<float, 4> away{};
    for (std::size_t side = 0; side < 4; ++side) {
      away[side] = stride * mean_of(row.subspan(grid.distances + (cell * 4 + side) * grid.bins, grid.bins));
    }
    return {.x1 = x - away[0], .y1 = y - away[1], .x2 = x + away[2], .y2 = y + away[3]};
  }

  // Of the softmax over the bins.
  static float mean_of(std::span<const float> logits) {
    const float top = std::ranges::max(logits);
    float sum = 0;
    float weights = 0;
    for (std::size_t bin = 0; bin < logits.size(); ++bin) {
      const float weight = std::exp(logits[bin] - top);
      weights += weight;
      sum += weight * static_cast<float>(bin);
    }
    return sum / weights;
  }

  std::vector<Grid> grids_;
};

// YOLOv8 and later, as Ultralytics exports them: one output of (4 + classes) x candidates, centre, size, scores.
class YoloV8 final : public BoxDecoder {
 public:
  explicit YoloV8(const AnswerLayout& layout) {
    const bool fits = layout.size() == 1 && layout[0].extents.size() == 2 && layout[0].extents[0] > 4;
    if (!fits) refuse("yolov8", "one output of (4 + classes) x candidates", layout);
    rows_ = static_cast<std::size_t>(layout[0].extents[0]);
    candidates_ = static_cast<std::size_t>(layout[0].extents[1]);
  }

  [[nodiscard]] std::vector<Box> decode(std::span<const float> row, float least_score) const override {
    std::vector<Box> boxes;
    const auto at = [&](std::size_t r, std::size_t i) { return row[r * candidates_ + i]; };
    for (std::size_t i = 0; i < candidates_; ++i) {
      std::size_t best = 4;
      for (std::size_t r = 5; r < rows_; ++r) best = at(r, i) > at(best, i) ? r : best;
      if (at(best, i) < least_score) continue;
      const float w = std::max(at(2, i), 0.0F) / 2;
      const float h = std::max(at(3, i), 0.0F) / 2;
      boxes.push_back(
          {at(0, i) - w, at(1, i) - h, at(0, i) + w, at(1, i) + h, at(best, i), static_cast<int>(best - 4)});
    }
    return without_duplicates(std::move(boxes), kOverlapOfDuplicates);
  }

 private:
  std::size_t rows_ = 0, candidates_ = 0;
};

}  // namespace

std::unique_ptr<const BoxDecoder> make_box_decoder(std::string_view name, const AnswerLayout& layout) {
  if (name == "nanodet") return std::make_unique<NanoDet>(layout);
  if (name == "yolov8") return std::make_unique<YoloV8>(layout);
  static const std::vector<std::string> names{"nanodet", "yolov8"};
  throw Error(ErrorCode::kBadArgument, fmt::format("--oracle boxes:{}: no such decoder", name),
              known_names_hint(name, names));
}

}  // namespace dflare
