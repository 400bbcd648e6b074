// Why no input of a search can be searched.
#include "search/nothing_usable.h"

#include <algorithm>
#include <string>

#include "core/figures.h"
#include "dflare/pair_look.h"

namespace dflare {
namespace {

struct Reason {
  SeedStatus status;
  const char* words;
  const char* hint;
};

constexpr Reason kReasons[] = {
    {SeedStatus::kWrong, "that both models get wrong",
     "see --preprocess and --label-offset if the models should be right on them, or search from them by --seed-filter "
     "agree"},
    {SeedStatus::kTied, "with a tied top value",
     "--ties count takes the first of tied classes, as deployed argmax does"},
    {SeedStatus::kNotFinite, "answered with NaN or infinity", "look at the models, and at --preprocess"},
    {SeedStatus::kFailed, "on which a model fails", "look at the models, and at the runtimes that they run in"},
    {SeedStatus::kUnlabelled, "without a label", "label them, or search from them by --seed-filter agree"},
    {SeedStatus::kUnreadable, "that cannot be read", "give PNG or JPEG images, or an array"},
    {SeedStatus::kUsable, "of other shards", "a run with so few inputs needs no --shard"},
    {SeedStatus::kNatural, "of other shards on which the models differ", "a run with so few inputs needs no --shard"}};

}  // namespace

Error nothing_usable(std::span<const SeedStatus> status, const PairFigures& figures) {
  std::string list;
  const Reason* commonest = nullptr;
  std::int64_t most = 0;
  for (const Reason& reason : kReasons) {
    const std::int64_t count = std::ranges::count(status, reason.status);
    if (count == 0) continue;
    list += (list.empty() ? ": " : ", ") + grouped(count) + " " + reason.words;
    if (count > most) commonest = &reason;
    most = std::max(most, count);
  }
  const PairLook look = look_at(figures);
  const std::string hint = !look.sound() ? look.what + ": " + look.next : commonest != nullptr ? commonest->hint : "";
  return {ErrorCode::kNoUsableSeed, "none of the " + grouped(std::ssize(status)) + " inputs can be searched" + list,
          hint};
}

}  // namespace dflare
