// Exact Gaussian processes over a hundred places: a factorisation takes less than a millisecond.
#include "strategy/place_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <utility>

namespace dflare {
namespace {

constexpr double kHillReach = 0.8;  // over which hills are smooth, in strengths
constexpr double kNoise = 0.005;    // variance of an answer that hills do not explain, as a share of the whole

struct Products {
  double inner = 0, distance = 0;  // squared
};

Products products(const NaturalPlace& a, const NaturalPlace& b) {
  Products p;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double apart = a[i] - b[i];
    p.inner += a[i] * b[i];
    p.distance += apart * apart;
  }
  return p;
}

double kernel(const NaturalPlace& a, const NaturalPlace& b) {
  const Products p = products(a, b);
  return std::exp(-p.distance / (2 * kHillReach * kHillReach)) + p.inner / static_cast<double>(kNaturalKinds);
}

double dot(std::span<const double> a, std::span<const double> b) {
  std::array<double, 4> sums{};  // fewer would wait for each other
  std::size_t i = 0;
  for (; i + sums.size() <= a.size(); i += sums.size()) {
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += a[i + k] * b[i + k];
  }
  for (; i < a.size(); ++i) sums[0] += a[i] * b[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// Makes the values' mean 0 and their standard deviation 1, and returns both.
std::pair<double, double> standardise(std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0;
  for (const double v : values) mean += v / n;
  double variance = 0;
  for (const double v : values) variance += (v - mean) * (v - mean) / n;
  const double spread = std::sqrt(variance) + 1e-6;
  for (double& v : values) v = (v - mean) / spread;
  return {mean, spread};
}

}  // namespace

void PlaceModel::fit(std::span<const NaturalPlace> places, std::span<const Stand> stands) {
  places_.assign(places.begin(), places.end());
  shared_.resize(stands.size());
  apart_.resize(stands.size());
  std::ranges::transform(stands, shared_.begin(), &Stand::shared);
  std::ranges::transform(stands, apart_.begin(), &Stand::apart);
  std::tie(mean_.shared, spread_.shared) = standardise(shared_);
  std::tie(mean_.apart, spread_.apart) = standardise(apart_);
  factorise();
  for (auto* values : {&shared_, &apart_}) {
    solve_forward(*values);
    solve_back(*values);
  }
}

void PlaceModel::factorise() {
  const std::size_t n = places_.size();
  factor_.resize(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    double* const row = &factor_[i * n];
    for (std::size_t j = 0; j <= i; ++j) {
      const double* const other = &factor_[j * n];
      const double rest = kernel(places_[i], places_[j]) + (i == j ? kNoise : 0) - dot({row, j}, {other, j});
      row[j] = i == j ? std::sqrt(std::max(rest, kNoise / 10)) : rest / other[j];
    }
  }
}

void PlaceModel::solve_forward(std::vector<double>& values) const {
  const std::size_t n = places_.size();
  for (std::size_t i = 0; i < n; ++i) {
    const double* const row = &factor_[i * n];
    values[i] = (values[i] - dot({row, i}, {values.data(), i})) / row[i];
  }
}

void PlaceModel::solve_back(std::vector<double>& values) const {
  const std::size_t n = places_.size();
  for (std::size_t i = n; i-- > 0;) {
    const double* const row = &factor_[i * n];
    values[i] /= row[i];
    for (std::size_t k = 0; k < i; ++k) values[k] -= row[k] * values[i];
  }
}

void PlaceModel::kernels_to(const NaturalPlace& place) {
  kernels_.resize(places_.size());
  for (std::size_t i = 0; i < places_.size(); ++i) kernels_[i] = kernel(place, places_[i]);
}

Stand PlaceModel::expect(const NaturalPlace& place) {
  kernels_to(place);
  return {mean_.shared + spread_.shared * dot(kernels_, shared_), mean_.apart + spread_.apart * dot(kernels_, apart_)};
}

Stand PlaceModel::doubt(const NaturalPlace& place) {
  kernels_to(place);
  solve_forward(kernels_);
  const double left = std::sqrt(std::max(kernel(place, place) - dot(kernels_, kernels_), 1e-9));
  return {spread_.shared * left, spread_.apart * left};
}

}  // namespace dflare
