// SPDX-License-Identifier: MIT
// Halftone example: checkpoints.
#include "weights.hpp"

#include <halftone/element/bit_packing.hpp>
#include <halftone/element/float_storage.hpp>
#include <halftone/io/safetensors_file.hpp>

namespace llama {

namespace {

template <class Element>
void decode_all(std::span<const std::uint8_t> bytes, std::vector<float>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = Element::decode(halftone::read_code<Element::bits>(bytes.data(), i));
  }
}

class checkpoint final : public weight_source {
 public:
  explicit checkpoint(const std::filesystem::path& path)
      : path_(path.string()), file_(open(path_)) {}

  [[nodiscard]] bool contains(const std::string& name) const override { return file_.find(name) != nullptr; }

  [[nodiscard]] std::vector<float> read(const std::string& name, halftone::matrix_shape shape) const override {
    const halftone::safetensors_tensor* tensor = file_.find(name);
    halftone::expects(tensor != nullptr, path_, ": there is no tensor ", name);
    const std::vector<std::uint64_t> wanted =
        shape.rows == 1 && tensor->shape.size() == 1 ? std::vector<std::uint64_t>{shape.cols}
                                                     : std::vector<std::uint64_t>{shape.rows, shape.cols};
    halftone::expects(tensor->shape == wanted, path_, ": ", name, " is not [", shape.rows, ", ", shape.cols, "]");
    std::vector<float> values(shape.rows * shape.cols);
    switch (tensor->type) {
      case halftone::safetensors_type::F32:
        decode_all<halftone::fp32>(tensor->bytes, values);
        break;
      case halftone::safetensors_type::F16:
        decode_all<halftone::fp16>(tensor->bytes, values);
        break;
      case halftone::safetensors_type::BF16:
        decode_all<halftone::bf16>(tensor->bytes, values);
        break;
      default:
        halftone::fail(path_, ": ", name, " has the type ", halftone::name_of(tensor->type),
                       "; weights are F32, F16 or BF16");
    }
    return values;
  }

 private:
  static halftone::safetensors_file open(const std::string& path) {
    auto file = halftone::safetensors_file::open(path);
    halftone::expects(file.has_value(), path, ": ", file.failure().text);
    return std::move(file).value();
  }

  std::string path_;
  halftone::safetensors_file file_;
};

}  // namespace

std::unique_ptr<weight_source> open_checkpoint(const std::filesystem::path& directory) {
  return std::make_unique<checkpoint>(directory / "model.safetensors");
}

}  // namespace llama
