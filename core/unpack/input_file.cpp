// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/unpack/input_file.h"

#include "core/unpack/unpacker.h"

#include <QIODevice>

#include <algorithm>

namespace keyloupe {
namespace {

constexpr qsizetype kPieceBytes = 1 << 20;
constexpr qsizetype kHeadBytes = 4096; // enough for every magic, and for what stands in front of one

// Unpacks pieces into a scratch file. Damage ends it without being an error: what came out is worth reading.
class Unpacking
{
public:
    Unpacking(Packing packing, const InputOptions &options)
        : m_options(options), m_scratch(options.scratch), m_unpacker(Unpacker::make(packing, [this](QByteArrayView bytes) { return put(bytes); }))
    {
    }

    Result<void> start(std::optional<std::uint64_t> claimed)
    {
        if (claimed)
            KL_CHECK(m_scratch.expect(*claimed));
        return m_scratch.create();
    }

    bool isOver() const { return m_damage.has_value(); }

    Result<void> feed(QByteArrayView piece) { return m_unpacker ? judge(m_unpacker->feed(piece)) : put(piece); }

    Result<void> finish() { return m_unpacker && !isOver() ? judge(m_unpacker->finish()) : Result<void>(); }

    Result<InputFile> result(InputFile input)
    {
        input.damage = m_damage;
        KL_TRY(input.file, m_scratch.finish(input.path));
        return input;
    }

private:
    Result<void> put(QByteArrayView bytes)
    {
        // One piece of a bomb gives gigabytes, so this is asked here too.
        if (m_options.cancel.isCancelled())
            return cancelledError();
        return m_scratch.append(bytes);
    }

    Result<void> judge(Result<void> outcome)
    {
        if (outcome.ok())
            return {};
        Error error = outcome.error();
        const bool readable = m_scratch.size() > 0;
        if (error.code != Errc::Corrupt && (error.code != Errc::Unsupported || !readable))
            return error;
        const QString place = QStringLiteral(" (at byte %1 of the compressed file)").arg(error.offset);
        if (!readable) {
            error.message += QStringLiteral(", and nothing could be unpacked");
            return error;
        }
        m_damage = InputDamage{error.offset, m_scratch.size(), error.message + place + QStringLiteral("; what came out before is shown")};
        return {};
    }

    const InputOptions &m_options;
    ScratchFile m_scratch;
    std::unique_ptr<Unpacker> m_unpacker;
    std::optional<InputDamage> m_damage;
};

} // namespace

FileChange InputFile::change() const
{
    if (!identity)
        return FileChange::None;
    return file->wasCut() ? FileChange::Cut : changeSince(*identity, path);
}

QString InputFile::describeContent(const QString &inside) const
{
    if (packing == Packing::None)
        return inside;
    QString text = QStringLiteral("it is %1-compressed, and of what is inside: %2").arg(QLatin1String(packingName(packing)), inside);
    if (damage)
        text += QStringLiteral("; %1").arg(damage->reason);
    return text;
}

Result<InputFile> openInput(const QString &path, const InputOptions &options)
{
    InputFile input;
    KL_TRY(input.file, MappedFile::open(path));
    const QByteArrayView bytes = input.file->bytes();
    input.path = input.file->path();
    input.identity = input.file->identity();
    input.packedBytes = bytes.size();
    input.packing = packingOf(bytes);
    if (input.packing == Packing::None)
        return input;

    const std::shared_ptr<MappedFile> packed = input.file; // stays mapped until all is read
    packed->advise(MappedFile::Advice::Sequential);
    Unpacking unpacking(input.packing, options);
    KL_CHECK(unpacking.start(claimedSize(input.packing, bytes)));
    for (qsizetype done = 0; done < bytes.size() && !unpacking.isOver();) {
        if (options.cancel.isCancelled())
            return cancelledError();
        const qsizetype size = std::min(kPieceBytes, bytes.size() - done);
        KL_CHECK(unpacking.feed(bytes.sliced(done, size)));
        done += size;
        if (options.progress)
            options.progress(static_cast<double>(done) / static_cast<double>(bytes.size()));
    }
    KL_CHECK(unpacking.finish());
    if (packed->wasCut())
        return Error{Errc::Conflict, QStringLiteral("%1 was cut by another program while it was unpacked").arg(path), -1, path};
    return unpacking.result(std::move(input));
}

Result<InputFile> readInput(QIODevice &device, const InputOptions &options)
{
    InputFile input;
    input.path = QStringLiteral("-");
    QByteArray piece(kPieceBytes, Qt::Uninitialized);
    std::unique_ptr<Unpacking> unpacking;
    QByteArray head;
    const auto take = [&](QByteArrayView bytes) -> Result<void> { return unpacking->isOver() ? Result<void>() : unpacking->feed(bytes); };
    const auto begin = [&]() -> Result<void> {
        input.packing = packingOf(head);
        unpacking = std::make_unique<Unpacking>(input.packing, options);
        KL_CHECK(unpacking->start(std::nullopt)); // whether a claim makes sense is not known without the whole
        return take(std::exchange(head, {}));
    };
    for (;;) {
        if (options.cancel.isCancelled())
            return cancelledError();
        const qint64 got = device.read(piece.data(), piece.size());
        if (got < 0)
            return Error{Errc::Io, QStringLiteral("cannot read standard input: %1").arg(device.errorString()), -1, {}};
        if (got == 0)
            break;
        input.packedBytes += got;
        const QByteArrayView bytes = QByteArrayView(piece).first(got);
        if (unpacking) {
            KL_CHECK(take(bytes));
            continue;
        }
        head.append(bytes.data(), bytes.size()); // pipes give as little as a byte at a time
        if (head.size() >= kHeadBytes)
            KL_CHECK(begin());
    }
    if (!unpacking)
        KL_CHECK(begin());
    KL_CHECK(unpacking->finish());
    return unpacking->result(std::move(input));
}

} // namespace keyloupe
