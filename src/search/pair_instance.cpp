// One worker's own instances of the two models.
#include "search/pair_instance.h"

namespace dflare {
namespace {

class InSight {
 public:
  InSight(QueryUnderWay& slot, const Model& model, std::span<const InputView> rows, std::span<const SeedIndex> seeds)
      : slot_(slot) {
    slot_.begin(model, rows, seeds);
  }
  ~InSight() { slot_.end(); }
  InSight(const InSight&) = delete;
  InSight& operator=(const InSight&) = delete;

 private:
  QueryUnderWay& slot_;
};

}  // namespace

PairInstance::PairInstance(const Pair& pair, QueryUnderWay& slot)
    : original_(pair.original->clone()), compressed_(pair.compressed->clone()), slot_(slot) {}

void PairInstance::reserve(std::size_t rows) {
  original_->reserve(rows);
  compressed_->reserve(rows);
}

void PairInstance::ask_raw(std::span<const InputView> rows, std::span<const SeedIndex> seeds) {
  const auto ask = [&](Model& model, Answers& answers) {
    const InSight in_sight(slot_, model, rows, seeds);
    model.query(rows, answers);
  };
  asked_compressed_ = false;
  ask(*original_, original_answers_);
  asked_compressed_ = true;
  ask(*compressed_, compressed_answers_);
}

void PairInstance::ask(std::span<const InputView> rows, std::span<const SeedIndex> seeds) {
  ask_raw(rows, seeds);
  original_answers_.interpret(original_reading_);
  compressed_answers_.interpret(compressed_reading_);
}

}  // namespace dflare
