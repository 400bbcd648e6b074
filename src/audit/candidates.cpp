// What is commonly mistaken about a model's input.
#include "audit/candidates.h"

#include <algorithm>

namespace dflare {
namespace {

// `values` with the geometry, order and layout of `declared`.
Preprocess with_values(Preprocess declared, const Preprocess& values) {
  declared.values = values.values;
  declared.scale = values.scale;
  declared.mean = values.mean;
  declared.std = values.std;
  return declared;
}

void add(std::vector<Preprocess>& list, const Preprocess& preprocess) {
  if (std::ranges::find(list, preprocess) == list.end()) list.push_back(preprocess);
}

}  // namespace

std::vector<Preprocess> candidate_values(const Preprocess& declared, const std::vector<const ModelInfo*>& models) {
  const auto has_bytes = [](const ModelInfo* info) {
    return info->input_type == "uint8" || info->input_type == "int8";
  };
  const bool grey = models.front()->shape.channels == 1;
  std::vector<Preprocess> list{declared};
  for (const char* values : {"raw", "unit", "tf"}) add(list, with_values(declared, parse_preprocess(values)));
  if (grey) {
    add(list, with_values(declared, parse_preprocess("mnist")));
  } else {
    // The last: pixels less ImageNet's mean, as Caffe's models and Keras' ResNet and VGG want them (in BGR).
    for (const char* values : {"imagenet", "cifar10", "scale=1,mean=123.68:116.779:103.939"}) {
      add(list, with_values(declared, parse_preprocess(values)));
    }
  }
  if (std::ranges::any_of(models, has_bytes)) add(list, with_values(declared, parse_preprocess("bytes")));
  return list;
}

Preprocess other_order(Preprocess preprocess) {
  preprocess.order = preprocess.order == ChannelOrder::kRgb ? ChannelOrder::kBgr : ChannelOrder::kRgb;
  return preprocess;
}

std::vector<Preprocess> candidate_geometries(const Preprocess& preprocess) {
  std::vector<Preprocess> list;
  const auto add_with = [&](Fit fit, double crop, ResizeFilter filter) {
    Preprocess other = preprocess;
    other.fit = fit;
    other.resize = 0;
    other.crop_fraction = crop;
    other.filter = filter;
    if (other != preprocess) add(list, other);
  };
  for (const ResizeFilter filter : {ResizeFilter::kBilinear, ResizeFilter::kBicubic, ResizeFilter::kCvLinear}) {
    add_with(Fit::kCrop, 0.875, filter);
    add_with(Fit::kCrop, 1, filter);
    add_with(Fit::kSquash, 1, filter);
  }
  add_with(Fit::kLetterbox, 1, ResizeFilter::kBilinear);
  add_with(Fit::kLetterbox, 1, ResizeFilter::kCvLinear);
  return list;
}

}  // namespace dflare
