// SPDX-License-Identifier: MIT
// Halftone example: config.json.
#include "config.hpp"

#include <halftone/core/error.hpp>

#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>

namespace llama {

namespace {

std::size_t size_of(const nlohmann::json& json, const char* key, std::size_t largest, const std::string& origin) {
  const auto found = json.find(key);
  halftone::expects(found != json.end() && found->is_number_integer(), origin, ": \"", key,
                    "\" is missing or not an integer");
  const auto value = found->get<std::int64_t>();
  halftone::expects(value >= 1 && static_cast<std::uint64_t>(value) <= largest, origin, ": \"", key, "\" is ", value,
                    ", should be 1 to ", largest);
  return static_cast<std::size_t>(value);
}

float number_of(const nlohmann::json& json, const char* key, const std::string& origin) {
  const auto found = json.find(key);
  halftone::expects(found != json.end() && found->is_number() && found->get<double>() > 0.0, origin, ": \"", key,
                    "\" is missing or not a positive number");
  return static_cast<float>(found->get<double>());
}

void expects_plain_llama(const nlohmann::json& json, const config& c, const std::string& origin) {
  halftone::expects(json.value("model_type", "llama") == "llama", origin, ": \"model_type\" is not \"llama\"");
  halftone::expects(json.value("hidden_act", "silu") == "silu", origin, ": \"hidden_act\" is not \"silu\"");
  halftone::expects(!json.value("attention_bias", false), origin, ": layers with a bias are not supported");
  halftone::expects(!json.contains("rope_scaling") || json["rope_scaling"].is_null(), origin,
                    ": \"rope_scaling\" is not supported");
  halftone::expects(c.hidden % c.heads == 0 && c.head_size() % 2 == 0, origin, ": hidden size ", c.hidden,
                    " is no even multiple of ", c.heads, " heads");
  halftone::expects(c.heads % c.key_value_heads == 0, origin, ": ", c.heads, " heads cannot share ",
                    c.key_value_heads, " key-value heads");
}

}  // namespace

config parse_config(const std::string& text, const std::string& origin) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  halftone::expects(json.is_object(), origin, ": not a JSON object");
  config c;
  c.vocabulary = size_of(json, "vocab_size", 1 << 20, origin);
  c.hidden = size_of(json, "hidden_size", 1 << 16, origin);
  c.feed_forward = size_of(json, "intermediate_size", 1 << 18, origin);
  c.layers = size_of(json, "num_hidden_layers", 1 << 10, origin);
  c.heads = size_of(json, "num_attention_heads", 1 << 10, origin);
  c.key_value_heads = size_of(json, "num_key_value_heads", 1 << 10, origin);
  c.context = size_of(json, "max_position_embeddings", 1 << 20, origin);
  c.rope_theta = number_of(json, "rope_theta", origin);
  c.norm_epsilon = number_of(json, "rms_norm_eps", origin);
  try {
    expects_plain_llama(json, c, origin);
  } catch (const nlohmann::json::exception& wrong) {
    halftone::fail(origin, ": ", wrong.what());
  }
  return c;
}

std::string to_json(const config& c) {
  return nlohmann::json{{"model_type", "llama"},
                        {"vocab_size", c.vocabulary},
                        {"hidden_size", c.hidden},
                        {"intermediate_size", c.feed_forward},
                        {"num_hidden_layers", c.layers},
                        {"num_attention_heads", c.heads},
                        {"num_key_value_heads", c.key_value_heads},
                        {"max_position_embeddings", c.context},
                        {"rope_theta", c.rope_theta},
                        {"rms_norm_eps", c.norm_epsilon}}
      .dump();
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  halftone::expects(file.good(), "cannot open ", path.string());
  std::string text{std::istreambuf_iterator<char>(file), {}};
  halftone::expects(!file.bad(), "cannot read ", path.string());
  return text;
}

config read_config(const std::filesystem::path& directory) {
  const auto path = directory / "config.json";
  return parse_config(read_text(path), path.string());
}

}  // namespace llama
