#pragma once
// The playground's fields for how the model speaks, one for each row of the table of these settings. Those
// that are seldom needed open over a button.

#include "engine/run_settings/generation_settings.h"

#include <QWidget>
#include <string_view>
#include <utility>
#include <vector>

class QLabel;
class QToolButton;

namespace lora {

class NumberField;

class GenerationFields : public QObject {
    Q_OBJECT
public:
    /// Fields and button are made for `owner`, which puts those where it wants them that are not behind the
    /// button.
    explicit GenerationFields(QWidget* owner);

    /// A field and what it is called, for a place before it.
    struct Named {
        QLabel* name;
        NumberField* field;
    };
    /// What is no field of an adapter, and needed often.
    std::vector<Named> shown() const;
    NumberField* field(std::string_view option) const;
    QToolButton* more() const { return more_; }

    void set(std::string_view option, const Json& value);
    /// As they stand; only where wrong() is empty.
    GenerationSettings settings() const;
    /// What is wrong with one of them, a sentence; it turns red. Empty where all can be taken.
    QString wrong() const;

Q_SIGNALS:
    void edited();

private:
    using Field = std::pair<const GenerationSetting*, NumberField*>;

    void buildMore();
    void openMore();
    void countMore();

    std::vector<Field> fields_;
    QToolButton* more_;
    QWidget* popup_;
};

} // namespace lora
