// SPDX-License-Identifier: GPL-3.0-or-later
//
// OutBuffer: gathers small pieces of text and passes them on in large ones. One thread at a time.
#pragma once

#include "core/transfer/export_record.h"

namespace keyloupe {

class OutBuffer
{
public:
    explicit OutBuffer(ExportSink sink) : m_sink(std::move(sink)) { }

    /// To append to; call flushIfFull now and then.
    QByteArray &bytes() { return m_bytes; }

    Result<void> flushIfFull() { return m_bytes.size() < kFull ? Result<void>() : flush(); }

    Result<void> flush()
    {
        if (m_bytes.isEmpty())
            return {};
        KL_CHECK(m_sink(m_bytes));
        m_bytes.resize(0);
        return {};
    }

private:
    static constexpr qsizetype kFull = 256 * 1024;

    ExportSink m_sink;
    QByteArray m_bytes;
};

} // namespace keyloupe
