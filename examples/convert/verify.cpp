// SPDX-License-Identifier: MIT
// Halftone example: a written file is read again.
#include "convert.hpp"

#include <halftone/quantize/compare.hpp>

#include <set>

namespace convert {

void verify(const model_file& model, const wanted& want, const std::vector<outcome>& outcomes, const std::string& path) {
  const model_file written(path, want.gptq_version);
  halftone::expects(written.tensors().size() == outcomes.size(), path, " has ", written.tensors().size(), " tensors");
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const outcome& done = outcomes[i];
    const source_tensor& before = model.tensors()[i];
    const source_tensor* after = written.find(done.matrix && want.format != file_format::gguf && want.format != file_format::bitsandbytes &&
                                                      want.format != file_format::safetensors
                                                  ? before.layer_name() + ".weight"
                                                  : before.name);
    halftone::expects(after != nullptr && before.shape() == after->shape(), "tensor \"", before.name, "\" is not what was written");
    if (done.copied && !before.layer) {
      halftone::expects(after->type_name == done.to && std::ranges::equal(before.bytes, after->bytes), "tensor \"", before.name,
                        "\": its bytes are not those of the copy");
      continue;
    }
    std::vector<float> wanted_row(before.cols());
    std::vector<float> values(before.cols());
    halftone::error_sums sums;
    const row_reader read = before.open();
    const row_reader read_again = after->open();
    for (std::size_t row = 0; row < before.rows(); ++row) {
      read(row, wanted_row);
      read_again(row, values);
      sums.add(wanted_row.data(), values.data(), values.size());
    }
    const halftone::error_report measured = sums.report(0.0);
    const auto same = [](double a, double b) { return a == b || (a != a && b != b); };  // NaN where a number is infinite or NaN
    halftone::expects(same(measured.relative_mse, done.report.error.relative_mse) && same(measured.max_error, done.report.error.max_error) &&
                          (!done.report.exact || measured.max_error == 0.0),
                      "tensor \"", before.name, "\": the error is ", measured.max_error, ", not ", done.report.error.max_error);
  }
}

}  // namespace convert
