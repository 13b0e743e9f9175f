// SPDX-License-Identifier: MIT
// Halftone fuzzing: any bytes as an .onnx file, whatever it accepts read to the last element.
#include <halftone/format/onnx/schemes.hpp>
#include <halftone/io/onnx_file.hpp>
#include <halftone/io/onnx_weights.hpp>

#include <cstdlib>

using namespace halftone;

namespace {

void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

/// The matrix of a layer, if it is one: scales are finite. `written` makes its codes again: those of the file.
template <class Scheme, class Written>
void use(const onnx_layer& layer, const Written& written) {
  const result<quantized_matrix<Scheme>> q = read_matrix<Scheme>(layer);
  if (!q) {
    require(q.failure().text.starts_with("onnx: "));
    return;
  }
  require(q.value().shape() == layer.shape);
  if constexpr (Scheme::has_scale) {
    for (std::size_t g = 0; g < q.value().group_count(); ++g) {
      require(is_finite(q.value().scale_at(g)));
    }
  }
  const std::vector<std::uint8_t> bytes = written(q.value());
  const result<onnx_content> content = content_of(*layer.weights);
  require(content && content.value().bytes().size() == bytes.size());
  if (Scheme::element_type::bits >= 8 && layer.form != onnx_layer::kind::nbits) {  // no bits behind the last code
    require(std::equal(bytes.begin(), bytes.end(), content.value().bytes().begin()));
  }
}

void use(const onnx_layer& layer) {
  const auto tensor = [&](const auto& q) { return onnx::to_tensor(q, layer.order); };
  const auto nbits = [](const auto& q) { return onnx::to_nbits(q); };
  const auto blocks = [](const auto& q) { return bitsandbytes::code_bytes(q); };
  use<onnx::linear<int8>>(layer, tensor);
  use<scheme<int8, symmetric, per_channel<0>>>(layer, tensor);
  use<onnx::linear<int8, per_channel<1>>>(layer, tensor);
  use<onnx::linear<uint8, per_group<2>>>(layer, tensor);
  use<onnx::linear<int4, per_block<2, 1>>>(layer, tensor);
  use<onnx::linear<uint2>>(layer, tensor);
  use<scheme<fp32, unscaled, per_tensor>>(layer, tensor);
  use<onnx::mat_mul_nbits<4, 16>>(layer, nbits);
  use<onnx::mat_mul_nbits_with_zero_points<2, 16>>(layer, nbits);
  use<onnx::mat_mul_nbits_with_float_zero_points<4, 16>>(layer, nbits);
  use<onnx::bnb4_nf4<16>>(layer, blocks);
  const auto bias = read_bias(layer);
  require(!bias || bias.value().empty() || bias.value().size() == layer.shape.rows);
  for (const onnx_parameters& each : {layer.input_parameters, layer.output_parameters}) {
    const auto p = read_parameters(each);
    require(!p || p.value().scale > 0.0f);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed = onnx_file::parse({data, size});
  if (!parsed) {
    require(parsed.failure().text.starts_with("onnx: ") && parsed.failure().offset <= size);
    return 0;
  }
  const onnx_file& file = parsed.value();
  for (const onnx_tensor& tensor : file.tensors()) {
    require(tensor.offset < size && tensor.rank <= onnx_tensor::largest_rank && file.find(tensor.name) == &tensor);
    const auto content = content_of(tensor);
    require(!content || content.value().bytes().size() == tensor.size);
    require(tensor.raw.empty() || (tensor.raw.data() >= data && tensor.raw.data() + tensor.raw.size() <= data + size));
    static_cast<void>(read_numbers<std::int32_t>(tensor).has_value());
    static_cast<void>(read_numbers<std::int64_t>(tensor).has_value());
  }
  for (const onnx_node& node : file.nodes()) {
    const auto layer = layer_of(file, node);
    if (layer) {
      use(layer.value());
    } else {
      require(layer.failure().text.starts_with("onnx: ") && layer.failure().offset < size);
    }
  }
  return 0;
}
