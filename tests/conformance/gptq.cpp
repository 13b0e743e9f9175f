// SPDX-License-Identifier: MIT
// Operations for gptq.py.
#include <conformance/checkpoint_folders.hpp>

#include <halftone/format/gptq/quantize.hpp>
#include <halftone/quantize/dequantize.hpp>

using namespace halftone;
using conformance::arguments;
using conformance::operation;
using conformance::text;

namespace {

/// Arrays: x, codes, scales, zero points. Numbers: rows, cols.
template <class Scheme>
void quantize_groups(arguments& a) {
  const auto q = gptq::quantize<Scheme>({a.in<float>(0).data(), a.size(0), a.size(1)});
  for (std::size_t i = 0; i < q.rows() * q.cols(); ++i) {
    a.out<std::uint8_t>(1)[i] = static_cast<std::uint8_t>(q.code_at(i / q.cols(), i % q.cols()));
  }
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    a.out<float>(2)[g] = q.scale_at(g);
    a.out<std::int32_t>(3)[g] = q.zero_point_at(g);
  }
}

/// Arrays: path of the file read, path of the file written, layer, real numbers in natural order. Numbers: version.
template <class Scheme>
void read_and_write(arguments& a) {
  const auto file = safetensors_file::open(text(a.in<std::uint8_t>(0)));
  const auto v = a.number(0) == 1 ? gptq::version::v1 : gptq::version::v2;
  const auto m = gptq::read<Scheme>(file.value(), text(a.in<std::uint8_t>(2)), v).value();
  for (std::size_t i = 0; i < m.weights.rows() * m.weights.cols(); ++i) {
    const std::size_t j = i % m.weights.cols(), k = m.order.empty() ? j : m.order[j];
    a.out<float>(3)[i - j + k] = m.weights.value_at(i / m.weights.cols(), j);
  }
  safetensors_writer writer;
  gptq::write(writer, text(a.in<std::uint8_t>(2)), m, v);
  static_cast<void>(writer.write(text(a.in<std::uint8_t>(1))).value());
}

template <class Element, class Granularity>
void add(const std::string& name) {
  operation("quantize " + name + " asymmetric", quantize_groups<gptq::layer<Element, Granularity, gptq::affine, stored_as<fp32>>>);
  operation("quantize " + name + " symmetric", quantize_groups<gptq::layer<Element, Granularity, gptq::symmetric, stored_as<fp32>>>);
  operation("file " + name, read_and_write<gptq::layer<Element, Granularity>>);
}
template <class Element>
void add(const std::string& bits) {
  add<Element, per_channel<0>>(bits + " -1");
  add<Element, per_group<32>>(bits + " 32");
  add<Element, per_group<64>>(bits + " 64");
  add<Element, per_group<128>>(bits + " 128");
}

const int registered = [] {
  add<uint2>("2");
  add<uint3>("3");
  add<uint4>("4");
  add<uint8>("8");
  using in_folders = scheme_list<gptq::layer<uint2, per_group<64>>, gptq::layer<uint3, per_group<32>>, gptq::layer<uint4, per_group<128>>,
                                 gptq::layer<uint8, per_channel<0>>>;
  conformance::register_folders(in_folders{}, [](safetensors_writer& writer, const checkpoint&, const std::string& layer, const auto& m,
                                                 const layer_format& format) {
    gptq::write(writer, layer, m, format.layout == layer_layout::gptq_v1 ? gptq::version::v1 : gptq::version::v2);
  });
  return 0;
}();

}  // namespace
