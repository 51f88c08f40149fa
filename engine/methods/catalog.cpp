#include "engine/methods/catalog.h"

#include "engine/error.h"
#include "engine/method_sheets/method_sheet.h"
#include "engine/methods/makers.h"

#include <utility>

namespace lora {

namespace {

struct Entry {
    MethodKind kind;
    std::unique_ptr<Method> (*make)(MethodStart start, Model& model);
};

constexpr Entry makers[] = {
    {MethodKind::Lora, make_lora},
    {MethodKind::Eva, make_lora}, // its start is made from the data, see EvaStart
    {MethodKind::RsLora, make_rslora},
    {MethodKind::LoraPlus, make_lora_plus},
    {MethodKind::LoraFa, make_lora_fa},
    {MethodKind::Dora, make_dora},
    {MethodKind::Pissa, make_pissa},
    {MethodKind::Olora, make_olora},
    {MethodKind::AdaLora, make_adalora},
    {MethodKind::LoraXs, make_lora_xs},
    {MethodKind::Vera, make_vera},
    {MethodKind::UniLora, make_uni_lora},
    {MethodKind::Full, make_full_fine_tuning},
    {MethodKind::Subspace, make_subspace},
};

// An adapter to start from, made fit for this method. Other methods would train A and B and leave DoRA's
// magnitudes as they were.
Adapter adapter_for(MethodKind kind, Adapter adapter) {
    if (kind != MethodKind::Dora && adapter.has_magnitudes())
        fail("the adapter", "DoRA's magnitudes", "none for the method " + name(kind),
            "go on with the method dora");
    if (adapter.tokens && !trains_new_tokens(kind))
        fail("the adapter", "rows of tokens", "none for the method " + name(kind),
            "go on with the method lora, dora or one of their nearest relatives");
    if (kind != MethodKind::Vera) adapter.vera.reset(); // its A and B are a start like any other
    return adapter;
}

} // namespace

std::unique_ptr<Method> make_method(MethodStart start, Model& model) {
    start.adapter = adapter_for(start.kind, std::move(start.adapter));
    for (const Entry& entry : makers)
        if (entry.kind == start.kind) return entry.make(std::move(start), model);
    throw Error("no such method");
}

} // namespace lora
