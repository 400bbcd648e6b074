// Which findings and inputs of a run are shown as pictures: all where they fit, else the most decisive of each kind.
#include "page/page_images.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "core/figures.h"
#include "core/hash.h"
#include "core/record_json.h"
#include "dflare/error.h"
#include "dflare/seeds.h"
#include "dflare/settings.h"
#include "page/pictures.h"

namespace dflare {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kHeld = 512U << 20U;  // bytes of pixels of the findings that are considered at all
constexpr std::size_t kTried = 512;         // findings that tell how well all will pack
constexpr double kHopeful = 0.99;           // those are less alike than neighbours on the page, and pack less well
constexpr double kSafety = 1.005;

// Bytes that a picture takes, on average.
struct PictureSizes {
  double finding = 0, input = 0;
};

// What is alike: a kind of failure, as the page groups them.
auto group_of(const PageFinding& f) {
  return std::tuple(f.finding.kind != FindingKind::kNatural, f.way, f.finding.label_original,
                    f.finding.label_compressed);
}

// Findings of one group beside each other, the most decisive first.
void sort_by_group(std::vector<PageFinding>& findings) {
  std::ranges::stable_sort(findings, [](const PageFinding& a, const PageFinding& b) {
    return std::tuple_cat(group_of(a), std::tuple(-a.finding.severity)) <
           std::tuple_cat(group_of(b), std::tuple(-b.finding.severity));
  });
}

// The best of each group, then each one's second, and so on. Places in `findings`, which is sorted by group.
std::vector<std::size_t> by_importance(const std::vector<PageFinding>& findings) {
  std::vector<std::pair<std::size_t, std::size_t>> ranked;  // rank in its group, place
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const bool goes_on = i > 0 && group_of(findings[i]) == group_of(findings[i - 1]);
    ranked.emplace_back(goes_on ? ranked.back().first + 1 : 0, i);
  }
  std::ranges::sort(ranked);
  std::vector<std::size_t> places;
  for (const auto& [rank, place] : ranked) places.push_back(place);
  return places;
}

using Key = std::pair<std::int32_t, int>;
Key key_of(const Finding& f) { return {f.seed.value, f.ordinal}; }

// The inputs of the run, where they are still what they were: by number.
struct Inputs {
  SeedSet set;
  std::set<std::int32_t> intact;
};

Inputs inputs_of(RunPage& page, const Shape& shape, std::size_t classes) {
  Inputs inputs;
  try {
    Options options = page.run.options;
    options.labels.clear();
    options.classes.clear();
    ModelInfo info;
    info.shape = shape;
    info.classes = classes;
    SeedOptions seeds = seed_options(options, info);
    seeds.class_count = 0;
    inputs.set = load_seeds(options.seeds, seeds);
  } catch (const Error& e) {
    page.notes.push_back(fmt::format("The inputs are not shown: {}", e.what()));
    return inputs;
  }
  std::size_t changed = 0;
  for (const PageSeed& seed : page.seeds) {
    const auto at = static_cast<std::size_t>(seed.seed.value);
    const bool same = at < inputs.set.seeds.size() && inputs.set.seeds[at].problem.empty() &&
                      sha256(inputs.set.seeds[at].input.pixels) == page.run.seeds.at(at).sha256;
    if (same)
      inputs.intact.insert(seed.seed.value);
    else
      ++changed;
  }
  if (changed > 0)
    page.notes.push_back(fmt::format("{} of {} inputs are not shown: what lies in {} is not what the run began with",
                                     grouped(static_cast<std::int64_t>(changed)), grouped(std::ssize(page.seeds)),
                                     page.run.options.seeds));
  return inputs;
}

class Choice {
 public:
  Choice(const FindingStore& store, RunPage& page, const Shape& shape, Inputs inputs)
      : store_(store), page_(page), shape_(shape), inputs_(std::move(inputs)) {}

  void add(std::size_t bytes) {
    sort_by_group(page_.findings);
    const std::vector<std::size_t> places = hold(by_importance(page_.findings));
    if (places.empty()) return;
    try {
      PictureSizes sizes = tried(places);
      while (!fits(places, static_cast<double>(bytes), sizes)) {
      }
    } catch (const Error& e) {
      if (e.code() != ErrorCode::kBadInput) throw;
      leave_out_all(e.what());
      return;
    }
    note_missing();
  }

 private:
  // Reads the images of the most important findings, as many as memory should hold.
  std::vector<std::size_t> hold(std::vector<std::size_t> places) {
    places.resize(std::min(places.size(), std::max<std::size_t>(1, kHeld / shape_.size())));
    std::set<Key> wanted;
    for (const std::size_t place : places) wanted.insert(key_of(page_.findings[place].finding));
    store_.for_each_finding(true, [&](const Finding& f) {
      if (!f.flaky && wanted.contains(key_of(f))) pngs_[key_of(f)] = f.png;
    });
    const auto missing = [this](std::size_t place) { return !pngs_.contains(key_of(page_.findings[place].finding)); };
    std::erase_if(places, missing);  // of a run that goes on meanwhile
    return places;
  }

  [[nodiscard]] Input decoded(const Finding& f) const { return decode_image(pngs_.at(key_of(f)), png_name(f)); }

  static double bytes_of(const PagePictures& pictures) {
    double bytes = 0;
    for (const auto& atlas : pictures.atlases) bytes += static_cast<double>(atlas.size());
    return bytes;
  }

