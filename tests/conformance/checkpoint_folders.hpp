// SPDX-License-Identifier: MIT
// Operations on whole folders of checkpoints, for the systems whose files they are.
#pragma once

#include <conformance/driver.hpp>

#include <halftone/io/checkpoint_layer.hpp>

namespace conformance {

inline std::string text(std::span<const std::uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

/// Registers "folder", which reads a layer of a folder: its path, the layer, real numbers [n, k] in natural order. And "rewrite folder",
/// which reads every layer of one and writes it and all other tensors to one file: the paths of the folder and of the file. Gives the number
/// of layers.
/// @param write  (writer, from, layer, sorted matrix, format)
template <class Schemes, class Write>
void register_folders(const Schemes& schemes, const Write& write) {
  using namespace halftone;
  operation("folder", [=](arguments& a) {
    const std::string folder = text(a.in<std::uint8_t>(0));
    const checkpoint from = checkpoint::open(folder).value();
    const auto failure = visit_layer(schemes, from, checkpoint_config::of_folder(folder).value(), text(a.in<std::uint8_t>(1)), [&](const auto& m) {
      for (std::size_t i = 0; i < m.weights.rows() * m.weights.cols(); ++i) {
        const std::size_t j = i % m.weights.cols(), k = m.order.empty() ? j : m.order[j];
        a.out<float>(2)[i - j + k] = m.weights.value_at(i / m.weights.cols(), j);
      }
    });
    expects(!failure, failure ? failure->text : "");
  });
  operation("rewrite folder", [=](arguments& a) {
    const std::string folder = text(a.in<std::uint8_t>(0));
    const checkpoint from = checkpoint::open(folder).value();
    const checkpoint_config config = checkpoint_config::of_folder(folder).value();
    const std::vector<std::string> layers = layers_of(from);
    safetensors_writer writer;
    for (const std::string& layer : layers) {
      const layer_format format = format_of_layer(from, config, layer).value();
      const auto failure = visit_layer(schemes, from, config, layer, [&](const auto& m) { write(writer, from, layer, m, format); });
      expects(!failure, failure ? failure->text : "");
    }
    const std::vector<std::uint8_t> own = writer.to_bytes();
    const safetensors_file written = safetensors_file::parse(own).value();
    for (const std::string& name : from.names()) {
      const safetensors_tensor& tensor = *from.find(name).value();
      if (written.find(name) == nullptr) {
        writer.add(name, tensor.type, tensor.shape, tensor.bytes);
      }
    }
    static_cast<void>(writer.write(text(a.in<std::uint8_t>(1))).value());
    a.out<std::int32_t>(2)[0] = static_cast<std::int32_t>(layers.size());
  });
}

}  // namespace conformance
