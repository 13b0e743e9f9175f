// SPDX-License-Identifier: MIT
// Halftone example: a Llama model in a GGUF file, run from its stored codes.
#pragma once

#include "any_matrix.hpp"
#include "language_model.hpp"
#include "weights.hpp"

#include <halftone/io/gguf_file.hpp>

#include <optional>
#include <string>

namespace llama {

/// The sizes of a model of the architecture "llama".
/// @param context  longest sequence; 0: what the file says
/// @throws halftone::error for another architecture, a size that is missing, or what this engine does not do
[[nodiscard]] config read_config(const halftone::gguf_file& file, const std::string& origin, std::size_t context = 0);

/// How GGUF files order the rows of query and key matrices: the two halves of a head, which rotate in pairs, interleaved.
/// Row `interleaved_row(r, size)` of such a file is row r of a Hugging Face checkpoint, whose order this engine computes in.
[[nodiscard]] constexpr std::size_t interleaved_row(std::size_t row, std::size_t head_size) noexcept {
  const std::size_t within = row % head_size;
  return row - within + within % (head_size / 2) * 2 + within / (head_size / 2);
}

struct any_layer {
  std::vector<float> attention_norm;
  any_linear query;
  any_linear key;
  any_linear value;
  any_linear output;
  std::vector<float> feed_forward_norm;
  any_linear gate;
  any_linear up;
  any_linear down;
};

/// The embedding table as it is stored: a look-up decodes one row.
struct embedding_table {
  const matrix_type* type = nullptr;
  std::span<const std::uint8_t> blocks;
  std::vector<std::uint8_t> owned;  ///< the same, where no file holds them
};

/// All weights of a model whose matrices may have any type, each another.
struct any_parameters {
  config sizes;
  embedding_table embedding;
  std::vector<any_layer> layers;
  std::vector<float> norm;
  any_linear logits;
  bool tied = false;  ///< the last matrix is the embedding table
  std::optional<halftone::gguf_file> file;

  explicit any_parameters(const config& c) : sizes(c), layers(c.layers) {}

  /// Writes one row of the embedding table.
  void embed(std::size_t token, std::span<float> x) const {
    const std::size_t length = embedding.type->row_bytes(x.size());
    embedding.type->decode_row(embedding.blocks.subspan(token * length, length), x);
  }

  [[nodiscard]] model_size size() const;
};

/// Reads and packs a model. Names of files and tensors are in every message.
/// @throws halftone::error if a tensor is missing, of a type without kernels, of another shape, or unknown to this engine
[[nodiscard]] std::shared_ptr<const any_parameters> load_gguf(const std::filesystem::path& path, std::size_t context = 0);

/// The same model as --save-gguf writes, without a file: matrices of one type, encoded from float weights, and an embedding
/// table of F32.
[[nodiscard]] std::shared_ptr<const any_parameters> encode_model(const config& sizes, const weight_source& source,
                                                                 const matrix_type& type);

/// How the activations between matrices are kept.
enum class activation_kind { floats, int8, noisy };

/// Floats with the error that quantizing them to int8 would have, but at random: uniform within half a step, where a step is
/// 1/127 of the largest magnitude of `block` values (0: of a row). What is below half a step becomes zero, an error as large
/// as itself: so the noise has at most the variance x^2. Shows what such errors do to logits.
struct activation_noise {
  std::size_t block = 32;
  std::uint64_t seed = 1;
};

/// A model ready to run. Several may share their parameters.
[[nodiscard]] std::unique_ptr<language_model> make_model(std::shared_ptr<const any_parameters> parameters,
                                                         activation_kind activations, const activation_noise& noise = {});

}  // namespace llama
