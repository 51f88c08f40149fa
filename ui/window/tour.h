#pragma once
// The first tour: a few bubbles that point at parts of the window. The window stays as usable as ever beneath
// them; the tour is left at any time, and is shown by itself only once.

#include <QFrame>
#include <QPointer>

class QLabel;
class QMainWindow;
class QPushButton;

namespace lora {

class Tour : public QFrame {
    Q_OBJECT
public:
    /// From the first bubble on, in place of a tour that is under way.
    static void start(QMainWindow& window);
    /// The same where it was never left or seen to its end.
    static void startOnce(QMainWindow& window);
    /// Ends it where it is under way: the window is at work, and its plots are to be seen.
    static void end(const QMainWindow& window);
    ~Tour() override;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    explicit Tour(QMainWindow& window);
    void build();
    void go(int bubble);
    void leave();
    void place();
    void markAnchor();

    QMainWindow& window_;
    int bubble_ = -1;
    QPointer<QWidget> anchor_; ///< what the bubble points at; null: the window as a whole
    QPointer<QWidget> mark_;   ///< around what the bubble points at
    QLabel* title_;
    QLabel* words_;
    QLabel* count_;
    QPushButton* leave_;
    QPushButton* back_;
    QPushButton* next_;
};

} // namespace lora
