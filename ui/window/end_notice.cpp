#include "ui/window/end_notice.h"

#include <QApplication>
#include <QSystemTrayIcon>
#include <QWidget>

namespace lora {

EndNotice::EndNotice(EngineLink& link, QWidget* window) : QObject(window), window_(window) {
    link.on<SweepChanged>(this, [this](const SweepChanged& sweep) {
        sweep_ = !sweep.over;
        if (sweep.over) tell(tr("The sweep has ended"), QString::fromStdString(sweep.folder));
    });
    link.on<RunEnded>(this, [this](const RunEnded& run) {
        if (sweep_ || !run.finished) return; // who stopped a run knows
        tell(tr("The run is finished"), tr("All %1 steps are done.").arg(run.step));
    });
    link.on<Failed>(this, [this](const Failed& failure) {
        if (!sweep_) tell(tr("The run stopped by an error"), QString::fromStdString(failure.why));
    });
}

void EndNotice::tell(const QString& title, const QString& words) {
    if (window_->isActiveWindow()) return;
    QApplication::alert(window_);
    if (QSystemTrayIcon::isSystemTrayAvailable()) {
        if (tray_ == nullptr) {
            tray_ = new QSystemTrayIcon(QApplication::windowIcon(), this);
            connect(tray_, &QSystemTrayIcon::messageClicked, window_, &QWidget::activateWindow);
            connect(tray_, &QSystemTrayIcon::activated, window_, &QWidget::activateWindow);
        }
        tray_->show(); // without it no note is shown
        tray_->showMessage(title, words);
    }
    Q_EMIT told(title);
}

} // namespace lora
