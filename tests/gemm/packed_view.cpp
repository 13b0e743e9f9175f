// SPDX-License-Identifier: MIT
// Views of packed planes in foreign memory: the same products as the matrix that owns them, constants, workspaces.
#include "gemm/check.hpp"

#include <halftone/gemm/gemm_integers.hpp>
#include <halftone/element/exponent.hpp>
#include <halftone/gemm/packed_view.hpp>

using namespace halftone;

namespace {

/// Planes copied elsewhere, as a generator would write them down.
template <class Scheme>
struct copied_planes {
  aligned_buffer<std::uint8_t> lines;
  std::vector<packed_scale<Scheme>> scales;
  std::vector<packed_offset<Scheme>> offsets;
  std::vector<std::uint8_t> zero_points;
  std::vector<std::int32_t> code_sums;

  explicit copied_planes(const packed_planes<Scheme>& p)
      : lines(p.lines.size()), scales(p.scales.begin(), p.scales.end()), offsets(p.offsets.begin(), p.offsets.end()),
        zero_points(p.zero_points.begin(), p.zero_points.end()), code_sums(p.code_sums.begin(), p.code_sums.end()) {
    std::copy(p.lines.begin(), p.lines.end(), lines.data());
  }
  [[nodiscard]] packed_planes<Scheme> view() const {
    return {.lines = lines.span(), .scales = scales, .zero_points = zero_points, .offsets = offsets, .code_sums = code_sums};
  }
};

std::vector<float> numbers(std::size_t count, std::size_t step) {
  std::vector<float> v(count);
  for (std::size_t i = 0; i < count; ++i) {
    v[i] = static_cast<float>(i * step % 257) / 128.0f - 1.0f;
  }
  return v;
}

template <class Operand>
std::vector<float> products(const std::vector<float>& x, std::size_t m, const Operand& w) {
  const std::size_t n = w.shape().rows;
  std::vector<float> y(2 * m * n);
  const matrix_view<const float> activations(x.data(), m, w.shape().cols);
  gemm(activations, w, matrix_view<float>(y.data(), m, n));
  std::vector<std::byte> workspace(gemm_workspace_bytes(activation_kind::dynamic, m, w));
  gemm(dynamic<int8_per_token>(activations), w, matrix_view<float>(y.data() + m * n, m, n), {}, {.workspace = workspace});
  return y;
}

using int4_fp32 = scheme<int4, symmetric, per_group<32>>;
using int4_power = scheme<int4, symmetric, per_group<32>, stored_as<e8m0_ceil>>;
using int4_fp8 = scheme<int4, symmetric, per_group<32>, stored_as<fp8_e4m3fn>>;
using offset4_bf16 = scheme<uint4, float_offset, per_group<16>, stored_as<fp16>, stored_as<bf16>>;

}  // namespace

TEST_CASE("parameters are packed no wider than they are stored, zero points in a byte") {
  const std::vector<float> weights = numbers(32 * 64, 101);
  const auto bytes = [&]<class Scheme>(std::type_identity<Scheme>) {
    return pack(quantize<Scheme>({weights.data(), 32, 64})).streamed_bytes() - 32 * 64 / 2;
  };
  CHECK(bytes(std::type_identity<int4_fp32>{}) == 64 * 4);
  CHECK(bytes(std::type_identity<int4_g32>{}) == 64 * 2);
  CHECK(bytes(std::type_identity<uint4_g32>{}) == 64 * (2 + 1));
  CHECK(bytes(std::type_identity<offset4_g32>{}) == 64 * (2 + 2));
  CHECK(bytes(std::type_identity<offset4_bf16>{}) == 128 * (2 + 2));
  CHECK(bytes(std::type_identity<int4_power>{}) == 64 * 2);
  CHECK(bytes(std::type_identity<int4_fp8>{}) == 64 * 2);
}

TEST_CASE_TEMPLATE("a view of copied planes multiplies like the matrix that was packed", Scheme, int4_g32, uint4_g32,
                   int8_per_channel, uint8_per_channel, offset4_bf16, int4_power) {
  for (const matrix_shape shape : {matrix_shape{1, 1}, {17, 33}, {48, 256}, {33, 100}, {16, 700}}) {
    const std::vector<float> weights = numbers(shape.rows * shape.cols, 101);
    const auto packed = pack(quantize<Scheme>({weights.data(), shape.rows, shape.cols}));
    const copied_planes<Scheme> copy(packed.planes());
    const packed_view<Scheme> view(shape, copy.view());
    CHECK(view.byte_count() == packed.streamed_bytes() + 4 * copy.code_sums.size());
    for (const std::size_t m : {std::size_t{1}, std::size_t{5}}) {
      const std::vector<float> x = numbers(m * shape.cols, 37);
      CHECK(products(x, m, view) == products(x, m, packed));
    }
  }
}

