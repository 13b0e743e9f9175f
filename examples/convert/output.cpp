// SPDX-License-Identifier: MIT
// Halftone example: safetensors files, layer by layer.
#include "output.hpp"

#include <halftone/io/file_mapping.hpp>

#include <random>

#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace convert {

void map_at_once([[maybe_unused]] std::span<const std::uint8_t> bytes) {
#ifdef MADV_POPULATE_READ
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(bytes.data()) / page * page;
  const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(bytes.data() + bytes.size());
  static_cast<void>(::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_READ));  // only a hint
#endif
}

safetensors_output::safetensors_output(std::string path) : path_(std::move(path)) {
  std::random_device number;
  for (int attempt = 0; layers_ == nullptr && attempt < 100; ++attempt) {
    layers_path_ = path_ + ".layers-" + std::to_string(number());
    layers_ = std::fopen(layers_path_.c_str(), "wbx");
  }
  halftone::expects(layers_ != nullptr, "cannot create \"", layers_path_, "\"");
}

safetensors_output::~safetensors_output() {
  if (layers_ != nullptr) {
    std::fclose(layers_);
  }
  std::remove(layers_path_.c_str());
}

void safetensors_output::add(const halftone::safetensors_writer& layer) {
  const std::vector<std::uint8_t> bytes = layer.to_bytes();
  const auto parsed = halftone::safetensors_file::parse(bytes);
  halftone::expects(parsed.has_value(), parsed.has_value() ? std::string() : parsed.failure().text);
  for (const halftone::safetensors_tensor& tensor : parsed.value().tensors()) {
    halftone::expects(std::fwrite(tensor.bytes.data(), 1, tensor.bytes.size(), layers_) == tensor.bytes.size(), "cannot write \"",
                      layers_path_, "\"");
    waiting_.push_back({tensor, tensor.bytes.size()});
    waiting_.back().tensor.offset = written_;
    waiting_.back().tensor.bytes = {};  // of this layer's memory
    written_ += tensor.bytes.size();
  }
  for (const auto& [key, value] : parsed.value().metadata()) {
    file_.set_metadata(key, value);
  }
}

halftone::result<std::uint64_t> safetensors_output::commit() {
  halftone::expects(std::fclose(std::exchange(layers_, nullptr)) == 0, "cannot write \"", layers_path_, "\"");
  std::optional<halftone::file_mapping> layers;
  if (written_ != 0) {
    auto mapped = halftone::file_mapping::open(layers_path_);
    if (!mapped) {
      return mapped.failure();
    }
    layers = std::move(mapped).value();
    map_at_once(layers->bytes());
  }
  for (const waiting& each : waiting_) {
    file_.add(each.tensor.name, each.tensor.type, each.tensor.shape,
              layers ? layers->bytes().subspan(static_cast<std::size_t>(each.tensor.offset), each.size) : std::span<const std::uint8_t>());
  }
  return file_.write(path_);
}

}  // namespace convert
