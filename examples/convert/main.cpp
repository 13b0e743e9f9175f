// SPDX-License-Identifier: MIT
// Halftone example: converts a model file, or a checkpoint that another tool quantized, into a GGUF file of other types, and says what
// each tensor lost.
//
//   halftone_convert model.safetensors model.gguf --type Q4_K
//   halftone_convert model.gguf smaller.gguf --bits 4.5
#include "convert.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace {

bool shows_progress() {
#if __has_include(<unistd.h>)
  return isatty(2) != 0;
#else
  return false;
#endif
}

void print(const std::vector<convert::outcome>& outcomes) {
  std::size_t width = 6;
  for (const auto& each : outcomes) {
    width = std::max(width, each.name.size());
  }
  const int w = static_cast<int>(width);
  std::printf("%-*s  %-8s  %-6s  %7s  %-8s  %12s  %12s\n", w, "tensor", "from", "to", "bits", "", "largest", "relative MSE");
  std::size_t matrices = 0;
  std::size_t copied = 0;
  std::size_t exact = 0;
  for (const auto& each : outcomes) {
    std::printf("%-*s  %-8s  %-6s  %7.4f  %-8s  %12.4g  %12.4g\n", w, each.name.c_str(), each.from.c_str(), each.to.c_str(), each.bits,
                each.copied ? "copied" : each.report.exact ? "exact" : "measured", each.report.error.max_error,
                each.report.error.relative_mse);
    matrices += each.matrix ? 1 : 0;
    copied += each.matrix && each.copied ? 1 : 0;
    exact += each.matrix && !each.copied && each.report.exact ? 1 : 0;
  }
  const std::size_t measured = matrices - copied - exact;
  std::printf("%zu matrices: ", matrices);
  if (copied == matrices || exact == matrices || measured == matrices) {
    std::printf("all %s\n", copied == matrices ? "copied" : exact == matrices ? "exact" : "measured");
  } else {
    std::printf("%zu copied, %zu exact, %zu measured\n", copied, exact, measured);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string from;
  std::string to;
  std::string type;
  double bits = 0.0;
  bool verified = false;
  int version = 1;
  std::vector<std::string> names;
  for (const convert::target_type* each : convert::target_types()) {
    names.emplace_back(halftone::name_of(each->type));
  }
  CLI::App app{"Converts a model file (GGUF; safetensors of floats or of bitsandbytes, GPTQ, AWQ, compressed-tensors) into a GGUF file, and shows "
               "what each tensor lost. Vectors stay as they are."};
  app.add_option("from", from, "file to read")->required()->check(CLI::ExistingFile);
  app.add_option("to", to, "GGUF file to write")->required();
  auto* type_option = app.add_option("--type", type, "type of the matrices")->check(CLI::IsMember(names));
  app.add_option("--bits", bits, "instead of a type: for each matrix the best of at most so many bits a weight")
      ->excludes(type_option)
      ->check(CLI::PositiveNumber);
  app.add_option("--gptq-version", version, "of GPTQ's layers: 1, or 2 where the checkpoint's format is gptq_v2")->check(CLI::Range(1, 2));
  app.add_flag("--verify", verified, "read the file again and measure every error once more");
  CLI11_PARSE(app, argc, argv);

  try {
    halftone::expects(!type.empty() || bits > 0.0, "give --type or --bits");
    halftone::expects(to.ends_with(".gguf"), to, ": this program writes GGUF files, NAME.gguf");
    const auto start = std::chrono::steady_clock::now();
    const convert::model_file model(from, version == 1 ? halftone::gptq::version::v1 : halftone::gptq::version::v2);
    const auto outcomes = convert::write(model, {type.empty() ? nullptr : convert::find_type(type), bits}, to, [](std::size_t done, std::size_t all) {
      if (shows_progress()) {
        std::fprintf(stderr, "\r  converting %3zu %%", 100 * done / all);
      }
    });
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::fprintf(stderr, "%s  converted in %.2f s\n", shows_progress() ? "\r\033[K" : "", seconds.count());
    print(outcomes);
    if (verified) {
      convert::verify(model, outcomes, to);
      std::printf("read again: every error is the one above\n");
    }
    return 0;
  } catch (const halftone::error& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 1;
  }
}
