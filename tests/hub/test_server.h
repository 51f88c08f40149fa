#pragma once
// An HTTP server of the test's own on 127.0.0.1, in a thread of its own, that misbehaves as it is told.

#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>
#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

struct TestRequest {
    std::string path; ///< with the query; of a proxied request the whole address
    std::map<std::string, std::string> headers;

    std::string header(const std::string& name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? "" : found->second;
    }
    /// Of "Range: bytes=N-"; 0 without.
    std::size_t first_byte() const {
        const std::string range = header("range");
        return range.empty() ? 0 : std::stoul(range.substr(std::string("bytes=").size()));
    }
};

struct TestReply {
    int status = 200;
    std::vector<std::string> headers = {};
    std::string body = {};
    std::size_t breaks_after = std::string::npos; ///< bytes of the body, then the connection is cut
    bool stalls = false;                          ///< instead of being cut, nothing more comes
    bool tells_length = true;
};

using TestHandler = std::function<TestReply(const TestRequest&)>;

class TestServer {
public:
    explicit TestServer(TestHandler handler) : handler_(std::move(handler)) {
        thread_.start();
        server_.moveToThread(&thread_);
        QMetaObject::invokeMethod(
            &server_, [this] { listen(); }, Qt::BlockingQueuedConnection);
    }
    ~TestServer() {
        QMetaObject::invokeMethod(
            &server_, [this] { close(); }, Qt::BlockingQueuedConnection);
        thread_.quit();
        thread_.wait();
    }
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    std::string address(const std::string& host = "127.0.0.1") const {
        return "http://" + host + ":" + std::to_string(port_);
    }
    std::vector<TestRequest> requests() const {
        const std::lock_guard guard(mutex_);
        return requests_;
    }
    void handle_by(TestHandler handler) {
        const std::lock_guard guard(mutex_);
        handler_ = std::move(handler);
    }

private:
    void listen() {
        if (!server_.listen(QHostAddress::LocalHost)) qFatal("no port is free");
        port_ = server_.serverPort();
        QObject::connect(&server_, &QTcpServer::newConnection, &server_, [this] {
            QTcpSocket* socket = server_.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { read(socket); });
            QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        });
    }

    void close() {
        server_.close();
        qDeleteAll(server_.findChildren<QTcpSocket*>());
        server_.moveToThread(nullptr);
    }

    void read(QTcpSocket* socket) {
        buffers_[socket] += socket->readAll().toStdString();
        std::string& text = buffers_[socket];
        const auto end = text.find("\r\n\r\n");
        if (end == std::string::npos) return;
        const TestRequest request = parsed(text.substr(0, end + 2));
        text.erase(0, end + 4);
        TestHandler handler;
        {
            const std::lock_guard guard(mutex_);
            requests_.push_back(request);
            handler = handler_;
        }
        send(socket, handler(request));
    }

    static TestRequest parsed(const std::string& text) {
        TestRequest request;
        const auto space = text.find(' ');
        request.path = text.substr(space + 1, text.find(' ', space + 1) - space - 1);
        for (std::size_t line = text.find("\r\n") + 2; line < text.size();) {
            const auto end = text.find("\r\n", line);
            const auto colon = text.find(": ", line);
            std::string name = text.substr(line, colon - line);
            std::transform(
                name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
            request.headers[name] = text.substr(colon + 2, end - colon - 2);
            line = end + 2;
        }
        return request;
    }

    void send(QTcpSocket* socket, const TestReply& reply) {
        std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " said\r\n";
        if (reply.tells_length) head += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n";
        for (const std::string& line : reply.headers) head += line + "\r\n";
        const std::string bytes = head + "\r\n" + reply.body.substr(0, reply.breaks_after);
        socket->write(bytes.data(), static_cast<qint64>(bytes.size()));
        const bool breaks = reply.breaks_after < reply.body.size() || !reply.tells_length;
        if (breaks && !reply.stalls) {
            socket->flush();
            buffers_.erase(socket);
            socket->disconnectFromHost();
        }
    }

    TestHandler handler_;
    mutable std::mutex mutex_;
    std::vector<TestRequest> requests_;
    std::map<QTcpSocket*, std::string> buffers_; ///< touched by the server's thread alone
    QThread thread_;
    QTcpServer server_;
    int port_ = 0;
};
