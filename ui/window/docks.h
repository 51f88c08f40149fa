#pragma once
// What stands around the pages, and which of it each page leaves room for.

#include <QByteArray>
#include <QObject>
#include <map>
#include <vector>

class QDockWidget;
class QMainWindow;
class QMenu;
class QTabWidget;
class QWidget;

namespace lora {

class Docks : public QObject {
    Q_OBJECT
public:
    struct Contents {
        QWidget* setup;
        QWidget* playground;
        QWidget* messages;
        QWidget* time;
        QWidget* queue;
    };
    /// Around `pages`, whose first is the training's; `view` gets a choice for each.
    Docks(QMainWindow& window, QTabWidget& pages, const Contents& contents, QMenu& view);

    /// For a window of this height, as it is divided at the first start.
    void divide(int height);
    /// Hides docks and window while all is there still: a field tells what was typed when the focus leaves
    /// it, which one in a floating dock would do in the window's end.
    void takeDown();
    /// How docks and tool bar stand beside the training's page, whichever is in sight.
    QByteArray layout() const;
    /// To be called while the training's page is in sight. False, and nothing is changed, if it is no layout.
    bool setLayout(const QByteArray& layout);

private:
    QDockWidget* add(
        const QString& title, const QString& name, QWidget* content, Qt::DockWidgetArea area, QMenu& view);
    void showThoseOf(int page);

    QMainWindow& window_;
    QDockWidget* setup_;
    std::vector<QDockWidget*> beneath_;      ///< playground, messages, time, queue
    std::map<QDockWidget*, bool> wasHidden_; ///< those that the page in sight has put away, and how they were
    QByteArray beside_;                      ///< the layout as the training's page was left
};

} // namespace lora
