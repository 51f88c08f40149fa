#include "engine/methods/method_state.h"

#include "engine/error.h"
#include "engine/models/safetensors_tensors.h"

#include <vector>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

void read_state(const SafetensorsFile& file, const std::string& name, at::Tensor& tensor) {
    const c10::NoGradGuard no_gradient;
    const TensorView* view = file.find(name);
    const std::vector<std::int64_t> shape = tensor.sizes().vec();
    if (view == nullptr || view->shape != shape || scalar_type(view->type) != tensor.scalar_type())
        fail(file.path() + ": tensor '" + shown(name) + "'", "none of this run's shape",
            std::to_string(tensor.numel()) + " values",
            "the run was made with other targets or another rank");
    tensor.copy_(owned_tensor(*view));
}

} // namespace lora
