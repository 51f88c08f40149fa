#include "ui/setup/run_card_model.h"

#include "engine/method_sheets/method_sheet.h"
#include "engine/run_settings/words.h"
#include "engine/settings/schema.h"
#include "engine/settings/wording.h"
#include "ui/elements/quantities.h"
#include "ui/elements/words.h"

#include <QObject>
#include <QStringList>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

const QString unknown = u"—"_s;

constexpr qsizetype mostValueCharacters = 24; // of a value on a button

QString valueText(const Setting& setting, const Json& value) {
    if (setting.unit == "%") return QObject::tr("%1 %").arg(text(number_text(100 * value.get<double>())));
    for (const Choice& choice : setting.choices)
        if (value == choice.word) return text(choice.label);
    return text(text_of(value));
}

QString changeText(const SettingChange& change) {
    const Setting& setting = setting_at(change.setting);
    const QString label = text(setting.label);
    if (setting.kind == SettingKind::Flag)
        return change.value.get<bool>() ? QObject::tr("turn on “%1”").arg(label)
                                        : QObject::tr("turn off “%1”").arg(label);
    const QString value = valueText(setting, change.value);
    if (value.isEmpty()) return QObject::tr("clear “%1”").arg(label);
    if (value.size() > mostValueCharacters) return QObject::tr("mend “%1”").arg(label);
    return QObject::tr("set %1 to %2").arg(label, value);
}

} // namespace

QString mendText(const std::vector<SettingChange>& mend) {
    QStringList changes;
    for (const SettingChange& change : mend) changes << changeText(change);
    QString words = changes.join(u", "_s);
    if (!words.isEmpty()) words[0] = words[0].toUpper();
    return words;
}

void RunCardModel::setPlan(const RunPlan& plan) {
    plan_ = plan;
    outline_ = outline_of(plan);
    doubts_ = doubts_of(plan, outline_);
}

std::vector<RunCardLine> RunCardModel::lines() const {
    return {{u"model"_s, QObject::tr("Model"), model()}, {u"data"_s, QObject::tr("Data"), data()},
        {u"steps"_s, QObject::tr("Steps"), steps(), pace()}, {u"rate"_s, QObject::tr("Rate"), rate()},
        {u"memory"_s, QObject::tr("Memory"), memory(), memoryParts()}};
}

std::vector<RunCardDoubt> RunCardModel::doubts() const {
    std::vector<RunCardDoubt> all;
    for (const Doubt& doubt : doubts_)
        all.push_back(
            {text(in_labels(doubt.sentence)), mendText(doubt.mend), doubt.kind == DoubtKind::Refusal});
    return all;
}

bool RunCardModel::isRefused() const {
    return std::any_of(
        doubts_.begin(), doubts_.end(), [](const Doubt& each) { return each.kind == DoubtKind::Refusal; });
}

RunSettings RunCardModel::mended(std::size_t doubt) const {
    return doubt < doubts_.size() ? lora::mended(plan_.settings, doubts_[doubt].mend) : plan_.settings;
}

QString RunCardModel::model() const {
    if (!plan_.model) return unknown;
    return QObject::tr("%1 · %2 · %3")
        .arg(text(plan_.model->name), text(name(plan_.settings.dtype)), text(plan_.model->device));
}

QString RunCardModel::data() const {
    if (!plan_.train) return unknown;
    QString samples = QObject::tr("%1 samples").arg(countText(plan_.train->samples));
    if (!plan_.eval) return samples;
    return QObject::tr("%1, %2 to evaluate on").arg(samples, countText(plan_.eval->samples));
}

QString RunCardModel::steps() const {
    if (!outline_.steps) return unknown;
    const TrainingSettings& training = plan_.settings.training;
    const std::int64_t batch = std::min(training.batch, plan_.train->samples);
    const std::int64_t parts = std::min(training.accumulate, batch);
    const QString steps =
        QObject::tr("%1, each of %2 samples").arg(countText(*outline_.steps), countText(batch));
    const QString all = parts > 1 ? QObject::tr("%1 in %2 parts").arg(steps, countText(parts)) : steps;
    return outline_.seconds ? QObject::tr("%1, about %2").arg(all, durationText(*outline_.seconds)) : all;
}

QString RunCardModel::pace() const {
    if (!outline_.seconds) return {};
    return QObject::tr("The time of the steps alone, at the %1 s each that a run of the same work took.")
        .arg(measureText(plan_.pace->seconds_a_step));
}

QString RunCardModel::rate() const {
    const RunSettings& settings = plan_.settings;
    QString rate = text(number_text(settings.training.lr));
    if (!has_setting(settings.method, "lora.alpha") || !settings.lora.adapter.empty()
        || settings.lora.rank < 1)
        return rate;
    const UpdateScale scale = sheet_of(settings.method).scale(settings);
    return QObject::tr("%1, scale %2 = %3")
        .arg(rate, text(scale.words), QString::number(scale.value, 'g', 3));
}

QString RunCardModel::memory() const {
    if (!outline_.memory) return unknown;
    const QString needed = QObject::tr("about %1").arg(bytesText(outline_.memory->total()));
    return plan_.room ? QObject::tr("%1 of %2 free").arg(needed, bytesText(plan_.room->free_bytes)) : needed;
}

QString RunCardModel::memoryParts() const {
    if (!outline_.memory) return {};
    const MemoryEstimate& memory = *outline_.memory;
    return QObject::tr("At the peak of the run:\nWeights %1\nActivations kept for the backward %2\n"
                       "Logits or one block's backward %3\nAdapter and its gradients %4\nOptimizer %5\n"
                       "Program and libraries %6")
        .arg(bytesText(memory.weights), bytesText(memory.activations), bytesText(memory.work),
            bytesText(memory.adapter), bytesText(memory.optimizer), bytesText(memory.process));
}

} // namespace lora
