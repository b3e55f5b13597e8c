// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/exec_task.h"

#include "core/async/on_ready.h"
#include "core/base/escape.h"
#include "core/resp/print.h"

#include <iostream>
#include <string>

namespace keyloupe::cli {

void ExecTask::sourceReady()
{
    if (!m_options.saveTo.isEmpty() && source().fileActions() == nullptr) {
        return fail(Error{Errc::InvalidArgument, QStringLiteral("--save works on a file; a server keeps its own data"), -1, {}});
    }
    if (isOverStandardInput() && m_options.command.isEmpty())
        return fail(Error{Errc::InvalidArgument, QStringLiteral("standard input is the file, so the command must stand behind --"), -1, {}});
    runNext();
}

// The command of the arguments, once; or the next line of standard input that is not blank.
std::optional<Command> ExecTask::nextCommand()
{
    if (!m_options.command.isEmpty()) {
        if (std::exchange(m_argumentTaken, true))
            return std::nullopt;
        return Command(m_options.command);
    }
    std::string text;
    while (std::getline(std::cin, text)) {
        ++m_line;
        Result<QByteArrayList> args = splitCommandLine(QByteArrayView(text.data(), qsizetype(text.size())));
        if (!args.ok()) {
            printError(QStringLiteral("line %1: %2").arg(m_line).arg(args.error().message));
            m_badLine = true;
            return std::nullopt;
        }
        if (!args->isEmpty())
            return Command(std::move(args).value());
    }
    return std::nullopt;
}

void ExecTask::runNext()
{
    std::optional<Command> command = nextCommand();
    if (m_badLine)
        return end(kFailure);
    if (!command)
        return finishRun();
    ExecOptions options;
    options.db = m_options.db;
    options.timeoutMs = 60'000;
    options.confirmed = true; // it was typed out in full
    onReady(source().execute(std::move(*command), options), this, [this](Result<RespValue> reply) {
        if (!reply.ok())
            return fail(reply.error());
        m_sawError = m_sawError || reply->isError();
        if (!writeOut(m_options.json ? replyToJson(*reply) + '\n' : printReply(*reply)))
            return end(kOk);
        runNext();
    });
}

void ExecTask::finishRun()
{
    const int code = m_sawError ? kFailure : kOk;
    if (m_options.saveTo.isEmpty())
        return end(code);
    onReady(source().fileActions()->saveAs(m_options.saveTo, CancelToken()), this, [this, code](Result<SaveReport> report) {
        if (!report.ok())
            return fail(report.error());
        end(code);
    });
}

} // namespace keyloupe::cli
