// Strategies written in Python.
#include "python/strategy.h"

#include <fmt/format.h>
#include <nanobind/stl/string.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "dflare/error.h"
#include "python/arrays.h"
#include "python/errors.h"
#include "python/shared.h"

namespace nb = nanobind;

namespace dflare::python {
namespace {

using Pixels = nb::ndarray<const std::uint8_t, nb::c_contig, nb::ndim<4>, nb::device::cpu>;

std::vector<std::size_t> extents_of(const Shape& shape) {
  const auto axis = [](int n) { return static_cast<std::size_t>(n); };
  return {axis(shape.height), axis(shape.width), axis(shape.channels)};
}

// What a step of a chain was answered, a row an input.
struct Observed {
  std::vector<std::uint8_t> pixels;
  std::vector<float> original, compressed;
  std::vector<std::int64_t> label_original, label_compressed;
  std::vector<double> margin_original, margin_compressed, severity;
  std::vector<std::uint8_t> deviates, finite;

  explicit Observed(std::span<const Verdict> verdicts) {
    for (const Verdict& v : verdicts) {
      pixels.insert(pixels.end(), v.input.pixels().begin(), v.input.pixels().end());
      original.insert(original.end(), v.original.p.begin(), v.original.p.end());
      compressed.insert(compressed.end(), v.compressed.p.begin(), v.compressed.p.end());
      label_original.push_back(v.original.label);
      label_compressed.push_back(v.compressed.label);
      margin_original.push_back(v.margin_original);
      margin_compressed.push_back(v.margin_compressed);
      severity.push_back(v.deviates ? dflare::severity(v.original, v.compressed) : 0.0);
      deviates.push_back(v.deviates ? 1 : 0);
      finite.push_back(v.finite ? 1 : 0);
    }
  }
};

template <class T>
nb::object column(const std::vector<T>& values) {
  return array_of_copy(std::span<const T>(values), {values.size()});
}

template <class T>
nb::object table(const std::vector<T>& values, std::size_t rows) {
  return array_of_copy(std::span<const T>(values), {rows, values.size() / rows});
}

// One chain's, in Python. What it raises ends the search: an Error here, and itself where Python keeps it.
class PythonStrategy final : public Strategy {
 public:
  PythonStrategy(nb::object chain, std::size_t proposals) : chain_(std::move(chain)), proposals_(proposals) {}
  PythonStrategy(const PythonStrategy&) = delete;
  PythonStrategy& operator=(const PythonStrategy&) = delete;
  ~PythonStrategy() override {
    const nb::gil_scoped_acquire gil;
    chain_.reset();
  }

  void begin(const RunContext& context, SeedIndex seed, Rng& rng) override { begin_by("begin", context, seed, rng); }
  void again(const RunContext& context, SeedIndex seed, Rng& rng) override { begin_by("again", context, seed, rng); }

  void propose(Rng& /*rng*/, Batch& out) override {
    call([&] {
      const auto rows = nb::cast<Pixels>(chain_.attr("propose")());
      for (std::size_t i = 0; i < std::min(rows.shape(0), proposals_); ++i) {
        const std::span<std::uint8_t> row = out.append();
        std::copy_n(rows.data() + i * row.size(), row.size(), row.begin());
      }
    });
  }

  [[nodiscard]] std::size_t max_proposals() const override { return proposals_; }

  Decision observe(std::span<const Verdict> verdicts, Rng& /*rng*/) override {
    const Observed told(verdicts);
    const std::size_t rows = verdicts.size();
    bool go_on = true;
    call([&] {
      std::vector<std::size_t> extents = extents_of(verdicts.front().input.shape);
      extents.insert(extents.begin(), rows);
      go_on = nb::cast<bool>(chain_.attr("observe")(array_of_copy(std::span<const std::uint8_t>(told.pixels), extents),
                                                    table(told.original, rows), table(told.compressed, rows),
                                                    column(told.label_original), column(told.label_compressed),
                                                    column(told.margin_original), column(told.margin_compressed),
                                                    column(told.severity), column(told.deviates), column(told.finite)));
    });
    const auto deviating = std::ranges::find_if(verdicts, &Verdict::deviates);
    if (deviating != verdicts.end()) return Decision::deviation(static_cast<std::size_t>(deviating - verdicts.begin()));
    return go_on ? Decision::go_on() : Decision::gave_up();
  }

  void rejected(Rng& /*rng*/) override {
    call([&] { chain_.attr("rejected")(); });
  }

  [[nodiscard]] std::string how() const override {
    std::string text;
    call([&] { text = nb::cast<std::string>(chain_.attr("how")()); });
    return text;
  }

 private:
  void begin_by(const char* method, const RunContext& context, SeedIndex seed, Rng& rng) {
    const InputView input = context.input(seed);
    if (input.shape.form != nullptr) {
      throw Error(ErrorCode::kBadArgument,
                  "strategies of one's own are for images, and inputs are arrays, texts or sounds",
                  "use --strategy boundary");
    }
    const auto row = static_cast<std::size_t>(seed.value);
    const std::uint64_t first = rng.next();
    const std::uint64_t second = rng.next();
    call([&] {
      chain_.attr(method)(seed.value, array_of_copy(input.pixels(), extents_of(input.shape)),
                          context.original[row].label, context.seeds->seeds[row].label, first, second);
    });
  }

  template <class Body>
  static void call(Body body) {
    const nb::gil_scoped_acquire gil;
    try {
      body();
    } catch (const nb::python_error& e) {
      throw Error(ErrorCode::kBadArgument, in_words(e));
    }
  }

  nb::object chain_;
  std::size_t proposals_;
};

}  // namespace

StrategyFactory factory_of(nb::object make, std::size_t proposals) {
  return [make = std::make_shared<const Shared>(std::move(make)), proposals]() -> std::unique_ptr<Strategy> {
    const nb::gil_scoped_acquire gil;
    try {
      return std::make_unique<PythonStrategy>(make->object()(), proposals);
    } catch (const nb::python_error& e) {
      throw Error(ErrorCode::kBadArgument, in_words(e));
    }
  };
}

}  // namespace dflare::python
