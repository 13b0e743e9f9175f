// SPDX-License-Identifier: MIT
// Operations for compressed_tensors.py.
#include <conformance/checkpoint_folders.hpp>

#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>

using namespace halftone;
using conformance::arguments;
using conformance::operation;
using conformance::text;
namespace ct = halftone::compressed_tensors;

namespace {

/// Arrays: x, codes (bytes; levels of integers), scales, zero points. Numbers: rows, cols.
template <class Scheme>
void quantized(arguments& a) {
  const auto q = quantize<Scheme>({a.in<float>(0).data(), a.size(0), a.size(1)});
  for (std::size_t i = 0; i < q.rows() * q.cols(); ++i) {
    std::uint32_t code = q.code_at(i / q.cols(), i % q.cols());
    if constexpr (uniform_element<typename Scheme::element_type>) {
      code = static_cast<std::uint32_t>(Scheme::element_type::level_of(code));
    }
    a.out<std::uint8_t>(1)[i] = static_cast<std::uint8_t>(code);
  }
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    a.out<float>(2)[g] = q.scale_at(g);
    a.out<std::int32_t>(3)[g] = q.zero_point_at(g);
  }
}

/// Arrays: x, codes two a byte, scales as bytes, the scale of the tensor (NVFP4). Numbers: rows, cols.
template <class Scheme>
void quantized_fp4(arguments& a) {
  auto q = quantize<Scheme>({a.in<float>(0).data(), a.size(0), a.size(1)});
  std::copy(q.codes().begin(), q.codes().end(), a.out<std::uint8_t>(1).begin());
  std::size_t plane = 0;
  q.scale_plane().for_each_plane("", [&](const std::string&, plane_type, std::size_t, std::size_t, std::span<const std::uint8_t> bytes) {
    std::copy(bytes.begin(), bytes.end(), a.out<std::uint8_t>(2 + plane++).begin());
  });
}

/// Arrays: path of the file read, path of the file written, layer, real numbers.
template <class Read, class Write>
void file(const std::string& name, const Read& read, const Write& write) {
  operation("file " + name, [=](arguments& a) {
    const auto from = safetensors_file::open(text(a.in<std::uint8_t>(0)));
    const auto q = read(from.value(), text(a.in<std::uint8_t>(2))).value();
    dequantize(q, matrix_view<float>(a.out<float>(3).data(), q.rows(), q.cols()));
    safetensors_writer writer;
    write(writer, text(a.in<std::uint8_t>(2)), q);
    static_cast<void>(writer.write(text(a.in<std::uint8_t>(1))).value());
  });
}
template <class Scheme>
void packed_file(const std::string& name) {
  file(name, ct::read_packed<Scheme>, ct::write_packed<Scheme>);
}
template <class Scheme>
void byte_file(const std::string& name) {
  file(name, ct::read_bytes<Scheme>, ct::write_bytes<Scheme>);
}

template <class Element, class Granularity, class Storage>
void packed_of(const std::string& name) {
  packed_file<ct::integers<Element, Granularity, ct::symmetric, Storage>>(name + " symmetric");
  packed_file<ct::integers<Element, Granularity, ct::affine, Storage>>(name + " asymmetric");
}
template <class Element>
void packed(const std::string& bits) {
  operation("quantize " + bits + " group symmetric", quantized<ct::integers<Element, per_group<32>, ct::symmetric, stored_as<fp32>>>);
  operation("quantize " + bits + " group asymmetric", quantized<ct::integers<Element, per_group<32>, ct::affine, stored_as<fp32>>>);
  operation("quantize " + bits + " channel symmetric", quantized<ct::integers<Element, per_channel<0>, ct::symmetric, stored_as<fp32>>>);
  operation("quantize " + bits + " channel asymmetric", quantized<ct::integers<Element, per_channel<0>, ct::affine, stored_as<fp32>>>);
  packed_of<Element, per_group<32>, stored_as<fp32>>("packed " + bits + " group float32");
  packed_of<Element, per_channel<0>, stored_as<fp32>>("packed " + bits + " channel float32");
  packed_of<Element, per_group<32>, stored_as<bf16>>("packed " + bits + " group bfloat16");
  packed_of<Element, per_channel<0>, stored_as<fp16>>("packed " + bits + " channel float16");
}

using in_folders =
    scheme_list<ct::integers<int4, per_group<128>, ct::symmetric, stored_as<fp32>>, ct::integers<int4, per_group<128>>,
                ct::integers<int4, per_group<128>, ct::affine>, ct::integers<int8, per_channel<0>>, ct::floats<per_tensor>, ct::floats<per_channel<0>>,
                ct::floats<per_block<128, 128>>, ct::floats<per_block<128, 128>, stored_as<fp32>>, ct::nvfp4_blocks, ct::mxfp4_blocks>;

template <class Scheme>
void write_layer(safetensors_writer& writer, const checkpoint&, const std::string& layer, const gptq::sorted_matrix<Scheme>& m,
                 const layer_format& format) {
  if constexpr (std::is_same_v<Scheme, ct::nvfp4_blocks>) {
    ct::write_nvfp4(writer, layer, m.weights);
  } else if constexpr (std::is_same_v<Scheme, ct::mxfp4_blocks>) {
    ct::write_mxfp4(writer, layer, m.weights);
  } else {
    if constexpr (ct::packed_scheme<Scheme>) {
      if (format.layout == layer_layout::pack_quantized) {
        ct::write_packed(writer, layer, m.weights);
        return;
      }
    }
    if constexpr (ct::byte_scheme<Scheme>) {
      ct::write_bytes(writer, layer, m.weights);
    }
  }
}

const int registered = [] {
  packed<int3>("3");
  packed<int4>("4");
  packed<int8>("8");
  byte_file<ct::integers<int8, per_channel<0>, ct::symmetric, stored_as<bf16>>>("int channel bfloat16 symmetric");
  byte_file<ct::integers<int8, per_channel<0>, ct::affine, stored_as<fp32>>>("int channel float32 asymmetric");
  byte_file<ct::integers<int8, per_tensor, ct::symmetric, stored_as<fp32>>>("int tensor float32 symmetric");
  byte_file<ct::floats<per_channel<0>, stored_as<bf16>>>("float channel bfloat16 symmetric");
  byte_file<ct::floats<per_channel<0>, stored_as<fp32>>>("float channel float32 symmetric");
  byte_file<ct::floats<per_tensor, stored_as<fp32>>>("float tensor float32 symmetric");
  operation("quantize float channel symmetric", quantized<ct::floats<per_channel<0>, stored_as<fp32>>>);
  operation("quantize float tensor symmetric", quantized<ct::floats<per_tensor, stored_as<fp32>>>);
  byte_file<ct::floats<per_block<128, 128>, stored_as<fp32>>>("float block float32 symmetric");
  operation("quantize float block symmetric", quantized<ct::floats<per_block<128, 128>, stored_as<fp32>>>);
  file("nvfp4", ct::read_nvfp4, ct::write_nvfp4);
  file("mxfp4", ct::read_mxfp4, ct::write_mxfp4);
  operation("quantize nvfp4", quantized_fp4<ct::nvfp4_blocks>);
  operation("quantize mxfp4", quantized_fp4<ct::mxfp4_blocks>);
  conformance::register_folders(in_folders{}, [](auto&&... each) { write_layer(each...); });
  return 0;
}();

}  // namespace
