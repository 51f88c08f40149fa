#include "ui/window/first_run.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStandardPaths>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

/// The first of the places where the sample may lie; empty if it is in none.
QString findSample() {
    const QStringList candidates{QStringLiteral(LORA_RESOURCES) + u"/sample/commands.jsonl"_s,
        QCoreApplication::applicationDirPath() + u"/../../resources/sample/commands.jsonl"_s,
        QCoreApplication::applicationDirPath() + u"/../../share/lora-workbench/sample/commands.jsonl"_s};
    for (const QString& candidate : candidates)
        if (QFileInfo::exists(candidate)) return QFileInfo(candidate).canonicalFilePath();
    return {};
}

} // namespace

Places findPlaces() {
    const QString data =
        QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/lora-workbench"_s;
    return {data + u"/models"_s, data + u"/runs"_s, findSample()};
}

FirstRun firstRun(const Places& places) {
    FirstRun first;
    const QString model = places.models + u"/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf"_s;
    if (QFileInfo::exists(model)) first.settings.model = model.toStdString();
    first.settings.data.train = places.sample.toStdString();
    first.settings.data.eval_split = 0.05;
    first.settings.data.max_length = 128;
    first.settings.lora.selection.targets = "attention-qv";
    first.settings.lora.rank = 8;
    first.settings.lora.alpha = 16;
    first.settings.training.lr = 2e-3;
    first.settings.training.batch = 4;
    first.settings.training.schedule = Schedule::Linear;
    first.settings.training.spectrum_every = 2;
    first.settings.training.eval_every = 20;
    first.prompt = u"Request: Could you switch the light on in the hall?\nCommand:"_s;
    return first;
}

RunSettings setUpAtStart(const FirstRun& first, const std::optional<RunSettings>& last) {
    RunSettings settings = last.value_or(first.settings);
    if (settings.model.empty()) settings.model = first.settings.model;
    if (settings.data.train.empty()) settings.data.train = first.settings.data.train;
    return settings;
}

} // namespace lora
