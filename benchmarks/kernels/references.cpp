// SPDX-License-Identifier: MIT
// Halftone benchmarks: the plain loops that specify multiplications.
#include "../problem.hpp"
#include "values.hpp"

#include <halftone/quantize/quantize.hpp>
#include <halftone/reference/gemm.hpp>
#include <halftone/scheme/presets.hpp>

namespace halftone_benchmark {
namespace {

template <class Scheme>
problem reference_of(const request& r) {
  const std::vector<float> w = some_values(r.n * r.k, 10);
  const auto q = std::make_shared<halftone::quantized_matrix<Scheme>>(halftone::quantize<Scheme>({w.data(), r.n, r.k}));
  const auto x = std::make_shared<std::vector<float>>(some_values(r.m * r.k, 2));
  const auto y = std::make_shared<std::vector<float>>(r.m * r.n);
  problem p;
  p.kernel = {r.kernel,
              [q, x, y, r] {
                halftone::reference::gemm(halftone::dynamic<halftone::int8_per_token>({x->data(), r.m, r.k}), *q,
                                          halftone::matrix_view<float>(y->data(), r.m, r.n));
              },
              2.0 * static_cast<double>(r.m * r.n * r.k)};
  p.traffic = read_roof(q->byte_count());
  p.bytes = static_cast<double>(q->byte_count());
  return p;
}

}  // namespace

std::span<const kernel_entry> references() {
  static constexpr kernel_entry table[] = {
      {"int8_per_channel.reference", reference_of<halftone::int8_per_channel>},
      {"int4_g32.reference", reference_of<halftone::int4_g32>},
  };
  return table;
}

}  // namespace halftone_benchmark
