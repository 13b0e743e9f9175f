// SPDX-License-Identifier: MIT
// Halftone example: converts a model file, or a checkpoint that another tool quantized, into one of another format or of other types, and
// says what each tensor lost.
//
//   halftone_convert model.safetensors model.gguf --type Q4_K
//   halftone_convert model.gguf smaller.gguf --bits 4.5
//   halftone_convert model.gguf layers.safetensors --format gptq --type uint4_g128
//   halftone_convert model.safetensors layers.onnx --target tensorrt --bits 4.5
#include "convert.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
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
  std::size_t width = 6, from_width = 4, to_width = 8;
  for (const auto& each : outcomes) {
    width = std::max(width, each.name.size());
    from_width = std::max(from_width, each.from.size());
    to_width = std::max(to_width, each.to.size());
  }
  const int w = static_cast<int>(width), f = static_cast<int>(from_width), t = static_cast<int>(to_width);
  std::printf("%-*s  %-*s  %-*s  %7s  %-8s  %12s  %12s\n", w, "tensor", f, "from", t, "to", "bits", "", "largest", "relative MSE");
  std::size_t matrices = 0;
  std::size_t copied = 0;
  std::size_t exact = 0;
  for (const auto& each : outcomes) {
    if (each.to.empty()) {
      std::printf("%-*s  %-*s  left out\n", w, each.name.c_str(), f, each.from.c_str());
      continue;
    }
    std::printf("%-*s  %-*s  %-*s  %7.4f  %-8s  %12.4g  %12.4g\n", w, each.name.c_str(), f, each.from.c_str(), t, each.to.c_str(), each.bits,
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

/// What a file is to be, by its name where nothing else says it.
convert::file_format format_of(const std::string& path, const std::string& format, const std::string& target) {
  using convert::file_format;
  const bool is_gguf = path.ends_with(".gguf"), is_onnx = path.ends_with(".onnx"), is_tflite = path.ends_with(".tflite");
  halftone::expects(is_gguf || is_onnx || is_tflite || path.ends_with(".safetensors"), path,
                    ": this program writes files NAME.gguf, NAME.safetensors, NAME.onnx and NAME.tflite");
  file_format chosen = is_gguf ? file_format::gguf : is_onnx ? file_format::onnx : is_tflite ? file_format::tflite : file_format::safetensors;
  if (!format.empty()) {
    const auto at = std::ranges::find(convert::format_names, format);
    const auto wanted = static_cast<file_format>(at - convert::format_names.begin());
    const bool is_checkpoint = wanted != file_format::gguf && wanted != file_format::onnx && wanted != file_format::tflite;
    halftone::expects(is_checkpoint ? chosen == file_format::safetensors : wanted == chosen, path, " is no name of a ", format, " file");
    chosen = wanted;
  } else if (chosen == file_format::safetensors && target == "bitsandbytes") {
    chosen = file_format::bitsandbytes;
  }
  return chosen;
}

/// The type of a name in a format.
const convert::layer_type* type_of(convert::file_format format, const std::string& name) {
  if (name.empty()) {
    return nullptr;
  }
  std::string names;
  for (const convert::layer_type* each : convert::layer_types()) {
    names += each->format == format ? " " + std::string(each->name) : "";
  }
  const convert::layer_type* type = convert::find_layer_type(format, name);
  halftone::expects(type != nullptr, "--type ", name, ": ", std::string(convert::name_of(format)), " has", names);
  return type;
}

}  // namespace

int main(int argc, char** argv) {
  std::string from;
  std::string to;
  std::string type;
  std::string format;
  std::string target;
  double bits = 0.0;
  bool verified = false;
  int version = 1;
  std::vector<std::string> kept;
  CLI::App app{"Converts a model (GGUF; safetensors of floats, of Halftone's planes or of bitsandbytes, GPTQ, AWQ, compressed-tensors) into "
               "another, and shows what each tensor lost. Vectors stay as they are."};
  app.add_option("from", from, "file to read, index of several (.json), or folder")->required()->check(CLI::ExistingPath);
  app.add_option("to", to, "file to write: NAME.gguf, NAME.safetensors, NAME.onnx, NAME.tflite")->required();
  app.add_option("--format", format, "of a safetensors file: safetensors for Halftone's planes, or a tool's")
      ->check(CLI::IsMember(std::vector<std::string>(convert::format_names.begin(), convert::format_names.end())));
  auto* type_option = app.add_option("--type", type, "type of the matrices");
  app.add_option("--target", target, "system that must accept the types")
      ->check(CLI::IsMember(std::vector<std::string>(convert::target_names.begin(), convert::target_names.end())));
  app.add_option("--bits", bits, "instead of a type: for each matrix the one of at most so many bits a weight that loses least")
      ->excludes(type_option)
      ->check(CLI::PositiveNumber);
  app.add_option("--keep", kept, "matrices whose names have this in them stay as they are; for checkpoints of tools embeddings and heads do");
  app.add_option("--gptq-version", version, "of GPTQ's layers, read and written: 1, or 2 where the checkpoint's format is gptq_v2")
      ->check(CLI::Range(1, 2));
  app.add_flag("--verify", verified, "read the file again and measure every error once more");
  CLI11_PARSE(app, argc, argv);

  try {
    halftone::expects(!type.empty() || bits > 0.0, "give --type or --bits");
    convert::wanted want{.format = format_of(to, format, target),
                         .bits = bits,
                         .kept = kept,
                         .gptq_version = version == 1 ? halftone::gptq::version::v1 : halftone::gptq::version::v2};
    want.type = type_of(want.format, type);
    if (!target.empty()) {
      want.target = static_cast<std::size_t>(std::ranges::find(convert::target_names, target) - convert::target_names.begin());
    }
    if (kept.empty() && want.format != convert::file_format::gguf && want.format != convert::file_format::safetensors) {
      want.kept = {"embed", "embd", "wte.", "wpe.", "lm_head"};  // which tools do not read quantized
    }
    halftone::expects(!verified || (want.format != convert::file_format::onnx && want.format != convert::file_format::tflite),
                      "--verify reads GGUF and safetensors files");
    const auto start = std::chrono::steady_clock::now();
    const convert::model_file model(from, want.gptq_version);
    const auto outcomes = convert::write(model, want, to, [](std::size_t done, std::size_t all) {
      if (shows_progress()) {
        std::fprintf(stderr, "\r  converting %3zu %%", 100 * done / all);
      }
    });
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::fprintf(stderr, "%s  converted in %.2f s\n", shows_progress() ? "\r\033[K" : "", seconds.count());
    print(outcomes);
    if (verified) {
      convert::verify(model, want, outcomes, to);
      std::printf("read again: every error is the one above\n");
    }
    return 0;
  } catch (const halftone::error& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 1;
  }
}
