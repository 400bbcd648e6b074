// Softmax regression and a network with one hidden layer, fitted by L-BFGS.
#pragma once

#include <Eigen/Core>
#include <atomic>

#include "dflare/repair_head.h"
#include "dflare/rng.h"

namespace dflare {

// Rows to learn from, a column each.
struct Lesson {
  Eigen::MatrixXd features;                 // one value a class
  Eigen::MatrixXd targets;                  // a probability a class: what the scores' softmax should be
  const std::atomic<bool>* stop = nullptr;  // set by the caller: fitting ends soon
};

// scores = weights * tanh(weights * features + bias) + bias, from random weights of the usual scale; `decay` times the
// squared weights is added to the mean cross-entropy.
std::vector<DenseLayer> fit_network(const Lesson& lesson, int hidden, double decay, Rng& rng);

// The two below are convex: `parameters` is where to start, empty for the identity, and becomes where it ended, so that
// a fit to nearly the same rows is quick.

// scores = weights * features + bias; `decay` times the squared distance from the identity is added.
std::vector<DenseLayer> fit_affine(const Lesson& lesson, double decay, std::vector<double>& parameters);

// scores = features + bias, times a scale that the fit chooses and the labels do not feel; `decay` times the squared
// bias is added.
std::vector<DenseLayer> fit_bias(const Lesson& lesson, double decay, std::vector<double>& parameters);

}  // namespace dflare
