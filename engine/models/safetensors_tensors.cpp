#include "engine/models/safetensors_tensors.h"

#include "engine/error.h"

#include <cstring>

#include <ATen/ATen.h>

namespace lora {

at::ScalarType scalar_type(ElementType type) {
    switch (type) {
    case ElementType::F64: return at::kDouble;
    case ElementType::F32: return at::kFloat;
    case ElementType::F16: return at::kHalf;
    case ElementType::BF16: return at::kBFloat16;
    case ElementType::I64: return at::kLong;
    case ElementType::I32: return at::kInt;
    case ElementType::I16: return at::kShort;
    case ElementType::I8: return at::kChar;
    case ElementType::U8: return at::kByte;
    case ElementType::Bool: return at::kBool;
    case ElementType::F8_E4M3: return at::kFloat8_e4m3fn;
    case ElementType::F8_E5M2: return at::kFloat8_e5m2;
    case ElementType::U16: return at::kUInt16;
    case ElementType::U32: return at::kUInt32;
    case ElementType::U64: return at::kUInt64;
    }
    throw Error("an element type without a tensor type");
}

namespace {

ElementType element_type(at::ScalarType type) {
    for (const ElementType candidate :
        {ElementType::F64, ElementType::F32, ElementType::F16, ElementType::BF16, ElementType::I64,
            ElementType::I32, ElementType::I16, ElementType::I8, ElementType::U8, ElementType::Bool})
        if (scalar_type(candidate) == type) return candidate;
    throw Error(std::string("tensors of type ") + at::toString(type) + " cannot be saved");
}

// `kept` holds what the views point to.
std::vector<TensorView> views_of(const std::vector<NamedTensor>& tensors, std::vector<at::Tensor>& kept) {
    std::vector<TensorView> views;
    for (const auto& [name, tensor] : tensors) {
        kept.push_back(tensor.detach().to(at::kCPU).contiguous());
        const at::Tensor& values = kept.back();
        views.push_back({name, element_type(values.scalar_type()), values.sizes().vec(),
            {static_cast<const std::byte*>(values.const_data_ptr()), values.nbytes()}});
    }
    return views;
}

} // namespace

at::Tensor owned_tensor(const TensorView& view) {
    at::Tensor tensor = at::empty(view.shape, scalar_type(view.type));
    if (!view.bytes.empty()) std::memcpy(tensor.mutable_data_ptr(), view.bytes.data(), view.bytes.size());
    return tensor;
}

std::string tensors_as_safetensors(
    const std::vector<NamedTensor>& tensors, const std::map<std::string, std::string>& metadata) {
    std::vector<at::Tensor> kept;
    return safetensors_bytes(views_of(tensors, kept), metadata);
}

void write_tensors(StagedFolder& staged, const std::string& file, const std::vector<NamedTensor>& tensors,
    const std::map<std::string, std::string>& metadata) {
    std::vector<at::Tensor> kept;
    const SafetensorsPieces pieces = safetensors_pieces(views_of(tensors, kept), metadata);
    staged.write(file, pieces.all());
}

} // namespace lora
