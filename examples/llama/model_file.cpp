// SPDX-License-Identifier: MIT
// Halftone example: the file of a quantized model.
#include "model_file.hpp"

#include <halftone/io/safetensors_file.hpp>
#include <halftone/io/safetensors_writer.hpp>

namespace llama {

namespace {

constexpr const char* config_key = "llama.config";
constexpr const char* scheme_key = "llama.scheme";

}  // namespace

void save_model(const language_model& model, std::string_view scheme, const std::filesystem::path& path) {
  halftone::safetensors_writer writer;
  writer.set_metadata(config_key, to_json(model.config()));
  writer.set_metadata(scheme_key, std::string(scheme));
  find_scheme(scheme).save(model, writer);
  const auto written = writer.write(path.string());
  halftone::expects(written.has_value(), written.failure().text);
}

loaded_model load_model_file(const std::filesystem::path& path) {
  const auto opened = halftone::safetensors_file::open(path.string());
  halftone::expects(opened.has_value(), path.string(), ": ", opened.failure().text);
  const halftone::safetensors_file& file = opened.value();
  const auto& metadata = file.metadata();
  const auto sizes = metadata.find(config_key);
  const auto scheme = metadata.find(scheme_key);
  halftone::expects(sizes != metadata.end() && scheme != metadata.end(), path.string(),
                    ": this is no model that --save wrote; its metadata has no \"", config_key, "\" and \"", scheme_key,
                    "\"");
  const known_scheme& known = find_scheme(scheme->second);
  return {&known, known.load(parse_config(sizes->second, path.string()), file)};
}

}  // namespace llama
