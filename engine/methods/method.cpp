#include "engine/methods/method.h"

#include "engine/adapters/peft.h"

namespace lora {

void Method::write_files(StagedFolder& staged, const ModelSummary& base_model) const {
    write_peft_files(staged, adapter(), base_model);
}

} // namespace lora
