// Tries preprocessings on labelled inputs and compares them on the same ones.
#include "dflare/audit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>
#include <span>
#include <utility>

#include "audit/candidates.h"
#include "audit/inputs.h"
#include "dflare/error.h"

namespace dflare {
namespace {

constexpr std::array<int, 3> kShifts{0, -1, 1};
constexpr double kClearly = 0.05;
constexpr std::size_t kRowsAQuery = 32;

// What one model says under one preprocessing.
struct Tried {
  std::vector<int> labels;
  std::array<std::vector<float>, kShifts.size()> log_p;  // of the true label, moved by each shift
  InputLevels levels;
  bool opened = false;  // false: this model cannot be opened this way
};

// A candidate and what all models say.
struct TriedRow {
  Preprocess preprocess;
  std::vector<Tried> models;
};

bool is_right(const Tried& tried, const std::vector<int>& truth, std::size_t input, int offset) {
  return tried.labels[input] >= 0 && tried.labels[input] == truth[input] + offset;
}

std::int64_t count_right(const Tried& tried, const std::vector<int>& truth, int offset) {
  std::int64_t right = 0;
  for (std::size_t i = 0; i < tried.labels.size(); ++i) right += is_right(tried, truth, i, offset) ? 1 : 0;
  return right;
}

class Trial {
 public:
  Trial(const std::vector<AuditedModel>& models, LabelledInputs inputs,
        const std::function<void(const Preprocess&)>& tell)
      : models_(models), inputs_(std::move(inputs)), tell_(tell) {}

  void add(const Preprocess& preprocess) {
    const auto is_same = [&](const TriedRow& row) { return row.preprocess == preprocess; };
    if (std::ranges::any_of(rows_, is_same)) return;
    if (tell_) tell_(preprocess);
    const Batch images = inputs_.images(preprocess);
    TriedRow row{preprocess, {}};
    for (const AuditedModel& model : models_) row.models.push_back(ask(model, preprocess, images));
    if (std::ranges::all_of(row.models, &Tried::opened)) rows_.push_back(std::move(row));
  }

  // Settles each model's label shift by the rows so far: another than 0 only where it is clearly better.
  void settle_shifts() {
    shifts_.assign(models_.size(), 0);
    for (std::size_t m = 0; m < models_.size(); ++m) {
      std::array<Share, kShifts.size()> best{};
      for (std::size_t s = 0; s < kShifts.size(); ++s) {
        for (const TriedRow& row : rows_) {
          const std::int64_t right = count_right(row.models[m], inputs_.truth(), offset(m, kShifts[s]));
          best[s] = {std::max(best[s].part, right), static_cast<std::int64_t>(inputs_.truth().size())};
        }
      }
      for (std::size_t s = 1; s < kShifts.size(); ++s) {
        const bool clearly = best[s].interval().low > best[0].interval().high;
        if (clearly && best[s].part >= best[3 - s].part) shifts_[m] = kShifts[s];
      }
    }
  }

