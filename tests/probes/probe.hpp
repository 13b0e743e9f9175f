// SPDX-License-Identifier: MIT
// Halftone: takes one scheme through everything the library does, and compares each step with the reference.
//
// A probe is a scheme that later parts of the library need, built from policies that its own file defines. If a probe
// needs a change anywhere else, the foundation is wrong.
#pragma once

#include "same_bits.hpp"

#include <halftone/io/quantized_io.hpp>
#include <halftone/io/safetensors_file.hpp>
#include <halftone/io/safetensors_writer.hpp>

#include <filesystem>

namespace probe {

/// A file name of this test's own, removed at the end.
class temporary_file {
 public:
  explicit temporary_file(const std::string& name)
      : path_(std::filesystem::temp_directory_path() /
              ("halftone_probe_" + name + "_" + std::to_string(reinterpret_cast<std::uintptr_t>(this)))) {}
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() { std::filesystem::remove(path_); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// Calls multiply(x, y, epilogue) and reference(x, y, epilogue) with float and with dynamic int8 activations, for 1 and
/// 5 rows, without and with an epilogue, and requires the same bits.
void check_gemm(std::size_t n, std::size_t k, const auto& multiply, const auto& reference) {
  for (const std::size_t m : {std::size_t{1}, std::size_t{5}}) {
    const multiplication call{m, n, k};
    const halftone::epilogue<> nothing;
    call.check(call.floats(), nothing, multiply, reference, "gemm with float activations");
    call.check(call.floats(), call.finish(), multiply, reference, "gemm with float activations and epilogue");
    call.check(call.codes(), nothing, multiply, reference, "gemm with int8 activations");
    call.check(call.codes(), call.finish(), multiply, reference, "gemm with int8 activations and epilogue");
  }
}

/// Saves q, loads it again, and requires the same planes. `empty` is the scheme as whoever loads the file knows it:
/// without the tables that the file holds.
template <class Scheme>
void check_file(const halftone::quantized_matrix<Scheme>& q, const Scheme& empty) {
  const temporary_file file("planes");
  halftone::safetensors_writer writer;
  halftone::save(writer, "layer", q);
  REQUIRE(writer.write(file.path()).has_value());
  auto opened = halftone::safetensors_file::open(file.path());
  REQUIRE(opened.has_value());
  const auto loaded = halftone::load<Scheme>(opened.value(), "layer", empty);
  REQUIRE(loaded.has_value());
  require_same_planes(loaded.value(), q, "save and load");
  require_equal(dequantized(loaded.value()), dequantized(q), "dequantize after load");
}

/// Takes `scheme` with weights w through quantize, dequantize, save, load, pack, unpack and gemm.
///
/// @param worst     the relative mean squared error that the scheme has to stay below
/// @param bits      bits per weight, everything counted
/// @param empty     the scheme as whoever loads a file knows it
template <class Scheme>
halftone::quantized_matrix<Scheme> check(halftone::matrix_view<const float> w, double worst, double bits,
                                         const Scheme& scheme = {}, const Scheme& empty = {}) {
  const auto q = halftone::quantize<Scheme>(w, halftone::min_max{}, scheme);
  require_same_planes(q, halftone::reference::quantize<Scheme>(w, halftone::min_max{}, scheme), "quantize");

  std::vector<float> expected(w.rows() * w.cols());
  halftone::reference::dequantize(q, {expected.data(), w.rows(), w.cols()});
  require_equal(dequantized(q), expected, "dequantize");

  const halftone::error_report report = halftone::compare(w, q);
  CHECK(report.relative_mse < worst);
  CHECK(report.bits_per_weight == doctest::Approx(bits).epsilon(1e-9));

  check_file(q, empty);

  const auto packed = halftone::pack(q);
  require_same_planes(halftone::unpack(packed), q, "pack and unpack");

  check_gemm(
      w.rows(), w.cols(), [&](const auto& x, auto y, const auto& finish) { halftone::gemm(x, packed, y, finish); },
      [&](const auto& x, auto y, const auto& finish) { halftone::reference::gemm(x, q, y, finish); });
  return q;
}

}  // namespace probe
