#pragma once
// The frame all plots share: a title with its controls above, a themed plot that zooms and resets beneath.

#include "ui/plots/explanation.h"
#include "ui/plots/plot_export.h"
#include "ui/plots/plot_theme.h"

#include <QString>
#include <QWidget>
#include <functional>

class QCPRange;
class QCustomPlot;
class QHBoxLayout;
class QLabel;
class QToolButton;

namespace lora {

class PlotNavigation;

/// PlotNavigation says how one moves about in it; the menu of the right button copies picture and numbers.
class PlotFrame : public QWidget {
    Q_OBJECT
public:
    explicit PlotFrame(const QString& title, QWidget* parent = nullptr);

    QCustomPlot* plot() const { return plot_; }
    /// Adds a widget at the right end of the title's row, before the question mark.
    void addControl(QWidget* control);
    void setTitle(const QString& title);
    /// What a question mark beside the title, and F1 in the plot, show.
    void explain(const Explanation& explanation);
    /// The numbers that the menu copies; without them it copies the picture alone.
    void setTableSource(std::function<Table()> table) { table_ = std::move(table); }
    /// The legend as a row at the right between title and axes, where no curve runs beneath it.
    void putLegendAbove();
    const PlotColors& colors() const { return colors_; }
    /// Words in the middle of an empty plot, over no grid; empty text takes them away.
    void setHint(const QString& hint);
    /// True until the user zooms or moves; then the plot stays where it was put, until a double click.
    bool follows() const;
    void setFollows(bool follows);
    /// The ranges that show everything; they are put on while the plot follows.
    void setWholeView(const QCPRange& x, const QCPRange& y);
    /// Marks the plot that an export would take.
    void setCurrent(bool current);
    /// Picture or numbers to the clipboard.
    void copyPicture() const;
    void copyNumbers() const;

Q_SIGNALS:
    void colorsChanged();
    void followRequested(); ///< show all again
    void chosen();          ///< the user pressed into the plot
    void pointerLeft();

protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void recolor();
    void placeHint();
    void showExplanation();
    void showMenu(const QPoint& where);

    QCustomPlot* plot_;
    QLabel* title_;
    QLabel* hint_;
    QHBoxLayout* header_;
    QToolButton* question_;
    PlotNavigation* navigation_;
    PlotColors colors_;
    Explanation explanation_;
    std::function<Table()> table_;
};

} // namespace lora
