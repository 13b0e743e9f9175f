// SPDX-License-Identifier: MIT
#include "golden/cells.hpp"

#include <halftone/gemm/grouped_gemm.hpp>

using namespace halftone;

namespace {

template <class Scheme, class Activations>
void check_cell(const std::string& name) {
  const auto hash_of = [](std::size_t tasks) {
    std::vector<std::uint8_t> bytes;
    golden::thread_per_task threads;
    context use;
    if (tasks > 1) {
      use.execute = executor_ref(threads, tasks);
    }
    for (const golden::shape& s : golden::shapes) {
      const std::vector<float> weights = golden::weights_of(s, 7 * s.k + s.n);
      const std::vector<float> x = golden::activations_of(s, s.m + 11 * s.k);
      const auto w = pack(quantize<Scheme>({weights.data(), s.n, s.k}));
      const auto activations = quantize_activations<Activations>(matrix_view<const float>(x.data(), s.m, s.k));
      std::vector<float> y(s.m * s.n);
      gemm(activations, w, matrix_view<float>(y.data(), s.m, s.n), epilogue{silu{}}, use);
      golden::append_values(bytes, std::vector<std::uint8_t>(activations.row_codes(0), activations.row_codes(0) + s.m * s.k));
      golden::append_values(bytes, std::vector<float>(activations.row_scales(0),
                                                      activations.row_scales(0) + s.m * activations.groups()));
      golden::append_values(bytes, y);
    }
    return golden::sha256(bytes);
  };
  const std::string hash = hash_of(1);
  golden::expect_hash(name, hash);
  CHECK(hash_of(2) == hash);
  CHECK(hash_of(7) == hash);
}

}  // namespace

TEST_CASE("activations with a scale a group give the golden hashes") {
  check_cell<int4_g32, int8_per_token_group<32>>("int4_g32/int8_token_group32");
  check_cell<int8_g32, int8_per_token_group<32>>("int8_g32/int8_token_group32");
  check_cell<offset4_g32, int8_per_token_group<64>>("offset4_g32/int8_token_group64");
}