  // The sizes of some from all over, packed well. Nothing where all are soon packed.
  [[nodiscard]] PictureSizes tried(std::vector<std::size_t> places) const {
    if (places.size() <= kTried) return {};
    std::ranges::sort(places);
    const auto some = [](std::size_t all, std::size_t tried, const Shape& shape, const auto& picture) {
      const std::size_t step = (all + tried - 1) / std::max<std::size_t>(1, tried);
      const std::size_t count = all / std::max<std::size_t>(1, step);
      const double bytes = bytes_of(packed(
          shape, count, [&](std::size_t i) { return picture(i * step); }, 0));
      return kHopeful * bytes / static_cast<double>(std::max<std::size_t>(1, count));
    };
    const std::vector<std::int32_t> inputs(inputs_.intact.begin(), inputs_.intact.end());
    return {
        some(places.size(), kTried, shape_, [&](std::size_t i) { return decoded(page_.findings[places[i]].finding); }),
        some(inputs.size(), kTried / 4, shape_, [&](std::size_t i) { return input(inputs[i]); })};
  }

  // Packs as many as should fit; whether they do. Where not, `sizes` are what they were.
  bool fits(const std::vector<std::size_t>& places, double bytes, PictureSizes& sizes) {
    choose(places, bytes, sizes);
    number();
    page_.pictures = packed(
        shape_, order_.size() + seed_order_.size(), [this](std::size_t i) { return draw(i); },
        static_cast<std::size_t>(bytes));
    const double taken = bytes_of(page_.pictures);
    const double expected =
        sizes.finding * static_cast<double>(order_.size()) + sizes.input * static_cast<double>(seed_order_.size());
    const double each = taken / static_cast<double>(std::max<std::size_t>(1, page_.pictures.count));
    const double wrong = expected > 0 ? taken / expected : 0;
    sizes = wrong > 0 ? PictureSizes{kSafety * wrong * sizes.finding, kSafety * wrong * sizes.input}
                      : PictureSizes{kSafety * each, kSafety * each};
    return taken <= bytes || order_.empty();
  }

  void choose(const std::vector<std::size_t>& places, double bytes, const PictureSizes& sizes) {
    for (PageFinding& f : page_.findings) f.picture = -1;
    seeds_shown_.clear();
    double left = bytes;
    for (const std::size_t place : places) {
      PageFinding& f = page_.findings[place];
      const bool with_seed = f.finding.kind != FindingKind::kNatural && inputs_.intact.contains(f.finding.seed.value) &&
                             !seeds_shown_.contains(f.finding.seed.value);
      const double size = sizes.finding + (with_seed ? sizes.input : 0);
      if (left < size) break;
      left -= size;
      f.picture = 0;
      if (with_seed) seeds_shown_.insert(f.finding.seed.value);
    }
  }

  // Pictures in the order of the findings, then those of the inputs.
  void number() {
    order_.clear();
    seed_order_.clear();
    for (std::size_t i = 0; i < page_.findings.size(); ++i) {
      if (page_.findings[i].picture < 0) continue;
      page_.findings[i].picture = std::ssize(order_);
      order_.push_back(i);
    }
    for (PageSeed& seed : page_.seeds) {
      const bool shown = seeds_shown_.contains(seed.seed.value);
      seed.picture = shown ? std::ssize(order_) + std::ssize(seed_order_) : -1;
      if (shown) seed_order_.push_back(seed.seed.value);
    }
  }

  [[nodiscard]] Input draw(std::size_t picture) const {
    if (picture < order_.size()) return decoded(page_.findings[order_[picture]].finding);
    return input(seed_order_[picture - order_.size()]);
  }
  [[nodiscard]] const Input& input(std::int32_t seed) const {
    return inputs_.set.seeds[static_cast<std::size_t>(seed)].input;
  }

  // What is stored is intact, and yet no image of the models' shape.
  void leave_out_all(const std::string& why) {
    for (PageFinding& f : page_.findings) f.picture = -1;
    for (PageSeed& seed : page_.seeds) seed.picture = -1;
    page_.pictures = {};
    page_.notes.push_back(fmt::format("Pictures are not shown: {}", why));
  }

  void note_missing() {
    const std::size_t missing = page_.findings.size() - order_.size();
    if (missing == 0) return;
    page_.notes.push_back(fmt::format(
        "{} of {} findings are shown without their pictures, which lie in {}: the page would become too large "
        "(`--page-size`)",
        grouped(static_cast<std::int64_t>(missing)), grouped(std::ssize(page_.findings)),
        (page_.run.folder / "findings").string()));
  }

  const FindingStore& store_;
  RunPage& page_;
  Shape shape_;
  Inputs inputs_;
  std::map<Key, std::vector<std::uint8_t>> pngs_;
  std::set<std::int32_t> seeds_shown_;
  std::vector<std::size_t> order_;        // of the pictures: places in page_.findings
  std::vector<std::int32_t> seed_order_;  // of those that follow: inputs
};

}  // namespace

void add_pictures(const FindingStore& store, std::size_t picture_bytes, RunPage& page) {
  const Json facts = parse_record(page.summary.facts, store.folder());
  const auto sides = facts.value("shape", std::vector<int>{});
  const Shape shape = sides.size() == 3 ? Shape{sides[0], sides[1], sides[2]} : Shape{};
  if (page.findings.empty()) return;
  const bool images = facts.value("kind", "image") == "image";
  if (!images || !can_be_packed(shape)) {
    page.notes.emplace_back("What this run's models take are no images that a page could show.");
    return;
  }
  const auto classes = facts.at("models").at("original").value("classes", std::size_t{0});
  Choice(store, page, shape, inputs_of(page, shape, classes)).add(picture_bytes);
}

}  // namespace dflare