TEST_CASE("integers, too") {
  const std::vector<float> weights = numbers(20 * 40, 101);
  const std::vector<std::int8_t> x(40, 3);
  const auto packed = pack(quantize<int8_per_channel>({weights.data(), 20, 40}));
  const packed_view<int8_per_channel> view({20, 40}, packed.planes());
  const group_parameters one{.scale = 1.0f};
  const activation_view a = static_activations(matrix_view<const std::int8_t>(x.data(), 1, 40), one);
  std::vector<std::int32_t> y(20), expected(20);
  gemm_integers(a, view, matrix_view<std::int32_t>(y.data(), 1, 20));
  gemm_integers(a, packed, matrix_view<std::int32_t>(expected.data(), 1, 20));
  CHECK(y == expected);
}

namespace {

// [2, 8]: one panel of one group; int4 packs 0 as 8, so that low and high nibbles of 8 are zeros, of 9 ones.
alignas(64) constexpr std::uint8_t lines[64] = {0x99, 0x99, 0x99, 0x99, 0x88, 0x88, 0x88, 0x88};
constexpr binary16 scales[16] = {to_binary16(0.5f), to_binary16(2.0f)};
constexpr std::int32_t sums[16] = {72, 64};
constexpr packed_view<int4_g32> constant({2, 8}, {.lines = lines, .scales = scales, .code_sums = sums});
static_assert(constant.shape() == matrix_shape{2, 8} && constant.byte_count() == 64 + 32 + 64);
alignas(64) std::byte memory[gemm_workspace_bytes(activation_kind::dynamic, 1, constant)];

}  // namespace

TEST_CASE("a view may be a constant, and so is the workspace of its products") {
  const std::vector<float> x(8, 127.0f);
  std::vector<float> y(2);
  gemv(dynamic<int8_per_token>(matrix_view<const float>(x.data(), 1, 8)), constant, std::span<float>(y), {},
       {.workspace = memory});
  CHECK(y == std::vector<float>{508.0f, 0.0f});
}

TEST_CASE("decoded lines need room only where kernels cannot take all quads from bit planes") {
  const auto bytes_for = [](std::size_t k) {
    const std::vector<float> weights(16 * k, 1.0f);
    return gemm_workspace_bytes(activation_kind::dynamic, 1, pack(quantize<int4_g32>({weights.data(), 16, k})));
  };
  CHECK(bytes_for(256) < bytes_for(240));
}

TEST_CASE("a workspace that no memory can hold is not a small number") {
  struct wide {
    [[nodiscard]] matrix_shape shape() const { return {16, largest_size / 8}; }
    [[nodiscard]] packed_layout layout_id() const { return packed_layout::float_lines; }
    void decode_strip(std::size_t, std::size_t, std::size_t, float*) const {}
  };
  for (const activation_kind kind : {activation_kind::dynamic, activation_kind::codes, activation_kind::bfloat16s}) {
    CHECK(gemm_workspace_bytes(kind, 1000, wide{}) > largest_size / 2);
  }
}

TEST_CASE("a view of an empty matrix multiplies like the matrix") {
  using namespace halftone;
  for (const matrix_shape shape : {matrix_shape{17, 0}, matrix_shape{0, 32}}) {
    const auto packed = pack(quantized_matrix<int4_g32>(shape));
    const packed_view<int4_g32> view(shape, packed.planes());
    const std::vector<float> x(3 * 32 + 1);
    const std::vector<float> bias(shape.rows, 2.0f);
    std::vector<float> y(3 * shape.rows + 1, 7.0f);
    gemm(matrix_view<const float>(x.data(), 3, shape.cols), view, matrix_view<float>(y.data(), 3, shape.rows),
         epilogue{add_bias{std::span<const float>(bias)}});
    CHECK(y.back() == 7.0f);
    for (std::size_t i = 0; i < 3 * shape.rows; ++i) {
      CHECK(y[i] == 2.0f);
    }
  }
}
