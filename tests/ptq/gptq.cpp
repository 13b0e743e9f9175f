// SPDX-License-Identifier: MIT
// Halftone tests: GPTQ has the bits of its stated order on every instruction set, and less output error than rounding to nearest.
#include <halftone/ptq/gptq.hpp>
#include <halftone/scheme/clip_search.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <ptq/correlated.hpp>

#include <algorithm>
#include <limits>

namespace {

using namespace halftone;
using correlated::view;

template <class Scheme>
bool same_bits(quantized_matrix<Scheme> a, quantized_matrix<Scheme> b) {
  std::vector<std::uint8_t> left, right;
  const auto into = [](std::vector<std::uint8_t>& to) {
    return [&to](const std::string&, plane_type, std::size_t, std::size_t, std::span<std::uint8_t> bytes) {
      to.insert(to.end(), bytes.begin(), bytes.end());
    };
  };
  a.for_each_plane("", into(left));
  b.for_each_plane("", into(right));
  return left == right;
}

/// gptq by its definition: one column after the other, sums in the stated order.
template <class Scheme>
quantized_matrix<Scheme> plainly(const std::vector<float>& w, const ptq::error_feedback& f, bool moving) {
  const std::size_t k = f.size(), n = w.size() / k;
  quantized_matrix<Scheme> q({n, k});
  if (!moving) {
    q = quantize<Scheme>(view(w, k));
    std::ranges::fill(q.codes(), std::uint8_t{0});
  }
  std::vector<float> changed(k);
  for (std::size_t row = 0; row < n; ++row) {
    std::vector<float> error(k);
    std::vector<bool> settled(k);
    const auto sum = [&](std::size_t place) {
      float s = 0.0f;
      for (std::size_t l = 0; l < place; ++l) {
        s += product(error[l], f.row(l)[place]);
      }
      return s;
    };
    std::size_t fitted = static_cast<std::size_t>(-1);
    for (std::size_t place = 0; place < k; ++place) {
      const std::size_t column = f.order()[place], g = q.group_of(row, column);
      const float weight = w[row * k + column];
      if (moving && g != fitted) {
        std::vector<float> group;
        const std::vector<float> before = error;
        for (std::size_t i = place; i < k && q.group_of(row, i) == g; ++i) {
          group.push_back(w[row * k + i] - sum(i));
          error[i] = group.back() - w[row * k + i];
        }
        error = before;
        const group_parameters p = min_max{}.fit(group, q.scheme());
        if constexpr (ptq::has_moving_groups<Scheme>) {
          q.scale_plane().set(g, p.scale);
          q.set_zero_point(g, p.zero_point);
        }
        fitted = g;
      }
      const group_parameters p = q.parameters_at(g);
      const std::uint32_t code = encode_value(weight - sum(place), p, Scheme::factor_of(p), q.scheme(), row * k + column);
      write_code<Scheme::element_type::bits>(q.row_codes(row).data(), column, code);
      error[place] = q.value_at(row, column) - weight;
    }
  }
  return q;
}

struct backwards {
  void operator()(std::size_t count, task_ref task) {
    for (std::size_t i = count; i-- != 0;) {
      task(i);
    }
  }
};

using wide_groups = scheme<uint3, asymmetric, per_group<150>, stored_as<fp16>>;
using odd_groups = scheme<int4, symmetric, per_group<10>, stored_as<fp16>>;

template <class Scheme>
void is_as_stated(std::size_t n, std::size_t k) {
  CAPTURE(Scheme::name());
  CAPTURE(k);
  const std::vector<float> w = correlated::gaussians(n * k, 5, 0.02f);
  const std::vector<double> h = correlated::second_moment(correlated::inputs(64, k, 3), k);
  backwards executor;
  for (const bool by_activation : {false, true}) {
    const ptq::error_feedback f(view(h, k), {.activation_order = by_activation});
    for (const bool fixed : {false, true}) {
      const bool moving = ptq::has_moving_groups<Scheme> && !by_activation && !fixed;
      const auto found = ptq::gptq<Scheme>(view(w, k), f, {.static_groups = fixed});
      CHECK(same_bits(found, plainly<Scheme>(w, f, moving)));
      CHECK(same_bits(found, ptq::gptq<Scheme>(view(w, k), f, {.static_groups = fixed}, {}, {}, {.execute = executor_ref(executor, 2)})));
    }
  }
}

TEST_CASE("gptq: the bits of the stated order, whatever the executor") {
  is_as_stated<wide_groups>(3, 331);
  is_as_stated<odd_groups>(35, 97);
  is_as_stated<nvfp4>(5, 40);
  is_as_stated<scheme<int3, symmetric, per_tensor>>(2, 20);
}

template <class Scheme>
void rounds_to_nearest_where_inputs_are_apart() {
  CAPTURE(Scheme::name());
  constexpr std::size_t n = 5, k = 77;
  std::vector<float> w = correlated::gaussians(n * k, 9, 0.02f);
  w[3] = -0.0f, w[4] = 0.0f, w[80] = -0.0f;
  std::vector<double> identity(k * k), diagonal(k * k), nothing(k * k);
  for (std::size_t i = 0; i < k; ++i) {
    identity[i * k + i] = 1.0;
    diagonal[i * k + i] = i % 7 == 0 ? 0.0 : static_cast<double>(i);
  }
  for (const auto* h : {&identity, &diagonal, &nothing}) {
    for (const bool by_activation : {false, true}) {
      const ptq::error_feedback f(view(*h, k), {.activation_order = by_activation});
      CHECK(same_bits(ptq::gptq<Scheme>(view(w, k), f), quantize<Scheme>(view(w, k))));
    }
  }
}

TEST_CASE("gptq: a diagonal H gives rounding to nearest, bit for bit") {
  rounds_to_nearest_where_inputs_are_apart<uint4_g32>();
  rounds_to_nearest_where_inputs_are_apart<mxfp4>();
  rounds_to_nearest_where_inputs_are_apart<nvfp4>();
  rounds_to_nearest_where_inputs_are_apart<nf4_g64>();
  rounds_to_nearest_where_inputs_are_apart<scheme<fp8_e4m3fn, symmetric, per_channel<1>>>();
}

/// The error on inputs that H does not come from, relative to rounding to nearest.
template <class Scheme>
double relative_error(const ptq::gptq_options& options, bool by_activation) {
  constexpr std::size_t n = 16, k = 128;
  static const std::vector<float> w = correlated::gaussians(n * k, 5, 0.02f);
  static const std::vector<double> h = correlated::second_moment(correlated::inputs(600, k, 11), k);
  static const std::vector<double> held_out = correlated::second_moment(correlated::inputs(300, k, 12), k);
  const auto q = ptq::gptq<Scheme>(view(w, k), ptq::error_feedback(view(h, k), {.activation_order = by_activation}), options);
  const double ratio = correlated::output_error(q, w, held_out) / correlated::output_error(quantize<Scheme>(view(w, k)), w, held_out);
  MESSAGE(Scheme::name(), by_activation ? ", by activation: " : ": ", ratio);
  return ratio;
}

TEST_CASE("gptq: the output error on other inputs is at most 0.6 of rounding to nearest with 4 bits, 0.5 with 3") {
  for (const bool by_activation : {false, true}) {
    CHECK(relative_error<uint4_g128>({}, by_activation) < 0.6);
    CHECK(relative_error<scheme<uint3, asymmetric, per_group<128>, stored_as<fp16>>>({}, by_activation) < 0.5);
    CHECK(relative_error<mxfp4>({}, by_activation) < 0.6);
    CHECK(relative_error<nvfp4>({}, by_activation) < 0.6);
    CHECK(relative_error<nf4_g64>({}, by_activation) < 0.6);
  }
}

TEST_CASE("gptq: every estimator, and weights of columns that nobody saw") {
  constexpr std::size_t n = 2, k = 48;
  std::vector<double> h = correlated::second_moment(correlated::inputs(100, k, 3), k);
  for (std::size_t i = 0; i < k; ++i) {
    h[7 * k + i] = h[i * k + 7] = 0.0;
  }
  std::vector<float> w = correlated::gaussians(n * k, 5);
  w[7] = 100.0f;
  for (const bool by_activation : {false, true}) {
    const ptq::error_feedback f(view(h, k), {.activation_order = by_activation});
    using signed4 = scheme<int4, symmetric, per_group<16>>;
    const auto kept = ptq::gptq<signed4>(view(w, k), f);
    CHECK(kept.value_at(0, 7) == doctest::Approx(100.0));
    const auto cleared = ptq::gptq<signed4>(view(w, k), f, {.clear_unseen = true});
    CHECK(cleared.value_at(0, 7) == 0.0f);
    CHECK(cleared.scale_at(0) < 1.0f);
    CHECK(kept.scale_at(0) > 10.0f);
    const std::vector<group_parameters> given(1, {.scale = 0.5f});
    const auto q = ptq::gptq<signed4>(view(w, k), f, {}, given_parameters{given});
    CHECK(q.scale_at(3) == 0.5f);
    const auto clipped = ptq::gptq<signed4>(view(w, k), f, {}, clip_search{});
    CHECK(clipped.scale_at(4) <= ptq::gptq<signed4>(view(w, k), f).scale_at(4));
  }
}

TEST_CASE("gptq: finite weights give finite weights") {
  constexpr std::size_t k = 16;
  constexpr float largest = std::numeric_limits<float>::max();
  const std::vector<double> h = correlated::second_moment(correlated::inputs(20, k, 3), k);
  std::vector<float> w = correlated::gaussians(3 * k, 5);
  for (std::size_t j = 0; j < k; ++j) {
    w[j] = j % 3 == 0 ? -largest : largest;
    w[k + j] = std::numeric_limits<float>::denorm_min();
  }
  for (const bool by_activation : {false, true}) {
    const ptq::error_feedback f(view(h, k), {.activation_order = by_activation});
    const auto check = [&](const auto& q) {
      for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t j = 0; j < k; ++j) {
          CHECK(is_finite(q.value_at(row, j)));
        }
      }
    };
    check(ptq::gptq<scheme<int4, symmetric, per_group<8>>>(view(w, k), f));
    check(ptq::gptq<scheme<fp8_e4m3fn, symmetric, per_group<8>>>(view(w, k), f));
  }
}

