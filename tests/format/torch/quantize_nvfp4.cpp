// SPDX-License-Identifier: MIT
// Halftone tests: torchao's NVFP4 of two levels.
#include <halftone/format/torch/quantize_nvfp4.hpp>

#include "golden.hpp"

#include <limits>

using namespace halftone;
using halftone_test::bytes_of;
using halftone_test::numbers_of;

TEST_CASE("recorded scales, codes and real numbers") {
  std::ifstream file(HALFTONE_SOURCE_DIR "/tests/format/torch/golden.txt");
  bool found = false;
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line);
    std::string name, x, scales, top, codes, reals;
    std::size_t rows = 0, cols = 0;
    if (!(in >> name >> rows >> cols >> x >> scales >> top >> codes >> reals) || name != "nvfp4_two_levels") {
      continue;
    }
    found = true;
    const std::vector<float> w = numbers_of<float>(x);
    float largest = 0.0f;
    for (const float v : w) {
      largest = std::max(largest, magnitude(v));
    }
    CHECK(torch::nvfp4_tensor_scale(largest) == numbers_of<float>(top)[0]);
    const auto q = torch::quantize_nvfp4({w.data(), rows, cols}, numbers_of<float>(top)[0]);
    std::vector<float> our_scales, our_reals(w.size());
    const auto& blocks = q.scale_plane().matrix();
    for (std::size_t g = 0; g < q.group_count(); ++g) {
      our_scales.push_back(fp8_e4m3fn::decode(blocks.code_at(g / blocks.cols(), g % blocks.cols())));
    }
    std::vector<std::uint8_t> our_codes;
    for (std::size_t i = 0; i < w.size(); ++i) {
      our_codes.push_back(static_cast<std::uint8_t>(q.code_at(i / cols, i % cols)));
    }
    dequantize(q, matrix_view<float>(our_reals.data(), rows, cols));
    CHECK(our_scales == numbers_of<float>(scales));
    CHECK(our_codes == bytes_of(codes));
    CHECK(our_reals == numbers_of<float>(reals));
  }
  CHECK(found);
}

TEST_CASE("short blocks, zeros, and no weights at all") {
  std::vector<float> w(2 * 19);
  w[18] = 12.0f;
  const auto q = torch::quantize_nvfp4({w.data(), 2, 19}, 0.5f);
  CHECK(q.value_at(0, 18) == 12.0f);
  CHECK(q.value_at(1, 18) == 0.0f);
  CHECK(q.scale_at(0) == 0x1p-7f);
  CHECK(torch::quantize_nvfp4({nullptr, 0, 0}, 1.0f).rows() == 0);
}

TEST_CASE("what has no scale is refused") {
  const std::vector<float> w{1.0f, std::numeric_limits<float>::quiet_NaN()};
  CHECK_THROWS_WITH_AS(static_cast<void>(torch::quantize_nvfp4({w.data(), 1, 2}, 1.0f)), doctest::Contains("value [0, 1] is"), error);
  for (const float scale : {0.0f, -1.0f, 1e-45f, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    CHECK_THROWS_WITH_AS(static_cast<void>(torch::quantize_nvfp4({w.data(), 1, 1}, scale)), doctest::Contains("the tensor's scale is"),
                         error);
  }
}
