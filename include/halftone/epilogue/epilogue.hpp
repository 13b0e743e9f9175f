// SPDX-License-Identifier: MIT
// Halftone: a chain of stages, applied in order to each output before it is stored.
#pragma once

#include <halftone/epilogue/requantize.hpp>
#include <halftone/epilogue/stage.hpp>

#include <tuple>

namespace halftone::inline v0_1 {

/// epilogue{add_bias{b}, silu{}, residual{r}}: y = silu(v + b) + r. Without stages: y = v.
template <epilogue_stage... Stages>
struct epilogue {
  std::tuple<Stages...> stages;

  constexpr epilogue() = default;
  constexpr explicit epilogue(Stages... list)
    requires(sizeof...(Stages) > 0)
      : stages(std::move(list)...) {}

  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE Lanes apply(Lanes value, const tile_position& at) const noexcept {
    return apply_from<0>(value, at);
  }

  /// Checks every stage's data against the output's shape; throws `error` naming the stage and both sizes.
  void expects_shape(matrix_shape output) const {
    std::apply([&](const auto&... stage) { (check(stage, output), ...); }, stages);
  }

  /// Checks that no stage reads what is being written, except a residual that is the output itself.
  template <class Output>
  void expects_apart(const matrix_view<Output>& y) const {
    std::apply([&](const auto&... stage) { (check_apart(stage, y), ...); }, stages);
  }

 private:
  template <std::size_t Index, class Lanes>
  [[nodiscard]] HALFTONE_INLINE Lanes apply_from(Lanes value, const tile_position& at) const noexcept {
    if constexpr (Index == sizeof...(Stages)) {
      return value;
    } else {
      return apply_from<Index + 1>(std::get<Index>(stages).apply(value, at), at);
    }
  }

  template <class Stage>
  static void check(const Stage& stage, matrix_shape output) {
    if constexpr (requires { stage.expects_shape(output); }) {
      stage.expects_shape(output);
    }
  }

  template <class Stage, class Output>
  static void check_apart(const Stage& stage, const matrix_view<Output>& y) {
    if constexpr (requires { stage.expects_apart(y); }) {
      stage.expects_apart(y);
    }
  }
};

template <class... Stages>
epilogue(Stages...) -> epilogue<Stages...>;

namespace detail {
template <class E>
inline constexpr bool is_epilogue = false;
template <class... S>
inline constexpr bool is_epilogue<epilogue<S...>> = true;

template <class E>
struct last_stage {
  using type = void;
};
template <class First, class... Rest>
struct last_stage<epilogue<First, Rest...>> {
  using type = std::tuple_element_t<sizeof...(Rest), std::tuple<First, Rest...>>;
};
}  // namespace detail

template <class E>
concept epilogue_type = detail::is_epilogue<E>;

/// Types that a multiplication can store: float, bfloat16, and std::int8_t or std::uint8_t after `requantize`.
template <class Output, class Epilogue>
concept storable_after =
    epilogue_type<Epilogue> &&
    (std::same_as<Output, float> || std::same_as<Output, bfloat16> ||
     std::same_as<typename detail::last_stage<Epilogue>::type, requantize<Output>>);

/// Converts one finished value to the output type.
template <class Output>
[[nodiscard]] HALFTONE_INLINE Output store_value(float value) noexcept {
  if constexpr (std::is_same_v<Output, float>) {
    return value;
  } else if constexpr (std::is_same_v<Output, bfloat16>) {
    return to_bfloat16(value);
  } else {
    return static_cast<Output>(static_cast<std::int32_t>(value));
  }
}

}  // namespace halftone::inline v0_1
