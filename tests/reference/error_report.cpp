// SPDX-License-Identifier: MIT
// Halftone tests: the error report is what its words say.
#include <halftone/reference/error_report.hpp>
#include <halftone/reference/quantize.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace {

using namespace halftone;

/// Values 0, 1, 2, 3 stored without a change.
quantized_matrix<int8_per_tensor> small_matrix() {
  quantized_matrix<int8_per_tensor> q({2, 2});
  q.scale_plane().set(0, 1.0f);
  for (std::uint8_t i = 0; i < 4; ++i) {
    q.codes()[i] = i;
  }
  return q;
}

}  // namespace

TEST_CASE("errors by hand") {
  const std::vector<float> w{0.0f, 1.5f, 2.0f, 1.0f};  // against 0, 1, 2, 3: errors 0, 1/2, 0, -2
  const error_report r = reference::compare({w.data(), 2, 2}, small_matrix());
  CHECK(r.relative_mse == doctest::Approx(4.25 / 7.25).epsilon(1e-12));
  CHECK(r.sqnr_db == doctest::Approx(-10.0 * std::log10(4.25 / 7.25)).epsilon(1e-12));
  CHECK(r.max_error == 2.0);
  CHECK(r.bits_per_weight == 8.0 + 32.0 / 4);
}

TEST_CASE("a lossless matrix has no error and infinite SQNR") {
  const std::vector<float> w{0, 1, 2, 3};
  const error_report r = reference::compare({w.data(), 2, 2}, small_matrix());
  CHECK(r.relative_mse == 0.0);
  CHECK(r.sqnr_db == std::numeric_limits<double>::infinity());
  CHECK(r.max_error == 0.0);
}

TEST_CASE("errors on weights of zero are infinite") {
  const std::vector<float> w(4, 0.0f);
  const error_report r = reference::compare({w.data(), 2, 2}, small_matrix());
  CHECK(r.relative_mse == std::numeric_limits<double>::infinity());
  CHECK(r.sqnr_db == -std::numeric_limits<double>::infinity());
}

TEST_CASE("zeros against zeros, and nothing against nothing") {
  const std::vector<float> w(4, 0.0f);
  const error_report r = reference::compare({w.data(), 2, 2}, quantized_matrix<int8_per_tensor>({2, 2}));
  CHECK(r.relative_mse == 0.0);
  const error_report none = reference::compare({nullptr, 0, 0}, quantized_matrix<int8_per_tensor>());
  CHECK(none.relative_mse == 0.0);
  CHECK(none.bits_per_weight == 0.0);
}

TEST_CASE("strided weights are read at their stride") {
  const std::vector<float> w{0, 1, 99, 2, 3, 99};
  CHECK(reference::compare({w.data(), 2, 2, 3}, small_matrix()).relative_mse == 0.0);
}

TEST_CASE("half a step of uniform error is the textbook SQNR") {
  // uniform weights, uniform steps: 6.02 dB a bit; steps of 2/255 give 10 log10((1/3) / ((2/255)^2 / 12)) = 48.1 dB
  std::vector<float> w(20'001);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = static_cast<float>(i) / 10'000.0f - 1.0f;
  }
  const auto q = reference::quantize<scheme<uint8, float_offset, per_tensor>>({w.data(), 1, w.size()});
  CHECK(reference::compare({w.data(), 1, w.size()}, q).sqnr_db == doctest::Approx(48.13).epsilon(0.002));
}
