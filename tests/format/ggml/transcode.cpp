// SPDX-License-Identifier: MIT
// Blocks to blocks: exact pairs decode to the same floats, others have the bytes of ggml's encoder and the error that is reported.
#include <halftone/core/random.hpp>
#include <halftone/format/ggml/float_formats.hpp>
#include <halftone/format/ggml/minimum_formats.hpp>
#include <halftone/format/ggml/signed_formats.hpp>
#include <halftone/format/ggml/simple_formats.hpp>
#include <halftone/format/ggml/transcode.hpp>
#include <halftone/quantize/dequantize.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace halftone;

namespace {

const matrix_shape shape{3, 512};

template <class Scheme>
std::vector<std::uint8_t> encoded() {
  std::vector<float> w(shape.rows * shape.cols);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = i / shape.cols == 1 ? 0.0f : random_unit(3, i) - 0.5f;
  }
  std::vector<std::uint8_t> blocks(shape.rows * ggml::row_bytes<Scheme>(shape.cols));
  ggml::encode<Scheme>({w.data(), shape.rows, shape.cols}, blocks);
  return blocks;
}

template <class Scheme>
std::vector<float> decoded(const std::vector<std::uint8_t>& blocks) {
  std::vector<float> w(shape.rows * shape.cols);
  dequantize(ggml::read<Scheme>(blocks, shape).value(), {w.data(), shape.rows, shape.cols});
  return w;
}

template <class From, class To>
void check(bool exact) {
  const std::vector<std::uint8_t> blocks = encoded<From>();
  std::vector<std::uint8_t> out(shape.rows * ggml::row_bytes<To>(shape.cols), 0xaa);
  const auto report = ggml::transcode<From, To>(blocks, shape, out);
  REQUIRE(report.has_value());
  CHECK(report.value().exact == exact);
  const std::vector<float> before = decoded<From>(blocks);
  const std::vector<float> after = decoded<To>(out);
  if (exact) {
    CHECK(before == after);
  } else {
    std::vector<std::uint8_t> again(out.size());
    ggml::encode<To>({before.data(), shape.rows, shape.cols}, again);
    const std::size_t length = ggml::row_bytes<To>(shape.cols);
    again.resize(length);  // the second row is zeros, which are moved
    CHECK(std::vector<std::uint8_t>(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(length)) == again);
  }
  const error_report measured =
      compare({before.data(), shape.rows, shape.cols}, ggml::read<To>(out, shape).value());
  CHECK(report.value().error.relative_mse == measured.relative_mse);
  CHECK(report.value().error.max_error == measured.max_error);
}

}  // namespace

TEST_CASE("ggml::transcode") {
  using namespace ggml;
  check<q4_0, q8_0>(true);
  check<q4_0, q5_0>(true);
  check<q4_0, q4_1>(true);
  check<q4_1, q5_1>(true);
  check<q4_k, q5_k>(true);
  check<mxfp4, q8_0>(true);
  check<q8_0, q8_0>(true);
  check<q8_0, q4_k>(false);
  check<q6_k, q4_0>(false);
}

TEST_CASE("ggml::transcode refuses") {
  std::vector<std::uint8_t> blocks = encoded<ggml::q4_0>();
  std::vector<std::uint8_t> out(shape.rows * ggml::row_bytes<ggml::q8_0>(shape.cols));
  const auto text = [&](matrix_shape s) {
    const auto report = ggml::transcode<ggml::q4_0, ggml::q8_0>(blocks, s, out);
    return report.has_value() ? std::string() : report.failure().text;
  };
  CHECK(text({3, 510}).find("no whole number of Q4_0 and of Q8_0 blocks") != std::string::npos);
  CHECK(text({2, 512}).find("is not 864 bytes") != std::string::npos);
  std::vector<std::uint8_t> less(5);
  CHECK_THROWS_WITH_AS(static_cast<void>(ggml::transcode<ggml::q4_0, ggml::q8_0>(blocks, shape, less)),
                       doctest::Contains("is not 5 bytes"), halftone::error);
  blocks[1] = 0x7c;  // a scale that is infinite, or NaN
  CHECK(text(shape).find("row 0 holds a NaN or an infinity") != std::string::npos);
  std::vector<std::uint8_t> table = encoded<ggml::mxfp4>();
  table[0] = 255;
  const auto refused = ggml::transcode<ggml::mxfp4, ggml::q8_0>(table, shape, out);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.failure().text.find("row 0 is no MXFP4") != std::string::npos);
}
