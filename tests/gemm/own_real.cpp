// SPDX-License-Identifier: MIT
// Mappings with real numbers of their own, through everything: quantize, dequantize, pack, gemm give the reference's bits.
#include "gemm/check.hpp"
#include "scheme/own_real.hpp"

#include <halftone/quantize/dequantize.hpp>

using namespace halftone;
using gemm_test::values_of;

namespace {

/// All bytes of a matrix that a file would hold.
template <class Scheme>
std::vector<std::uint8_t> bytes_of(quantized_matrix<Scheme> q) {
  std::vector<std::uint8_t> all;
  q.for_each_plane("q", [&](const std::string&, plane_type, std::size_t, std::size_t, std::span<std::uint8_t> bytes) {
    all.insert(all.end(), bytes.begin(), bytes.end());
  });
  return all;
}

template <class Scheme>
std::vector<float> reals_by_mapping(const quantized_matrix<Scheme>& q) {
  std::vector<float> reals;
  for (std::size_t row = 0; row < q.rows(); ++row) {
    for (std::size_t k = 0; k < q.cols(); ++k) {
      const float level = Scheme::element_type::decode(q.code_at(row, k));
      reals.push_back(Scheme::mapping_type::real(level, q.parameters_at(q.group_of(row, k))));
    }
  }
  return reals;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace

TEST_CASE_TEMPLATE("reals of a mapping's own are the same everywhere", Scheme,
                   scheme<uint4, own_real::difference_first, per_group<32>, stored_as<fp16>>,
                   scheme<int8, own_real::difference_first, per_channel<0>>,
                   scheme<uint3, own_real::difference_last, per_group<20>>,
                   scheme<uint8, own_real::difference_last, per_block<3, 7>>) {
  static_assert(packed_matrix<Scheme>::kind == packing::reals && !has_integer_path<Scheme>);
  for (const gemm_test::shape& s : {gemm_test::shape{1, 1, 1}, {1, 17, 33}, {5, 33, 100}, {4, 16, 64}}) {
    CAPTURE(Scheme::name());
    CAPTURE(s.n);
    const std::vector<float> w = values_of(s.n * s.k, s.k);
    const matrix_view<const float> weights(w.data(), s.n, s.k);
    const auto q = quantize<Scheme>(weights);
    CHECK(bytes_of(q) == bytes_of(reference::quantize<Scheme>(weights)));

    std::vector<float> reals(s.n * s.k);
    dequantize(q, matrix_view<float>(reals.data(), s.n, s.k));
    CHECK(same_bits(reals, reals_by_mapping(q)));
    std::vector<float> expected(s.n * s.k);
    reference::dequantize(q, matrix_view<float>(expected.data(), s.n, s.k));
    CHECK(same_bits(reals, expected));

    CHECK(bytes_of(unpack(pack(q))) == bytes_of(q));
    gemm_test::check_all<Scheme>(s);
  }
}
