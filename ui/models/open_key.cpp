// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/open_key.h"

#include "core/async/on_ready.h"
#include "core/values/value_reader.h"

#include <algorithm>

namespace keyloupe {

OpenKey::OpenKey(SourceSession &session, QObject *parent) : QObject(parent), m_session(session)
{
    connect(&session, &SourceSession::keyChanged, this, [this](const KeyRef &key) {
        if (key == m_key && m_state == State::Ready)
            readHeader(false);
    });
    connect(&session, &SourceSession::keyDeleted, this, [this](const KeyRef &key) {
        if (key == m_key && (m_state == State::Ready || m_state == State::Loading))
            setGone();
    });
    connect(&session, &SourceSession::keyCreated, this, [this](const KeyRef &key) {
        if (key == m_key && m_state == State::Gone)
            refresh();
    });
    connect(&session, &SourceSession::keyRenamed, this, [this](const KeyRef &from, const QByteArray &to) {
        if (from != m_key || m_state == State::Empty)
            return;
        m_key.key = to;
        Q_EMIT renamed();
    });
}

void OpenKey::open(const KeyRef &key)
{
    m_key = key;
    m_header = {};
    m_string = {};
    m_raw.reset();
    m_state = State::Loading;
    Q_EMIT headerChanged();
    readHeader(true);
}

void OpenKey::refresh()
{
    if (m_state != State::Empty)
        readHeader(true);
}

void OpenKey::readHeader(bool anew)
{
    const std::uint64_t generation = ++m_generation;
    onReady(keyloupe::readHeader(m_session.source(), m_key.db, m_key.key), this, [this, generation, anew](Result<KeyHeader> header) {
        if (generation != m_generation)
            return;
        if (!header.ok()) {
            m_error = header.error();
            m_state = State::Failed;
            Q_EMIT headerChanged();
            return;
        }
        const bool otherType = header->kind != m_header.kind || header->typeName != m_header.typeName;
        if (header->kind == ValueKind::None) {
            if (m_state == State::Gone)
                return;
            setGone();
            // The tree and the counts hear of it too, whoever deleted it.
            Q_EMIT m_session.keyDeleted(m_key);
            Q_EMIT m_session.databasesChanged();
            return;
        }
        m_header = std::move(*header);
        m_state = State::Ready;
        Q_EMIT headerChanged();
        if (anew || otherType)
            Q_EMIT opened();
        if (m_header.kind == ValueKind::String)
            readString(std::max<std::int64_t>(kStringBytes, m_string.bytes.size()));
        else if (m_header.kind == ValueKind::Other && (m_raw || (m_header.memoryBytes >= 0 && m_header.memoryBytes <= kRawBytes)))
            loadRaw();
    });
}

void OpenKey::setGone()
{
    ++m_generation; // answers under way are about a key that was
    m_header = {};
    m_state = State::Gone;
    Q_EMIT headerChanged();
}

void OpenKey::loadWholeString()
{
    readString(std::max<std::int64_t>(kStringBytes, m_string.totalBytes));
}

void OpenKey::readString(std::int64_t maxBytes)
{
    onReady(keyloupe::readString(m_session.source(), m_key.db, m_key.key, maxBytes), this, [this, generation = m_generation](Result<StringSlice> slice) {
        if (generation != m_generation)
            return;
        if (!slice.ok()) {
            m_error = slice.error();
            m_state = State::Failed;
            Q_EMIT headerChanged();
            return;
        }
        m_string = std::move(*slice);
        Q_EMIT stringChanged();
    });
}

void OpenKey::loadRaw()
{
    onReady(readRawValue(m_session.source(), m_key.db, m_key.key), this, [this, generation = m_generation](Result<std::optional<RawValue>> value) {
        if (generation != m_generation)
            return;
        if (!value.ok()) {
            m_error = value.error();
            m_state = State::Failed;
            Q_EMIT headerChanged();
            return;
        }
        if (!*value)
            return; // gone since the header was read; whoever deleted it says so
        m_raw = std::move(*value);
        Q_EMIT rawChanged();
    });
}

Edit OpenKey::editOf(EditChange change) const
{
    return Edit{m_key.db, m_key.key, m_header.kind, m_header.typeName, std::move(change)};
}

} // namespace keyloupe
