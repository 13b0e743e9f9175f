// SPDX-License-Identifier: MIT
// Halftone tests: the weight error of each data-free method on Gaussian weights, beside the bits that they take.
// With HALFTONE_EXHAUSTIVE in the environment: 2^22 weights and three seeds, and no slack for the sample.
#include <halftone/ptq/least_squares.hpp>
#include <halftone/ptq/scale_sweep.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <ptq/correlated.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace {

using namespace halftone;
using correlated::view;

constexpr std::size_t k = 1024;
const bool thorough = std::getenv("HALFTONE_EXHAUSTIVE") != nullptr;

/// Deviation 0.02.
std::vector<float> weights(std::uint64_t seed) {
  std::vector<float> w(std::size_t{1} << (thorough ? 22 : 15));
  for (std::size_t i = 0; i < w.size(); ++i) {
    const double u = (static_cast<double>(random_bits(seed, 2 * i) >> 11) + 0.5) * 0x1p-53;
    const double angle = 6.283185307179586 * static_cast<double>(random_bits(seed, 2 * i + 1) >> 11) * 0x1p-53;
    w[i] = static_cast<float>(0.02 * std::sqrt(-2.0 * std::log(u)) * std::cos(angle));
  }
  return w;
}

/// sum (w' - w)^2 / sum w^2, at most `bound` up to what the sample makes of it; all bits of the scheme counted.
template <class Quantize>
void has_error(const char* what, double bits, double bound, const Quantize& quantize) {
  double sum = 0.0, squares = 0.0, stored = 0.0;
  for (std::uint64_t seed = 1; seed <= (thorough ? 3u : 1u); ++seed) {
    const std::vector<float> w = weights(seed);
    const auto q = quantize(view(w, k));
    for (std::size_t i = 0; i < w.size(); ++i) {
      const double x = static_cast<double>(w[i]), e = static_cast<double>(q.value_at(i / k, i % k)) - x;
      sum += e * e;
      squares += x * x;
    }
    stored = q.bits_per_weight();
  }
  std::printf("%-44s %.3f bits  relative error %.5f, at most %.5f\n", what, stored, sum / squares, bound);
  CHECK(stored <= bits + 0.01);  // one scale for the matrix
  CHECK(sum / squares <= bound * (thorough ? 1.0 : 1.03));
}

template <class Scheme, class Estimator>
void has_error(const char* what, double bits, double bound, const Estimator& estimator) {
  has_error(what, bits, bound, [&](matrix_view<const float> w) { return quantize<Scheme>(w, estimator); });
}

template <class Element, std::size_t Group>
using affine = scheme<Element, float_offset, per_group<Group>, stored_as<fp16>>;

TEST_CASE("weight error of Gaussian weights") {
  has_error<affine<uint4, 128>>("int4 g128, scale and offset, least_squares", 4.25, 0.00815, ptq::least_squares{});
  has_error<int4_g128>("int4 g128, scale, least_squares", 4.125, 0.00932, ptq::least_squares{});
  has_error<affine<uint3, 128>>("int3 g128, scale and offset, least_squares", 3.25, 0.0313, ptq::least_squares{});
  has_error<affine<uint2, 64>>("int2 g64, scale and offset, least_squares", 2.5, 0.1015, ptq::least_squares{});
  has_error<nf4_g64>("NF4 g64, scale_sweep", 4.5, 0.0073, ptq::scale_sweep{});
  has_error<mxfp4>("MXFP4, scale_sweep", 4.25, 0.0125, ptq::scale_sweep{.from = 0.5f, .to = 2.0f, .steps = 6});
  has_error("NVFP4, sweep_scales", 4.5, 0.0067, [](matrix_view<const float> w) { return ptq::sweep_scales<nvfp4>(w); });
  has_error("NVFP4, four_or_six", 4.5, 0.0076,
            [](matrix_view<const float> w) { return ptq::sweep_scales<nvfp4>(w, {.factors = ptq::four_or_six}); });
  has_error("NF4 g64 double quantized, sweep_scales", 4.13, 0.0073,
            [](matrix_view<const float> w) { return ptq::sweep_scales<nf4_g64_double>(w); });
}

}  // namespace
