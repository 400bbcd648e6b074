// A model that remembers what it answered.
#include "dflare/cached_model.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/image_key.h"

namespace dflare {
namespace {

using Key = ImageKey;

}  // namespace

// What is remembered, in two generations: when the young one is full, the old one is forgotten and the young one takes
// its place. What is asked for again moves to the young.
class CachedModel::Memory {
 public:
  Memory(std::size_t max_bytes, std::size_t classes)
      : most_a_generation_(
            std::max<std::size_t>(1, max_bytes / (kShards * 2 * (classes * sizeof(float) + kOverhead)))) {}

  bool recall(const Key& key, std::span<float> out) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.lock);
    if (const auto found = shard.young.find(key); found != shard.young.end()) {
      std::ranges::copy(found->second, out.begin());
      return true;
    }
    const auto found = shard.old.find(key);
    if (found == shard.old.end()) return false;
    std::ranges::copy(found->second, out.begin());
    put(shard, key, std::move(found->second));
    return true;
  }

  void remember(const Key& key, std::span<const float> answer) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.lock);
    put(shard, key, {answer.begin(), answer.end()});
  }

  std::atomic<std::int64_t> asked{0}, remembered{0};

 private:
  static constexpr std::size_t kShards = 16;    // so that threads seldom wait for each other
  static constexpr std::size_t kOverhead = 96;  // bytes an entry, besides the answer
  using Map = std::unordered_map<Key, std::vector<float>, HashOfImageKey>;
  struct Shard {
    std::mutex lock;
    Map young, old;
  };

  Shard& shard_of(const Key& key) { return shards_[key.b % kShards]; }

  void put(Shard& shard, const Key& key, std::vector<float> answer) const {
    if (shard.young.size() >= most_a_generation_) {
      shard.old = std::move(shard.young);
      shard.young = Map();
    }
    shard.young.insert_or_assign(key, std::move(answer));
  }

  std::size_t most_a_generation_;
  std::array<Shard, kShards> shards_;
};

CachedModel::CachedModel(std::unique_ptr<Model> model, std::size_t max_bytes)
    : model_(std::move(model)), memory_(std::make_shared<Memory>(max_bytes, model_->info().classes)) {}

CachedModel::CachedModel(std::unique_ptr<Model> model, std::shared_ptr<Memory> memory)
    : model_(std::move(model)), memory_(std::move(memory)) {}

CachedModel::~CachedModel() = default;

const ModelInfo& CachedModel::info() const { return model_->info(); }

void CachedModel::query(std::span<const InputView> inputs, Answers& out) {
  const std::size_t classes = info().classes;
  const std::span<float> raw = out.prepare(inputs.size(), classes);
  std::vector<Key> keys;
  std::vector<InputView> unknown;
  std::vector<std::size_t> rows;  // of the unknown
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (memory_->recall(keys.emplace_back(key_of(inputs[i])), raw.subspan(i * classes, classes))) continue;
    unknown.push_back(inputs[i]);
    rows.push_back(i);
  }
  memory_->asked += static_cast<std::int64_t>(inputs.size());
  memory_->remembered += static_cast<std::int64_t>(inputs.size() - unknown.size());
  if (unknown.empty()) return;
  model_->query(unknown, missing_);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::ranges::copy(missing_.raw(i), raw.subspan(rows[i] * classes).begin());
    memory_->remember(keys[rows[i]], missing_.raw(i));
  }
}

std::unique_ptr<Model> CachedModel::clone() const {
  return std::unique_ptr<Model>(new CachedModel(model_->clone(), memory_));
}

void CachedModel::reserve(std::size_t rows) { model_->reserve(rows); }

CachedModel::Use CachedModel::use() const { return {memory_->asked, memory_->remembered}; }

}  // namespace dflare