  // The rows that no other beats clearly, for model m; the likeliest first.
  [[nodiscard]] std::vector<std::size_t> fitting(std::size_t m) const {
    const auto right = [&](std::size_t r) { return count_right(rows_[r].models[m], inputs_.truth(), offset(m)); };
    std::vector<std::size_t> all(rows_.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    const std::size_t top = *std::ranges::max_element(all, {}, right);
    std::erase_if(all, [&](std::size_t r) { return beats(rows_[top].models[m], rows_[r].models[m], m); });
    std::ranges::stable_sort(all, std::greater{}, [&](std::size_t r) { return log_p(r, m); });
    return all;
  }

  [[nodiscard]] double log_p(std::size_t row, std::size_t m) const {
    const std::size_t s = static_cast<std::size_t>(std::ranges::find(kShifts, shifts_[m]) - kShifts.begin());
    const std::vector<float>& values = rows_[row].models[m].log_p[s];
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  }

  [[nodiscard]] const std::vector<TriedRow>& rows() const { return rows_; }
  [[nodiscard]] const LabelledInputs& inputs() const { return inputs_; }
  [[nodiscard]] Audit result() const;

 private:
  [[nodiscard]] int offset(std::size_t m, int shift) const { return models_[m].label_offset + shift; }
  [[nodiscard]] int offset(std::size_t m) const { return offset(m, shifts_[m]); }

  // Whether `a` is right on clearly more inputs than `b`.
  [[nodiscard]] bool beats(const Tried& a, const Tried& b, std::size_t m) const {
    std::size_t only_a = 0;
    std::size_t only_b = 0;
    for (std::size_t i = 0; i < a.labels.size(); ++i) {
      const bool right_a = is_right(a, inputs_.truth(), i, offset(m));
      const bool right_b = is_right(b, inputs_.truth(), i, offset(m));
      only_a += right_a && !right_b ? 1 : 0;
      only_b += right_b && !right_a ? 1 : 0;
    }
    return only_a > only_b && sign_test(only_a, only_b) < kClearly;
  }

  [[nodiscard]] Tried ask(const AuditedModel& audited, const Preprocess& preprocess, const Batch& images) const;
  [[nodiscard]] Feeding feeding(std::size_t row, std::size_t m) const;
  [[nodiscard]] double agreement(const TriedRow& row) const;

  const std::vector<AuditedModel>& models_;
  LabelledInputs inputs_;
  const std::function<void(const Preprocess&)>& tell_;
  std::vector<TriedRow> rows_;
  std::vector<int> shifts_;  // by model
};

Tried Trial::ask(const AuditedModel& audited, const Preprocess& preprocess, const Batch& images) const {
  ModelOptions options = audited.options;
  options.preprocess = preprocess;
  const std::unique_ptr<Model> model = open_model(audited.path, options);
  Tried tried;
  tried.levels = model->info().levels;
  tried.opened = model->info().shape == images.shape();
  if (!tried.opened) return tried;
  const std::size_t classes = model->info().classes;
  Answers all;
  const std::span<float> raw = all.prepare(images.size(), classes);
  Answers some;
  for (std::size_t first = 0; first < images.size(); first += kRowsAQuery) {
    const std::size_t rows = std::min(kRowsAQuery, images.size() - first);
    model->query(images.views().subspan(first, rows), some);
    for (std::size_t i = 0; i < rows; ++i) std::ranges::copy(some.raw(i), &raw[(first + i) * classes]);
  }
  all.interpret(detect_reading(all, model->info().output_scale));
  for (std::size_t i = 0; i < all.rows(); ++i) {
    tried.labels.push_back(all[i].label);
    for (std::size_t s = 0; s < kShifts.size(); ++s) {
      const int label = inputs_.truth()[i] + audited.label_offset + kShifts[s];
      const bool known = all[i].finite && label >= 0 && label < static_cast<int>(classes);
      tried.log_p[s].push_back(known ? all[i].log_p[static_cast<std::size_t>(label)] : std::log(1e-12F));
    }
  }
  return tried;
}

Feeding Trial::feeding(std::size_t row, std::size_t m) const {
  const Tried& tried = rows_[row].models[m];
  return {.right = {count_right(tried, inputs_.truth(), offset(m)), static_cast<std::int64_t>(tried.labels.size())},
          .log_p = log_p(row, m),
          .levels = tried.levels,
          .fits_best = false,
          .labels = tried.labels};
}

double Trial::agreement(const TriedRow& row) const {
  std::size_t same = 0;
  for (std::size_t i = 0; i < inputs_.truth().size(); ++i) {
    const auto said = [&](std::size_t m) { return row.models[m].labels[i] - offset(m); };
    bool all = true;
    for (std::size_t m = 1; m < models_.size(); ++m) all = all && said(m) == said(0);
    same += all ? 1 : 0;
  }
  return static_cast<double>(same) / static_cast<double>(inputs_.truth().size());
}

Audit Trial::result() const {
  const std::size_t models = models_.size();
  std::vector<std::vector<bool>> fits(models, std::vector<bool>(rows_.size()));
  std::vector<std::size_t> best;
  for (std::size_t m = 0; m < models; ++m) {
    const std::vector<std::size_t> fit = fitting(m);
    for (const std::size_t r : fit) fits[m][r] = true;
    best.push_back(fit.front());
  }
  const auto sum = [models](auto&& of) {
    double total = 0;
    for (std::size_t m = 0; m < models; ++m) total += static_cast<double>(of(m));
    return total;
  };
  std::vector<std::size_t> order(rows_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto merit = [&](std::size_t r) {
    return std::pair(sum([&](std::size_t m) { return count_right(rows_[r].models[m], inputs_.truth(), offset(m)); }),
                     sum([&](std::size_t m) { return log_p(r, m); }));
  };
  std::ranges::stable_sort(order, std::greater{}, merit);
  Audit audit{
      .models = models_, .asked = inputs_.truth().size(), .rows = {}, .best = {}, .label_shift = shifts_, .common = {}};
  std::vector<std::size_t> place(rows_.size());
  for (const std::size_t r : order) {
    place[r] = audit.rows.size();
    FeedingRow row{rows_[r].preprocess, {}, agreement(rows_[r])};
    bool everywhere = true;
    for (std::size_t m = 0; m < models; ++m) {
      row.models.push_back(feeding(r, m));
      row.models.back().fits_best = fits[m][r];
      everywhere = everywhere && fits[m][r];
    }
    if (everywhere) audit.common.push_back(place[r]);
    audit.rows.push_back(std::move(row));
  }
  for (const std::size_t r : best) audit.best.push_back(place[r]);
  std::ranges::stable_sort(audit.common, std::greater{}, [&](std::size_t at) {
    return sum([&](std::size_t m) { return audit.rows[at].models[m].log_p; });
  });
  return audit;
}

// The rows worth varying further: the likeliest few of those that fit some model best.
std::vector<Preprocess> leaders(const Trial& trial, std::size_t models) {
  constexpr std::size_t kFew = 2;
  std::vector<Preprocess> list;
  for (std::size_t m = 0; m < models; ++m) {
    const std::vector<std::size_t> fitting = trial.fitting(m);
    for (const std::size_t r : std::span(fitting).first(std::min(kFew, fitting.size()))) {
      const Preprocess& preprocess = trial.rows()[r].preprocess;
      if (std::ranges::find(list, preprocess) == list.end()) list.push_back(preprocess);
    }
  }
  return list;
}

std::vector<ModelInfo> infos_of(const std::vector<AuditedModel>& models) {
  std::vector<ModelInfo> infos;
  for (const AuditedModel& model : models) {
    infos.push_back(open_model(model.path, model.options)->info());
    if (infos.back().shape == infos.front().shape) continue;
    throw Error(ErrorCode::kBadInput,
                infos.front().path + " and " + infos.back().path + " take images of different sizes",
                "audit them one by one");
  }
  return infos;
}

// Only where the shape leaves it open does the model open the other way too, with the same image size.
bool opens_with(const AuditedModel& model, const Preprocess& preprocess, Layout layout, const Shape& shape) {
  ModelOptions options = model.options;
  options.preprocess = preprocess;
  options.preprocess.layout = layout;
  try {
    return open_model(model.path, options)->info().shape == shape;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

double sign_test(std::size_t a, std::size_t b) {
  const std::size_t n = a + b;
  const std::size_t fewer = std::min(a, b);
  double tail = 0;  // P(X <= fewer) of n fair coins
  for (std::size_t k = 0; k <= fewer; ++k) {
    const auto real = [](std::size_t v) { return static_cast<double>(v) + 1; };
    tail += std::exp(std::lgamma(real(n)) - std::lgamma(real(k)) - std::lgamma(real(n - k)) -
                     static_cast<double>(n) * std::log(2.0));
  }
  return std::min(1.0, 2 * tail);
}

Audit audit_preprocessing(const std::vector<AuditedModel>& models, const std::filesystem::path& seeds,
                          const SeedOptions& seed_options, std::size_t most,
                          const std::function<void(const Preprocess&)>& tell) {
  const std::vector<ModelInfo> infos = infos_of(models);
  SeedOptions loading = seed_options;
  loading.shape = infos.front().shape;
  Trial trial(models, LabelledInputs(seeds, loading, most), tell);
  std::vector<const ModelInfo*> borrowed;
  for (const ModelInfo& info : infos) borrowed.push_back(&info);
  for (const AuditedModel& model : models) {
    for (const Preprocess& p : candidate_values(model.options.preprocess, borrowed)) trial.add(p);
  }
  trial.settle_shifts();
  for (const Preprocess& p : leaders(trial, models.size())) {
    if (loading.shape.channels == 3) trial.add(other_order(p));
    for (const Layout layout : {Layout::kNchw, Layout::kNhwc}) {
      Preprocess other = p;
      other.layout = layout;
      const bool is_open = layout != infos.front().layout && std::ranges::all_of(models, [&](const AuditedModel& m) {
                             return opens_with(m, p, layout, loading.shape);
                           });
      if (is_open) trial.add(other);
    }
  }
  if (trial.inputs().are_resized()) {
    for (const Preprocess& p : candidate_geometries(leaders(trial, models.size()).front())) trial.add(p);
  }
  trial.settle_shifts();
  return trial.result();
}

}  // namespace dflare
