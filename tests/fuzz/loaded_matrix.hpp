// SPDX-License-Identifier: MIT
// Halftone fuzzing: schemes whose files can be wrong in many ways, and what must hold of a matrix that was loaded.
#pragma once

#include <halftone/io/quantized_io.hpp>
#include <halftone/scheme/presets.hpp>

#include <cstdlib>

namespace halftone_fuzz {

using namespace halftone;

/// Groups along a k whose order a file gives: the policy with the most to lose.
struct file_groups {
  std::vector<std::int32_t> position;
  static std::string name() { return "file_groups"; }
  static matrix_shape parameter_shape(matrix_shape s) { return per_group<2>::parameter_shape(s); }
  std::size_t group_of(std::size_t row, std::size_t k, matrix_shape s) const {
    return per_group<2>::group_of(row, static_cast<std::size_t>(position[k]), s);
  }
  void resize_planes(matrix_shape s) { position.resize(s.cols); }
  void for_each_plane(auto&& visit) { visit("position", std::span<std::int32_t>(position)); }
};

using small = scheme<uint4, asymmetric, per_group<2>, stored_as<fp16>>;
using learned = scheme<runtime_codebook<2>, symmetric, per_channel<0>>;
using nested = scheme<int3, symmetric, file_groups, quantized_again<scheme<int8_narrow, symmetric, per_tensor>>>;

inline void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

template <class Scheme>
void use(const safetensors_file& file, const std::string& name, std::size_t file_size) {
  auto loaded = load<Scheme>(file, name);
  if (!loaded) {
    require(!loaded.failure().text.empty() && loaded.failure().offset <= file_size);
    return;
  }
  auto& q = loaded.value();
  require(q.byte_count() <= file_size);
  for (std::size_t row = 0; row < q.rows(); ++row) {
    for (std::size_t k = 0; k < q.cols(); ++k) {
      const float value = q.value_at(row, k);
      require(value == value);
    }
  }
}

}  // namespace halftone_fuzz
