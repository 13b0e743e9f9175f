// SPDX-License-Identifier: MIT
// Halftone example: tensors from one type into another.
#include "convert.hpp"

#include "output.hpp"

#include <halftone/io/gguf_writer.hpp>
#include <halftone/io/onnx_writer.hpp>
#include <halftone/io/quantized_description.hpp>
#include <halftone/io/tflite_writer.hpp>
#include <halftone/quantize/compare.hpp>

#include <algorithm>

namespace convert {

namespace {

/// Copies bytes piece by piece; no bytes are a piece, too.
void copy(std::span<const std::uint8_t> all, const std::function<void(std::span<const std::uint8_t>)>& write) {
  constexpr std::size_t piece = std::size_t{16} << 20;
  for (std::size_t at = 0; at < std::max<std::size_t>(all.size(), 1); at += piece) {
    const auto bytes = all.subspan(at, std::min(piece, all.size() - at));
    map_at_once(bytes);
    write(bytes);
  }
}

/// The floats of a tensor that is no matrix of a layer: a bias.
std::vector<float> floats_of(const source_tensor* tensor, std::size_t count) {
  if (tensor == nullptr || tensor->type == nullptr || tensor->dims.size() != 1 || tensor->cols() != count) {
    return {};
  }
  std::vector<float> values(count);
  tensor->open()(0, values);
  return values;
}

/// Bits a weight of a matrix where it lies.
double bits_of_copy(const source_tensor& tensor) {
  std::size_t bytes = tensor.bytes.size();
  for (const halftone::safetensors_tensor* part : tensor.parts) {
    bytes += tensor.layer ? part->bytes.size() : 0;
  }
  return 8.0 * static_cast<double>(bytes) / static_cast<double>(tensor.rows() * tensor.cols());
}

class file_output {
 public:
  virtual ~file_output() = default;
  /// A matrix that is converted.
  virtual void convert(const source_tensor& tensor, const layer_type& type, outcome& done) = 0;
  /// Anything else.
  virtual void keep(const source_tensor& tensor, outcome& done) = 0;
  [[nodiscard]] virtual halftone::result<std::uint64_t> commit() = 0;
};

class gguf_file_output final : public file_output {
 public:
  gguf_file_output(const model_file& model, const std::vector<const layer_type*>& types, const std::string& path) {
    halftone::gguf_writer writer;
    if (model.gguf() != nullptr) {
      writer.set(*model.gguf());
    }
    for (std::size_t i = 0; i < types.size(); ++i) {
      const source_tensor& tensor = model.tensors()[i];
      halftone::expects(tensor.has_weights(), "tensor \"", tensor.name, "\" is of type ", tensor.type_name, ", which GGUF files do not get");
      halftone::expects(tensor.dims.size() <= 4, "tensor \"", tensor.name, "\" has ", tensor.dims.size(),
                        " dimensions; GGUF files have at most 4");
      writer.add(tensor.name, types[i] == nullptr ? tensor.type->type : types[i]->blocks->type, tensor.dims);
    }
    output_.emplace(writer.open(path));
  }
  void convert(const source_tensor& tensor, const layer_type& type, outcome& done) override {
    if (type.blocks == tensor.type) {
      keep(tensor, done);
      return;
    }
    const std::function<void(std::span<const std::uint8_t>)> blocks = [&](auto bytes) { output_->write(tensor.name, bytes); };
    done.report = type.convert(tensor, type, {.blocks = &blocks});
  }
  void keep(const source_tensor& tensor, outcome& done) override {
    copy(tensor.bytes, [&](auto bytes) { output_->write(tensor.name, bytes); });
    done.copied = done.report.exact = true;
  }
  halftone::result<std::uint64_t> commit() override { return output_->commit(); }

