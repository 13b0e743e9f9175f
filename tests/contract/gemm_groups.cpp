// SPDX-License-Identifier: MIT
// Halftone tests: wrong calls with activations that have a scale a group, of the kernels and of the reference.
#include <halftone/gemm/grouped_gemm.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/reference/grouped_gemm.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

using namespace halftone;

namespace {

constexpr std::size_t m = 3;
constexpr std::size_t n = 5;
constexpr std::size_t k = 64;
using weights = int8_g32;
using activations = int8_per_token_group<32>;

/// What a call gets; right until a test changes it.
struct arguments {
  std::vector<float> w = std::vector<float>(n * k, 0.25f);
  std::vector<float> x = std::vector<float>(m * k, 0.5f);
  std::vector<std::uint8_t> codes = std::vector<std::uint8_t>(m * k, 3);
  std::vector<float> scales = std::vector<float>(m * 2, 0.1f);
  std::vector<float> out = std::vector<float>(m * n);
  matrix_view<const float> floats{x.data(), m, k};
  grouped_activation_view view{.codes = {codes.data(), m, k}, .scales = scales.data(), .group_length = 32};
  matrix_view<float> y{out.data(), m, n};
  quantized_matrix<weights> q = quantize<weights>({w.data(), n, k});

  arguments() = default;
  arguments(const arguments&) = delete;
  arguments& operator=(const arguments&) = delete;
};

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const error& e) {
    return e.what();
  }
  return "no error";
}

/// Both sides refuse the codes with the same sentence.
void check_codes(const std::function<void(arguments&)>& spoil, const std::string& message) {
  arguments a;
  spoil(a);
  const auto packed = pack(a.q);
  CHECK(message_of([&] { gemm(a.view, packed, a.y); }) == message);
  CHECK(message_of([&] { reference::gemm(a.view, a.q, a.y); }) == message);
}

/// The same for floats that are quantized inside the call.
template <class Activations = activations>
void check_floats(const std::function<void(arguments&)>& spoil, const std::string& message) {
  arguments a;
  spoil(a);
  const auto packed = pack(a.q);
  CHECK(message_of([&] { gemm(dynamic<Activations>(a.floats), packed, a.y); }) == message);
  CHECK(message_of([&] { reference::gemm(dynamic<Activations>(a.floats), a.q, a.y); }) == message);
}

}  // namespace

TEST_CASE("codes with a scale a group: every wrong argument is refused") {
  check_codes([](arguments&) {}, "no error");
  check_codes([](arguments& a) { a.view.codes = {nullptr, m, k}; }, "gemm: x is null but has shape [3, 64]");
  check_codes([](arguments& a) { a.view.scales = nullptr; }, "gemm: the activations have 3 rows but no scales");
  check_codes([](arguments& a) { a.view.group_length = 0; }, "gemm: the activations have groups of 0 values");
  check_codes([](arguments& a) { a.scales[3] = std::numeric_limits<float>::infinity(); },
              "gemm: the activations of row 1 have scale inf in group 1");
  check_codes([](arguments& a) { a.view.group_length = 48; },
              "gemm: the activations have a scale for every 48 values, the weights for every 32; groups of activations must be "
              "whole groups of weights");
  check_codes([](arguments& a) { a.view.codes = {a.codes.data(), m, k - 1, k}; },
              "gemm: x is [3, 63] but the weights are [5, 64]: k differs");
  check_codes([](arguments& a) { a.y = {a.out.data(), m, n - 1}; }, "gemm: y is [3, 4], should be [3, 5]");
  check_codes([](arguments& a) { a.y = {reinterpret_cast<float*>(a.codes.data()), m, n}; },
              "gemm: x and y overlap; y is written while x is still read");
}

