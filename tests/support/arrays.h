// Inputs of every kind, made of noise.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dflare/input.h"
#include "dflare/rng.h"
#include "support/toy.h"

namespace dflare::toy {

// An array's form over these axes: number i goes from about -1 to 2, whole numbers from about -10 to 20, "u1" from 0.
inline std::shared_ptr<const ArrayForm> form_of(const Shape& shape, std::string dtype = "f4") {
  auto form = std::make_shared<ArrayForm>();
  if (shape.height > 1) form->dims.push_back(static_cast<std::size_t>(shape.height));
  form->dims.push_back(static_cast<std::size_t>(shape.width));
  if (shape.channels > 1) form->dims.push_back(static_cast<std::size_t>(shape.channels));
  form->whole = dtype != "f4";
  form->dtype = std::move(dtype);
  form->series = shape.height > 1;
  const float unit = form->whole ? 10 : 1;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    form->low.push_back(form->dtype == "u1" ? 0 : -unit - static_cast<float>(i % 7));
    form->high.push_back(2 * unit);
  }
  return form;
}

// Uniform noise within the ranges.
inline Input noise_array(Shape shape, const ArrayForm& form, std::uint64_t key) {
  shape.form = &form;
  Input input(shape);
  Rng rng(key, 3);
  auto* numbers = reinterpret_cast<float*>(input.pixels.data());
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const double v = form.low[i] + rng.uniform() * form.range(i);
    numbers[i] = static_cast<float>(form.whole ? std::round(v) + 0.0 : v);
  }
  return input;
}

inline SeedSet array_seeds(const Shape& shape, int count, const std::string& dtype = "f4") {
  const auto form = form_of(shape, dtype);
  std::vector<Input> arrays;
  for (int i = 0; i < count; ++i) arrays.push_back(noise_array(shape, *form, static_cast<std::uint64_t>(i)));
  SeedSet set = seeds_of(std::move(arrays));
  set.form = form;
  return set;
}

}  // namespace dflare::toy
