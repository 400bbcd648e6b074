// Nothing of ours is allocated in the loop: twice as many queries take as many allocations.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "support/toy.h"

namespace {
std::atomic<std::int64_t> allocations{0};

void* allocate(std::size_t bytes, std::size_t alignment) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  void* const p = alignment <= alignof(std::max_align_t)
                      ? std::malloc(bytes)
                      : std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}
}  // namespace

// Of this test program only. The other forms of new come down to these. Inlined, they would look mismatched to GCC.
[[gnu::noinline]] void* operator new(std::size_t bytes) { return allocate(bytes, 1); }
[[gnu::noinline]] void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return allocate(bytes, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace dflare {
namespace {

constexpr Shape kShape{16, 16, 1};

std::int64_t allocations_of_a_run(const std::string& strategy, const std::string& operators, std::int64_t queries) {
  const toy::ToyPair models(kShape, 4, toy::linear(kShape, 4, 0), toy::linear(kShape, 4, 0));
  const SeedSet seeds = toy::varied_seeds(kShape, 8);
  SearchSettings s = toy::settings();
  s.strategy.name = strategy;
  s.strategy.operators = operators;
  s.batch = 8;
  s.max_queries = queries;
  toy::CollectingSink sink;
  Search search(models.pair(), seeds, s);
  const std::int64_t before = allocations;
  search.run({}, sink);
  EXPECT_TRUE(sink.events.findings.empty()) << "equal models";
  return allocations - before;
}

// The average and the Gaussian blur are OpenCV's, which allocates as it likes; so are natural changes.
TEST(Allocations, DoNotGrowWithQueries) {
  for (const std::string& strategy : strategy_names()) {
    if (strategy == "natural") continue;
    for (const char* operators :
         {"pixel-change", "gaussian-noise", "multiplicative-noise", "salt-and-pepper", "median-blur"}) {
      allocations_of_a_run(strategy, operators, 100);  // what is allocated once a thread, once a program
      const std::int64_t once = allocations_of_a_run(strategy, operators, 500);
      const std::int64_t twice = allocations_of_a_run(strategy, operators, 1000);
      // Observed states may grow now and then; four thousand further queries must not show otherwise.
      EXPECT_LE(twice, once + 16) << strategy << " with " << operators;
    }
  }
}

}  // namespace
}  // namespace dflare
