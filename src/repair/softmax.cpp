// Softmax regression and a network with one hidden layer, fitted by L-BFGS.
#include "repair/softmax.h"

#include <cmath>

#include "repair/optimise.h"

namespace dflare {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using ConstMatrix = Eigen::Map<const MatrixXd>;
using Matrix = Eigen::Map<MatrixXd>;
using ConstVector = Eigen::Map<const VectorXd>;
using Vector = Eigen::Map<VectorXd>;

constexpr int kSteps = 300;

// Mean cross-entropy of the scores' softmax; `scores` become its derivative.
double cross_entropy(MatrixXd& scores, const MatrixXd& targets) {
  const auto n = static_cast<double>(scores.cols());
  double loss = 0;
  for (Eigen::Index i = 0; i < scores.cols(); ++i) {
    auto column = scores.col(i);
    column.array() -= column.maxCoeff();
    const double log_sum = std::log(column.array().exp().sum());
    loss += log_sum - targets.col(i).dot(column);
    column = ((column.array() - log_sum).exp() - targets.col(i).array()) / n;
  }
  return loss / n;
}

// The parameters of a network, one after another in a vector.
struct Layout {
  Eigen::Index in, hidden, out;

  [[nodiscard]] Eigen::Index bias1() const { return hidden * in; }
  [[nodiscard]] Eigen::Index weights2() const { return bias1() + hidden; }
  [[nodiscard]] Eigen::Index bias2() const { return weights2() + out * hidden; }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(bias2() + out); }
};

void fill_normal(std::span<double> values, double deviation, Rng& rng) {
  for (double& v : values) v = deviation * static_cast<double>(rng.normal());
}

DenseLayer layer_of(const MatrixXd& weights, const VectorXd& bias, DenseLayer::Activation activation) {
  DenseLayer layer{.inputs = static_cast<std::size_t>(weights.cols()),
                   .outputs = static_cast<std::size_t>(weights.rows()),
                   .weights = {},
                   .bias = {},
                   .activation = activation};
  for (Eigen::Index o = 0; o < weights.rows(); ++o) {
    for (Eigen::Index i = 0; i < weights.cols(); ++i) layer.weights.push_back(static_cast<float>(weights(o, i)));
    layer.bias.push_back(static_cast<float>(bias(o)));
  }
  return layer;
}

double network_loss(const Lesson& lesson, const Layout& at, double decay, std::span<const double> x,
                    std::span<double> gradient) {
  const ConstMatrix weights1(x.data(), at.hidden, at.in);
  const ConstVector bias1(x.data() + at.bias1(), at.hidden);
  const ConstMatrix weights2(x.data() + at.weights2(), at.out, at.hidden);
  const ConstVector bias2(x.data() + at.bias2(), at.out);
  const MatrixXd hidden = ((weights1 * lesson.features).colwise() + bias1).array().tanh();
  MatrixXd scores = (weights2 * hidden).colwise() + bias2;
  double loss = cross_entropy(scores, lesson.targets);
  loss += decay * (weights1.squaredNorm() + weights2.squaredNorm());
  const MatrixXd back = (weights2.transpose() * scores).array() * (1 - hidden.array().square());
  Matrix(gradient.data(), at.hidden, at.in) = back * lesson.features.transpose() + 2 * decay * weights1;
  Vector(gradient.data() + at.bias1(), at.hidden) = back.rowwise().sum();
  Matrix(gradient.data() + at.weights2(), at.out, at.hidden) = scores * hidden.transpose() + 2 * decay * weights2;
  Vector(gradient.data() + at.bias2(), at.out) = scores.rowwise().sum();
  return loss;
}

}  // namespace

std::vector<DenseLayer> fit_network(const Lesson& lesson, int hidden, double decay, Rng& rng) {
  const Layout at{lesson.features.rows(), hidden, lesson.targets.rows()};
  std::vector<double> x(at.size(), 0.0);
  const auto part = [&x](Eigen::Index first, Eigen::Index count) {
    return std::span(x).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
  };
  fill_normal(part(0, at.bias1()), 1 / std::sqrt(static_cast<double>(at.in)), rng);
  fill_normal(part(at.weights2(), at.out * at.hidden), 1 / std::sqrt(static_cast<double>(at.hidden)), rng);
  x = minimise([&](std::span<const double> p, std::span<double> g) { return network_loss(lesson, at, decay, p, g); },
               std::move(x), kSteps, lesson.stop);
  return {layer_of(ConstMatrix(x.data(), at.hidden, at.in), ConstVector(x.data() + at.bias1(), at.hidden),
                   DenseLayer::Activation::kTanh),
          layer_of(ConstMatrix(x.data() + at.weights2(), at.out, at.hidden), ConstVector(x.data() + at.bias2(), at.out),
                   DenseLayer::Activation::kNone)};
}

std::vector<DenseLayer> fit_affine(const Lesson& lesson, double decay, std::vector<double>& parameters) {
  const Eigen::Index k = lesson.targets.rows();
  parameters.resize(static_cast<std::size_t>(k * k + k), 0.0);  // distance from the identity
  const auto loss = [&](std::span<const double> p, std::span<double> g) {
    const ConstMatrix weights(p.data(), k, k);
    const ConstVector bias(p.data() + k * k, k);
    MatrixXd scores = lesson.features + ((weights * lesson.features).colwise() + bias);
    const double ce = cross_entropy(scores, lesson.targets);
    Matrix(g.data(), k, k) = scores * lesson.features.transpose() + 2 * decay * weights;
    Vector(g.data() + k * k, k) = scores.rowwise().sum() + 2 * decay * bias;
    return ce + decay * (weights.squaredNorm() + bias.squaredNorm());
  };
  parameters = minimise(loss, std::move(parameters), kSteps, lesson.stop);
  const std::vector<double>& x = parameters;
  return {layer_of(ConstMatrix(x.data(), k, k) + MatrixXd::Identity(k, k), ConstVector(x.data() + k * k, k),
                   DenseLayer::Activation::kNone)};
}

std::vector<DenseLayer> fit_bias(const Lesson& lesson, double decay, std::vector<double>& parameters) {
  const Eigen::Index k = lesson.targets.rows();
  parameters.resize(static_cast<std::size_t>(k + 1), 0.0);  // bias, then the log of the scale
  const auto loss = [&](std::span<const double> p, std::span<double> g) {
    const ConstVector bias(p.data(), k);
    const double scale = std::exp(p[static_cast<std::size_t>(k)]);
    const MatrixXd shifted = lesson.features.colwise() + bias;
    MatrixXd scores = scale * shifted;
    const double ce = cross_entropy(scores, lesson.targets);
    Vector(g.data(), k) = scale * scores.rowwise().sum() + 2 * decay * bias;
    g[static_cast<std::size_t>(k)] = scale * scores.cwiseProduct(shifted).sum();
    return ce + decay * bias.squaredNorm();
  };
  parameters = minimise(loss, std::move(parameters), kSteps, lesson.stop);
  const std::vector<double>& x = parameters;
  return {layer_of(MatrixXd::Identity(k, k), ConstVector(x.data(), k), DenseLayer::Activation::kNone)};
}

}  // namespace dflare
