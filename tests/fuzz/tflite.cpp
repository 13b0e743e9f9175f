// SPDX-License-Identifier: MIT
// Halftone fuzzing: any bytes as a .tflite file, whatever it accepts read to the last element.
#include <halftone/io/tflite_file.hpp>
#include <halftone/io/tflite_weights.hpp>

#include <cstdlib>

using namespace halftone;

namespace {

void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

/// The matrix of a tensor, if it is one: its codes, written again, are the bytes of the file.
template <class Scheme>
void use(const tflite_tensor& tensor) {
  const result<quantized_matrix<Scheme>> q = read_matrix<Scheme>(tensor);
  if (!q) {
    require(q.failure().text.starts_with("tflite: tensor "));
    return;
  }
  std::vector<std::uint8_t> bytes = tflite::to_flat(q.value());
  std::vector<std::uint8_t> stored(tensor.bytes.begin(), tensor.bytes.end());
  constexpr unsigned bits = Scheme::element_type::bits;
  if (bits < 8 && !stored.empty()) {  // bits behind the last code
    const std::size_t rest = q.value().rows() * q.value().cols() * bits % 8;
    stored.back() = static_cast<std::uint8_t>(stored.back() & (rest == 0 ? 0xff : (1 << rest) - 1));
  }
  require(bytes == stored);
  for (std::size_t g = 0; g < q.value().group_count(); ++g) {
    require(!(q.value().scale_at(g) < 0.0f));
  }
}

void use(const tflite_tensor& tensor, std::span<const std::uint8_t> file) {
  require(tensor.offset < file.size() && tensor.rank <= tflite_tensor::largest_rank);
  require(tensor.bytes.empty() || (tensor.bytes.data() >= file.data() && tensor.bytes.data() + tensor.bytes.size() <= file.data() + file.size()));
  require(tensor.name.empty() || (tensor.name.data()[tensor.name.size()] == 0));
  for (std::size_t i = 0; i < tensor.quantization.size(); ++i) {
    static_cast<void>(tensor.quantization.scale(i));
    static_cast<void>(tensor.quantization.zero_point(i));
  }
  use<tflite::weights<int8>>(tensor);
  use<tflite::weights<int8, per_tensor>>(tensor);
  use<tflite::weights<int4>>(tensor);
  use<tflite::weights<int2, per_tensor>>(tensor);
  use<scheme<int8, asymmetric, per_channel<0>>>(tensor);
  use<tflite::uint8_weights>(tensor);
  use<tflite::float16_weights>(tensor);
  use<tflite::float32_weights>(tensor);
  static_cast<void>(read_numbers<std::int32_t>(tensor).has_value());
  static_cast<void>(read_numbers<std::int64_t>(tensor).has_value());
  const auto numbers = read_numbers<float>(tensor);
  require(!numbers || numbers.value().size() * 4 == tensor.bytes.size());
  static_cast<void>(read_parameters(tensor).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> bytes(data, size);
  const auto parsed = tflite_file::parse(bytes);
  if (!parsed) {
    require(parsed.failure().text.starts_with("tflite: ") && parsed.failure().offset <= size);
    return 0;
  }
  const tflite_file& file = parsed.value();
  for (std::size_t g = 0; g < file.graph_count(); ++g) {
    const auto count = static_cast<std::int32_t>(file.tensor_count(g));
    for (std::size_t i = 0; i < file.tensor_count(g); ++i) {
      use(file.tensor(i, g), bytes);
    }
    for (std::size_t i = 0; i < file.tensor_count(g); ++i) {
      const tflite_tensor tensor = file.tensor(i, g);
      if (const auto& blocks = tensor.quantization.blocks()) {
        const auto q = read_blocks<int4, 2>(tensor, file.tensor(blocks->scales, g));
        require(q ? q.value().codes().size() == tensor.bytes.size() : q.failure().offset < size);
      }
    }
    for (std::size_t i = 0; i < file.operator_count(g); ++i) {
      const tflite_operator op = file.operation(i, g);
      for (std::size_t j = 0; j < op.inputs.size(); ++j) {
        require(op.inputs[j] >= -1 && op.inputs[j] < count);
      }
      const auto layer = file.fully_connected(i, g);
      require(!layer || (layer.value().input < file.tensor_count(g) && layer.value().output < file.tensor_count(g)));
    }
  }
  return 0;
}
