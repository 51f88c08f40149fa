#pragma once
// The frame all plots share: a title with its controls above, a themed plot that zooms and resets beneath.

#include "ui/plots/plot_theme.h"

#include <QString>
#include <QWidget>

class QCustomPlot;
class QHBoxLayout;
class QLabel;

namespace lora {

/// Wheel zooms, dragging moves, a double click shows all again.
class PlotFrame : public QWidget {
    Q_OBJECT
public:
    explicit PlotFrame(const QString& title, QWidget* parent = nullptr);

    QCustomPlot* plot() const { return plot_; }
    /// Adds a widget at the right end of the title's row.
    void addControl(QWidget* control);
    void setTitle(const QString& title);
    /// The legend as a row at the right between title and axes, where no curve runs beneath it.
    void putLegendAbove();
    const PlotColors& colors() const { return colors_; }
    /// Words in the middle of an empty plot; empty text takes them away.
    void setHint(const QString& hint);
    /// True until the user zooms or moves; then the plot stays where it was put, until a double click.
    bool follows() const { return follows_; }
    void setFollows(bool follows);
    /// Marks the plot that an export would take.
    void setCurrent(bool current);

Q_SIGNALS:
    void colorsChanged();
    void followRequested(); ///< show all again
    void chosen();          ///< the user pressed into the plot

protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void recolor();
    void placeHint();

    QCustomPlot* plot_;
    QLabel* title_;
    QLabel* hint_;
    QHBoxLayout* header_;
    PlotColors colors_;
    bool follows_ = true;
};

} // namespace lora
