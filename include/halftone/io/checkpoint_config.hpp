// SPDX-License-Identifier: MIT
// Halftone: how the layers of a checkpoint are stored, as its configuration says: "quantization_config" of config.json, or the files
// of auto-gptq and autoawq.
#pragma once

#include <halftone/io/checkpoint_groups.hpp>

namespace halftone::inline v0_1 {

/// The configuration of a checkpoint whose layers GPTQ's tools, AWQ's, bitsandbytes or compressed-tensors wrote.
///
/// Options that say nothing about the bytes of layers are not looked at. What contradicts itself or is none of the formats that are
/// read is refused, with key and value. Besides: what `json_fields` refuses.
class checkpoint_config {
 public:
  /// @param text  config.json, whose "quantization_config" is read, or an object that is one itself
  /// @param what  named in messages
  [[nodiscard]] static result<checkpoint_config> parse(std::string_view text, std::string_view what = "config.json") {
    return of(json_fields::parse(text, what), what);
  }
  [[nodiscard]] static result<checkpoint_config> open(const std::string& path) {
    const std::size_t slash = path.find_last_of('/');
    const std::string what = slash == std::string::npos ? path : path.substr(slash + 1);
    return of(json_fields::open(path, what), what);
  }
  /// Of a folder: config.json if it has a "quantization_config", else quantize_config.json (auto-gptq), else quant_config.json (autoawq).
  /// @return  not_found if there is none of them
  [[nodiscard]] static result<checkpoint_config> of_folder(const std::string& folder) {
    file_failure none{file_error::not_found, 0,
                      detail::message("folder ", detail::in_quotes(folder), ": there is no configuration of quantization")};
    for (const char* name : {"config.json", "quantize_config.json", "quant_config.json"}) {
      result<checkpoint_config> config = open(folder + "/" + name);
      if (config || (config.failure().code != file_error::cannot_open && config.failure().code != file_error::not_found)) {
        return config;
      }
    }
    return none;
  }

  /// "gptq", "awq", "bitsandbytes" or "compressed-tensors".
  [[nodiscard]] const std::string& method() const noexcept { return method_; }

  /// How a layer is stored; compressed-tensors may say other things for other layers. The block size of bitsandbytes and the type of
  /// scales stand with the tensors: `format_of_layer` knows them.
  /// @param layer  for example "model.layers.0.mlp.up_proj"
  /// @return       not_found for a layer that is not quantized
  [[nodiscard]] result<layer_format> format_of(const std::string& layer) const {
    if (method_ == "compressed-tensors") {
      return groups_.format_of(layer);
    }
    return format_;
  }

  /// Layers that are not quantized, as the configuration names them: parts of their names, for compressed-tensors targets.
  [[nodiscard]] const std::vector<std::string>& ignored() const noexcept { return ignored_; }

 private:
  using options = detail::option_reader;

  [[nodiscard]] static result<checkpoint_config> of(const result<json_fields>& parsed, std::string_view what) {
    if (!parsed) {
      return parsed.failure();
    }
    const json_fields& fields = parsed.value();
    const options top(fields, what, "");
    const bool is_nested = top.is_list("quantization_config");
    if (!is_nested && !top.has("bits") && !top.has("w_bit") && !top.has("quant_method")) {
      return file_failure{file_error::not_found, 0, detail::message(what, ": there is no \"quantization_config\"")};
    }
    options o(fields, what, is_nested ? "quantization_config/" : "");
    checkpoint_config config;
    // What their own files do not say: autoawq's alone has a version.
    config.method_ = o.text("quant_method").value_or(o.has("version") || o.has("w_bit") ? "awq" : "gptq");
    if (config.method_ == "gptq") {
      config.read_gptq(o);
    } else if (config.method_ == "awq") {
      config.read_awq(o);
    } else if (config.method_ == "bitsandbytes") {
      config.read_bitsandbytes(o);
    } else if (config.method_ == "compressed-tensors") {
      config.groups_ = detail::checkpoint_groups::read(o, fields, what, is_nested ? "quantization_config/" : "");
      config.ignored_ = config.groups_.ignored();
    } else {
      o.refuse_value("quant_method", ", none of gptq, awq, bitsandbytes and compressed-tensors");
    }
    return o.failure ? result<checkpoint_config>(*o.failure) : result<checkpoint_config>(std::move(config));
  }