 private:
  std::optional<halftone::gguf_output> output_;
};

class safetensors_file_output final : public file_output {
 public:
  safetensors_file_output(const wanted& want, const std::string& path) : want_(want), output_(path) {
    if (want.format != file_format::safetensors) {
      output_.set_metadata("format", "pt");  // without which packages refuse a file
    }
  }
  void convert(const source_tensor& tensor, const layer_type& type, outcome& done) override {
    if (tensor.layer && tensor.format == name_of(type.format) && tensor.type_name == type.name) {
      for (const halftone::safetensors_tensor* part : tensor.parts) {
        output_.keep(part->name, part->type, part->shape, part->bytes);
      }
      if (!tensor.description.empty()) {
        output_.set_metadata(std::string(halftone::detail::description_prefix) + tensor.name, tensor.description);
      }
      done.copied = done.report.exact = true;
      return;
    }
    halftone::safetensors_writer layer;
    done.report = type.convert(tensor, type, {.tensors = &layer, .gptq_version = want_.gptq_version});
    output_.add(layer);
  }
  void keep(const source_tensor& tensor, outcome& done) override {
    if (!tensor.parts.empty()) {
      const halftone::safetensors_tensor& part = *tensor.parts.front();
      output_.keep(part.name, part.type, part.shape, part.bytes);
      done.copied = done.report.exact = true;
      return;
    }
    const std::vector<std::uint64_t> shape(tensor.dims.rbegin(), tensor.dims.rend());
    if (const auto type = halftone::safetensors_type_of(tensor.type_name)) {  // numbers of a GGUF file
      output_.keep(tensor.name, *type, shape, tensor.bytes);
      done.copied = done.report.exact = true;
      return;
    }
    std::vector<std::uint8_t> bytes(4 * tensor.rows() * tensor.cols());  // blocks: floats, which hold what they decode to
    std::vector<float> row(tensor.cols());
    const row_reader read = tensor.open();
    for (std::size_t r = 0; r < tensor.rows(); ++r) {
      read(r, row);
      for (std::size_t k = 0; k < row.size(); ++k) {
        halftone::write_code<32>(bytes.data(), r * row.size() + k, halftone::fp32::encode(row[k]));
      }
    }
    halftone::safetensors_writer layer;
    layer.add(tensor.name, halftone::safetensors_type::F32, shape, std::move(bytes));
    output_.add(layer);
    done.to = "F32";
    done.bits = 32.0;
    done.report.exact = true;
  }
  halftone::result<std::uint64_t> commit() override { return output_.commit(); }

 private:
  const wanted& want_;
  safetensors_output output_;
};

/// Models of linear layers, of which each has an input and an output of its own.
template <class Writer>
class layers_output final : public file_output {
 public:
  layers_output(const model_file& model, Writer* destination::*place, std::string path) : model_(model), place_(place), path_(std::move(path)) {}
  void convert(const source_tensor& tensor, const layer_type& type, outcome& done) override {
    const std::vector<float> bias = floats_of(model_.find(tensor.layer_name() + ".bias"), tensor.rows());
    destination to{.bias = bias};
    to.*place_ = &writer_;
    done.report = type.convert(tensor, type, to);
  }
  void keep(const source_tensor&, outcome& done) override { done.to.clear(); }
  halftone::result<std::uint64_t> commit() override { return writer_.write(path_); }

 private:
  const model_file& model_;
  Writer* destination::*place_;
  std::string path_;
  Writer writer_;
};

std::unique_ptr<file_output> open_output(const model_file& model, const wanted& want, const std::vector<const layer_type*>& types,
                                         const std::string& path) {
  switch (want.format) {
    case file_format::gguf: return std::make_unique<gguf_file_output>(model, types, path);
    case file_format::onnx: return std::make_unique<layers_output<halftone::onnx_writer>>(model, &destination::onnx, path);
    case file_format::tflite: return std::make_unique<layers_output<halftone::tflite_writer>>(model, &destination::tflite, path);
    default: return std::make_unique<safetensors_file_output>(want, path);
  }
}

}  // namespace

std::vector<outcome> write(const model_file& model, const wanted& want, const std::string& path,
                           const std::function<void(std::size_t, std::size_t)>& told) {
  std::vector<const layer_type*> types;
  for (const source_tensor& tensor : model.tensors()) {  // everything that can be refused is, before anything is written
    types.push_back(is_converted(tensor, want) ? &choose(tensor, want) : nullptr);
  }
  const std::unique_ptr<file_output> output = open_output(model, want, types, path);
  std::vector<outcome> outcomes;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const source_tensor& tensor = model.tensors()[i];
    outcome done{.name = tensor.name, .from = tensor.type_name, .to = tensor.type_name};
    if (types[i] == nullptr) {
      done.bits = tensor.type == nullptr ? 0.0 : tensor.type->bits();
      output->keep(tensor, done);
    } else {
      done.to = std::string(types[i]->name);
      done.matrix = true;
      try {
        output->convert(tensor, *types[i], done);
        done.bits = done.copied ? bits_of_copy(tensor) : done.report.error.bits_per_weight;
      } catch (const halftone::error& e) {
        halftone::expects(false, "tensor \"", tensor.name, "\": ", e.what());
      }
    }
    outcomes.push_back(std::move(done));
    told(i + 1, types.size());
  }
  const auto written = output->commit();
  halftone::expects(written.has_value(), written.has_value() ? std::string() : written.failure().text);
  return outcomes;
}

}  // namespace convert
