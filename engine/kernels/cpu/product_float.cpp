// float32 products.

#include "engine/kernels/cpu/lane_float.h"
#include "engine/kernels/cpu/product_panel.h"

namespace lora {

namespace {
constexpr ProductLoops<float> table{scratch_bytes<float>, multiply<float>};
}

const ProductLoops<float>& float_products_avx512() { return table; }

} // namespace lora
