// The server of tests, while this lives.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "support/folder.h"

namespace dflare::test {

class InferenceServer {
 public:
  InferenceServer() {
    const auto port = folder_ / "port";
    const std::string script = std::string(DFLARE_SOURCE_DIR) + "/tests/support/inference_server.py";
    pipe_ = popen(("exec python3 '" + script + "' '" + port.string() + "'").c_str(), "w");
    constexpr int kTries = 3000;  // a hundredth of a second each
    for (int i = 0; i < kTries && !std::filesystem::exists(port); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    std::ifstream(port) >> port_;
    EXPECT_FALSE(port_.empty()) << "the server did not start: is there a python3?";
  }
  InferenceServer(const InferenceServer&) = delete;
  InferenceServer& operator=(const InferenceServer&) = delete;
  ~InferenceServer() { pclose(pipe_); }  // the end of its input ends it

  // Of a model with the binary tensor extension; `before` "/json": without.
  [[nodiscard]] std::string address(const std::string& model, const std::string& before = "") const {
    return "http://127.0.0.1:" + port_ + before + "/v2/models/" + model;
  }
  // For whoever wants one, from its first use to the end of the program.
  static InferenceServer& shared() {
    static InferenceServer server;
    return server;
  }

 private:
  Folder folder_;
  FILE* pipe_ = nullptr;
  std::string port_;
};

}  // namespace dflare::test
