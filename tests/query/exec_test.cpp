// Models that are a command: what they are asked, and what becomes of a child that does not do as it should.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "contract/models.h"
#include "dflare/error.h"
#include "dflare/model_files.h"
#include "support/folder.h"
#include "support/sounds.h"
#include "support/texts.h"

namespace dflare {
namespace {

using namespace testing_models;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr Shape kShape{8, 8, 1};

ModelOptions patient(double seconds = 20) {
  ModelOptions options;
  options.query_timeout = seconds;
  return options;
}

std::string child(const std::string& what) { return std::string("exec:") + DFLARE_EXEC_CHILD + " " + what; }

std::unique_ptr<Model> open_child(const std::string& what, const ModelOptions& options = patient()) {
  return open_model(child(what), options);
}

// An image whose first pixel has this level.
Input level(int first, Shape shape = kShape) {
  Input image(shape);
  image.pixels.front() = static_cast<std::uint8_t>(first);
  image.pixels.back() = 8;
  return image;
}

std::vector<float> ask_one(Model& model, int first) {
  const Input image = level(first, model.info().shape);
  const InputView view = image.view();
  return ask(model, {&view, 1});
}

double seconds_of(const std::function<void()>& act) {
  const auto began = std::chrono::steady_clock::now();
  act();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

// The error of asking such a child one image, which names the command.
Error failure(const std::string& what, const ModelOptions& options = patient()) {
  const auto error = test::error_of([&] { ask_one(*open_child(what, options), 255); });
  if (!error) return {ErrorCode::kBadArgument, "none"};
  EXPECT_EQ(error->code(), ErrorCode::kModelFailed);
  EXPECT_THAT(error->what(), HasSubstr(child(what)));
  return *error;
}

std::string what_of(const std::string& what) { return failure(what).what(); }

std::string what_of_opening(const std::string& what, const ModelOptions& options) {
  const auto error = test::error_of([&] { open_child(what, options); });
  return error ? error->what() : "";
}

// The processes of the file that `pid=` names.
std::vector<pid_t> pids(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::vector<pid_t> all;
  for (pid_t pid = 0; stream >> pid;) all.push_back(pid);
  return all;
}

// Whether such a process is there; one that nobody has waited for is.
bool is_there(pid_t pid) { return kill(pid, 0) == 0; }

// The system takes a moment to bury what was killed and is nobody's child any more.
bool is_gone(pid_t pid) {
  for (int i = 0; i < 200 && is_there(pid); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return !is_there(pid);
}

class Exec : public ::testing::Test {
 protected:
  test::Folder folder_;
  std::string file(const std::string& name) { return (folder_ / name).string(); }
};

TEST_F(Exec, TellsWhatTheChildSaysOfItself) {
  const auto model = open_child("size=5x7x3 runtime='numpy 1.26'");
  const ModelInfo& info = model->info();
  EXPECT_EQ(info.path, child("size=5x7x3 runtime='numpy 1.26'"));
  EXPECT_EQ(info.runtime, "exec (numpy 1.26)");
  EXPECT_EQ(info.shape, (Shape{5, 7, 3}));
  EXPECT_EQ(info.classes, 3U);
  EXPECT_EQ(info.input_type, "uint8");
  EXPECT_EQ(info.output_name, "scores");
  EXPECT_TRUE(info.ends_hangs);
  EXPECT_EQ(open_child("u8")->info().runtime, "exec");
}

TEST_F(Exec, OutputsAreOneAnswerWhereValuesAreAskedFor) {
  ModelOptions options = patient();
  options.output_form = OutputForm::kValues;
  const auto model = open_child("two-outputs", options);
  ASSERT_EQ(model->info().parts.size(), 2U);
  std::vector<InputView> views;
  const Input dark = level(7), bright = level(90);
  for (const Input* image : {&dark, &bright}) views.push_back(image->view());
  std::vector<float> expected;
  const auto several = ask(*model, views);
  for (const InputView& view : views) {
    for (const AnswerPart& part : model->info().parts) {
      ModelOptions one = options;
      one.output_name = part.name;
      const auto values = ask(*open_child("two-outputs", one), {&view, 1});
      EXPECT_EQ(values.size(), part.values());
      expected.insert(expected.end(), values.begin(), values.end());
    }
  }
  EXPECT_EQ(several, expected);
}

TEST_F(Exec, OneValueIsTakenAsAScoreWhereThatIsAskedFor) {
  ModelOptions options = patient();
  options.output_form = OutputForm::kScore;
  EXPECT_THAT(what_of_opening("u8", options), HasSubstr("reads one"));
}

TEST_F(Exec, BytesAreThePixelsWhateverThePreprocessing) {
  ModelOptions options = patient();
  options.preprocess.scale = 255;
  EXPECT_THAT(ask_one(*open_child("u8", options), 51), ElementsAre(51, 4, 1));
}

TEST_F(Exec, FloatsArePreprocessed) {
  ModelOptions options = patient();
  options.preprocess.scale = 255;
  EXPECT_THAT(ask_one(*open_child("f32", options), 51), ElementsAre(51.0F / 255, 8.0F / 255 / 2, 1));
}

TEST_F(Exec, ChannelsFirstAreFilledSo) {
  const auto model = open_child("f32 size=3x4x6");
  EXPECT_EQ(model->info().shape, (Shape{4, 6, 3}));
  EXPECT_EQ(model->info().layout, Layout::kNchw);
}

ModelOptions for_texts() {
  ModelOptions options = patient();
  options.kind = InputKind::kText;
  return options;
}

TEST_F(Exec, TextsAreSentWithZerosBehindThem) {
  const auto model = open_child("text=32", for_texts());
  EXPECT_EQ(model->info().kind, InputKind::kText);
  EXPECT_EQ(model->info().shape, (Shape{1, 32, 1}));
  EXPECT_EQ(model->info().input_type, "utf-8");
  EXPECT_EQ(model->info().input_name, "line");
  const std::vector<Input> texts{toy::text_input("A", 32), toy::text_input(std::string(32, 'B'), 32)};
  const std::vector<InputView> views{texts[0].view(), texts[1].view()};
  EXPECT_THAT(ask(*model, views), ElementsAre('A', 0, 1, 'B', 'B' / 2.0F, 1));
}

TEST_F(Exec, TextsAndTensorsAreNotTakenForEachOther) {
  EXPECT_THAT(what_of_opening("text=32", patient()), AllOf(HasSubstr("takes texts"), HasSubstr("exec:")));
  EXPECT_THAT(what_of_opening("u8", for_texts()), HasSubstr("the inputs are texts"));
  EXPECT_THAT(what_of_opening("text=8", for_texts()), HasSubstr("expected rank 1 and 16 to 8192 bytes"));
  EXPECT_THAT(what_of_opening("text=9000", for_texts()), HasSubstr("9000 bytes"));
  const auto model = open_child("text=64", for_texts());
  const Input image(Shape{1, 64, 1});
  const InputView view = image.view();
  EXPECT_THAT([&] { ask(*model, {&view, 1}); }, testing::ThrowsMessage<Error>(HasSubstr("of kind image")));
}

ModelOptions for_sounds() {
  ModelOptions options = patient();
  options.kind = InputKind::kAudio;
  return options;
}

TEST_F(Exec, SoundsAreSentWithTheirLengthBeforeThem) {
  const auto model = open_child("audio=50 rate=8000", for_sounds());
  EXPECT_EQ(model->info().kind, InputKind::kAudio);
  EXPECT_EQ(model->info().rate, 8000);
  EXPECT_EQ(model->info().shape, sound_shape(50));
  EXPECT_EQ(model->info().input_type, "int16");
  EXPECT_EQ(open_child("audio=50", for_sounds())->info().rate, 16000) << "where nothing is said";
  const Input one = toy::sound_input({300}, 50), all = toy::sound_input(std::vector<std::int16_t>(50, 0x4000), 50);
  const std::vector<InputView> views{one.view(), all.view()};
  EXPECT_THAT(ask(*model, views), ElementsAre(1, 0, 1, 50, 0x40 / 2.0F, 1)) << "first and last byte of a row";
}

TEST_F(Exec, SoundsThatNobodyTakesOrThatCannotBeAreRefused) {
  EXPECT_THAT(what_of_opening("audio=50", patient()), AllOf(HasSubstr("takes sounds"), HasSubstr("exec:")));
  EXPECT_THAT(what_of_opening("u8", for_sounds()), HasSubstr("the inputs are sounds"));
  EXPECT_THAT(what_of_opening("text=32", for_sounds()), HasSubstr("takes texts"));
  EXPECT_THAT(what_of_opening("audio=100000000", for_sounds()), HasSubstr("expected rank 1 and 1 to 67108864 samples"));
  EXPECT_THAT(what_of_opening("audio=50 rate=10", for_sounds()), HasSubstr("10 samples a second, expected 1000"));
}

TEST_F(Exec, TextsAreGivenAsBytesBesideNumbers) {
  ModelOptions options = for_sounds();
  options.output_form = OutputForm::kValues;
  const auto model = open_child("audio=50 says=16", options);
  ASSERT_EQ(model->info().parts.size(), 2U);
  EXPECT_FALSE(model->info().parts[0].text);
  EXPECT_TRUE(model->info().parts[1].text);
  EXPECT_EQ(model->info().classes, 3U + 16);
  const Input one = toy::sound_input({300}, 50), two = toy::sound_input({1, 2}, 50);
  const std::vector<InputView> views{one.view(), two.view()};
  const auto values = ask(*model, views);
  ASSERT_EQ(values.size(), 2U * 19);
  EXPECT_FALSE(model->info().row_by_row) << "both were answered at once";
  for (std::size_t row = 0; row < 2; ++row) {
    EXPECT_EQ(values[19 * row], 1.0F + static_cast<float>(row));
    const std::string said(values.begin() + static_cast<std::ptrdiff_t>(19 * row) + 3,
                           values.begin() + static_cast<std::ptrdiff_t>(19 * row) + 19);
    EXPECT_EQ(said, std::string("row of 104") + std::string(6, '\0'));
  }
}

TEST_F(Exec, TextsAreNoScoresOfClasses) {
  ModelOptions options = for_sounds();
  options.output_name = "said";
  test::expect_error(ErrorCode::kBadInput, "--oracle transcript", [&] { open_child("audio=50 says=16", options); });
  EXPECT_THAT(what_of_opening("audio=50 says=8", for_sounds()), HasSubstr("expected rank 1 and 16 to 8192 bytes"));
}

TEST_F(Exec, OneOfSeveralOutputsIsChosenByName) {
  ModelOptions options = patient();
  options.output_name = "scores";
  const auto images = random_images(kShape, 3, 1);
  EXPECT_EQ(ask(*open_child("two-outputs", options), images.views()), ask(*open_child(""), images.views()));
  test::expect_error(ErrorCode::kBadInput, "--output-name", [] { open_child("two-outputs"); });
}

TEST_F(Exec, NeverAsksMoreRowsThanTheChildTakes) {
  const auto images = random_images(kShape, 70, 1);
  const auto expected = ask(*open_child(""), images.views());
  EXPECT_EQ(ask(*open_child("largest=3"), images.views()), expected);
  EXPECT_EQ(ask(*open_child("fixed=4"), images.views()), expected);
}

TEST_F(Exec, LargeQuestionsAndAnswersPass) {
  const auto model = open_child("f32 size=300x300x3");
  model->reserve(40);
  const auto images = random_images({300, 300, 3}, 40, 1);  // 43 MB
  EXPECT_EQ(ask(*model, images.views())[0], images[0].data[0]);
}

TEST_F(Exec, NaNIsAnAnswerThatIsNotFinite) {
  const auto model = open_child("nan");
  const Input image = level(3);
  const InputView view = image.view();
  Answers answers;
  model->query({&view, 1}, answers);
  answers.interpret({});
  EXPECT_FALSE(answers[0].finite);
}

TEST_F(Exec, FieldsOfLaterVersionsThatMayBePassedOverAre) {
  EXPECT_THAT(ask_one(*open_child("later-field"), 3), ElementsAre(3, 4, 1));
  EXPECT_THAT(what_of("unknown-field"), HasSubstr("'NOTE'"));
}

TEST_F(Exec, CommandsThatCannotBeRunAreTold) {
  const auto told = [](const std::string& command, const char* message, const char* hint) {
    const auto error = test::error_of([&] { open_model("exec:" + command, patient()); });
    ASSERT_TRUE(error);
    EXPECT_THAT(error->what(), HasSubstr(message));
    EXPECT_THAT(error->hint(), HasSubstr(hint));
  };
  told("no-such-program-anywhere x", "ended with exit code 127", "does not find the program");
  told("no-such-program-anywhere x", "not found", "");
  told(folder_.write("not-executable", "#!/bin/sh\n").string(), "ended with exit code 126", "chmod +x");
  told("true", "ended with exit code 0", "");
  told("  ", "names no command", "exec:");
}

TEST_F(Exec, BadHellosAreTold) {
  EXPECT_THAT(what_of("exits-at-once"), HasSubstr("ended with exit code 3"));
  EXPECT_THAT(what_of("banner"), HasSubstr("'Welcome to the m"));
  EXPECT_THAT(failure("banner").hint(), HasSubstr("standard error"));
  EXPECT_THAT(what_of("version=2"), HasSubstr("version 2 of the protocol, expected 1"));
  EXPECT_THAT(what_of("cut-hello"), HasSubstr("ends 5 bytes too early"));
  EXPECT_THAT(what_of("no-output"), HasSubstr("without an output"));
  EXPECT_THAT(what_of("size=0x8x1"), HasSubstr("dimension 0 of its input is 0"));
  EXPECT_THAT(what_of("size=4000000000x8x1"), HasSubstr("dimension 0"));
  EXPECT_THAT(what_of("size=60000x60000x3"), HasSubstr("dimension 1"));
  EXPECT_THAT(failure("says-nothing", patient(0.3)).what(), HasSubstr("has not answered for 0.3 seconds"));
  test::expect_error(ErrorCode::kBadInput, "2 channels", [] { open_child("size=8x8x2"); });
  test::expect_error(ErrorCode::kBadInput, "one value", [] { open_child("classes=1"); });
}

TEST_F(Exec, SlowStartsAreWaitedFor) { EXPECT_THAT(ask_one(*open_child("slow=700"), 3), ElementsAre(3, 4, 1)); }

struct Garbled {
  const char* option;
  const char* says;
};

TEST_F(Exec, AnswersThatAreNotWhatWasAskedForAreFailures) {
  for (const Garbled& fault : {Garbled{"too-little", "answered 16 bytes, expected exactly 20"},
                               {"too-much", "answered 24 bytes, expected exactly 20"},
                               {"trailing", "sent 3 bytes more than the 36 of its frame"},
                               {"other-count", "answered 2 rows, was asked 1"},
                               {"other-id", "answered question 2, was asked 1"},
                               {"other-tag", "expected ANSW or FAIL"},
                               {"huge", "answered 4294967280 bytes, expected exactly 20"},
                               {"huge-failure", "answered 4294967280 bytes, expected at most 65536"},
                               {"prints-there", "'loading the mode"},
                               {"says-why", "row 0: too bright"},
                               {"dies", "ended with exit code 7 without an answer"},
                               {"crashes", "was killed by signal 11"},
                               {"dies-in-frame", "ended with exit code 7 after 20 of 36 bytes of a frame"}}) {
    EXPECT_THAT(what_of(fault.option), HasSubstr(fault.says)) << fault.option;
    EXPECT_THAT(what_of(std::string("bright-") + fault.option), HasSubstr(fault.says)) << fault.option;
  }
}

TEST_F(Exec, AfterAFailureTheNextQueryIsAnswered) {
  for (const char* fault : {"too-little", "too-much", "trailing", "other-count", "other-id", "huge", "prints-there",
                            "says-why", "dies", "crashes", "dies-in-frame"}) {
    const auto model = open_child(std::string("bright-") + fault);
    EXPECT_THROW(ask_one(*model, 255), Error) << fault;
    EXPECT_THAT(ask_one(*model, 3), ElementsAre(3, 4, 1)) << fault;
  }
}

TEST_F(Exec, AnswersThatNobodyAskedForAreNeverTakenForTheNext) {
  for (const char* fault : {"twice", "stray"}) {
    const auto model = open_child(fault);
    try {
      ask_one(*model, 3);
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      ask_one(*model, 4);
      FAIL() << fault;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kModelFailed);
      EXPECT_THAT(error.what(), testing::AnyOf(HasSubstr("without being asked"), HasSubstr("bytes more than")));
    }
  }
}

TEST_F(Exec, AFailureThatIsToldKeepsTheChild) {
  const auto model = open_child("bright-says-why pid=" + file("pids"));
  EXPECT_THROW(ask_one(*model, 255), Error);
  ask_one(*model, 3);
  EXPECT_EQ(pids(folder_ / "pids").size(), 1U);
}

TEST_F(Exec, AHungChildIsEndedAndTheNextQueryIsAnswered) {
  for (const char* fault : {"bright-hangs", "bright-hangs-in-frame"}) {
    const auto model = open_child(std::string(fault) + " stubborn pid=" + file(fault), patient(0.4));
    const double seconds = seconds_of([&] { EXPECT_THROW(ask_one(*model, 255), Error); });
    EXPECT_GT(seconds, 0.35);
    EXPECT_LT(seconds, 5);
    ASSERT_EQ(pids(folder_ / fault).size(), 1U) << "a query that hangs is not asked again";
    EXPECT_TRUE(is_gone(pids(folder_ / fault).front()));
    EXPECT_THAT(ask_one(*model, 3), ElementsAre(3, 4, 1));
  }
  EXPECT_THAT(failure("hangs", patient(0.3)).hint(), HasSubstr("--query-timeout"));
}

TEST_F(Exec, WithoutALimitASlowChildIsWaitedFor) {
  EXPECT_THAT(ask_one(*open_child("slow=600", patient(0)), 3), ElementsAre(3, 4, 1));
}

TEST_F(Exec, AChildThatDiesOnceIsStartedAgainAndAskedAgain) {
  const auto model = open_child("fails-first=" + file("starts"));
  EXPECT_THAT(ask_one(*model, 3), ElementsAre(3, 4, 1));
}

TEST_F(Exec, AQueryThatKillsTwoChildrenFailsForItself) {
  const auto model = open_child("bright-dies pid=" + file("pids"));
  EXPECT_THROW(ask_one(*model, 255), Error);
  EXPECT_EQ(pids(folder_ / "pids").size(), 2U);
}

TEST_F(Exec, AChildThatEndsBetweenQueriesIsStartedAgain) {
  const auto model = open_child("ends-after-answering pid=" + file("pids"));
  for (int i = 1; i < 30; ++i) {
    EXPECT_THAT(ask_one(*model, i), ElementsAre(i, 4, 1));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

TEST_F(Exec, AChildThatComesBackAsAnotherModelIsRefused) {
  const auto model = open_child("changes=" + file("starts") + " bright-dies");
  EXPECT_THAT(ask_one(*model, 3), ElementsAre(3, 4, 1));
  try {
    ask_one(*model, 255);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("another hello"));
  }
}

TEST_F(Exec, ACommandThatNeverAnswersIsNotStartedForEver) {
  const auto model = open_child("dies pid=" + file("pids"));
  for (int i = 0; i < 200; ++i) EXPECT_THROW(ask_one(*model, 3), Error);
  EXPECT_LE(pids(folder_ / "pids").size(), 25U);
  try {
    ask_one(*model, 3);
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("started no more: it ended with exit code 7"));
  }
}

TEST_F(Exec, AfterThreeHangsInARowNobodyWaitsAnyMore) {
  const auto model = open_child("hangs", patient(0.2));
  EXPECT_LT(seconds_of([&] {
              for (int i = 0; i < 50; ++i) EXPECT_THROW(ask_one(*model, 3), Error);
            }),
            3);
}

std::size_t memory_in_use() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

TEST_F(Exec, MegabytesOfPrintsNeitherBlockNorGrow) {
  const auto model = open_child("prints-first bright-prints-megabytes");
  EXPECT_THAT(ask_one(*model, 3), ElementsAre(3, 4, 1));
  const std::size_t before = memory_in_use();
  EXPECT_THAT(ask_one(*model, 255), ElementsAre(255, 4, 1));
  EXPECT_LT(memory_in_use(), before + 1'000'000);
}

TEST_F(Exec, LastWordsOfTheChildAreTold) {
  const auto error = test::error_of(
      [] { open_model("exec:echo first >&2; seq 1 100000; echo no such file: m.onnx; exit 4", patient()); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), AllOf(HasSubstr("exit code 4"), HasSubstr("\n  100000\n  no such file: m.onnx"),
                                   Not(HasSubstr("\n  first")), Not(HasSubstr("\n  99990\n"))));
}

TEST_F(Exec, PrintsDoNotReachOurOwnStreams) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  ask_one(*open_model("exec:echo loading; echo careful >&2; exec " + child("").substr(5), patient()), 3);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST_F(Exec, NothingOfItOutlivesTheModel) {
  {
    const auto model = open_child("leaves-another=" + file("others") + " stubborn pid=" + file("pids"));
    ask_one(*model, 3);
    ask_one(*model->clone(), 3);
  }
  for (const pid_t pid : pids(folder_ / "pids")) EXPECT_TRUE(is_gone(pid));
  for (const pid_t pid : pids(folder_ / "others")) EXPECT_TRUE(is_gone(pid)) << "nor what it has started";
  EXPECT_FALSE(pids(folder_ / "others").empty());
  std::ifstream children("/proc/self/task/" + std::to_string(gettid()) + "/children");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(children), {}), "") << "no zombie, no guard";
}

TEST_F(Exec, EachInstanceInUseHasAChildAndHandsItOn) {
  const auto model = open_child("pid=" + file("pids"));
  {
    const auto a = model->clone();
    const auto b = model->clone();
    EXPECT_EQ(pids(folder_ / "pids").size(), 1U) << "started when it is asked";
    ask_one(*a, 1);
    ask_one(*b, 2);
    EXPECT_EQ(pids(folder_ / "pids").size(), 2U);
  }
  ask_one(*model, 3);
  ask_one(*model->clone(), 3);
  EXPECT_EQ(pids(folder_ / "pids").size(), 2U);
}

TEST_F(Exec, InstancesAnswerSideBySide) {
  const auto model = open_child("");
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&model, t] {
      const auto mine = model->clone();
      for (int i = 0; i < 50; ++i) EXPECT_EQ(ask_one(*mine, 10 * t + i % 10)[0], 10 * t + i % 10);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(Exec, NoDescriptorOfOursIsLeftOpenOrReachesTheChild) {
  const auto count = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
  };
  const auto before = count();
  const int leaky = fcntl(STDERR_FILENO, F_DUPFD, 50);  // not closed on exec
  ask_one(*open_model("exec:ls -l /proc/self/fd >" + file("open") + "; exec " + child("").substr(5), patient()), 3);
  for (const char* bad : {"exits-at-once", "dies", "too-much"}) EXPECT_THROW(ask_one(*open_child(bad), 3), Error);
  close(leaky);
  EXPECT_EQ(count(), before);
  std::stringstream listed;
  listed << std::ifstream(folder_ / "open").rdbuf();
  EXPECT_THAT(listed.str(), AllOf(HasSubstr(" 3 -> socket"), HasSubstr(" 4 -> pipe"),
                                  Not(HasSubstr(" " + std::to_string(leaky) + " ->"))));
}

TEST_F(Exec, SignalsOfTheProcessStayAsTheyAre) {
  struct sigaction before {};
  struct sigaction after {};
  sigaction(SIGPIPE, nullptr, &before);
  EXPECT_EQ(before.sa_handler, SIG_DFL) << "a SIGPIPE would end this test";
  const auto model = open_child("ends-after-answering");
  for (int i = 0; i < 20; ++i) ask_one(*model, 3);
  // Without a shell that keeps the pipe open.
  const auto deaf = open_model("exec:exec " + child("reads-nothing size=500x500x3").substr(5), patient());
  const auto error = test::error_of([&] { ask_one(*deaf, 3); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("closed its pipe while it was asked"));
  sigaction(SIGPIPE, nullptr, &after);
  EXPECT_EQ(after.sa_handler, SIG_DFL);
}

TEST(Commands, AreToldFromFiles) {
  EXPECT_TRUE(is_command("exec:python3 server.py"));
  EXPECT_FALSE(is_command("models/exec.onnx"));
  EXPECT_EQ(command_of("exec:a b"), "a b");
}

TEST(Commands, OfARunGoToItsFolderFirst) {
  const std::string here = std::filesystem::current_path().string();
  const std::string command = from_anywhere("exec:python3 server.py");
  EXPECT_EQ(command, "exec:cd '" + here + "' || exit; python3 server.py");
  EXPECT_EQ(name_of_model(command), "exec:python3 server.py");
  EXPECT_EQ(from_anywhere("m.onnx"), here + "/m.onnx");
  EXPECT_EQ(name_of_model("folder/m.onnx"), "m.onnx");
}

TEST(Commands, FilesThatTheirWordsNameBelongToTheModel) {
  const test::Folder folder;
  const auto server = folder.write("server.py", "");
  const auto weights = folder.write("my model.onnx", "");
  const auto log = folder.write("log.txt", "");
  const std::string command = "exec:python3 " + server.string() + " --model='" + weights.string() + "' --size=3 " +
                              server.string() + " 2> " + log.string() + " </dev/null; none";
  EXPECT_THAT(model_files(command), ElementsAre(command, server, weights));
}

}  // namespace
}  // namespace dflare
