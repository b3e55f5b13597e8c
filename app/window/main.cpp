// SPDX-License-Identifier: GPL-3.0-or-later
//
// keyloupe: arguments, theme, window, demo. With --screenshots it renders itself to PNG files and ends.
#include "app/demo/demo_server.h"
#include "app/window/quit_on_signal.h"
#include "core/async/job_runner.h"
#include "core/net/endpoint.h"
#include "core/source/source.h"
#include "ui/shell/main_window.h"
#include "ui/shell/screenshots.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QFile>
#include <QStandardPaths>
#include <QTemporaryDir>

using namespace keyloupe;

namespace {

// The bundled snapshot lies in the program; the engine maps files, so it is laid out for as long as we run.
QString layOutDemo(const QTemporaryDir &folder)
{
    const QString path = folder.filePath(QStringLiteral("demo.rdb"));
    QFile::copy(QStringLiteral(":/demo/demo.rdb"), path);
    return path;
}

ThemeMode themeOf(const QString &name)
{
    if (name == QLatin1String("light"))
        return ThemeMode::Light;
    return name == QLatin1String("dark") ? ThemeMode::Dark : ThemeMode::System;
}

} // namespace

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("keyloupe"));
    QApplication::setOrganizationName(QStringLiteral("keyloupe"));
    QApplication::setApplicationDisplayName(QStringLiteral("Keyloupe"));
    QApplication::setApplicationVersion(QStringLiteral(KEYLOUPE_VERSION));
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/app/keyloupe.svg")));
    qRegisterMetaType<Error>();
    qRegisterMetaType<SourceState>();

    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOption({QStringLiteral("demo"), QStringLiteral("Open the demo snapshot and the live demo.")});
    parser.addOption({QStringLiteral("screenshots"), QStringLiteral("Render every screen to PNG files in this folder and end."), QStringLiteral("DIR")});
    parser.addOption({QStringLiteral("theme"), QStringLiteral("light, dark or system."), QStringLiteral("NAME"), QStringLiteral("system")});
    parser.addOption({QStringLiteral("size"), QStringLiteral("Size of the window."), QStringLiteral("WxH"), QStringLiteral("1440x900")});
    parser.addPositionalArgument(QStringLiteral("source"), QStringLiteral("Files, host:port or URLs to open."), QStringLiteral("[source...]"));
    parser.process(app);

    applyTheme(app, themeOf(parser.value(QStringLiteral("theme"))));
    const QuitOnSignal quitOnSignal;
    JobRunner jobs;
    const QTemporaryDir demoFolder;
    DemoServer demo;
    const QString config = QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation);
    // Screens for a manual must not show what was opened on this machine.
    const bool screenshotsOnly = parser.isSet(QStringLiteral("screenshots"));
    MainWindow window(jobs, (screenshotsOnly ? demoFolder.path() : config) + QStringLiteral("/recent.json"));
    const QStringList size = parser.value(QStringLiteral("size")).split(QLatin1Char('x'));
    if (size.size() == 2 && size[0].toInt() >= 320 && size[1].toInt() >= 240)
        window.resize(size[0].toInt(), size[1].toInt());
    QObject::connect(&window, &MainWindow::themeRequested, &app, [&app](ThemeMode mode) { applyTheme(app, mode); });
    window.show();

    if (screenshotsOnly) {
        Screenshots *screenshots = nullptr;
        QObject::connect(&demo, &DemoServer::failed, &app, [] { QCoreApplication::exit(1); });
        QObject::connect(&demo, &DemoServer::listening, &window, [&](quint16 port) {
            screenshots = new Screenshots(&window, parser.value(QStringLiteral("screenshots")), layOutDemo(demoFolder),
                                          QStringLiteral("127.0.0.1:%1").arg(port), &window);
            QObject::connect(screenshots, &Screenshots::finished, &app, [](bool allWritten) { QCoreApplication::exit(allWritten ? 0 : 1); });
            screenshots->start();
        });
        demo.start();
        return QApplication::exec();
    }

    const auto openDemo = [&] {
        window.openLocation(layOutDemo(demoFolder), MainWindow::Remember::No);
        if (demo.port() != 0)
            window.openLocation(QStringLiteral("127.0.0.1:%1").arg(demo.port()), MainWindow::Remember::No);
        else
            demo.start();
    };
    QObject::connect(&demo, &DemoServer::listening, &window, [&window](quint16 port) {
        window.openLocation(QStringLiteral("127.0.0.1:%1").arg(port), MainWindow::Remember::No);
    });
    QObject::connect(&window, &MainWindow::demoRequested, &window, openDemo);
    if (parser.isSet(QStringLiteral("demo")))
        openDemo();
    const QStringList sources = parser.positionalArguments();
    for (const QString &source : sources)
        window.openLocation(source);
    return QApplication::exec();
}
