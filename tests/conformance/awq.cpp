// SPDX-License-Identifier: MIT
// Operations for awq.py.
#include <conformance/checkpoint_folders.hpp>

#include <halftone/format/awq/schemes.hpp>
#include <halftone/format/gptq/quantize.hpp>
#include <halftone/quantize/dequantize.hpp>

using namespace halftone;
using conformance::arguments;
using conformance::operation;
using conformance::text;

namespace {

template <class Granularity>
void add(const std::string& group) {
  // Arrays: x, codes, scales, zero points. Numbers: rows, cols.
  operation("quantize " + group, [](arguments& a) {
    const auto q = gptq::quantize<awq::layer<Granularity, stored_as<fp32>>>({a.in<float>(0).data(), a.size(0), a.size(1)});
    for (std::size_t i = 0; i < q.rows() * q.cols(); ++i) {
      a.out<std::uint8_t>(1)[i] = static_cast<std::uint8_t>(q.code_at(i / q.cols(), i % q.cols()));
    }
    for (std::size_t g = 0; g < q.group_count(); ++g) {
      a.out<float>(2)[g] = q.scale_at(g);
      a.out<std::int32_t>(3)[g] = q.zero_point_at(g);
    }
  });
  // Arrays: path of the file read, path of the file written, layer, real numbers.
  operation("file " + group, [](arguments& a) {
    const auto file = safetensors_file::open(text(a.in<std::uint8_t>(0)));
    const auto q = awq::read<awq::layer<Granularity>>(file.value(), text(a.in<std::uint8_t>(2))).value();
    dequantize(q, matrix_view<float>(a.out<float>(3).data(), q.rows(), q.cols()));
    safetensors_writer writer;
    awq::write(writer, text(a.in<std::uint8_t>(2)), q);
    static_cast<void>(writer.write(text(a.in<std::uint8_t>(1))).value());
  });
}

const int registered = [] {
  add<per_channel<0>>("-1");
  add<per_group<32>>("32");
  add<per_group<64>>("64");
  add<per_group<128>>("128");
  using in_folders = scheme_list<awq::layer<per_channel<0>>, awq::layer<per_group<32>>, awq::layer<per_group<128>>>;
  conformance::register_folders(in_folders{}, [](safetensors_writer& writer, const checkpoint&, const std::string& layer, const auto& m, auto) {
    awq::write(writer, layer, m.weights);
  });
  return 0;
}();

}  // namespace
