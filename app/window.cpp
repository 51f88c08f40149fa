// The window's program: arguments, then MainWindow on the real engine.

#include "engine/session/session.h"
#include "ui/elements/quantities.h"
#include "ui/window/main_window.h"

#include <QApplication>
#include <QCommandLineParser>

using namespace Qt::StringLiterals;

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    lora::useOneLocale();
    QApplication::setApplicationName(u"lora-workbench"_s);
    QApplication::setOrganizationName(u"lora-workbench"_s);
    QApplication::setApplicationDisplayName(u"LoRA Workbench"_s);
    QApplication::setApplicationVersion(QStringLiteral(LORA_VERSION));
    QCommandLineParser parser;
    parser.setApplicationDescription(QApplication::translate("main",
        "Fine-tunes language models with LoRA and shows what the update is made of.\n"
        "Example: lora-workbench ~/models/SmolLM2-135M-Instruct.Q4_1.gguf"));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(u"model"_s,
        QApplication::translate(
            "main", "A model's folder or GGUF file to open; also an adapter, dataset or run."),
        u"[MODEL]"_s);
    parser.process(application);

    lora::MainWindow window({lora::open_session, lora::find_devices(), lora::findPlaces()});
    window.show();
    window.begin(parser.positionalArguments().value(0));
    return QApplication::exec();
}
