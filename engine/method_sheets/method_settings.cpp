#include "engine/method_sheets/method_settings.h"

#include "engine/error.h"

namespace lora {

namespace {

struct Words {
    MethodKind kind;
    const char* word;
    const char* title;
    const char* about;
};

constexpr Words methods[] = {
    {MethodKind::Lora, "lora", "LoRA",
        "Trains a low-rank update of each chosen weight; the one to begin with, and what all others are "
        "measured by."},
    {MethodKind::RsLora, "rslora", "rsLoRA",
        "LoRA scaled by α/√r instead of α/r, so that a high rank goes on learning; for ranks above 32."},
    {MethodKind::LoraPlus, "lora-plus", "LoRA+",
        "LoRA whose B learns several times as fast as A; when LoRA learns slowly at a rate that cannot be "
        "raised."},
    {MethodKind::LoraFa, "lora-fa", "LoRA-FA",
        "LoRA with A left at its random start; half the parameters and no gradient for A, when memory is "
        "short."},
    {MethodKind::Dora, "dora", "DoRA",
        "LoRA that also trains the length of each row of the weight; closer to full fine-tuning at low "
        "ranks, "
        "for a slower step."},
    {MethodKind::Pissa, "pissa", "PiSSA",
        "Starts A and B from the weight's largest singular directions instead of zero; often learns faster "
        "in the first steps."},
    {MethodKind::Olora, "olora", "OLoRA",
        "Starts A and B from the weight's QR factors, B orthonormal; like PiSSA, with a cheaper start."},
    {MethodKind::Eva, "eva", "EVA",
        "Starts A from the directions in which the data's activations vary most, and moves ranks to where "
        "they vary; a start made for the task at hand."},
    {MethodKind::AdaLora, "adalora", "AdaLoRA",
        "Starts every linear with a higher rank and takes the least important directions away while it "
        "trains, wherever they are; when one rank for all wastes parameters."},
    {MethodKind::LoraXs, "lora-xs", "LoRA-XS",
        "Holds the weight's largest directions and trains an r × r matrix between them; when an adapter of a "
        "few hundred numbers a weight has to do."},
    {MethodKind::Vera, "vera", "VeRA",
        "All weights share one random pair A and B, and each trains two vectors that scale it; a high rank "
        "for "
        "about a thousand numbers a weight."},
    {MethodKind::UniLora, "uni-lora", "Uni-LoRA",
        "All A and B follow from one short vector through a fixed random projection; when an adapter of a "
        "few hundred numbers in all has to do."},
    {MethodKind::Full, "full", "Full fine-tuning",
        "Trains the weights themselves, all or some; what LoRA is measured against, at four times their "
        "memory and a smaller learning rate."},
    {MethodKind::Subspace, "subspace", "Random subspace",
        "Moves the weights along a few fixed random directions; to find how few numbers a task needs, its "
        "intrinsic dimension."},
};

const Words& words_of(MethodKind kind) {
    for (const Words& each : methods)
        if (each.kind == kind) return each;
    throw Error("no such method");
}

} // namespace

std::vector<MethodKind> method_kinds() {
    std::vector<MethodKind> kinds;
    for (const Words& each : methods) kinds.push_back(each.kind);
    return kinds;
}

bool trains_weights(MethodKind kind) { return kind == MethodKind::Full || kind == MethodKind::Subspace; }
bool keeps_low_rank(MethodKind kind) { return !trains_weights(kind) && kind != MethodKind::Dora; }
bool has_subspace(MethodKind kind) { return kind == MethodKind::UniLora || kind == MethodKind::Subspace; }

std::string name(MethodKind kind) { return words_of(kind).word; }
std::string title(MethodKind kind) { return words_of(kind).title; }
std::string about(MethodKind kind) { return words_of(kind).about; }

std::string method_words() {
    std::string words;
    for (const Words& each : methods) words.append(words.empty() ? "" : ", ").append(each.word);
    return words;
}

MethodKind method_kind(const std::string& name) {
    for (const Words& each : methods)
        if (name == each.word) return each.kind;
    fail("method", "'" + shown(name) + "'", "one of " + method_words());
}

} // namespace lora
