// The window's program: arguments, then MainWindow on the real engine, which is a library of its own.

#include "app/open_engine.h"
#include "engine/machine/device_info.h"
#include "ui/elements/quantities.h"
#include "ui/window/first_frame.h"
#include "ui/window/guarded_application.h"
#include "ui/window/logind_hold.h"
#include "ui/window/main_window.h"
#include "ui/window/quit_signals.h"

#include <QApplication>
#include <QCommandLineParser>
#include <cstdlib>
#include <future>
#include <iostream>
#include <string_view>

using namespace Qt::StringLiterals;

namespace {

/// Qt ends a program without a screen by an abort; a person is told what to do before.
bool has_screen(int argc, char** argv) {
    const auto given = [](const char* name) { return qEnvironmentVariableIsSet(name); };
    for (int i = 1; i < argc; ++i)
        if (std::string_view(argv[i]) == "-platform") return true;
    return given("DISPLAY") || given("WAYLAND_DISPLAY") || given("QT_QPA_PLATFORM");
}

/// --help, --version and what is wrong with the arguments need no screen.
bool ends_by_words(int argc, char** argv) {
    if (argc > 2) return true;
    for (int i = 1; i < argc; ++i)
        if (argv[i][0] == '-' && std::string_view(argv[i]) != "--") return true;
    return false;
}

void set_names() {
    QCoreApplication::setApplicationName(u"lora-workbench"_s);
    QCoreApplication::setOrganizationName(u"lora-workbench"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(LORA_VERSION));
}

QString opened_at_start(const QCoreApplication& application) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QCoreApplication::translate("main",
        "Fine-tunes language models with LoRA and shows what the update is made of.\n"
        "Example: lora-workbench ~/models/SmolLM2-135M-Instruct.Q4_1.gguf"));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(u"model"_s,
        QCoreApplication::translate(
            "main", "A model's folder or GGUF file to open; also an adapter, dataset or run."),
        u"[MODEL]"_s);
    parser.process(application);
    const QStringList given = parser.positionalArguments();
    if (given.size() > 1) {
        std::cerr << "lora-workbench: found " << given.size() << " things to open, expected one\n";
        std::exit(2);
    }
    return given.value(0);
}

} // namespace

int main(int argc, char** argv) {
    set_names();
    if (!has_screen(argc, argv)) {
        if (ends_by_words(argc, argv)) opened_at_start(QCoreApplication(argc, argv));
        std::cerr
            << "lora-workbench: there is no screen to open a window on (DISPLAY and WAYLAND_DISPLAY are not "
               "set). Without one, use the command: lora --help\n";
        return 1;
    }
    lora::GuardedApplication application(argc, argv);
    lora::useOneLocale();
    QApplication::setApplicationDisplayName(u"LoRA Workbench"_s);
    const QString opened = opened_at_start(application);
    std::promise<void> shown;
    lora::MainWindow window(
        {lora::open_engine_after(shown.get_future()), lora::processor_alone(), lora::findPlaces(),
            lora::askLogindForHold, lora::hub_settings, QCoreApplication::applicationDirPath() + u"/lora"_s});
    const lora::FirstFrame frame(window);
    QObject::connect(&frame, &lora::FirstFrame::shown, &window, [&shown] { shown.set_value(); });
    const lora::QuitSignals quit;
    QObject::connect(&quit, &lora::QuitSignals::asked, &window, &lora::MainWindow::leave);
    QObject::connect(&application, &lora::GuardedApplication::broke, &window, &lora::MainWindow::complain);
    window.show();
    window.begin(opened);
    return QApplication::exec();
}
