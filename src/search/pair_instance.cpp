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
    : original_model_(pair.original->clone()), compressed_model_(pair.compressed->clone()), slot_(slot) {}

void PairInstance::reserve(std::size_t rows) {
  original_model_->reserve(rows);
  compressed_model_->reserve(rows);
}

void PairInstance::ask_raw(std::span<const InputView> rows, std::span<const SeedIndex> seeds) {
  const auto ask = [&](Model& model, Answers& answers) {
    const InSight in_sight(slot_, model, rows, seeds);
    model.query(rows, answers);
  };
  asked_compressed_ = false;
  ask(*original_model_, raw_original_);
  asked_compressed_ = true;
  ask(*compressed_model_, raw_compressed_);
}

void PairInstance::ask(std::span<const InputView> rows, std::span<const SeedIndex> seeds) {
  ask_raw(rows, seeds);
  if (oracle_ != nullptr) {
    read_together(*oracle_, raw_original_, raw_compressed_, original_, compressed_);
    return;
  }
  raw_original_.interpret(original_reading_);
  raw_compressed_.interpret(compressed_reading_);
}

}  // namespace dflare
