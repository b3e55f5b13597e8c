// SPDX-License-Identifier: GPL-3.0-or-later
//
// `keyloupe-cli get`: one value, as JSON or as its raw bytes.
#pragma once

#include "app/cli/cli_task.h"
#include "app/cli/value_reader.h"

namespace keyloupe::cli {

class GetTask final : public SourceTask
{
    Q_OBJECT

public:
    GetTask(const QString &location, QByteArray key, int db, bool raw)
        : SourceTask(location), m_key(std::move(key)), m_db(db), m_raw(raw)
    {
    }

private:
    void sourceReady() override;
    void typeKnown(const QByteArray &type, std::int64_t ttlMs);
    void readSingle(const QByteArray &type);

    QByteArray m_key;
    int m_db;
    bool m_raw;
    std::unique_ptr<ValueReader> m_reader;
};

} // namespace keyloupe::cli
