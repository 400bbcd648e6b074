// Models behind a server: what they are asked, and what becomes of a server that does not do as it should.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "contract/models.h"
#include "dflare/error.h"
#include "dflare/model_files.h"
#include "query/http/connection.h"
#include "support/folder.h"
#include "support/inference_server.h"

namespace dflare {
namespace {

using namespace testing_models;
using test::InferenceServer;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

ModelOptions patient(double seconds = 20) {
  ModelOptions options = unit_options();
  options.query_timeout = seconds;
  return options;
}

std::unique_ptr<Model> open(const std::string& name, const std::string& before = "",
                            const ModelOptions& options = patient()) {
  return open_model(InferenceServer::shared().address(name, before), options);
}

std::vector<float> ask_one(Model& model, int first, int last = 51) {
  Input image(model.info().shape);
  image.pixels.front() = static_cast<std::uint8_t>(first);
  image.pixels.back() = static_cast<std::uint8_t>(last);
  const InputView view = image.view();
  return ask(model, {&view, 1});
}

// The error of asking such a model once.
Error failure(const std::string& name, const std::string& before = "", const ModelOptions& options = patient()) {
  const auto error = test::error_of([&] { ask_one(*open(name, before, options), 255); });
  if (!error) return {ErrorCode::kBadArgument, "none"};
  EXPECT_THAT(error->what(), HasSubstr(InferenceServer::shared().address(name, before)));
  return *error;
}

std::string what_of(const std::string& name, const std::string& before = "") {
  const Error error = failure(name, before);
  EXPECT_EQ(error.code(), ErrorCode::kModelFailed) << name;
  return error.what();
}

int stat(const std::string& name) {
  http::Connection connection;
  const std::string address = InferenceServer::shared().address("x");
  const std::string all = connection.get(address.substr(0, address.find("/v2")) + "/v2/stats", 10, 100'000).body;
  const std::size_t at = all.find("\"" + name + "\": ");
  return at == std::string::npos ? 0 : std::stoi(all.substr(at + name.size() + 4));
}

TEST(Http, FloatsAreThoseThatPreprocessingMakesInBothForms) {
  for (const char* before : {"", "/json"}) {
    const auto model = open("plain", before);
    EXPECT_THAT(ask_one(*model, 255, 51), ElementsAre(1.0F, 51.0F / 255 * 0.5F, 1.0F)) << before;
  }
}

TEST(Http, WhatIsNoBinaryFractionArrivesWithAllItsBits) {
  for (int level = 0; level < 256; level += 5) {
    EXPECT_EQ(ask_one(*open("plain", "/json"), level).front(), static_cast<float>(level) / 255.0F);
  }
}

TEST(Http, BytesAreTheImageItself) {
  EXPECT_THAT(ask_one(*open("bytes"), 200, 100), ElementsAre(200, 50, 1));
  EXPECT_THAT(ask_one(*open("bytes", "/json"), 200, 100), ElementsAre(200, 50, 1));
}

TEST(Http, HalvesTravelInBinaryAlone) {
  EXPECT_THAT(ask_one(*open("half"), 255, 51), ElementsAre(1.0F, testing::FloatNear(0.1F, 1e-4F), 1.0F));
  EXPECT_THAT(failure("half", "/json").what(), HasSubstr("FP16, which its server cannot send"));
}

TEST(Http, TheServerTellsWhatItIs) {
  const auto model = open("chw");
  EXPECT_EQ(model->info().shape, (Shape{6, 5, 3}));
  EXPECT_EQ(model->info().layout, Layout::kNchw);
  EXPECT_EQ(model->info().runtime, "http (a server of tests 1.2, tests)");
  EXPECT_EQ(model->info().classes, 3U);
}

TEST(Http, OneConnectionCarriesManyQueries) {
  const auto model = open("plain");
  ask_one(*model, 1);
  const int before = stat("connections");
  for (int i = 0; i < 20; ++i) ask_one(*model, i);
  EXPECT_LE(stat("connections"), before + 2);  // those that ask for the figures
}

TEST(Http, NoMoreRowsAreAskedThanTheServerTakes) {
  const auto model = open("largest");
  const auto images = random_images(model->info().shape, 12, 1);
  EXPECT_EQ(ask(*model, images.views()).size(), 36U);
}

TEST(Http, AServerThatIsBusyOrCutsItsAnswersOffIsAskedAgain) {
  for (const char* name : {"busy", "cut"}) {
    const int before = stat("answered");
    const auto model = open(name);
    EXPECT_THAT(ask_one(*model, 255, 51), ElementsAre(1.0F, 51.0F / 255 * 0.5F, 1.0F)) << name;
    EXPECT_EQ(stat("answered"), before + 1) << name;
  }
}

TEST(Http, AServerThatStaysAwayFails) {
  const Error error = failure("away", "", patient(1));
  EXPECT_THAT(error.what(), AllOf(HasSubstr("gives no whole answer"), HasSubstr("asked again in vain")));
  EXPECT_THAT(error.hint(), HasSubstr("dflare resume"));
}

TEST(Http, AServerThatIsTooSlowFailsInTime) {
  EXPECT_THAT(failure("slow", "", patient(2)).what(), HasSubstr("gave no answer within 2 s"));
}

TEST(Http, WhatTheServerSaysOfAFailureIsTold) {
  EXPECT_THAT(what_of("broken"), HasSubstr("answers HTTP 500: out of memory on the device"));
}

TEST(Http, AnAnswerOfAnotherFormIsNone) {
  for (const char* before : {"", "/json"}) {
    EXPECT_THAT(what_of("misnamed", before), HasSubstr("answers 'logits', which was not asked for"));
    EXPECT_THAT(what_of("misshapen", before), HasSubstr("'scores' of the shape"));
    EXPECT_THAT(what_of("mistyped", before), HasSubstr("answers 'scores' as FP64, expected FP32"));
    EXPECT_THAT(what_of("garbled", before), HasSubstr("no JSON with outputs"));
    EXPECT_THAT(what_of("short", before), AllOf(HasSubstr("of 'scores', expected")));
  }
  EXPECT_THAT(what_of("more"), HasSubstr("4 bytes more than it says"));
}

TEST(Http, NotANumberIsAnAnswer) {
  for (const char* before : {"", "/json"}) EXPECT_TRUE(std::isnan(ask_one(*open("nan", before), 1).front()));
}

TEST(Http, ModelsThatAreNotThereOrDoNotFitAreRefused) {
  EXPECT_THAT(what_of("nowhere"), HasSubstr("knows no such model"));
  EXPECT_THAT(what_of("undescribed"), HasSubstr("without inputs and outputs"));
  EXPECT_THAT(failure("labels").what(), HasSubstr("'scores' is INT64, expected FP32"));
  EXPECT_THAT(failure("text").what(), HasSubstr("'x' is BYTES"));
}

TEST(Http, NobodyListensIsToldAtOnce) {
  const auto error = test::error_of([] { open_model("http://127.0.0.1:1/v2/models/m", patient()); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::kModelFailed);
  EXPECT_THAT(error->hint(), HasSubstr("is it running"));
}

TEST(Http, AnAddressThatIsNoneIsRefusedWithItsForm) {
  for (const char* address : {"http://host", "http://host/v2/models/", "http:///v2/models/m",
                              "https://host/v1/models/m", "http://host/v2/models/m?x=1"}) {
    const auto error = test::error_of([&] { open_model(address, patient()); });
    ASSERT_TRUE(error) << address;
    EXPECT_EQ(error->code(), ErrorCode::kBadInput) << address;
    EXPECT_THAT(error->hint(), HasSubstr("http://HOST:PORT/v2/models/NAME")) << address;
  }
}

TEST(Http, APasswordInTheAddressIsRefusedAndNotRepeated) {
  const auto error = test::error_of([] { open_model("http://me:secret@host/v2/models/m", patient()); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), testing::Not(HasSubstr("secret")));
}

TEST(Http, AnAddressIsTheSameFromAnywhere) {
  const std::string address = "http://host:8000/v2/models/m";
  EXPECT_TRUE(is_remote(address));
  EXPECT_FALSE(is_remote("http.onnx"));
  EXPECT_EQ(from_anywhere(address), address);
  EXPECT_EQ(name_of_model(address), address);
  EXPECT_EQ(model_files(address).size(), 1U);
}

}  // namespace
}  // namespace dflare
