#include "engine/method_sheets/method_sheet.h"

#include "engine/error.h"
#include "engine/method_sheets/sheets.h"

#include <algorithm>

namespace lora {

namespace {

bool has_own(const MethodSheet& sheet, const std::string& path) {
    return std::any_of(
        sheet.own.begin(), sheet.own.end(), [&](const Setting& each) { return each.path == path; });
}

} // namespace

const std::vector<MethodSheet>& method_sheets() {
    static const std::vector<MethodSheet> all{lora_sheet(), rslora_sheet(), lora_plus_sheet(),
        lora_fa_sheet(), dora_sheet(), pissa_sheet(), olora_sheet(), eva_sheet(), adalora_sheet(),
        lora_xs_sheet(), vera_sheet(), uni_lora_sheet(), full_sheet(), subspace_sheet()};
    return all;
}

const MethodSheet& sheet_of(MethodKind kind) {
    for (const MethodSheet& each : method_sheets())
        if (each.kind == kind) return each;
    throw Error("no such method");
}

std::vector<MethodKind> method_kinds() {
    std::vector<MethodKind> kinds;
    for (const MethodSheet& each : method_sheets()) kinds.push_back(each.kind);
    return kinds;
}

std::string method_words() {
    std::string words;
    for (const MethodSheet& each : method_sheets()) words.append(words.empty() ? "" : ", ").append(each.word);
    return words;
}

bool trains_weights(MethodKind kind) { return sheet_of(kind).result != ResultKind::Adapter; }
bool keeps_low_rank(MethodKind kind) { return sheet_of(kind).keeps_low_rank; }
bool trains_new_tokens(MethodKind kind) {
    using enum MethodKind;
    return kind == Lora || kind == RsLora || kind == LoraPlus || kind == LoraFa || kind == Dora
           || kind == Eva;
}
std::string name(MethodKind kind) { return sheet_of(kind).word; }
std::string title(MethodKind kind) { return sheet_of(kind).title; }
std::string about(MethodKind kind) { return sheet_of(kind).about; }

MethodKind method_kind(const std::string& name) {
    for (const MethodSheet& each : method_sheets())
        if (name == each.word) return each.kind;
    fail("{method}", "'" + shown(name) + "'", "one of " + method_words());
}

UpdateScale alpha_over_rank(const RunSettings& settings) {
    return {"α/r", settings.lora.alpha / static_cast<double>(settings.lora.rank)};
}

std::string owners_of(const std::string& path) {
    std::string words;
    for (const MethodSheet& sheet : method_sheets())
        if (has_own(sheet, path)) words.append(words.empty() ? "" : " and ").append(sheet.title);
    return words;
}

bool has_setting(MethodKind kind, const std::string& path) {
    const MethodSheet& sheet = sheet_of(kind);
    if (has_own(sheet, path)) return true;
    const auto names = [&](const char* each) { return path == each; };
    const auto refuses = [&](const Refusal& each) { return path == each.setting; };
    return owners_of(path).empty() && std::none_of(sheet.without.begin(), sheet.without.end(), names)
           && std::none_of(sheet.refuses.begin(), sheet.refuses.end(), refuses);
}

} // namespace lora
