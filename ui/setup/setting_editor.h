#pragma once
// The control for one setting: which one it is, and what it says to a person, follows from the setting's row.

#include "engine/run_settings/setting.h"

#include <QWidget>
#include <functional>

class QHBoxLayout;

namespace lora {

class SettingEditor : public QWidget {
    Q_OBJECT
public:
    /// The control gets the option's name as its object name.
    explicit SettingEditor(const Setting& setting, QWidget* parent = nullptr);

    const Setting& setting() const { return setting_; }
    /// Text that says this value already stays as it was typed.
    void show(const Json& value) { put_(value); }
    /// Why what is typed is no value, a sentence; empty where it is one.
    QString unread() const { return unread_(); }
    /// Marks a value that is not taken.
    void setFaulty(bool faulty) { mark_(faulty); }

Q_SIGNALS:
    void edited(const QString& path, const lora::Json& value);
    void unreadable(); ///< what is typed is no value
    void browseRequested(const QString& path);

private:
    void makeFlag();
    void makeNumber();
    void makeWords();
    void makeText();
    void makeLines();
    void makePath();
    void take(QWidget* control);
    QString path() const { return QString::fromStdString(setting_.path); }

    const Setting& setting_;
    QHBoxLayout* row_;
    std::function<void(const Json&)> put_;
    std::function<QString()> unread_ = [] { return QString(); };
    std::function<void(bool)> mark_ = [](bool) {};
};

/// What a setting means, its unit and range, as a tool tip.
QString helpHtml(const Setting& setting);

} // namespace lora
