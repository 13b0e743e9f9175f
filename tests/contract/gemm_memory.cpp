// SPDX-License-Identifier: MIT
// Sizes that std::size_t cannot count, or that no memory has, are refused and never wrap; on 32 bits, 4 GiB are enough.
#include <halftone/gemm/gemm.hpp>
#include <halftone/gemm/packed_view.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/quantize/quantize_activations.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace halftone;

namespace {

constexpr std::size_t half = std::size_t{1} << (std::numeric_limits<std::size_t>::digits / 2);  // half * half is 0

template <class Call>
void check_refused(const Call& call, const char* message) {
  CHECK_THROWS_WITH_AS(call(), doctest::Contains(message), halftone::error);
}

}  // namespace

TEST_CASE("buffers and matrices beyond memory") {
  check_refused([] { aligned_buffer<float>(largest_size / 4 + 2); }, "aligned_buffer: ");
  check_refused([] { quantized_matrix<int8_per_tensor>(matrix_shape{half, half}); }, "quantized_matrix: [");
  check_refused([] { quantized_matrix<int4_g32>(matrix_shape{1, largest_size / 64 + 1}); }, "is too long");
  check_refused([] { parameter_plane<stored_as<fp32>>(matrix_shape{half, half}); }, "parameter_plane: [");
  check_refused([] { quantized_activations<int8_static>(matrix_shape{half, half}); }, "aligned_buffer: ");
  CHECK(quantized_matrix<int4_g32>(matrix_shape{half, 0}).codes().empty());
}

TEST_CASE("views that end beyond memory") {
  std::vector<float> x(64), y(64);
  const auto w = pack(quantize<int4_g32>({x.data(), 1, 32}));
  const auto multiply = [&](matrix_view<const float> in, matrix_view<float> out) { gemm(in, w, out); };
  multiply({x.data(), 2, 32}, {y.data(), 2, 1});
  check_refused([&] { multiply({x.data(), 2, 32, largest_size}, {y.data(), 2, 1}); }, "gemm: x has shape [2, 32] and");
  check_refused([&] { multiply({x.data(), 2, 32}, {y.data(), 2, 1, largest_size / 4}); }, "gemm: y has shape [2, 1] and");
  check_refused([&] { multiply({x.data(), half, 32, half}, {y.data(), half, 1}); }, "more than memory can hold");
}

TEST_CASE("views of packed planes that have another size, or start elsewhere") {
  const std::vector<float> weights(17 * 40, 0.5f);
  const std::vector<float> x(40, 1.0f);
  std::vector<float> y(17);
  const auto multiply = [&](const auto& w) {
    gemv(dynamic<int8_per_token>(matrix_view<const float>(x.data(), 1, 40)), w, std::span<float>(y));
  };
  const auto packed = pack(quantize<uint4_g32>({weights.data(), 17, 40}));
  const packed_planes<uint4_g32> right = packed.planes();
  multiply(packed_view<uint4_g32>({17, 40}, right));
  check_refused([&] { multiply(packed_view<uint4_g32>{}); }, "gemm: x is [1, 40]");
  const auto refuse = [&](matrix_shape shape, const packed_planes<uint4_g32>& planes, const char* message) {
    check_refused([&] { packed_view<uint4_g32>(shape, planes); }, message);
  };
  refuse({33, 40}, right, "packed_view: [33, 40] needs ");
  packed_planes<uint4_g32> wrong = right;
  wrong.lines = right.lines.first(right.lines.size() - 1);
  refuse({17, 40}, wrong, " lines, not ");
  wrong = right;
  wrong.scales = {};
  refuse({17, 40}, wrong, " 64 scales, not 0");
  wrong = right;
  wrong.zero_points = {};
  refuse({17, 40}, wrong, " 64 zero_points, not 0");
  wrong = right;
  wrong.offsets = right.scales;
  refuse({17, 40}, wrong, " 0 offsets, not 64");
  wrong = right;
  wrong.code_sums = right.code_sums.first(1);
  refuse({17, 40}, wrong, " 64 code_sums, not 1");
  aligned_buffer<std::uint8_t> moved(right.lines.size() + 64);
  wrong = right;
  wrong.lines = moved.span().subspan(4, right.lines.size());
  check_refused([&] { multiply(packed_view<uint4_g32>({17, 40}, wrong)); }, "do not start on 64 bytes");
}
