// Texts as inputs.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "dflare/seeds.h"
#include "support/toy.h"

namespace dflare::toy {

inline constexpr std::size_t kTextRoom = 96;

inline Shape text_shape(std::size_t room = kTextRoom) { return {1, static_cast<int>(room), 1, text_form().get()}; }

inline Input text_input(const std::string& text, std::size_t room = kTextRoom) {
  Input input(text_shape(room));
  std::ranges::copy(text, input.pixels.begin());
  return input;
}

// A classifier of texts that adds up what characters weigh; `coarse` rounds the weights to halves.
inline std::unique_ptr<Model> text_model(bool coarse, std::size_t classes = 3, std::size_t room = kTextRoom) {
  ModelInfo info;
  info.path = coarse ? "coarse" : "fine";
  info.kind = InputKind::kText;
  info.shape = {1, static_cast<int>(room), 1};
  info.classes = classes;
  std::vector<double> weights(256 * classes);
  Rng rng(79, 0);
  for (double& w : weights) {
    w = static_cast<double>(rng.normal());
    if (coarse) w = std::round(2 * w) / 2;
  }
  return make_batch_model(info, [weights, classes](std::span<const InputView> in, std::span<float> out) {
    for (std::size_t row = 0; row < in.size(); ++row) {
      for (std::size_t c = 0; c < classes; ++c) {
        double z = 0;
        for (const char byte : in[row].text()) z += weights[256 * c + static_cast<std::uint8_t>(byte)];
        out[row * classes + c] = static_cast<float>(z / 4);
      }
    }
  });
}

inline SeedSet text_seeds(int count, std::size_t room = kTextRoom) {
  static const std::vector<std::string> words{"the",       "Coffee", "was",   "cold,", "but",  "service",
                                              "Friendly!", "never",  "again", "my",    "room", "smelt",
                                              "really",    "fine.",  "Would", "I"};
  std::vector<Input> texts;
  for (int i = 0; i < count; ++i) {
    Rng rng(80, static_cast<std::uint64_t>(i));
    std::string text;
    for (int w = 0; w < 8; ++w) {
      text += (w > 0 ? " " : "") + words[rng.below(static_cast<std::uint32_t>(words.size()))];
    }
    texts.push_back(text_input(text, room));
  }
  SeedSet set = seeds_of(std::move(texts));
  set.form = text_form();
  return set;
}

}  // namespace dflare::toy
