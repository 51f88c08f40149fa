#pragma once
// Runs the built `lora` as a person or a script does, and reads what it says.

#include "engine/error.h"
#include "engine/files/json.h"

#include <QFloat16> // qprocess.h only declares it, and templates ask for it
#include <QProcess>
#include <QProcessEnvironment>
#include <QStringList>
#include <functional>
#include <string>
#include <vector>

struct Answer {
    int code = -1; ///< −1: it did not end by itself
    std::string out;
    std::string err;

    /// Standard output's lines, each parsed. Throws Error where one is no JSON object.
    std::vector<lora::Json> objects() const {
        std::vector<lora::Json> parsed;
        for (const QByteArray& line : QByteArray::fromStdString(out).split('\n')) {
            if (line.isEmpty()) continue;
            lora::Json object = lora::parse_json(line.toStdString(), "standard output");
            if (!object.is_object()) lora::fail("standard output", line.toStdString(), "an object");
            parsed.push_back(std::move(object));
        }
        return parsed;
    }
    std::vector<lora::Json> events(const std::string& kind) const {
        std::vector<lora::Json> found;
        for (const lora::Json& object : objects())
            if (object.value("event", "") == kind) found.push_back(object);
        return found;
    }
    std::string all() const { return "code " + std::to_string(code) + "\n" + out + err; }
};

using Words = std::vector<std::string>;

/// A command under way. It ends with this object at the latest.
class Command {
public:
    static constexpr int patience_ms = 300'000;

    /// `in_child` is done in the new process before the command begins.
    explicit Command(const Words& words, const std::function<void()>& in_child = {}) {
        if (in_child) process_.setChildProcessModifier(in_child);
        QStringList list;
        for (const std::string& word : words) list << QString::fromStdString(word);
        // Threads that spin for each other are slow where other tests want the same cores.
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("OMP_NUM_THREADS"), QStringLiteral("1"));
        process_.setProcessEnvironment(environment);
        process_.start(QStringLiteral(LORA_COMMAND), list);
        process_.waitForStarted(patience_ms);
    }

    QProcess& process() { return process_; }

    /// Reads lines until one that has `part`; false if the command ends without it.
    bool await_line(const char* part) {
        while (process_.canReadLine() || process_.waitForReadyRead(patience_ms))
            while (process_.canReadLine()) {
                const QByteArray line = process_.readLine();
                out_ += line;
                if (line.contains(part)) return true;
            }
        return false;
    }

    Answer end() {
        process_.closeWriteChannel();
        const bool ended = process_.waitForFinished(patience_ms);
        out_ += process_.readAllStandardOutput();
        const bool by_itself = ended && process_.exitStatus() == QProcess::NormalExit;
        return {by_itself ? process_.exitCode() : -1, out_.toStdString(),
            process_.readAllStandardError().toStdString()};
    }

private:
    QProcess process_;
    QByteArray out_;
};

inline Answer lora_says(const Words& words, const std::string& input = {}) {
    Command command(words);
    command.process().write(QByteArray::fromStdString(input));
    return command.end();
}
