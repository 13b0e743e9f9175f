// SPDX-License-Identifier: MIT
// quantize and dequantize give the bits of the reference, at odd shapes and strides.
#include <halftone/quantize/compare.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/scheme/clip_search.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <limits>
#include <string>
#include <thread>
#include <utility>

using namespace halftone;

namespace {

std::vector<float> values_of(std::size_t count, std::uint64_t seed) {
  std::vector<float> v(count);
  for (std::size_t i = 0; i < count; ++i) {
    v[i] = random_unit(seed, i) - 0.4f;
    if (random_bits(seed, i) % 13 == 0) {
      v[i] = i % 2 == 0 ? 0.0f : -0.0f;
    }
  }
  return v;
}

/// All bytes of a matrix that a file would hold.
template <class Scheme>
std::vector<std::uint8_t> bytes_of(quantized_matrix<Scheme> q) {
  std::vector<std::uint8_t> all;
  q.for_each_plane("q", [&](const std::string&, plane_type, std::size_t, std::size_t, std::span<std::uint8_t> bytes) {
    all.insert(all.end(), bytes.begin(), bytes.end());
  });
  return all;
}

struct two_threads {
  void operator()(std::size_t count, task_ref task) const {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i) {
      threads.emplace_back([task, i] { task(i); });
    }
    for (std::thread& t : threads) {
      t.join();
    }
  }
};

template <class Scheme>
void check_scheme() {
  two_threads pool;
  const context parallel{.execute = executor_ref(pool, 2)};
  for (const auto& [n, k, extra] : {std::array<std::size_t, 3>{0, 0, 0}, {1, 1, 0}, {3, 31, 2}, {5, 32, 0}, {2, 33, 7},
                                    {4, 127, 1}, {2, 260, 0}, {1, 700, 3}, {7, 15, 1}, {2, 1100, 0}, {1, 3000, 1}, {40, 64, 0}, {3, 2048, 0}, {37, 192, 0}}) {
    const std::size_t stride = k + extra;
    const std::vector<float> data = values_of(n * stride + 1, n * 1000 + k);
    const matrix_view<const float> w(data.data() + 1, n, k, stride);  // misaligned and strided
    const auto expected = reference::quantize<Scheme>(w);
    const auto q = quantize<Scheme>(w);
    CAPTURE(Scheme::name());
    CAPTURE(k);
    CHECK(bytes_of(q) == bytes_of(expected));
    CHECK(bytes_of(quantize<Scheme>(w, min_max{}, {}, parallel)) == bytes_of(expected));

    const std::vector<float> others = values_of(n * k + 1, 77);
    auto overwritten = quantize<Scheme>(matrix_view<const float>(others.data(), n, k));  // of other weights
    quantize_into(w, overwritten);
    CHECK(bytes_of(overwritten) == bytes_of(expected));

    std::vector<float> y(n * stride + 1, 7.0f);
    std::vector<float> expected_y = y;
    dequantize(q, {y.data() + 1, n, k, stride});
    reference::dequantize(q, {expected_y.data() + 1, n, k, stride});
    CHECK(std::memcmp(y.data(), expected_y.data(), y.size() * sizeof(float)) == 0);
    if (n * k != 0) {
      CHECK(compare(w, q).bits_per_weight == q.bits_per_weight());
    }
  }
}

}  // namespace

TEST_CASE_TEMPLATE("codes, parameters and reals equal the reference", Scheme, int8_per_channel, int8_per_tensor,
                   uint8_per_channel, int4_g32, uint4_g32, offset4_g32, int3_g32, int2_g32, brain_float16,
                   scheme<uint5, asymmetric_unforced, per_group<20>, stored_as<bf16>>,
                   scheme<int4, symmetric, per_group<32>, nearest_away>,
                   scheme<int8, symmetric, per_channel<0>, by_division>, scheme<uint4, asymmetric, per_group<32>, by_division>,
                   scheme<uint8, float_offset, per_group<20>, by_division, stored_as<fp16>>,
                   scheme<uint4, asymmetric, per_group<32>, with_zero_point<nearest_away>, by_division>,
                   scheme<int4, symmetric, per_group<32>, stochastic<3>>, scheme<int4, symmetric, per_channel<1>>,
                   scheme<uint4, asymmetric, per_block<2, 24>>, scheme<uint1, float_offset, per_group<30>>,
                   scheme<int4, symmetric, per_channel<0>, stochastic<3>>, scheme<uint4, asymmetric, per_block<1, 24>>,
                   scheme<int6, symmetric, per_group<20>>, scheme<uint7, asymmetric, per_group<16>, stored_as<bf16>>,
                   scheme<uint3, asymmetric, per_group<5>>, scheme<int5, symmetric, per_channel<0>>,
                   scheme<int2, symmetric_signed_extreme, per_group<700>>, int8_g32, scheme<int8, asymmetric, per_group<32>>,
                   scheme<uint8, float_offset, per_group<64>, stored_as<fp16>>, scheme<int8, symmetric, per_group<16>>,
                   scheme<uint6, asymmetric, per_group<128>>,
                   scheme<uint4, asymmetric, per_group<32>, quantized_again<uint8_per_channel>>) {
  check_scheme<Scheme>();
}

