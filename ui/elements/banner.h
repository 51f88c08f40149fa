#pragma once
// What the user should know now: one line of a height that never changes, so that nothing moves under the
// pointer. The newest note is in front, those beneath come back when it goes.

#include <QWidget>
#include <functional>
#include <utility>
#include <vector>

class QStackedLayout;
class QToolButton;

namespace lora {

/// Information that asks for nothing goes by itself once there was time to read it.
enum class BannerKind { Information, Warning, Error };

/// A button of a banner and what it does; the banner goes away with it.
using BannerAction = std::pair<QString, std::function<void()>>;

/// One note. A click on its words asks for the whole of them.
class Banner : public QWidget {
    Q_OBJECT
public:
    Banner(BannerKind kind, const QString& text, const std::vector<BannerAction>& actions, QWidget* parent);

    QString text() const { return text_; }
    /// What it is about, as it was shown with.
    QString about() const { return about_; }
    void setAbout(const QString& about) { about_ = about; }
    /// Away after so long in a window that is in use.
    void goAfter(int milliseconds);

Q_SIGNALS:
    void clicked();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    BannerKind kind_;
    QString text_;
    QString about_;
};

class BannerArea : public QWidget {
    Q_OBJECT
public:
    /// `patience`: by how much longer than usual notes wait to be read.
    explicit BannerArea(QWidget* parent = nullptr, double patience = 1);

    /// `about` names the thing that it is said of, for forget(); empty: none.
    void show(BannerKind kind, const QString& text, const std::vector<BannerAction>& actions = {},
        const QString& about = {});
    /// What was said of this thing does not hold any more.
    void forget(const QString& about);
    /// How many messages nobody has seen yet, for the button that leads to them.
    void setUnseen(int messages);

Q_SIGNALS:
    void messagesWanted();

private:
    void addButtons();
    void countBeneath();

    QStackedLayout* notes_;
    QToolButton* beneath_;  ///< how many notes are beneath the one in front; brings the next one there
    QToolButton* messages_; ///< to all that was said
    double patience_;
};

} // namespace lora
