// Options from a TOML file.
#include "dflare/config_file.h"

#include <gtest/gtest.h>

#include "support/folder.h"

namespace dflare {
namespace {

class ConfigFile : public ::testing::Test {
 protected:
  test::Folder folder_;

  Options read(const std::string& toml) {
    const auto file = folder_.path() / "options.toml";
    std::ofstream(file) << toml;
    return resolve(read_config(file, kSearch));
  }
  std::string refusal(const std::string& toml) {
    try {
      read(toml);
    } catch (const Error& e) {
      return std::string(e.what()) + "\n" + e.hint();
    }
    return {};
  }
};

TEST_F(ConfigFile, ValuesOfEveryTypeReachTheirOptions) {
  const Options options =
      read("strategy = \"random\"\nmax-queries = 500\ntimeout = 1.5\njson = true\nties = \"count\"\n");
  EXPECT_EQ(options.strategy, "random");
  EXPECT_EQ(options.max_queries, 500);
  EXPECT_EQ(options.timeout, 1.5);
  EXPECT_TRUE(options.json);
  EXPECT_EQ(options.ties, "count");
}

TEST_F(ConfigFile, AnUnknownKeyNamesTheFileAndTheNearest) {
  const std::string said = refusal("max-querys = 5\n");
  EXPECT_NE(said.find("options.toml"), std::string::npos) << said;
  EXPECT_NE(said.find("did you mean 'max-queries'"), std::string::npos) << said;
}

TEST_F(ConfigFile, AnOptionWithoutEffectIsRefusedThereToo) {
  EXPECT_NE(refusal("fitness = \"no-state\"\n").find("--strategy dflare"), std::string::npos);
}

TEST_F(ConfigFile, AllSettingsOfARunMayStandThere) {
  EXPECT_EQ(refusal("strategy = \"boundary\"\nfitness = \"paper\"\npopulation = 20\nmutation-rate = 0.05\n"), "");
}

TEST_F(ConfigFile, AKeyOfAnotherVerbIsRefused) { EXPECT_NE(refusal("catch = 0.9\n").find("catch"), std::string::npos); }

TEST_F(ConfigFile, WhatIsNoTomlNamesItsLine) {
  EXPECT_NE(refusal("ties = \"count\"\nmax-queries 500\n").find("line 2"), std::string::npos);
}

TEST_F(ConfigFile, AListIsRefused) {
  EXPECT_NE(refusal("operators = [\"paper\"]\n").find("operators"), std::string::npos);
}

TEST_F(ConfigFile, NoConfigFileNamesAnother) { EXPECT_FALSE(refusal("config = \"other.toml\"\n").empty()); }

}  // namespace
}  // namespace dflare
