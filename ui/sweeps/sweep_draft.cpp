#include "ui/sweeps/sweep_draft.h"

#include "engine/error.h"
#include "engine/settings/schema.h"
#include "engine/settings/wording.h"

namespace lora {

using namespace Qt::StringLiterals;

namespace {

Json axisValue(const QString& word) {
    const std::string text = word.toStdString();
    Json value = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    return value.is_number() || value.is_boolean() ? value : Json(text);
}

} // namespace

QStringList axisSettings() {
    QStringList settings{
        u"lora.rank"_s, u"lora.alpha"_s, u"training.lr"_s, u"training.seed"_s, u"lora.selection.targets"_s};
    for (const Setting& row : all_settings()) {
        const QString setting = QString::fromStdString(row.path);
        if (row.kind != SettingKind::Pattern && row.kind != SettingKind::Lines && !settings.contains(setting))
            settings << setting;
    }
    return settings;
}

std::vector<Json> axisValues(const QString& text) {
    std::vector<Json> values;
    for (const QString& word : text.split(u',')) {
        const QString trimmed = word.trimmed();
        if (!trimmed.isEmpty()) values.push_back(axisValue(trimmed));
    }
    return values;
}

Sweep draftedSweep(
    const QString& name, const RunSettings& base, const std::vector<AxisText>& axes, bool keepScale) {
    Json json{{"name", name.toStdString()}, {"base", to_json(base)}, {"axes", Json::object()},
        {"keep_scale", keepScale}};
    for (const AxisText& axis : axes) {
        const std::vector<Json> values = axisValues(axis.values);
        const std::string setting = axis.setting.trimmed().toStdString();
        if (setting.empty() || values.empty()) continue;
        if (json["axes"].contains(setting)) throw Error(setting + ": found two axes of it, expected one");
        json["axes"][setting] = values;
    }
    return sweep_from(json, "sweep");
}

DraftStatus draftStatus(const RunSettings& base, const std::vector<AxisText>& axes, bool keepScale) {
    try {
        const auto runs = planned_runs(draftedSweep(u"draft"_s, base, axes, keepScale));
        for (const PlannedRun& run : runs)
            if (!run.faults.empty())
                return {static_cast<int>(runs.size()),
                    QString::fromStdString(run.name + ": " + in_labels(sentence(run.faults.front())))};
        return {static_cast<int>(runs.size()), {}, QString::fromStdString(in_labels(scale_warning(runs)))};
    } catch (const Error& error) {
        return {0, QString::fromStdString(in_labels(error.what()))};
    }
}

} // namespace lora
