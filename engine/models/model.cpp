#include "engine/models/model.h"

namespace lora {

std::map<std::string, Linear*> linears_by_path(Model& model) {
    std::map<std::string, Linear*> linears;
    for (const NamedLinear& named : model.named_linears()) linears[named.path] = named.linear;
    return linears;
}

} // namespace lora
