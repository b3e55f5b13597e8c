// SPDX-License-Identifier: GPL-3.0-or-later
//
// keyloupe-cli: arguments in, one CliTask out. Formats and exit codes: docs/cli.md.
#include "app/cli/check_task.h"
#include "app/cli/exec_task.h"
#include "app/cli/export_task.h"
#include "app/cli/get_task.h"
#include "app/cli/keys_task.h"
#include "app/cli/serve_task.h"
#include "core/base/escape.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QTimer>

#include <csignal>

using namespace keyloupe;
using namespace keyloupe::cli;

namespace {

const char kUsage[] =
        "keyloupe-cli " KEYLOUPE_VERSION " - looks into Redis and Valkey servers and files\n"
        "\n"
        "usage: keyloupe-cli keys SOURCE [--db N|all] [--match GLOB] [--type T] [--format jsonl|csv]\n"
        "       keyloupe-cli get SOURCE KEY [--db N] [--format json|raw]\n"
        "       keyloupe-cli exec SOURCE [--db N] [--save FILE] [--json] [-- COMMAND ARG...]\n"
        "       keyloupe-cli export SOURCE --format jsonl|csv|resp|rdb [--db N|all] [--match GLOB] [--type T] [-o FILE]\n"
        "                           [--check] [--target redis5|redis6|redis7|redis8|valkey8|valkey9 [--accept-loss]]\n"
        "       keyloupe-cli check FILE [--deep]\n"
        "       keyloupe-cli serve FILE [--port P] [--unix PATH]\n"
        "       keyloupe-cli --help | --version\n"
        "\n"
        "SOURCE is a file (RDB or AOF, also packed with gzip, zstd or lz4), - for standard input, host:port, or a redis://,\n"
        "rediss:// or unix:// URL.\n"
        "KEY may be written as redis-cli takes it in double quotes: '\"\\x00\\xff\"'.\n"
        "exec without a command reads one a line from standard input.\n";

// Options of one subcommand; prints why and returns false when they are wrong.
bool parse(QCommandLineParser &parser, const QStringList &arguments, int wanted, const char *shape, bool more = false)
{
    if (!parser.parse(arguments)) {
        printError(parser.errorText());
        return false;
    }
    const qsizetype count = parser.positionalArguments().size();
    if (count < wanted || (count > wanted && !more)) {
        printError(QStringLiteral("usage: keyloupe-cli %1").arg(QLatin1String(shape)));
        return false;
    }
    return true;
}

bool parseDb(const QString &text, int *db)
{
    bool ok = false;
    *db = text.toInt(&ok);
    if (!ok || *db < 0) {
        printError(QStringLiteral("--db takes a database number, not \"%1\"").arg(text));
        return false;
    }
    return true;
}

bool oneOf(const QString &value, const QStringList &allowed, const char *option)
{
    if (allowed.contains(value))
        return true;
    printError(QStringLiteral("%1 takes %2, not \"%3\"").arg(QLatin1String(option), allowed.join(QLatin1String(" or ")), value));
    return false;
}

// The bytes of an argument; in double quotes it is unescaped as redis-cli does.
std::optional<QByteArray> keyArgument(const QString &argument)
{
    const QByteArray bytes = argument.toLocal8Bit();
    if (bytes.size() < 2 || !bytes.startsWith('"') || !bytes.endsWith('"'))
        return bytes;
    Result<QByteArrayList> parts = splitCommandLine(bytes);
    if (!parts.ok() || parts->size() != 1) {
        printError(QStringLiteral("the key is not quoted as redis-cli quotes"));
        return std::nullopt;
    }
    return parts->first();
}

std::unique_ptr<CliTask> makeKeys(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.addOption({QStringLiteral("db"), {}, QStringLiteral("N"), QStringLiteral("0")});
    parser.addOption({QStringLiteral("match"), {}, QStringLiteral("GLOB")});
    parser.addOption({QStringLiteral("type"), {}, QStringLiteral("T")});
    parser.addOption({QStringLiteral("format"), {}, QStringLiteral("F"), QStringLiteral("jsonl")});
    if (!parse(parser, arguments, 1, "keys SOURCE [--db N|all] [--match GLOB] [--type T] [--format jsonl|csv]"))
        return nullptr;
    KeysOptions options;
    const QString db = parser.value(QStringLiteral("db"));
    options.allDatabases = db == QLatin1String("all");
    if (!options.allDatabases && !parseDb(db, &options.db))
        return nullptr;
    const QString format = parser.value(QStringLiteral("format"));
    if (!oneOf(format, {QStringLiteral("jsonl"), QStringLiteral("csv")}, "--format"))
        return nullptr;
    options.csv = format == QLatin1String("csv");
    options.match = parser.value(QStringLiteral("match")).toLocal8Bit();
    options.type = parser.value(QStringLiteral("type")).toLatin1();
    return std::make_unique<KeysTask>(parser.positionalArguments().first(), options);
}

std::unique_ptr<CliTask> makeGet(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.addOption({QStringLiteral("db"), {}, QStringLiteral("N"), QStringLiteral("0")});
    parser.addOption({QStringLiteral("format"), {}, QStringLiteral("F"), QStringLiteral("json")});
    if (!parse(parser, arguments, 2, "get SOURCE KEY [--db N] [--format json|raw]"))
        return nullptr;
    int db = 0;
    const QString format = parser.value(QStringLiteral("format"));
    if (!parseDb(parser.value(QStringLiteral("db")), &db) || !oneOf(format, {QStringLiteral("json"), QStringLiteral("raw")}, "--format"))
        return nullptr;
    const QStringList positional = parser.positionalArguments();
    const std::optional<QByteArray> key = keyArgument(positional[1]);
    if (!key)
        return nullptr;
    return std::make_unique<GetTask>(positional[0], *key, db, format == QLatin1String("raw"));
}

std::unique_ptr<CliTask> makeExec(const QStringList &arguments)
{
    // What stands behind "--" is the command, whatever it looks like.
    const qsizetype dashes = arguments.indexOf(QLatin1String("--"));
    QCommandLineParser parser;
    parser.addOption({QStringLiteral("db"), {}, QStringLiteral("N"), QStringLiteral("0")});
    parser.addOption({QStringLiteral("save"), {}, QStringLiteral("FILE")});
    parser.addOption(QCommandLineOption(QStringLiteral("json")));
    if (!parse(parser, dashes < 0 ? arguments : arguments.first(dashes), 1, "exec SOURCE [--db N] [--save FILE] [--json] [-- COMMAND ARG...]"))
        return nullptr;
    ExecTaskOptions options;
    if (!parseDb(parser.value(QStringLiteral("db")), &options.db))
        return nullptr;
    options.saveTo = parser.value(QStringLiteral("save"));
    options.json = parser.isSet(QStringLiteral("json"));
    if (dashes >= 0) {
        for (const QString &argument : arguments.sliced(dashes + 1))
            options.command.append(argument.toLocal8Bit());
        if (options.command.isEmpty()) {
            printError(QStringLiteral("no command stands behind --"));
            return nullptr;
        }
    }
    return std::make_unique<ExecTask>(parser.positionalArguments().first(), options);
}

std::unique_ptr<CliTask> makeExport(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.addOption({QStringLiteral("format"), {}, QStringLiteral("F")});
    parser.addOption({QStringLiteral("db"), {}, QStringLiteral("N"), QStringLiteral("all")});
    parser.addOption({QStringLiteral("match"), {}, QStringLiteral("GLOB")});
    parser.addOption({QStringLiteral("type"), {}, QStringLiteral("T")});
    parser.addOption({{QStringLiteral("o"), QStringLiteral("output")}, {}, QStringLiteral("FILE")});
    parser.addOption({QStringLiteral("target"), {}, QStringLiteral("SERVER")});
    parser.addOption(QCommandLineOption(QStringLiteral("check")));
    parser.addOption(QCommandLineOption(QStringLiteral("accept-loss")));
    if (!parse(parser, arguments, 1, "export SOURCE --format jsonl|csv|resp|rdb [--db N|all] [--match GLOB] [--type T] [-o FILE] [--check]"))
        return nullptr;
    ExportOptions options;
    const QString format = parser.value(QStringLiteral("format"));
    if (!oneOf(format, {QStringLiteral("jsonl"), QStringLiteral("csv"), QStringLiteral("resp"), QStringLiteral("rdb")}, "--format"))
        return nullptr;
    options.format = *exportFormatNamed(format.toLatin1());
    const QString db = parser.value(QStringLiteral("db"));
    if (db != QLatin1String("all")) {
        int number = 0;
        if (!parseDb(db, &number))
            return nullptr;
        options.db = number;
    }
    options.match = parser.value(QStringLiteral("match")).toLocal8Bit();
    options.type = parser.value(QStringLiteral("type")).toLatin1();
    if (!options.type.isEmpty() && !isValueTypeName(options.type)) {
        printError(QStringLiteral("--type takes string, list, set, zset, hash, stream or module, not \"%1\"").arg(parser.value(QStringLiteral("type"))));
        return nullptr;
    }
    if (parser.isSet(QStringLiteral("target"))) {
        QStringList names;
        for (const SaveTarget target : kSaveTargets)
            names.append(QLatin1String(factsOf(target).name));
        if (!oneOf(parser.value(QStringLiteral("target")), names, "--target"))
            return nullptr;
        options.target = saveTargetNamed(parser.value(QStringLiteral("target")).toLatin1());
    }
    options.path = parser.value(QStringLiteral("output"));
    if (parser.isSet(QStringLiteral("output")) && options.path.isEmpty()) {
        printError(QStringLiteral("-o takes the name of a file"));
        return nullptr;
    }
    options.check = parser.isSet(QStringLiteral("check"));
    options.acceptLoss = parser.isSet(QStringLiteral("accept-loss"));
    return std::make_unique<ExportTask>(parser.positionalArguments().first(), options);
}

std::unique_ptr<CliTask> makeCheck(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.addOption(QCommandLineOption(QStringLiteral("deep")));
    if (!parse(parser, arguments, 1, "check FILE [--deep]"))
        return nullptr;
    return std::make_unique<CheckTask>(parser.positionalArguments().first(), parser.isSet(QStringLiteral("deep")));
}

std::unique_ptr<CliTask> makeServe(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.addOption({QStringLiteral("port"), {}, QStringLiteral("P")});
    parser.addOption({QStringLiteral("unix"), {}, QStringLiteral("PATH")});
    if (!parse(parser, arguments, 1, "serve FILE [--port P] [--unix PATH]"))
        return nullptr;
    int port = -1;
    if (parser.isSet(QStringLiteral("port"))) {
        bool ok = false;
        port = parser.value(QStringLiteral("port")).toInt(&ok);
        if (!ok || port < 0 || port > 65535) {
            printError(QStringLiteral("--port takes a number from 0 to 65535"));
            return nullptr;
        }
    }
    return std::make_unique<ServeTask>(parser.positionalArguments().first(), port, parser.value(QStringLiteral("unix")));
}

std::unique_ptr<CliTask> makeTask(const QString &name, const QStringList &arguments)
{
    if (name == QLatin1String("keys"))
        return makeKeys(arguments);
    if (name == QLatin1String("get"))
        return makeGet(arguments);
    if (name == QLatin1String("exec"))
        return makeExec(arguments);
    if (name == QLatin1String("export"))
        return makeExport(arguments);
    if (name == QLatin1String("check"))
        return makeCheck(arguments);
    if (name == QLatin1String("serve"))
        return makeServe(arguments);
    printError(QStringLiteral("there is no command \"%1\"; see keyloupe-cli --help").arg(name));
    return nullptr;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("keyloupe"));
    QCoreApplication::setOrganizationName(QStringLiteral("keyloupe"));
    QCoreApplication::setApplicationVersion(QStringLiteral(KEYLOUPE_VERSION));
#ifdef SIGPIPE
    std::signal(SIGPIPE, SIG_IGN); // a closed pipe shows as a failed write
#endif

    QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() < 2) {
        printError(QStringLiteral("a command is missing; see keyloupe-cli --help"));
        return kFailure;
    }
    const QString name = arguments.takeAt(1); // the program's name stays for QCommandLineParser
    if (name == QLatin1String("--help") || name == QLatin1String("-h")) {
        writeOut(kUsage);
        return kOk;
    }
    if (name == QLatin1String("--version")) {
        writeOut("keyloupe-cli " KEYLOUPE_VERSION "\n");
        return kOk;
    }
    const std::unique_ptr<CliTask> task = makeTask(name, arguments);
    if (!task)
        return kFailure;
    QObject::connect(task.get(), &CliTask::finished, &app, [](int code) { QCoreApplication::exit(code); }, Qt::QueuedConnection);
    QTimer::singleShot(0, task.get(), [&task] { task->start(); });
    return QCoreApplication::exec();
}
