// SPDX-License-Identifier: MIT
// Halftone tests: TensorRT's calibration caches, read and written, and those that are refused.
#include <halftone/io/calibration_cache.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <limits>

using namespace halftone;

namespace {

result<calibration_cache> parsed(const std::string& text) {
  return read_calibration_cache({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}
file_failure refused(const std::string& text, file_error code = file_error::malformed) {
  const auto cache = parsed(text);
  REQUIRE(!cache);
  CHECK(cache.failure().code == code);
  CHECK(cache.failure().offset <= text.size());
  return cache.failure();
}
/// A failure of a line after a sound head of 20 bytes.
file_failure refused_line(const std::string& line) {
  const std::string head = "TRT-1-a\ninput: 3f80\n";
  REQUIRE(head.size() == 20);
  return refused(head + line);
}

const std::string sound = "TRT-8601-EntropyCalibration2\ninput: 3c010a14\n(Unnamed Layer* 64) [Shuffle]_output: 0\na: b: 1\n";

}  // namespace

TEST_CASE("a cache of TensorRT comes back byte for byte") {
  const calibration_cache cache = parsed(sound).value();
  CHECK(cache.version == "8601");
  CHECK(cache.calibrator == "EntropyCalibration2");
  REQUIRE(cache.scales.size() == 3);
  CHECK(*cache.find("input") == std::bit_cast<float>(0x3c010a14u));
  CHECK(*cache.find("(Unnamed Layer* 64) [Shuffle]_output") == 0.0f);
  CHECK(*cache.find("a: b") == std::numeric_limits<float>::denorm_min());
  CHECK(cache.find("b") == nullptr);
  CHECK(calibration_text(cache) == sound);
}

TEST_CASE("other spellings of the same") {
  CHECK(parsed("TRT-8400-MinMaxCalibration\r\nx: 3F800000\r\n").value().scales[0] == calibration_scale{"x", 1.0f});
  CHECK(parsed("TRT-8400-MinMaxCalibration\n").value().scales.empty());
  CHECK(parsed("TRT-8400-a-b\nx: 3f800000").value().calibrator == "a-b");
  CHECK(*parsed("TRT-1-a\n: : 00000001\n").value().find(": ") == std::numeric_limits<float>::denorm_min());
}

TEST_CASE("every scale comes back") {
  calibration_cache cache{.version = "100", .scales = {}};
  for (std::uint32_t i = 0; i < 2000; ++i) {
    cache.scales.push_back({detail::message("t", i), std::bit_cast<float>(i * 1069u * 1000u % 0x7f800000u >> i % 29)});
  }
  CHECK(parsed(calibration_text(cache)).value() == cache);
  CHECK(calibration_text({.version = "1", .calibrator = "a", .scales = {{"z", -0.0f}}}) == "TRT-1-a\nz: 0\n");
}

TEST_CASE("heads that are refused") {
  for (const char* text : {"", "\n", "TRT", "TRT-", "TRT--a\n", "TRT-86x1-a\n", "trt-1-a\n", "input: 3c010a14\n"}) {
    const file_failure failure = refused(text);
    CHECK(failure.text.find(", not TRT-version-calibrator") != std::string::npos);
  }
  CHECK(refused("TRT-86x1-a\n").text == "calibration cache: the first line is \"TRT-86x1-a\", not TRT-version-calibrator");
  CHECK(refused("TRT-8601\n").text == "calibration cache: the calibrator is empty");
  CHECK(refused("TRT-8601-\n").offset == 8);
  CHECK(refused("TRT-8601-a\tb\n").text == "calibration cache: the calibrator holds a control character");
  CHECK(refused("TRT-8601-a", file_error::truncated).text == "calibration cache: the file ends within its first line");
  CHECK(refused("TRT-8601-a\xff\n").text == "calibration cache: the calibrator is not UTF-8");
}

TEST_CASE("lines that are refused") {
  CHECK(refused_line("output 3c010a14\n").text == "calibration cache: \"output 3c010a14\" is not a name, a colon, a space and a scale");
  CHECK(refused_line("\n").offset == 20);
  CHECK(refused_line("output:3c010a14\n").offset == 20);
  CHECK(refused_line(": 3c010a14\n").text == "calibration cache: the name \"\" is empty");
  CHECK(refused_line("a\x01: 3c010a14\n").text == "calibration cache: the name \"a?\" holds a control character");
  CHECK(refused_line(std::string("a\0: 1\n", 6)).text.find("holds a control character") != std::string::npos);
  CHECK(refused_line("\xc0\x80: 3c010a14\n").text.find("is not UTF-8") != std::string::npos);
  CHECK(refused_line("out: 3g\n").text == "calibration cache: the scale of \"out\" is \"3g\", not one to eight hexadecimal digits");
  CHECK(refused_line("out: 3g\n").offset == 25);
  CHECK(refused_line("out: \n").text.find("is \"\", not one to eight") != std::string::npos);
  CHECK(refused_line("out: 03c010a14\n").text.find("not one to eight") != std::string::npos);
  CHECK(refused_line("out: -1\n").text.find("not one to eight") != std::string::npos);
  CHECK(refused_line("out: 7f800000\n").text == "calibration cache: the scale of \"out\" is inf");
  CHECK(refused_line("out: 7fc00000\n").offset == 25);
  CHECK(refused_line("out: bf800000\n").text == "calibration cache: the scale of \"out\" is -1");
}

TEST_CASE("a file that ends within a scale") {
  const file_failure failure = refused("TRT-1-a\nx: 3f8000", file_error::truncated);
  CHECK(failure.offset == 17);
  CHECK(failure.text == "calibration cache: the file ends within the scale of \"x\"");
  for (std::size_t size = 0; size < sound.size(); ++size) {  // every beginning is whole lines, or refused
    const auto cache = parsed(sound.substr(0, size));
    CHECK((!cache || sound[size] == '\n' || sound[size - 1] == '\n'));
  }
}

TEST_CASE("names that occur twice") {
  const file_failure failure = refused("TRT-1-a\nx: 1\ny: 2\ny: 2\nx: 1\n", file_error::duplicate_name);
  CHECK(failure.offset == 18);
  CHECK(failure.text == "calibration cache: \"y\" occurs twice");
}

TEST_CASE("caches that are not written") {
  const auto fails = [](const calibration_cache& cache, const char* text) { CHECK_THROWS_WITH_AS(static_cast<void>(calibration_text(cache)), text, error); };
  fails({.version = "", .scales = {}}, "calibration cache: the version \"\" is not digits");
  fails({.version = "8.6", .scales = {}}, "calibration cache: the version \"8.6\" is not digits");
  fails({.version = "1", .calibrator = "", .scales = {}}, "calibration cache: the calibrator is empty");
  fails({.version = "1", .scales = {{"a\n", 1.0f}}}, "calibration cache: the name \"a?\" holds a control character");
  fails({.version = "1", .scales = {{"x", -1.0f}}}, "calibration cache: the scale of \"x\" is -1");
  fails({.version = "1", .scales = {{"x", std::numeric_limits<float>::infinity()}}}, "calibration cache: the scale of \"x\" is inf");
  fails({.version = "1", .scales = {{"x", 1.0f}, {"x", 2.0f}}}, "calibration cache: \"x\" occurs twice");
}

TEST_CASE("files") {
  const std::string path = (std::filesystem::temp_directory_path() / "halftone_calibration.cache").string();
  const calibration_cache cache = parsed(sound).value();
  CHECK(write_calibration_cache(path, cache).value() == sound.size());
  CHECK(open_calibration_cache(path).value() == cache);
  std::filesystem::remove(path);
  CHECK(open_calibration_cache(path).failure().code == file_error::cannot_open);
  CHECK(write_calibration_cache("/nowhere/at/all", cache).failure().code == file_error::cannot_open);
}
