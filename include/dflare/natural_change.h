// Natural changes of an image: what happens to photographs every day, several kinds at once, each within a box.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dflare/input.h"

namespace dflare {

// How far each kind may go; 0 (of factors: 1) leaves it out.
struct NaturalBox {
  double rotate = 0;       // degrees, either way
  double shift = 0;        // share of the width and of the height, either way
  double zoom = 1;         // factor, in or out
  double contrast = 1;     // factor, up or down
  double light = 0;        // grey levels, brighter or darker
  double blur = 0;         // sigma of a Gaussian, as a share of the shorter side
  double blur_pixels = 0;  // the same in pixels; the larger of the two holds
  double noise = 0;        // sigma of a Gaussian, grey levels
  // Largest root of the summed squares of all strengths, each as a share of its limit; 0: each may reach its own.
  double together = 0;

  bool operator==(const NaturalBox&) const = default;
};

// The numbers a box is made of, by the names that files and records call them.
struct NaturalLimit {
  std::string_view name;
  double NaturalBox::*value;
  double none, most;  // what leaves it out, and the largest allowed
};
std::span<const NaturalLimit> natural_limits();

// mild, default, harsh.
const std::vector<std::string>& natural_box_names();
// Nothing for another name.
std::optional<NaturalBox> named_natural_box(std::string_view name);
// Throws kBadArgument for numbers out of range, and where nothing may change.
void check_natural_box(const NaturalBox& box);

// A place in a box: by kind how strong, as a share of its limit. Blur and noise go from 0 to 1, the others from -1
// to 1.
inline constexpr std::size_t kNaturalKinds = 8;
enum class NaturalKind : std::uint8_t { kRotate, kShiftX, kShiftY, kZoom, kContrast, kLight, kBlur, kNoise };
using NaturalPlace = std::array<double, kNaturalKinds>;

// Name of the kind: rotate, shift-x, shift-y, zoom, contrast, light, blur, noise.
std::string_view to_string(NaturalKind kind);
// -1 or 0: the least strength of the kind.
double least_strength(NaturalKind kind);
// Brings a place into the box as little as need be; kinds that it leaves out become 0.
void put_into(const NaturalBox& box, NaturalPlace& place);
// How strong a kind is at that share of its limit, for an image of this shape, in its own unit: degrees to the left,
// pixels to the right and down, a factor, grey levels, pixels.
double natural_amount(const NaturalBox& box, NaturalKind kind, double share, const Shape& shape);
// "turned 9.1 degrees to the left, 12 grey levels darker, blurred by 0.8 pixels"; "unchanged".
std::string describe(const NaturalBox& box, const NaturalPlace& place, const Shape& shape);

// One image under its changes. The noise is one pattern, frozen by the key. Not of arrays.
class NaturalChanges {
 public:
  // Forgets the last image and copies this one. The box outlives the changes.
  void begin(const NaturalBox& box, InputView image, std::uint64_t key);
  // Writes the image as it is at that place: turned, zoomed and shifted about its middle, with mirrored edges; contrast
  // about its mean; light; blur; noise. Place 0 is the image itself.
  void write(const NaturalPlace& place, std::span<std::uint8_t> out);

 private:
  const NaturalBox* box_ = nullptr;
  Shape shape_;
  std::vector<float> image_, pattern_, warped_, blurred_;
};

}  // namespace dflare
