#pragma once
// Where the engine can work and where it does, as the user's settings keep it: in the window's process, in a
// process of its own, or on a machine that ssh reaches.

#include "engine/reach/engine_place.h"

#include <QString>
#include <optional>
#include <vector>

class QSettings;

namespace lora {

struct EngineHost {
    QString name;                                   ///< what ssh takes
    QString command = QStringLiteral("lora serve"); ///< what the host's shell is given
    bool operator==(const EngineHost&) const = default;
};

/// Those that a person added; what is none any more is left out.
std::vector<EngineHost> engineHosts(const QSettings& settings);
void keepHosts(QSettings& settings, const std::vector<EngineHost>& hosts);

/// A choice by its word: "" is the window's own process, "own" another one, "host:NAME" a machine.
QString chosenWhere(const QSettings& settings);
void chooseWhere(QSettings& settings, const QString& where);
QString whereOf(const EngineHost& host);

/// None for the window's own process, and for a host that is not in the list. `lora`: the command's file
/// here.
std::optional<EnginePlace> placeOf(
    const QString& where, const std::vector<EngineHost>& hosts, const QString& lora);

} // namespace lora
