#pragma once
// Moving about in a plot with mouse and keyboard, within limits, and back to the whole of it.

#include <QObject>
#include <optional>

class QCPAxis;
class QCPRange;
class QCustomPlot;
class QKeyEvent;

namespace lora {

/// Wheel and + − zoom, dragging and the arrows move, a double click and Home show all again. The middle of
/// the view stays within the whole view, so that the data cannot be lost; it is never wider than half again.
class PlotNavigation : public QObject {
    Q_OBJECT
public:
    explicit PlotNavigation(QCustomPlot& plot);

    /// True until the user zooms or moves; then the plot stays where it was put.
    bool follows() const { return follows_; }
    void setFollows(bool follows);
    /// The ranges that show everything; they are put on while the plot follows.
    void setWholeView(const QCPRange& x, const QCPRange& y);

Q_SIGNALS:
    void followRequested(); ///< show all again

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Limits {
        double lower = 0;
        double upper = 1;
    };
    void leaveFollowing();
    void keepWithin(QCPAxis* axis, const std::optional<Limits>& whole);
    bool handleKey(const QKeyEvent& event);
    void zoom(double factor);
    void move(double shareX, double shareY);

    QCustomPlot& plot_;
    bool follows_ = true;
    std::optional<Limits> wholeX_;
    std::optional<Limits> wholeY_;
};

} // namespace lora
