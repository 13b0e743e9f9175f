// SPDX-License-Identifier: MIT
// Halftone example: the sizes of a model, from the metadata of its GGUF file.
#include "gguf_model.hpp"

namespace llama {

namespace {

using halftone::gguf_file;

/// An integer of the metadata, whatever its width.
std::optional<std::uint64_t> integer_of(const gguf_file& file, const std::string& key) {
  const auto value = file.value(key);
  if (!value) {
    return {};
  }
  std::optional<std::uint64_t> found;
  const auto look = [&]<class T>(T) {
    if (const auto number = value->get<T>(); number && *number >= T{}) {
      found = static_cast<std::uint64_t>(*number);
    }
  };
  look(std::uint32_t{});
  look(std::int32_t{});
  look(std::uint64_t{});
  look(std::int64_t{});
  look(std::uint16_t{});
  look(std::uint8_t{});
  return found;
}

/// Reads metadata of the architecture and names the file and the key in messages.
class metadata_reader {
 public:
  metadata_reader(const gguf_file& file, const std::string& origin) : file_(file), origin_(origin) {}

  std::size_t size(const std::string& key, std::size_t largest) const {
    const auto value = integer_of(file_, key);
    halftone::expects(value.has_value(), origin_, ": \"", key, "\" is missing or no integer");
    halftone::expects(*value >= 1 && *value <= largest, origin_, ": \"", key, "\" is ", *value, ", should be 1 to ",
                      largest);
    return static_cast<std::size_t>(*value);
  }
  float number(const std::string& key, std::optional<float> otherwise = {}) const {
    const auto value = file_.value(key);
    if (!value && otherwise) {
      return *otherwise;
    }
    const auto found = value ? value->get<float>() : std::optional<float>();
    halftone::expects(found.has_value() && *found > 0.0f, origin_, ": \"", key, "\" is missing or no positive number");
    return *found;
  }
  /// Refuses a file with another value than the one this engine knows.
  void expects_if_there(const std::string& key, std::size_t only) const {
    const auto value = integer_of(file_, key);
    halftone::expects(!file_.value(key) || (value.has_value() && *value == only), origin_, ": \"", key,
                      "\" is not ", only, ", which is all that this program does");
  }
  void expects_text_if_there(const std::string& key, std::string_view only) const {
    const auto value = file_.value(key);
    halftone::expects(!value || value->get<std::string_view>() == only, origin_, ": \"", key, "\" is not \"",
                      std::string(only), "\", which is all that this program does");
  }

 private:
  const gguf_file& file_;
  const std::string& origin_;
};

}  // namespace

config read_config(const gguf_file& file, const std::string& origin, std::size_t context) {
  const auto architecture = file.get<std::string_view>("general.architecture");
  halftone::expects(architecture.has_value() && architecture.value() == "llama", origin, ": the architecture is ",
                    architecture.has_value() ? std::string(architecture.value()) : std::string("not named"),
                    ", this program runs llama");
  const metadata_reader read(file, origin);
  config c;
  c.hidden = read.size("llama.embedding_length", 1 << 16);
  c.feed_forward = read.size("llama.feed_forward_length", 1 << 18);
  c.layers = read.size("llama.block_count", 1 << 10);
  c.heads = read.size("llama.attention.head_count", 1 << 10);
  c.key_value_heads = file.value("llama.attention.head_count_kv")
                          ? read.size("llama.attention.head_count_kv", 1 << 10)
                          : c.heads;
  c.context = read.size("llama.context_length", 1 << 24);
  if (context != 0) {
    c.context = std::min(c.context, context);
  }
  c.rope_theta = read.number("llama.rope.freq_base", 10000.0f);
  c.norm_epsilon = read.number("llama.attention.layer_norm_rms_epsilon");
  halftone::expects(c.hidden % c.heads == 0 && c.head_size() % 2 == 0, origin, ": embedding length ", c.hidden,
                    " is no even multiple of ", c.heads, " heads");
  halftone::expects(c.heads % c.key_value_heads == 0, origin, ": ", c.heads, " heads cannot share ", c.key_value_heads,
                    " key-value heads");
  read.expects_if_there("llama.rope.dimension_count", c.head_size());
  read.expects_if_there("llama.attention.key_length", c.head_size());
  read.expects_if_there("llama.attention.value_length", c.head_size());
  read.expects_if_there("llama.expert_count", 0);
  read.expects_text_if_there("llama.rope.scaling.type", "none");
  const auto table = file.find("token_embd.weight");
  halftone::expects(table.has_value(), origin, ": there is no tensor token_embd.weight");
  c.vocabulary = static_cast<std::size_t>(table->rows());
  halftone::expects(c.vocabulary >= 1 && c.vocabulary <= (1u << 22), origin, ": the vocabulary has ", c.vocabulary, " tokens");
  return c;
}

}  // namespace llama
