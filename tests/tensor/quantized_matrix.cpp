// SPDX-License-Identifier: MIT
// Halftone tests: a quantized matrix has the planes that its scheme says, and counts every bit of them.
#include <halftone/reference/quantize.hpp>
#include <halftone/scheme/presets.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace {

using namespace halftone;

using planes = std::map<std::string, std::size_t>;  // name -> bytes

template <class Scheme>
planes planes_of(quantized_matrix<Scheme>& q) {
  planes found;
  q.for_each_plane("w", [&](const std::string& name, plane_type, std::size_t, std::size_t, std::span<std::uint8_t> bytes) {
    CHECK(found.count(name) == 0);
    found[name] = bytes.size();
  });
  return found;
}

/// The planes are exactly these, and byte_count and bits_per_weight count them all.
template <class Scheme>
void has_planes(matrix_shape shape, const planes& expected) {
  CAPTURE(Scheme::name());
  quantized_matrix<Scheme> q(shape);
  CHECK(planes_of(q) == expected);
  std::size_t sum = 0;
  for (const auto& [name, bytes] : expected) {
    sum += bytes;
  }
  CHECK(q.byte_count() == sum);
  CHECK(q.bits_per_weight() == 8.0 * static_cast<double>(sum) / static_cast<double>(shape.rows * shape.cols));
}

}  // namespace

TEST_CASE("planes and bytes of a symmetric matrix, ragged groups and rows that end inside a byte") {
  has_planes<int4_g32>({3, 33}, {{"w.codes", 3 * 17}, {"w.scale", 3 * 2 * 2}});
  has_planes<int8_per_tensor>({3, 33}, {{"w.codes", 99}, {"w.scale", 4}});
  has_planes<scheme<int3, symmetric, per_block<2, 16>>>({3, 33}, {{"w.codes", 3 * 13}, {"w.scale", 2 * 3 * 4}});
}

TEST_CASE("zero points are packed like codes, a row of the parameters a row") {
  has_planes<uint4_g32>({3, 70}, {{"w.codes", 3 * 35}, {"w.scale", 3 * 3 * 2}, {"w.zero_point", 3 * 2}});
  has_planes<scheme<uint3, asymmetric, per_group<8>>>({2, 24}, {{"w.codes", 2 * 9}, {"w.scale", 2 * 3 * 4}, {"w.zero_point", 2 * 2}});
}

TEST_CASE("offsets are a plane in their own storage") {
  has_planes<offset4_g32>({2, 64}, {{"w.codes", 64}, {"w.scale", 8}, {"w.offset", 8}});
  has_planes<scheme<uint4, float_offset, per_group<32>, stored_as<fp32>, stored_as<bf16>>>(
      {2, 64}, {{"w.codes", 64}, {"w.scale", 16}, {"w.offset", 8}});
}

TEST_CASE("floats have no parameters, run-time tables count") {
  has_planes<float16>({3, 5}, {{"w.codes", 30}});
  has_planes<scheme<runtime_codebook<2>, symmetric, per_tensor>>({1, 8}, {{"w.codes", 2}, {"w.scale", 4}, {"w.table", 16}});
}

TEST_CASE("a plane quantized again brings its own planes") {
  using nested = scheme<int8_narrow, symmetric, per_tensor>;
  has_planes<scheme<int4, symmetric, per_group<16>, quantized_again<nested>>>(
      {2, 64}, {{"w.codes", 64}, {"w.scale.codes", 8}, {"w.scale.scale", 4}});
}

TEST_CASE("the usual bits per weight") {
  CHECK(quantized_matrix<int4_g32>({8, 256}).bits_per_weight() == 4.5);
  CHECK(quantized_matrix<uint4_g128>({8, 256}).bits_per_weight() == 4.0 + 20.0 / 128 + 0.0);
  CHECK(quantized_matrix<brain_float16>({8, 256}).bits_per_weight() == 16.0);
}

TEST_CASE("a new matrix is zero") {
  const quantized_matrix<int4_g32> q({5, 40});
  CHECK(q.shape() == matrix_shape{5, 40});
  CHECK(q.group_count() == 10);
  CHECK(q.parameter_shape() == matrix_shape{5, 2});
  CHECK(q.row_bytes() == 20);
  for (std::size_t k = 0; k < 40; ++k) {
    CHECK(q.value_at(4, k) == 0.0f);
  }
}

TEST_CASE("an empty matrix has no bits") {
  for (const matrix_shape shape : {matrix_shape{0, 8}, matrix_shape{8, 0}, matrix_shape{}}) {
    const quantized_matrix<uint4_g32> q(shape);
    CHECK(q.bits_per_weight() == 0.0);
    CHECK(q.group_count() == 0);
    CHECK(q.byte_count() == 0);
  }
  CHECK(quantized_matrix<uint4_g32>().byte_count() == 0);
}

TEST_CASE("codes, parameters and values of single weights") {
  using w4 = scheme<uint4, asymmetric, per_group<3>>;
  quantized_matrix<w4> q({2, 5});
  q.scale_plane().set(3, 0.5f);
  q.set_zero_point(3, 9);
  write_code<4>(q.row_codes(1).data(), 4, 12);
  CHECK(q.group_of(1, 4) == 3);
  CHECK(q.code_at(1, 4) == 12);
  CHECK(q.zero_point_at(3) == 9);
  CHECK(q.zero_point_at(2) == 0);
  CHECK(q.parameters_at(3) == group_parameters{.scale = 0.5f, .zero_point = 9});
  CHECK(q.value_at(1, 4) == 1.5f);
  CHECK(q.value_at(1, 3) == -4.5f);
}

TEST_CASE("parameters that a scheme lacks are neutral") {
  const quantized_matrix<float32> q({1, 1});
  CHECK(q.parameters_at(0) == group_parameters{});
  const quantized_matrix<int4_g32> signed_q({1, 1});
  CHECK(signed_q.offset_at(0) == 0.0f);
  CHECK(signed_q.zero_point_at(0) == 0);
}

TEST_CASE("negative zero points of signed elements come back") {
  using w8 = scheme<int8, asymmetric, per_channel<0>>;
  quantized_matrix<w8> q({3, 2});
  q.set_zero_point(1, -128);
  q.set_zero_point(2, 127);
  CHECK(q.zero_point_at(0) == 0);
  CHECK(q.zero_point_at(1) == -128);
  CHECK(q.zero_point_at(2) == 127);
}

TEST_CASE("copies are apart") {
  const std::vector<float> w{1, -2, 3, -4};
  const auto q = reference::quantize<int8_per_tensor>({w.data(), 2, 2});
  auto copy = q;
  copy.codes()[0] = 0;
  copy.scale_plane().set(0, 9.0f);
  CHECK(q.value_at(0, 0) != 0.0f);
  CHECK(q.scale_at(0) == 4.0f / 127.0f);
}
