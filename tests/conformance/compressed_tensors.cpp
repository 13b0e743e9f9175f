// SPDX-License-Identifier: MIT
// Operations for compressed_tensors.py.
#include <conformance/driver.hpp>

#include <halftone/io/compressed_tensors_matrix.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>

using namespace halftone;
using conformance::arguments;
using conformance::operation;
namespace ct = halftone::compressed_tensors;

namespace {

std::string text(std::span<const std::uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

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
  file("nvfp4", ct::read_nvfp4, ct::write_nvfp4);
  return 0;
}();

}  // namespace
