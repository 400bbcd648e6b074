// Asks a finding again, alone, from its stored bytes.
#include "search/confirmation.h"

#include "core/array_values.h"
#include "dflare/seeds.h"
#include "dflare/top_answers.h"

namespace dflare {

void Confirmation::confirm(PairInstance& pair, const Claimed& claimed, Finding& finding) {
  encode_input(claimed.image, finding.png);
  finding.input = kind_of(context_.shape);
  const Input image = decode_input(finding.png, "a finding", claimed.image.shape);
  const InputView view = image.view();
  finding.flaky = false;
  for (int k = 0; k < times_; ++k) {
    pair.ask({&view, 1}, {&finding.seed, 1});
    const Verdict alone =
        judge(view, pair.original()[0], pair.compressed()[0], claimed.seed_label, context_.acceptance);
    const bool same = alone.deviates && alone.original.label == claimed.label_original &&
                      alone.compressed.label == claimed.label_compressed;
    finding.flaky = finding.flaky || !same;
    if (k > 0) continue;
    describe(alone, view, finding);
    if (context_.oracle != nullptr)
      finding.facts = context_.oracle->facts(pair.raw_original().raw(0), pair.raw_compressed().raw(0));
  }
}

void Confirmation::describe(const Verdict& alone, InputView image, Finding& finding) const {
  finding.kind = alone.kind;
  finding.seed_label = alone.seed_label;
  finding.label_original = alone.original.label;
  finding.label_compressed = alone.compressed.label;
  finding.p_original = alone.original.top_p();
  finding.p_compressed = alone.compressed.top_p();
  finding.margin_original = alone.margin_original;
  finding.margin_compressed = alone.margin_compressed;
  finding.severity = alone.finite ? severity(alone.original, alone.compressed) : 0;
  finding.tie = alone.tie;
  finding.distance = distance(context_.input(finding.seed), image);
  if (context_.oracle != nullptr) return;
  const auto seed = static_cast<std::size_t>(finding.seed.value);
  finding.answers = to_text({top_labels(alone.original), top_labels(alone.compressed),
                             top_labels(context_.original[seed]), top_labels(context_.compressed[seed])});
}

}  // namespace dflare
