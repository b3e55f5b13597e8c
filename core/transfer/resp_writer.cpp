// SPDX-License-Identifier: GPL-3.0-or-later
//
// The resp format: requests as they go over a connection, fit for redis-cli --pipe.
#include "core/rdb/type_table.h"
#include "core/rdb/value_check.h"
#include "core/rdb/value_view/element_walker.h"
#include "core/resp/writer.h"
#include "core/transfer/out_buffer.h"
#include "core/transfer/rebuild_commands.h"

namespace keyloupe {
namespace {

constexpr qsizetype kLargeValue = 1024 * 1024; // as it stands, packed and compressed
constexpr std::size_t kPieceElements = 4096;

Value emptyOf(ValueType type)
{
    switch (type) {
    case ValueType::List:
        return ListValue();
    case ValueType::Set:
        return SetValue();
    case ValueType::SortedSet:
        return SortedSetValue();
    default:
        return HashValue();
    }
}

void append(Value &piece, QByteArrayView name, QByteArrayView value, const rdb::Element &element)
{
    if (auto *list = std::get_if<ListValue>(&piece))
        list->items.push_back(name.toByteArray());
    else if (auto *set = std::get_if<SetValue>(&piece))
        set->members.push_back(name.toByteArray());
    else if (auto *sorted = std::get_if<SortedSetValue>(&piece))
        sorted->members.push_back({name.toByteArray(), element.score});
    else
        std::get<HashValue>(piece).fields.push_back({name.toByteArray(), value.toByteArray(), element.expireAtMs});
}

class RespWriter final : public ExportWriter
{
public:
    RespWriter(const std::optional<SaveTarget> &target, ExportSink sink) : m_out(std::move(sink))
    {
        if (!target)
            return;
        const TargetFacts &facts = factsOf(*target);
        m_functions = facts.functions;
        m_form.fieldExpiry = facts.fieldExpiry;
        m_form.streamCounters = facts.streamCounters;
        m_form.idempotency = facts.idempotency;
        // The command came with 6.2, and a target stands for its oldest release.
        m_form.createConsumer = *target != SaveTarget::Redis5 && *target != SaveTarget::Redis6;
    }

    Result<void> begin(const ExportHead &) override { return {}; }
    Result<void> fileRecord(QByteArrayView) override { return {}; }
    Result<void> end() override { return m_out.flush(); }

    Result<void> library(QByteArrayView code) override
    {
        return m_functions ? put(Command{"FUNCTION", "LOAD", code.toByteArray()}) : Result<void>();
    }

    Result<bool> key(const ExportRecord &record, const Value *value) override
    {
        const StoredRecord &stored = record.stored;
        if (std::exchange(m_db, stored.db) != stored.db)
            KL_CHECK(put(Command{"SELECT", QByteArray::number(stored.db)}));
        m_form.packedScores = !record.edited && (stored.rdbType == rdb::kTypeZsetZiplist || stored.rdbType == rdb::kTypeZsetListpack);
        if (!value)
            return largeKey(record);
        KL_CHECK(rebuildCommands(stored.key, *value, stored.expireAtMs, m_form, m_sink));
        return true;
    }

    bool streams(const ExportRecord &record) const override
    {
        const StoredRecord &stored = record.stored;
        return !record.edited && stored.value.size() > kLargeValue && rdb::ElementWalker::covers(stored.rdbType, stored.family);
    }

private:
    // Piece by piece: the commands of a collection are those of its pieces. Checked first, so that nothing half is written.
    Result<bool> largeKey(const ExportRecord &record)
    {
        const StoredRecord &stored = record.stored;
        if (!ValueChecker().check(stored.rdbType, stored.value, stored.family).ok())
            return false;
        rdb::ExpandBuffer blobs;
        rdb::ExpandBuffer names;
        rdb::ExpandBuffer values;
        rdb::ElementWalker walker(stored.rdbType, stored.value, stored.family, blobs);
        Value piece = emptyOf(record.type);
        std::size_t gathered = 0;
        const auto flush = [&] {
            gathered = 0;
            return rebuildCommands(stored.key, std::exchange(piece, emptyOf(record.type)), -1, m_form, m_sink);
        };
        rdb::Element element;
        while (walker.next(element)) {
            QByteArrayView name;
            QByteArrayView value;
            if (!names.expand(element.name, name) || !values.expand(element.value, value))
                return Error{Errc::Internal, QStringLiteral("a value that was found sound is not"), -1, {}};
            append(piece, name, value, element);
            if (++gathered == kPieceElements)
                KL_CHECK(flush());
        }
        if (gathered > 0)
            KL_CHECK(flush());
        if (stored.expireAtMs >= 0)
            KL_CHECK(put(Command{"PEXPIREAT", stored.key, QByteArray::number(qint64(stored.expireAtMs))}));
        return true;
    }

    Result<void> put(const Command &command)
    {
        appendCommand(m_out.bytes(), command);
        return m_out.flushIfFull();
    }

    OutBuffer m_out;
    CommandForm m_form;
    const CommandSink m_sink = [this](const Command &command) { return put(command); };
    bool m_functions = true;
    int m_db = -1;
};

} // namespace

std::unique_ptr<ExportWriter> makeRespWriter(const std::optional<SaveTarget> &target, ExportSink sink)
{
    return std::make_unique<RespWriter>(target, std::move(sink));
}

} // namespace keyloupe
