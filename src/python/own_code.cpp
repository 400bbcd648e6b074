// Code of the caller's own, in Python: a strategy, operators.
#include "python/own_code.h"

#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <map>
#include <memory>

#include "dflare/error.h"
#include "python/arrays.h"
#include "python/errors.h"
#include "python/shared.h"
#include "python/strategy.h"

namespace nb = nanobind;

namespace dflare::python {
namespace {

using Mutant = nb::ndarray<const std::uint8_t, nb::c_contig, nb::ndim<3>, nb::device::cpu>;

// What it raises ends the search: an Error here, and itself where Python keeps it.
class PythonOperator final : public Operator {
 public:
  PythonOperator(std::string name, std::shared_ptr<const Shared> apply)
      : name_(std::move(name)), apply_(std::move(apply)) {}

  [[nodiscard]] std::string_view name() const override { return name_; }

  void apply(InputView in, std::span<std::uint8_t> out, Rng& rng) const override {
    const auto axis = [](int n) { return static_cast<std::size_t>(n); };
    const std::uint64_t first = rng.next();
    const std::uint64_t second = rng.next();
    const nb::gil_scoped_acquire gil;
    try {
      const nb::object image =
          array_of_copy(in.pixels(), {axis(in.shape.height), axis(in.shape.width), axis(in.shape.channels)});
      const auto mutant = nb::cast<Mutant>(apply_->object()(image, first, second));
      if (mutant.size() != out.size()) throw Error(ErrorCode::kBadArgument, name_ + " gave an image of another size");
      std::copy_n(mutant.data(), out.size(), out.begin());
    } catch (const nb::python_error& e) {
      throw Error(ErrorCode::kBadArgument, in_words(e));
    }
  }

 private:
  std::string name_;
  std::shared_ptr<const Shared> apply_;
};

}  // namespace

OperatorMaker maker_of(const NamedOperators& operators) {
  std::map<std::string, std::shared_ptr<const Shared>> by_name;
  for (const auto& [name, apply] : operators) by_name.emplace(name, std::make_shared<const Shared>(apply));
  return [by_name](const std::string& name) -> std::unique_ptr<Operator> {
    const auto found = by_name.find(name);
    return found == by_name.end() ? nullptr : std::make_unique<PythonOperator>(name, found->second);
  };
}

void bind_own_code(nb::module_& m) {
  nb::class_<OwnCode>(m, "OwnCode", "Code of the caller's own, which a run knows by name.")
      .def(
          "__init__",
          [](OwnCode* self, const nb::object& make, std::size_t proposals, const NamedOperators& operators) {
            new (self) OwnCode();
            if (!make.is_none()) self->strategy = factory_of(make, proposals);
            if (!operators.empty()) self->operators = maker_of(operators);
          },
          nb::arg("make").none(), nb::arg("proposals"), nb::arg("operators"));
}

}  // namespace dflare::python