TEST_CASE("floats that are quantized with a scale a group: every wrong argument is refused") {
  check_floats([](arguments&) {}, "no error");
  check_floats([](arguments& a) { a.floats = {nullptr, m, k}; }, "gemm: x is null but has shape [3, 64]");
  check_floats<int8_per_token_group<24>>([](arguments&) {},
                                         "gemm: the activations have a scale for every 24 values, the weights for every 32; "
                                         "groups of activations must be whole groups of weights");
  check_floats([](arguments& a) { a.floats = {a.x.data(), m, k - 1, k}; },
               "gemm: x is [3, 63] but the weights are [5, 64]: k differs");
  check_floats([](arguments& a) { a.y = {a.out.data(), m - 1, n}; }, "gemm: y is [2, 5], should be [3, 5]");
  check_floats([](arguments& a) { a.y = {a.x.data() + 1, m, n}; },
               "gemm: x and y overlap; y is written while x is still read");
}

TEST_CASE("the workspace and the int32 bound hold for activations with a scale a group") {
  arguments a;
  const auto packed = pack(a.q);
  std::vector<std::byte> small(8);
  CHECK(message_of([&] { gemm(a.view, packed, a.y, epilogue{}, {.workspace = small}); })
            .starts_with("gemm: the workspace has 8 bytes, this call needs"));
  CHECK(message_of([&] { gemm(dynamic<activations>(a.floats), packed, a.y, epilogue{}, {.workspace = small}); })
            .starts_with("gemm: the workspace has 8 bytes, this call needs"));

  constexpr std::size_t long_k = 140000;
  const std::vector<std::uint8_t> codes(long_k, 1);
  const float scale = 1.0f;
  const std::vector<float> w(long_k, 0.5f);
  const grouped_activation_view view{.codes = {codes.data(), 1, long_k}, .scales = &scale, .group_length = long_k};
  const auto q = quantize<int8_per_channel>({w.data(), 1, long_k});
  const auto packed_long = pack(q);
  const matrix_view<float> y(a.out.data(), 1, 1);
  const auto x = dynamic<int8_per_token_group<long_k>>({w.data(), 1, long_k});
  const std::string refused = message_of([&] { gemm(view, packed_long, y); });
  CHECK(refused.starts_with("gemm: a float group of 140000 weights may overflow int32"));
  CHECK(message_of([&] { reference::gemm(view, q, y); }) == refused);
  CHECK(message_of([&] { gemm(x, packed_long, y); }) == refused);
  CHECK(message_of([&] { reference::gemm(x, q, y); }) == refused);
}

TEST_CASE("bfloat16 that is quantized with a scale a group") {
  arguments a;
  const std::vector<bfloat16> halves(m * k);
  std::vector<bfloat16> own(m * k);
  const auto packed = pack(a.q);
  const auto both = [&](matrix_view<const bfloat16> x, matrix_view<float> y) {
    const std::string message = message_of([&] { gemm(dynamic<activations>(x), packed, y); });
    CHECK(message_of([&] { reference::gemm(dynamic<activations>(x), a.q, y); }) == message);
    return message;
  };
  CHECK(both({halves.data(), m, k}, a.y) == "no error");
  CHECK(both({nullptr, m, k}, a.y) == "gemm: x is null but has shape [3, 64]");
  CHECK(both({halves.data(), m, k - 1, k}, a.y) == "gemm: x is [3, 63] but the weights are [5, 64]: k differs");
  CHECK(both({own.data(), m, k - 1, k}, {reinterpret_cast<float*>(own.data()), m, n}) ==
        "gemm: x is [3, 63] but the weights are [5, 64]: k differs");  // of two faults the first
  CHECK(both({own.data(), m, k}, {reinterpret_cast<float*>(own.data()), m, n}) ==
        "gemm: x and y overlap; y is written while x is still read");
}

TEST_CASE("quantizing with a scale a group refuses what is not valid, and another shape") {
  arguments a;
  grouped_activations<activations> q({m, k});
  grouped_activations<activations> other({m, k + 1});
  const matrix_view<const float> null(nullptr, m, k);
  const std::string refused = "quantize_activations: x is null but has shape [3, 64]";
  CHECK(message_of([&] { static_cast<void>(quantize_activations<activations>(null)); }) == refused);
  CHECK(message_of([&] { quantize_activations_into(null, q); }) == refused);
  CHECK(message_of([&] { static_cast<void>(reference::quantize_activations<activations>(null)); }) == refused);
  CHECK(message_of([&] { quantize_activations_into(a.floats, other); }) ==
        "quantize_activations: x is [3, 64], the activations [3, 65]");
}
