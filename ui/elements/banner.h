#pragma once
// What the user should know now, above the plots: full text, never in the way, gone by a click.

#include <QWidget>
#include <functional>
#include <utility>
#include <vector>

class QVBoxLayout;

namespace lora {

enum class BannerKind { Information, Warning, Error };

/// A button of a banner and what it does; the banner goes away with it.
using BannerAction = std::pair<QString, std::function<void()>>;

class Banner : public QWidget {
    Q_OBJECT
public:
    Banner(BannerKind kind, const QString& text, const std::vector<BannerAction>& actions, QWidget* parent);

    QString text() const { return text_; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    BannerKind kind_;
    QString text_;
};

class BannerArea : public QWidget {
    Q_OBJECT
public:
    explicit BannerArea(QWidget* parent = nullptr);

    /// The newest is on top; beyond three the oldest goes (it stays in the message log).
    void show(BannerKind kind, const QString& text, const std::vector<BannerAction>& actions = {});
    void clear();

private:
    QVBoxLayout* column_;
};

} // namespace lora
