// SPDX-License-Identifier: MIT
// Halftone example: tensors from one type into another.
#include "convert.hpp"

#include <halftone/io/gguf_writer.hpp>
#include <halftone/quantize/compare.hpp>

#include <algorithm>

#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace convert {

namespace {

/// Maps pages of a file that are about to be read in one call: the faults one by one cost more than the copy.
void map_at_once([[maybe_unused]] std::span<const std::uint8_t> bytes) {
#ifdef MADV_POPULATE_READ
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(bytes.data()) / page * page;
  const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(bytes.data() + bytes.size());
  static_cast<void>(::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_READ));  // only a hint
#endif
}

/// A tensor of which the rows are converted one by one.
halftone::transcode_report convert_rows(const source_tensor& from, const target_type& to,
                                        const std::function<void(std::span<const std::uint8_t>)>& write) {
  const std::size_t cols = from.cols();
  const row_reader read = from.open();
  const std::size_t length = from.type == nullptr ? 0 : from.type->row_bytes(cols);
  std::vector<float> wanted(cols);
  std::vector<float> values(cols);
  std::vector<std::uint8_t> bytes(to.row_bytes(cols));
  halftone::error_sums sums;
  bool exact = true;
  for (std::size_t row = 0; row < from.rows(); ++row) {
    read(row, wanted);
    if (from.type == nullptr || !to.move_row(from.type->type, from.bytes.subspan(row * length, length), cols, bytes)) {
      to.encode_row(wanted, bytes);
    }
    to.decode_row(bytes, values);
    exact = exact && wanted == values;
    sums.add(wanted.data(), values.data(), cols);
    write(bytes);
  }
  return {.exact = exact, .error = sums.report(to.bits())};
}

}  // namespace

const target_type& choose(const source_tensor& tensor, const wanted& want) {
  if (!tensor.is_matrix() && tensor.type != nullptr) {
    return *tensor.type;
  }
  if (want.type != nullptr) {
    halftone::expects(tensor.cols() % want.type->block == 0, "tensor \"", tensor.name, "\": a row of ", tensor.cols(),
                      " weights is no whole number of ", std::string(halftone::name_of(want.type->type)), " blocks of ", want.type->block);
    return *want.type;
  }
  for (const target_type* each : target_types()) {
    if (each->bits() <= want.bits && tensor.cols() % each->block == 0) {
      return *each;
    }
  }
  halftone::expects(false, "tensor \"", tensor.name, "\": no type of at most ", want.bits, " bits has blocks that divide rows of ",
                    tensor.cols());
  return *target_types().front();
}

std::vector<outcome> write(const model_file& model, const wanted& want, const std::string& path,
                           const std::function<void(std::size_t, std::size_t)>& told) {
  halftone::gguf_writer writer;
  if (model.gguf() != nullptr) {
    writer.set(*model.gguf());
  }
  std::vector<const target_type*> types;
  for (const source_tensor& tensor : model.tensors()) {  // everything that can be refused is, before anything is written
    types.push_back(&choose(tensor, want));
    writer.add(tensor.name, types.back()->type, tensor.dims);
  }
  halftone::gguf_output output = writer.open(path);
  std::vector<outcome> outcomes;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const source_tensor& tensor = model.tensors()[i];
    outcome done{.name = tensor.name,
                 .from = tensor.type_name,
                 .to = std::string(halftone::name_of(types[i]->type)),
                 .bits = types[i]->bits(),
                 .matrix = tensor.is_matrix(),
                 .copied = types[i] == tensor.type};
    if (done.copied) {
      constexpr std::size_t piece = std::size_t{16} << 20;
      for (std::size_t at = 0; at < std::max<std::size_t>(tensor.bytes.size(), 1); at += piece) {  // no bytes are a piece, too
        const auto bytes = tensor.bytes.subspan(at, std::min(piece, tensor.bytes.size() - at));
        map_at_once(bytes);
        output.write(tensor.name, bytes);
      }
      done.report.exact = true;
    } else {
      done.report = convert_rows(tensor, *types[i],
                                 [&](std::span<const std::uint8_t> bytes) { output.write(tensor.name, bytes); });
    }
    outcomes.push_back(std::move(done));
    told(i + 1, types.size());
  }
  const auto written = output.commit();
  halftone::expects(written.has_value(), written.has_value() ? std::string() : written.failure().text);
  return outcomes;
}

void verify(const model_file& model, const std::vector<outcome>& outcomes, const std::string& path) {
  const model_file written(path);
  halftone::expects(written.tensors().size() == model.tensors().size(), path, " has ", written.tensors().size(), " tensors");
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const source_tensor& before = model.tensors()[i];
    const source_tensor& after = written.tensors()[i];
    halftone::expects(before.name == after.name && before.dims == after.dims && after.type_name == outcomes[i].to, "tensor \"",
                      before.name, "\" is not what was written");
    if (outcomes[i].copied) {
      halftone::expects(std::ranges::equal(before.bytes, after.bytes), "tensor \"", before.name, "\": its bytes are not those of the copy");
      continue;
    }
    std::vector<float> wanted(before.cols());
    std::vector<float> values(before.cols());
    halftone::error_sums sums;
    const row_reader read = before.open();
    const row_reader read_again = after.open();
    for (std::size_t row = 0; row < before.rows(); ++row) {
      read(row, wanted);
      read_again(row, values);
      sums.add(wanted.data(), values.data(), values.size());
    }
    const halftone::error_report measured = sums.report(0.0);
    const auto same = [](double a, double b) { return a == b || (a != a && b != b); };  // NaN where a number is infinite or NaN
    halftone::expects(same(measured.relative_mse, outcomes[i].report.error.relative_mse) &&
                          same(measured.max_error, outcomes[i].report.error.max_error) &&
                          (!outcomes[i].report.exact || measured.max_error == 0.0),
                      "tensor \"", before.name, "\": the error is ", measured.max_error, ", not ", outcomes[i].report.error.max_error);
  }
}

}  // namespace convert
