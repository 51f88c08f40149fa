#pragma once
// Says in words what the engine tells: in the log all of it, as a banner what a person should know now.

#include "ui/elements/banner.h"
#include "ui/link/engine_link.h"
#include "ui/window/alarm_mends.h"

#include <QObject>
#include <QString>
#include <vector>

namespace lora {

class MessageLog;

class Notices : public QObject {
    Q_OBJECT
public:
    Notices(EngineLink& link, BannerArea* banners, MessageLog* log);

    /// What its buttons do about alarms.
    AlarmMends& mends() { return mends_; }

    // What is said `about` a thing takes the place of what was said about it before: an error goes with the
    // next success. Empty: about nothing in particular.

    void say(const QString& text, const QString& about = {});
    /// With what can be done about it; of runs, until the next one begins or is opened.
    void offer(const QString& text, const std::vector<BannerAction>& actions);
    void complain(const QString& text, const QString& about = {});
    void warn(const QString& text, const std::vector<BannerAction>& actions, const QString& about);
    void forget(const QString& about);
    /// Says what a page says of itself by its signals said() and complained(), as far as it has them.
    template <class Page>
    void follow(Page* page, const QString& about) {
        if constexpr (requires { &Page::said; })
            connect(page, &Page::said, this, [this, about](const QString& text) { say(text, about); });
        if constexpr (requires { &Page::complained; })
            connect(
                page, &Page::complained, this, [this, about](const QString& text) { complain(text, about); });
    }

private:
    void followRuns(EngineLink& link);
    void followEnds(EngineLink& link);
    void followFiles(EngineLink& link);
    void followAnswers(EngineLink& link);
    void followFaults(EngineLink& link);
    void show(BannerKind kind, const QString& text, const QString& about,
        const std::vector<BannerAction>& actions = {});
    void beginRun();
    void raise(const Alarm& alarm);
    void showAlarm(const Alarm& alarm);
    void tellEnd(const RunEnded& run);
    QString endWords(const RunEnded& run, bool didHarm) const;
    void tellOpened(const RunOpened& opened);
    std::vector<BannerAction> orBest();

    AlarmMends mends_; ///< before the rest: it hears of each event first
    BannerArea* banners_;
    MessageLog* log_;
    MethodKind method_ = MethodKind::Lora; ///< of the run under way
    std::int64_t patience_ = 0;            ///< its own
    bool isSweep_ = false;                 ///< it is one of a sweep's
    std::vector<Alarm> alarms_;            ///< of that run
};

} // namespace lora
