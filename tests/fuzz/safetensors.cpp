// SPDX-License-Identifier: MIT
// Halftone fuzzing: any bytes as a safetensors file, and whatever it accepts as quantized matrices.
#include <halftone/io/quantized_io.hpp>
#include <halftone/scheme/presets.hpp>

#include <cstdlib>

using namespace halftone;

namespace {

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

void require(bool condition) {
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = safetensors_file::parse({data, size});
  if (!file) {
    require(file.failure().text.starts_with("safetensors: ") && file.failure().offset <= size);
    return 0;
  }
  std::uint64_t bytes = 0;
  for (const safetensors_tensor& tensor : file.value().tensors()) {
    require(tensor.offset + tensor.bytes.size() <= size && tensor.bytes.data() == data + tensor.offset);
    require(file.value().find(tensor.name) == &tensor);
    bytes += tensor.bytes.size();
  }
  require(bytes <= size);
  for (const auto& [key, value] : file.value().metadata()) {
    if (key.starts_with("halftone.")) {
      const std::string name = key.substr(9);
      use<small>(file.value(), name, size);
      use<learned>(file.value(), name, size);
      use<nested>(file.value(), name, size);
    }
  }
  return 0;
}