namespace {

/// Groups whose scaled values pass 2^30, in front of, between and behind others: scales that fp16 cannot hold, differences
/// that overflow.
template <class Scheme>
void check_ends_of_float() {
  constexpr float largest = std::numeric_limits<float>::max();
  for (const float extreme : {1e10f, -1e10f, largest, -largest, 1e-44f}) {
    for (const std::size_t at : {0u, 40u, 700u, 1100u, 2047u}) {
      std::vector<float> data = values_of(2048, at);
      data[at] = extreme;
      data[(at + 9) % 2048] = -0.75f * extreme;
      for (const std::size_t columns : {32u, 64u, 256u, 2048u}) {
        const matrix_view<const float> w(data.data(), 2048 / columns, columns);
        CHECK(bytes_of(quantize<Scheme>(w)) == bytes_of(reference::quantize<Scheme>(w)));
      }
    }
  }
}

}  // namespace

TEST_CASE_TEMPLATE("codes at the ends of float", Scheme, int8_g32, int4_g32, uint4_g32, offset4_g32, int8_per_channel,
                   scheme<int8, asymmetric_unforced, per_group<32>, stored_as<fp16>>,
                   scheme<uint8, float_offset, per_channel<0>>) {
  check_ends_of_float<Scheme>();
}

TEST_CASE("an estimator other than the default gives the reference's codes") {
  const std::vector<float> data = values_of(3 * 70, 5);
  const matrix_view<const float> w(data.data(), 3, 70);
  CHECK(bytes_of(quantize<int4_g32>(w, clip_search{.steps = 10})) ==
        bytes_of(reference::quantize<int4_g32>(w, clip_search{.steps = 10})));
}

TEST_CASE("any of many groups may be the one that is wrong, and the error is that of the reference") {
  std::vector<float> data = values_of(3 * 600, 9);
  const matrix_view<const float> w(data.data(), 3, 600);
  const auto message_of = [&](auto run) {
    try {
      run();
    } catch (const error& e) {
      return std::string(e.what());
    }
    return std::string("no error");
  };
  for (const std::size_t at : {0u, 31u, 33u, 599u, 600u, 1111u, 1799u}) {
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::quiet_NaN(),
                            std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) {
      const float before = std::exchange(data[at], bad);
      const std::string message = message_of([&] { (void)quantize<int4_g32>(w); });
      CHECK(message != "no error");
      CHECK(message == message_of([&] { (void)reference::quantize<int4_g32>(w); }));
      data[at] = before;
    }
  }
  quantized_matrix<int4_g32> other({3, 599});
  CHECK(message_of([&] { quantize_into(w, other); }) == "quantize: w is [3, 600], the matrix [3, 599]");
}

namespace {

/// Rows share their groups in pairs: what it inherits from says one_run_a_group, it does not.
struct pairs_of_rows : per_group<32> {
  static std::string name() { return "pairs_of_rows"; }
  static matrix_shape parameter_shape(matrix_shape s) { return per_group<32>::parameter_shape({ceil_div(s.rows, 2), s.cols}); }
  static std::size_t group_of(std::size_t row, std::size_t k, matrix_shape s) { return per_group<32>::group_of(row / 2, k, s); }
};

/// A mapping that needs finite ranges, as it is promised.
struct halving {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  static std::string name() { return "halving"; }
  template <signed_element Element>
  static group_parameters choose(range r, const Element&) noexcept {
    float scale = 1.0f;
    for (float largest = maximum(magnitude(r.min), magnitude(r.max)); largest > 1.0f; largest *= 0.5f) {
      scale *= 2.0f;
    }
    return {.scale = scale / static_cast<float>(Element::max)};
  }
};

}  // namespace

TEST_CASE("a granularity that inherits from another one keeps its own groups") {
  check_scheme<scheme<uint4, asymmetric, pairs_of_rows>>();
}

TEST_CASE("mappings never see an infinity") {
  check_scheme<scheme<int8, halving, per_group<32>>>();
  std::vector<float> data = values_of(64, 9);
  data[40] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_AS((void)(quantize<scheme<int8, halving, per_group<32>>>({data.data(), 1, 64})), error);
}