TEST_CASE("gptq: what is refused, and nothing to do") {
  std::vector<double> h(9);
  h[0] = h[4] = h[8] = 1.0;
  const ptq::error_feedback f(view(h, 3));
  std::vector<float> w(6, 1.0f);
  CHECK_THROWS_WITH_AS(static_cast<void>(ptq::gptq<uint4_g32>(view(w, 2), f)), "gptq: w is [3, 2], h [3, 3]", error);
  CHECK_THROWS_WITH_AS(static_cast<void>(ptq::gptq<uint4_g32>({nullptr, 2, 3}, f)), "gptq: w is null but has shape [2, 3]", error);
  const std::vector<range> ranges(3);
  CHECK_THROWS_WITH_AS(static_cast<void>(ptq::gptq<uint4_g32>(view(w, 3), f, {}, given_ranges{ranges})),
                       "quantize: the estimator has 3 entries for 2 groups", error);
  w[4] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(static_cast<void>(ptq::gptq<uint4_g32>(view(w, 3), f)), "gptq: value [1, 1] is nan", error);
  const std::vector<group_parameters> wrong(1, {.scale = std::numeric_limits<float>::infinity()});
  w[4] = 0.0f;
  CHECK_THROWS_WITH_AS(static_cast<void>(ptq::gptq<uint4_g32>(view(w, 3), f, {}, given_parameters{wrong})),
                       "quantize: group 0 has scale inf; a scale must be finite", error);
  CHECK(ptq::gptq<uint4_g32>({}, ptq::error_feedback(matrix_view<const double>{})).codes().empty());
  CHECK(ptq::gptq<uint4_g32>({nullptr, 0, 3}, f).cols() == 3);
}

}  // namespace
