// What two models make of places in a natural box, learnt from those that were asked.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dflare/natural_change.h"

namespace dflare {

// Where two models stand by the margins that they give one label: half their sum and half their difference. Both are
// smooth in the strengths of natural changes where severity, the difference less the sum's size, has a ridge.
struct Stand {
  double shared = 0, apart = 0;
};

// Gaussian process regression of both numbers, with one kernel: straight lines and smooth hills upon them. Plain loops
// in a fixed order: the same numbers wherever the build runs.
class PlaceModel {
 public:
  // Forgets all and learns from these answers: one stand a place, two places at least that differ.
  void fit(std::span<const NaturalPlace> places, std::span<const Stand> stands);
  // What is expected at a place.
  [[nodiscard]] Stand expect(const NaturalPlace& place);
  // Standard deviation of both numbers there.
  [[nodiscard]] Stand doubt(const NaturalPlace& place);

 private:
  void factorise();
  void kernels_to(const NaturalPlace& place);
  void solve_forward(std::vector<double>& values) const;
  void solve_back(std::vector<double>& values) const;

  std::vector<NaturalPlace> places_;
  std::vector<double> factor_;  // Cholesky, lower, rows of as many as places
  std::vector<double> shared_, apart_, kernels_;
  Stand mean_, spread_;
};

}  // namespace dflare
