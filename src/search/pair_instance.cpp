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
  query(rows, seeds, asked_);
}

void PairInstance::ask(std::span<const InputView> rows, std::span<const SeedIndex> seeds) {
  query(rows, seeds, asked_);
  read(seeds, asked_);
}

void PairInstance::ask_beside(std::span<const InputView> rows, std::span<const SeedIndex> seeds) {
  query(rows, seeds, beside_);
  read(seeds, beside_);
}

void PairInstance::query(std::span<const InputView> rows, std::span<const SeedIndex> seeds, Replies& replies) {
  const auto ask = [&](Model& model, Answers& answers) {
    const InSight in_sight(slot_, model, rows, seeds);
    model.query(rows, answers);
  };
  asked_compressed_ = false;
  ask(*original_model_, replies.raw_original);
  asked_compressed_ = true;
  ask(*compressed_model_, replies.raw_compressed);
}

void PairInstance::read(std::span<const SeedIndex> seeds, Replies& replies) {
  if (oracle_ != nullptr) {
    read_together(*oracle_, replies.raw_original, replies.raw_compressed, replies.by_oracle_original,
                  replies.by_oracle_compressed, {seed_sets_, seeds});
    return;
  }
  replies.raw_original.interpret(original_reading_);
  replies.raw_compressed.interpret(compressed_reading_);
}

}  // namespace dflare
