// SPDX-License-Identifier: MIT
// Halftone fuzzing: any bytes as a safetensors file, and whatever it accepts as quantized matrices.
#include <tests/fuzz/loaded_matrix.hpp>

using namespace halftone_fuzz;

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