  /// The value of one of two keys; both may be there and say the same.
  static std::optional<std::string> one_of(options& o, const std::string& key, const std::string& other) {
    std::optional<std::string> a = o.text(key), b = o.text(other);
    if (a && b && *a != *b) {
      o.refuse_value(key, detail::message(", but \"", other, "\" is ", detail::in_quotes(*b)));
    }
    return a ? a : b;
  }
  /// Weights of a group: of a row where the file has -1.
  static std::size_t group_size(options& o, const std::string& key) {
    const std::int64_t size = o.size(key).value_or(0);
    if (size == 0) {
      o.refuse_value(key, ", not the size of groups or -1");
    }
    return size > 0 ? static_cast<std::size_t>(size) : 0;
  }

  void read_gptq(options& o) {
    const std::int64_t bits = o.size("bits").value_or(0);
    if (bits != 2 && bits != 3 && bits != 4 && bits != 8) {
      o.refuse_value("bits", ", not 2, 3, 4 or 8");
    }
    const std::string format = one_of(o, "checkpoint_format", "format").value_or("gptq");
    if (format != "gptq" && format != "gptq_v2") {
      o.refuse_value(o.has("checkpoint_format") ? "checkpoint_format" : "format", ", not gptq or gptq_v2");
    }
    if (o.truth("is_marlin_format").value_or(false)) {
      o.refuse_value("is_marlin_format", ": that layout is not read");
    }
    if (o.text("pack_dtype").value_or("int32") != "int32") {
      o.refuse_value("pack_dtype", ", not int32");
    }
    if (o.members("dynamic") != 0) {
      o.refuse("\"dynamic\" gives layers options of their own, which are not read");
    }
    format_ = {.layout = format == "gptq" ? layer_layout::gptq_v1 : layer_layout::gptq_v2,
               .bits = static_cast<unsigned>(bits),
               .group = {1, group_size(o, "group_size")},
               .has_zero_point = true,
               .has_column_order = o.truth("desc_act").value_or(false)};
    static_cast<void>(o.truth("sym"));
    ignored_ = o.texts("modules_to_not_convert");
  }

  void read_awq(options& o) {
    const std::string bits = o.has("bits") || !o.has("w_bit") ? "bits" : "w_bit";
    if (o.size(bits) != 4) {
      o.refuse_value(bits, ", not 4");
    }
    const std::string format = one_of(o, "checkpoint_format", "format").value_or("gemm");
    std::string version = o.text("version").value_or(format);
    for (char& c : version) {
      c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (version != "gemm") {
      o.refuse_value(o.has("version") ? "version" : o.has("format") ? "format" : "checkpoint_format", ": of AWQ's layouts gemm alone is read");
    }
    if (!o.truth("zero_point").value_or(true)) {
      o.refuse_value("zero_point", ": layers without zero points are not read");
    }
    format_ = {.layout = layer_layout::awq_gemm,
               .bits = 4,
               .group = {1, group_size(o, o.has("group_size") || !o.has("q_group_size") ? "group_size" : "q_group_size")},
               .has_zero_point = true};
    ignored_ = o.texts("modules_to_not_convert");
  }

  void read_bitsandbytes(options& o) {
    const bool has_4_bits = o.truth("load_in_4bit").value_or(false), has_8_bits = o.truth("load_in_8bit").value_or(false);
    if (has_4_bits == has_8_bits) {
      o.refuse_value("load_in_4bit", has_4_bits ? " and so is \"load_in_8bit\"" : " and \"load_in_8bit\" is not true");
    }
    const std::string type = o.text("bnb_4bit_quant_type").value_or("fp4");
    if (has_4_bits && type != "nf4" && type != "fp4") {
      o.refuse_value("bnb_4bit_quant_type", ", not nf4 or fp4");
    }
    if (has_8_bits && o.truth("llm_int8_has_fp16_weight").value_or(false)) {
      o.refuse_value("llm_int8_has_fp16_weight", ": those weights are not quantized");
    }
    const bool is_nested = o.truth("bnb_4bit_use_double_quant").value_or(false);
    format_ = has_4_bits ? layer_format{.layout = type == "nf4" ? layer_layout::bitsandbytes_nf4 : layer_layout::bitsandbytes_fp4,
                                        .bits = 4,
                                        .is_nested = is_nested}
                         : layer_format{.layout = layer_layout::bitsandbytes_int8, .bits = 8, .group = {1, 0}};
    ignored_ = o.texts("llm_int8_skip_modules");
  }

  std::string method_;
  layer_format format_;
  detail::checkpoint_groups groups_;
  std::vector<std::string> ignored_;
};

}  // namespace halftone::inline v0_1
