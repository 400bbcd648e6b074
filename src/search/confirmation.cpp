// Asks a finding again, alone, from its stored bytes.
#include "search/confirmation.h"

#include "dflare/seeds.h"

namespace dflare {

void Confirmation::confirm(PairInstance& pair, const Claimed& claimed, Finding& finding) {
  encode_png(claimed.image, finding.png);
  const Input image = decode_image(finding.png, "a finding");
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
}

}  // namespace dflare
