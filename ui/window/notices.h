#pragma once
// Says in words what the engine tells: in the log all of it, as a banner what a person should know now.

#include "ui/elements/banner.h"
#include "ui/link/engine_link.h"

#include <QObject>
#include <QString>

namespace lora {

class MessageLog;

class Notices : public QObject {
    Q_OBJECT
public:
    Notices(EngineLink& link, BannerArea* banners, MessageLog* log);

    void say(const QString& text);
    /// With what can be done about it.
    void offer(const QString& text, const std::vector<BannerAction>& actions);
    void warn(const QString& text);
    void complain(const QString& text);

private:
    void followRuns(EngineLink& link);
    void followFiles(EngineLink& link);
    void followFaults(EngineLink& link);
    void alarm(const Alarm& alarm);

    BannerArea* banners_;
    MessageLog* log_;
    MethodKind method_ = MethodKind::Lora; ///< of the run under way
    bool isSweep_ = false;                 ///< it is one of a sweep's
};

} // namespace lora
