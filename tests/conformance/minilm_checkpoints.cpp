// SPDX-License-Identifier: MIT
// Operations for minilm_checkpoints.py: a model's linear layers in safetensors, as checkpoint formats store them.
#include <conformance/driver.hpp>

#include <halftone/epilogue/linear_stages.hpp>
#include <halftone/format/bitsandbytes/quantize.hpp>
#include <halftone/format/gptq/schemes.hpp>
#include <halftone/gemm/gemm.hpp>
#include <halftone/io/bitsandbytes_matrix.hpp>
#include <halftone/io/compressed_tensors_matrix.hpp>
#include <halftone/io/gptq_matrix.hpp>
#include <halftone/quantize/quantize.hpp>

#include <cstring>
#include <sstream>

using namespace halftone;
using conformance::arguments;
using conformance::operation;

namespace {

std::string text(std::span<const std::uint8_t> letters) { return {letters.begin(), letters.end()}; }

std::vector<std::string> lines_of(std::span<const std::uint8_t> letters) {
  std::istringstream all(text(letters));
  std::vector<std::string> lines;
  for (std::string line; std::getline(all, line);) {
    lines.push_back(line);
  }
  return lines;
}

const safetensors_tensor& matrix_of(const safetensors_file& file, const std::string& name) {
  const safetensors_tensor* tensor = file.find(name);
  if (tensor == nullptr || tensor->type != safetensors_type::F32 || tensor->shape.size() != 2) {
    throw std::invalid_argument(name + " is no matrix of floats");
  }
  return *tensor;
}

/// Quantizes matrices of a file and writes them to another. Arrays: path read, path written, names of the matrices, one a line.
template <class Format>
void convert(arguments& a) {
  const safetensors_file file = safetensors_file::open(text(a.in<std::uint8_t>(0))).value();
  safetensors_writer writer;
  for (const std::string& name : lines_of(a.in<std::uint8_t>(2))) {
    const safetensors_tensor& tensor = matrix_of(file, name);
    std::vector<float> w(static_cast<std::size_t>(tensor.shape[0] * tensor.shape[1]));
    std::memcpy(w.data(), tensor.bytes.data(), tensor.bytes.size());
    Format::write(writer, name, {w.data(), static_cast<std::size_t>(tensor.shape[0]), static_cast<std::size_t>(tensor.shape[1])});
  }
  static_cast<void>(writer.write(text(a.in<std::uint8_t>(1))).value());
}

/// y = x w^T + bias with a matrix of such a file. Arrays: path, name, x, bias, y. Numbers: rows of x, rows and columns of w.
template <class Format>
void multiply(arguments& a) {
  const safetensors_file file = safetensors_file::open(text(a.in<std::uint8_t>(0))).value();
  const auto q = Format::read(file, text(a.in<std::uint8_t>(1)));
  if (q.shape() != matrix_shape{a.size(1), a.size(2)}) {
    throw std::invalid_argument("the matrix of the file has another shape");
  }
  gemm(matrix_view<const float>(a.in<float>(2).data(), a.size(0), a.size(2)), pack(q),
       matrix_view<float>(a.out<float>(4).data(), a.size(0), a.size(1)), epilogue{add_bias{a.in<float>(3)}});
}

template <class Scheme>
struct bitsandbytes_format {
  static void write(safetensors_writer& writer, const std::string& name, matrix_view<const float> w) {
    bitsandbytes::write(writer, name, bitsandbytes::quantize<Scheme>(w), safetensors_type::F32);
  }
  static quantized_matrix<Scheme> read(const safetensors_file& file, const std::string& name) {
    return bitsandbytes::read<Scheme>(file, name).value();
  }
};

/// The layer of a weight.
std::string layer_of(const std::string& name) { return name.substr(0, name.size() - std::string_view(".weight").size()); }

/// pack-quantized.
template <class Scheme>
struct compressed_format {
  static void write(safetensors_writer& writer, const std::string& name, matrix_view<const float> w) {
    compressed_tensors::write_packed(writer, layer_of(name), quantize<Scheme>(w));
  }
  static quantized_matrix<Scheme> read(const safetensors_file& file, const std::string& name) {
    return compressed_tensors::read_packed<Scheme>(file, layer_of(name)).value();
  }
};

/// Version 1, columns in their natural order.
template <class Scheme>
struct gptq_format {
  static void write(safetensors_writer& writer, const std::string& name, matrix_view<const float> w) {
    gptq::write(writer, layer_of(name), gptq::sorted_matrix<Scheme>{quantize<Scheme>(w), {}}, gptq::version::v1);
  }
  static quantized_matrix<Scheme> read(const safetensors_file& file, const std::string& name) {
    return gptq::read<Scheme>(file, layer_of(name), gptq::version::v1).value().weights;
  }
};

template <class Format>
void add(const std::string& name) {
  operation("convert " + name, convert<Format>);
  operation("multiply " + name, multiply<Format>);
}

const bool registered = [] {
  add<bitsandbytes_format<bitsandbytes::nf4_blocks<64>>>("nf4");
  add<bitsandbytes_format<bitsandbytes::nf4_nested<64>>>("nested nf4");
  add<bitsandbytes_format<bitsandbytes::fp4_blocks<64>>>("fp4");
  add<compressed_format<compressed_tensors::integers<int4, per_group<128>, compressed_tensors::symmetric, stored_as<fp32>>>>("packed 4");
  add<compressed_format<compressed_tensors::integers<int8, per_channel<0>, compressed_tensors::symmetric, stored_as<fp32>>>>("packed 8");
  add<gptq_format<gptq::layer<uint4, per_group<128>, gptq::symmetric>>>("gptq 4");
  return true;
}();

}  // namespace
