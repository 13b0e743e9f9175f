// SPDX-License-Identifier: MIT
// Halftone fuzzing: any bytes as a checkpoint of GPTQ, AWQ, bitsandbytes and compressed-tensors; what is read is written and read again.
//
// Input: a byte that names a reader; a safetensors file, whose layer is "l".
#include <halftone/io/awq_matrix.hpp>
#include <halftone/io/bitsandbytes_matrix.hpp>
#include <halftone/io/compressed_tensors_matrix.hpp>

#include <halftone/format/awq/schemes.hpp>
#include <halftone/format/bitsandbytes/schemes.hpp>
#include <halftone/format/gptq/schemes.hpp>

#include <cstdlib>

using namespace halftone;

namespace {

void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

/// The planes of a matrix and, for a sorted one, its order.
template <class Scheme>
std::vector<std::uint8_t> planes_of(quantized_matrix<Scheme>& q) {
  std::vector<std::uint8_t> all;
  q.for_each_plane("", [&](const std::string&, plane_type, std::size_t, std::size_t, std::span<const std::uint8_t> bytes) {
    all.insert(all.end(), bytes.begin(), bytes.end());
  });
  return all;
}
template <class Scheme>
std::vector<std::uint8_t> planes_of(gptq::sorted_matrix<Scheme>& m) {
  std::vector<std::uint8_t> all = planes_of(m.weights);
  for (const std::uint32_t column : m.order) {
    all.insert(all.end(), {static_cast<std::uint8_t>(column), static_cast<std::uint8_t>(column >> 8)});
  }
  return all;
}
template <class Scheme>
const quantized_matrix<Scheme>& matrix_of(const quantized_matrix<Scheme>& q) { return q; }
template <class Scheme>
const quantized_matrix<Scheme>& matrix_of(const gptq::sorted_matrix<Scheme>& m) { return m.weights; }

/// Reads by `read`; writes what came by `write`, and reads it again: the same planes. A few elements are looked at, since a broken file
/// may tell of a long matrix.
template <class Read, class Write>
void run(const safetensors_file& file, std::size_t size, const char* system, const Read& read, const Write& write) {
  auto first = read(file);
  if (!first) {
    require(first.failure().text.starts_with(system) && first.failure().offset <= size);
    return;
  }
  const auto& q = matrix_of(first.value());
  require(q.codes().size() <= size);
  for (std::size_t i = 0; i < std::min<std::size_t>(q.rows() * q.cols(), 4096); ++i) {
    static_cast<void>(q.value_at(i / q.cols(), i % q.cols()));
  }
  safetensors_writer writer;
  try {
    write(writer, first.value());
  } catch (const error&) {
    return;  // a zero point that the version does not hold
  }
  const std::vector<std::uint8_t> bytes = writer.to_bytes();
  const auto again = safetensors_file::parse(bytes);
  require(again.has_value());
  auto second = read(again.value());
  require(second.has_value() && planes_of(second.value()) == planes_of(first.value()));
}

template <class Scheme>
void run_gptq(const safetensors_file& file, std::size_t size, gptq::version v) {
  run(file, size, "gptq: ", [&](const safetensors_file& f) { return gptq::read<Scheme>(f, "l", v); },
      [&](safetensors_writer& w, const auto& m) { gptq::write(w, "l", m, v); });
}
template <class Scheme>
void run_bitsandbytes(const safetensors_file& file, std::size_t size) {
  run(file, size, "bitsandbytes: ", [](const safetensors_file& f) { return bitsandbytes::read<Scheme>(f, "l"); },
      [](safetensors_writer& w, const auto& q) { bitsandbytes::write(w, "l", q); });
}
template <class Scheme>
void run_packed(const safetensors_file& file, std::size_t size) {
  namespace ct = compressed_tensors;
  run(file, size, "compressed_tensors: ", [](const safetensors_file& f) { return ct::read_packed<Scheme>(f, "l"); },
      [](safetensors_writer& w, const auto& q) { ct::write_packed(w, "l", q); });
}
template <class Scheme>
void run_bytes(const safetensors_file& file, std::size_t size) {
  namespace ct = compressed_tensors;
  run(file, size, "compressed_tensors: ", [](const safetensors_file& f) { return ct::read_bytes<Scheme>(f, "l"); },
      [](safetensors_writer& w, const auto& q) { ct::write_bytes(w, "l", q); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace ct = compressed_tensors;
  if (size == 0) {
    return 0;
  }
  const std::vector<std::uint8_t> bytes(data + 1, data + size);  // of exactly its size
  const auto file = safetensors_file::parse(bytes);
  if (!file) {
    return 0;
  }
  const safetensors_file& f = file.value();
  switch (data[0] % 12) {
    case 0: return run_gptq<gptq::layer<uint4, per_group<8>>>(f, size, gptq::version::v1), 0;
    case 1: return run_gptq<gptq::layer<uint3, per_group<32>>>(f, size, gptq::version::v2), 0;
    case 2: return run_gptq<gptq::layer<uint8, per_channel<0>>>(f, size, gptq::version::v1), 0;
    case 3:
      run(f, size, "awq: ", [](const safetensors_file& from) { return awq::read<awq::layer<per_group<4>>>(from, "l"); },
          [](safetensors_writer& w, const auto& q) { awq::write(w, "l", q); });
      return 0;
    case 4: return run_bitsandbytes<bitsandbytes::nf4_blocks<64>>(f, size), 0;
    case 5: return run_bitsandbytes<bitsandbytes::fp4_nested<64>>(f, size), 0;
    case 6:
      run(f, size, "bitsandbytes: ", [](const safetensors_file& from) { return bitsandbytes::read_int8(from, "l"); },
          [](safetensors_writer& w, const auto& q) { bitsandbytes::write_int8(w, "l", q); });
      return 0;
    case 7: return run_packed<ct::integers<int4, per_group<8>>>(f, size), 0;
    case 8: return run_packed<ct::integers<int8, per_channel<0>, ct::affine>>(f, size), 0;
    case 9: return run_bytes<ct::integers<int8, per_channel<0>, ct::affine>>(f, size), 0;
    case 10: return run_bytes<ct::floats<per_tensor>>(f, size), 0;
    default:
      run(f, size, "compressed_tensors: ", [](const safetensors_file& from) { return ct::read_nvfp4(from, "l"); },
          [](safetensors_writer& w, const auto& q) { ct::write_nvfp4(w, "l", q); });
      return 0;
  }
}
