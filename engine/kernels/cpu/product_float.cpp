// The loops of product_panel.h for float32; they need AVX-512.

#include "engine/kernels/cpu/lane_float.h"
#include "engine/kernels/cpu/product_panel.h"

namespace lora {

namespace {
constexpr ProductLoops<float> table{scratch_bytes<float>, multiply<float>};
}

const ProductLoops<float>& float_products_avx512() { return table; }

} // namespace lora
