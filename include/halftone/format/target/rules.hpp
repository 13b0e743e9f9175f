// SPDX-License-Identifier: MIT
// Halftone: targets: systems that run models, and which schemes each of them accepts.
//
//   static_assert(accepted_by<target::tensorrt, S>);     fails with the name of the rule that S breaks
//   why_not<target::tensorrt, S>()                       its sentence; empty if S is accepted
//
// A target is a struct with `name()` and `rules`, a `rule_list` of rules that are tried in order. A rule is a struct with
//   text          a sentence
//   holds<S>      whether the scheme S obeys
// Rules ask for what matrices hold (elements, equations, groups, storages), never for how codes were chosen: any mapping, rounding,
// scaling and estimator may have made them. Targets of your own need nothing else.
#pragma once

#include <halftone/element/float_storage.hpp>
#include <halftone/scheme/flat_blocks.hpp>
#include <halftone/scheme/scheme.hpp>

#include <concepts>
#include <string_view>

namespace halftone::inline v0_1::target {

template <class... Rules>
struct rule_list {};

/// What `broken_rule` is where no rule is broken.
struct no_rule {
  static constexpr std::string_view text = "";
};

namespace detail {
template <class S, class... Rules>
struct first_broken {
  using type = no_rule;
};
template <class S, class First, class... Rest>
struct first_broken<S, First, Rest...> {
  template <bool Holds, class>
  struct next {
    using type = First;
  };
  template <class Unused>
  struct next<true, Unused> {
    using type = typename first_broken<S, Rest...>::type;
  };
  using type = typename next<First::template holds<S>, void>::type;
};
template <class S, class List>
struct first_broken_of;
template <class S, class... Rules>
struct first_broken_of<S, rule_list<Rules...>> : first_broken<S, Rules...> {};

/// A granularity by its shape: what a template argument would tell if it had one.
template <class G>
inline constexpr bool is_per_channel = false;
template <std::size_t Axis>
inline constexpr bool is_per_channel<per_channel<Axis>> = true;
template <class G>
inline constexpr std::size_t group_length = 0;
template <std::size_t N>
inline constexpr std::size_t group_length<per_group<N>> = N;
template <class G>
inline constexpr std::size_t flat_length = 0;
template <std::size_t N>
inline constexpr std::size_t flat_length<flat_blocks<N>> = N;
template <class G>
inline constexpr bool is_column_block = false;
template <std::size_t R>
inline constexpr bool is_column_block<per_block<R, 1>> = true;

/// Codes are integers of so many bits, in two's complement if `Signed`.
template <class E, unsigned Bits, bool Signed>
inline constexpr bool is_integer = false;
template <uniform_element E, unsigned Bits, bool Signed>
inline constexpr bool is_integer<E, Bits, Signed> = E::bits == Bits && (E::min < 0) == Signed;

/// As many levels below zero as above.
template <class E>
inline constexpr bool is_narrow = false;
template <signed_element E>
inline constexpr bool is_narrow<E> = E::min == -E::max;

template <class E>
concept fixed_table = table_element<E> && (E::bits <= 8) && requires {
  typename std::bool_constant<(static_cast<void>(E::decode(std::uint32_t{0})), true)>;
};
/// Codes of E mean what those of F mean; how they are chosen may differ.
template <class E, class F>
[[nodiscard]] consteval bool same_values() {
  if constexpr (std::same_as<E, F>) {
    return true;
  } else if constexpr (uniform_element<E> && uniform_element<F>) {
    return E::bits == F::bits && (E::min < 0) == (F::min < 0) && E::min >= F::min && E::max <= F::max;
  } else if constexpr (fixed_table<E> && fixed_table<F>) {
    bool same = E::bits == F::bits;
    for (std::uint32_t code = 0; same && code < (1u << E::bits); ++code) {
      const float a = E::decode(code), b = F::decode(code);
      same = a == b || (a != a && b != b);
    }
    return same;
  } else {
    return false;
  }
}

template <class S>
inline constexpr bool is_stored_singly = false;
template <class E>
inline constexpr bool is_stored_singly<stored_as<E>> = true;
/// Parameters are floats of the element F.
template <class Storage, class F>
inline constexpr bool is_stored_as = false;
template <class E, class F>
inline constexpr bool is_stored_as<stored_as<E>, F> = same_values<E, F>();

template <class S, class T>
[[nodiscard]] consteval bool same_planes();
template <class A, class B>
inline constexpr bool same_storage = false;
template <class A, class B>
inline constexpr bool same_storage<stored_as<A>, stored_as<B>> = same_values<A, B>();
template <class A, class B>
inline constexpr bool same_storage<quantized_again<A>, quantized_again<B>> = same_planes<A, B>();

/// The planes of a matrix of S hold and mean what those of T do.
template <class S, class T>
[[nodiscard]] consteval bool same_planes() {
  if constexpr (!same_values<typename S::element_type, typename T::element_type>() || S::equation != T::equation ||
                !std::same_as<typename S::granularity_type, typename T::granularity_type>) {
    return false;
  } else if constexpr ((S::has_own_real || T::has_own_real) && !std::same_as<typename S::mapping_type, typename T::mapping_type>) {
    return false;
  } else {
    return (!S::has_scale || same_storage<typename S::scale_storage, typename T::scale_storage>) &&
           (!S::has_offset || same_storage<typename S::offset_storage, typename T::offset_storage>);
  }
}
template <class... Schemes>
struct scheme_list {};
template <class S, class List>
inline constexpr bool element_of_one = false;
template <class S, class... Ts>
inline constexpr bool element_of_one<S, scheme_list<Ts...>> = (same_values<typename S::element_type, typename Ts::element_type>() || ...);
template <class S, class List>
inline constexpr bool planes_of_one = false;
template <class S, class... Ts>
inline constexpr bool planes_of_one<S, scheme_list<Ts...>> = (same_planes<S, Ts>() || ...);

/// Real numbers are scale * code.
template <class S>
inline constexpr bool has_scale_alone = S::equation == equation::scaled && !S::has_own_real;
/// Real numbers are scale * (code - zero point), the zero point an integer.
template <class S>
inline constexpr bool has_integer_zero_point = S::equation == equation::scaled_zero_point && !S::has_own_real;
}  // namespace detail

/// The first rule of the target that the scheme breaks, or `no_rule`.
template <class Target, scheme_type S>
using broken_rule = typename detail::first_broken_of<S, typename Target::rules>::type;

}  // namespace halftone::inline v0_1::target

namespace halftone::inline v0_1 {

/// Matrices of the scheme S are weights that the target runs. Where shapes matter (whole blocks in a row), the sentence says so.
template <class Target, class S>
concept accepted_by = scheme_type<S> && std::same_as<target::broken_rule<Target, S>, target::no_rule>;

/// The sentence of the rule that S breaks, empty if it breaks none.
template <class Target, scheme_type S>
[[nodiscard]] constexpr std::string_view why_not() noexcept {
  return target::broken_rule<Target, S>::text;
}

}  // namespace halftone::inline v0_1
