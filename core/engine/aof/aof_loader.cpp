// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/aof/aof_loader.h"

#include "core/base/escape.h"
#include "core/engine/aof/aof_manifest.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace keyloupe {
namespace {

Error failed(Errc code, const QString &message, const QString &path)
{
    return Error{code, message, -1, path};
}

// A file's bytes as long as this lives; none for an empty file, which a server takes for a part without commands.
class MappedPart
{
public:
    Result<void> open(const QString &path)
    {
        const QFileInfo info(path);
        if (!info.exists())
            return failed(Errc::Io, QStringLiteral("there is no file %1").arg(path), path);
        if (!info.isFile()) // asked before opening: to open a pipe would wait for its writer
            return failed(Errc::Io, QStringLiteral("%1 is not a regular file").arg(path), path);
        m_file.setFileName(info.absoluteFilePath());
        if (!m_file.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
            return failed(Errc::Io, QStringLiteral("cannot open %1: %2").arg(path, m_file.errorString()), path);
        if (m_file.size() == 0)
            return {};
        const uchar *mapped = m_file.map(0, m_file.size());
        if (!mapped)
            return failed(Errc::Io, QStringLiteral("cannot map %1: %2").arg(path, m_file.errorString()), path);
        m_bytes = QByteArrayView(mapped, m_file.size());
        return {};
    }

    QByteArrayView bytes() const { return m_bytes; }

private:
    QFile m_file;
    QByteArrayView m_bytes;
};

std::int64_t changedMs(const QString &path)
{
    const QDateTime changed = QFileInfo(path).lastModified();
    return changed.isValid() ? static_cast<std::int64_t>(changed.toMSecsSinceEpoch()) : 0;
}

class Loader
{
public:
    Loader(std::vector<QString> paths, const AofLoadOptions &options) : m_options(options)
    {
        for (const QString &path : paths) {
            const QFileInfo info(path);
            m_loaded.parts.push_back({info.absoluteFilePath(), info.size(), false});
            m_total += info.size();
        }
    }

    void setBase(std::shared_ptr<const Snapshot> base, const QString &path)
    {
        m_loaded.base = std::move(base);
        m_loaded.basePath = path;
    }

    Result<LoadedAof> load()
    {
        KL_CHECK(openBase());
        const std::int64_t ctimeMs = m_loaded.base ? m_loaded.base->summary().ctimeMs : -1;
        const std::int64_t startMs = ctimeMs >= 0 ? ctimeMs : changedMs(m_loaded.parts.front().path);
        m_loaded.engine = Engine::forLoading(m_loaded.base);
        AofReplay replay(*m_loaded.engine, startMs, m_options.cancel, m_options.limits);
        if (m_loaded.base)
            replay.functions().add(m_loaded.base->summary());
        for (std::size_t i = 0; i < m_loaded.parts.size(); ++i) {
            KL_TRY(const bool goOn, part(replay, i));
            if (!goOn)
                break;
        }
        const std::int64_t known = std::max(ctimeMs, replay.report().lastTimestampMs);
        replay.finish(known >= 0 ? known : changedMs(m_loaded.parts.back().path));
        m_loaded.report = replay.report();
        std::vector<QString> files;
        for (const AofPartInfo &part : m_loaded.parts)
            files.push_back(part.path);
        m_loaded.engine->protectFiles(std::move(files));
        tell(m_total);
        return std::move(m_loaded);
    }

private:
    void tell(std::int64_t done) const
    {
        if (m_options.progress)
            m_options.progress(m_total > 0 ? static_cast<double>(done) / static_cast<double>(m_total) : 1.0);
    }

    // The first part may be an RDB, whole or with commands behind it. Without the first part there is nothing to build on.
    Result<void> openBase()
    {
        if (m_loaded.base)
            return {};
        const AofPartInfo &first = m_loaded.parts.front();
        MappedPart file;
        KL_CHECK(file.open(first.path));
        if (!looksLikeRdb(file.bytes()))
            return {};
        const auto progress = [&](double fraction) { tell(static_cast<std::int64_t>(fraction * static_cast<double>(first.size))); };
        KL_TRY(m_loaded.base, Snapshot::open(first.path, m_options.cancel, progress));
        m_loaded.basePath = first.path;
        return {};
    }

    Result<bool> part(AofReplay &replay, std::size_t number)
    {
        AofPartInfo &info = m_loaded.parts[number];
        const QString name = QFileInfo(info.path).fileName();
        MappedPart file;
        if (const Result<void> opened = file.open(info.path); !opened.ok()) {
            if (number == 0)
                return opened.error();
            replay.addDamage({name, 0, 0, {}, {}, opened.error().message + QStringLiteral("; nothing from here on is read")});
            return false;
        }
        info.isRead = true;
        std::int64_t start = 0;
        if (m_loaded.base && info.path == m_loaded.basePath) {
            const RdbSummary &summary = m_loaded.base->summary();
            start = summary.reachedEof ? std::min<std::int64_t>(summary.endOffset, file.bytes().size()) : file.bytes().size();
        }
        const std::int64_t done = m_done;
        m_done += info.size;
        return replay.run({file.bytes(), start, name, number + 1 == m_loaded.parts.size()}, [&](std::int64_t at) { tell(done + at); });
    }

    const AofLoadOptions &m_options;
    LoadedAof m_loaded;
    std::int64_t m_total = 0;
    std::int64_t m_done = 0;
};

Result<QByteArray> readManifest(const QString &path)
{
    MappedPart file;
    KL_CHECK(file.open(path));
    return file.bytes().toByteArray();
}

} // namespace

std::optional<std::int64_t> commandsBehind(const Snapshot &snapshot)
{
    const RdbSummary &summary = snapshot.summary();
    const QByteArrayView tail = snapshot.bytesAt(summary.endOffset, 1); // the file may be cut right behind it
    if (!summary.reachedEof || !(tail.startsWith('*') || tail.startsWith('#')))
        return std::nullopt;
    return summary.endOffset;
}

Result<LoadedAof> loadAof(const QString &path, std::shared_ptr<const Snapshot> preamble, const AofLoadOptions &options)
{
    Loader loader({path}, options);
    if (preamble)
        loader.setBase(std::move(preamble), QFileInfo(path).absoluteFilePath());
    return loader.load();
}

Result<LoadedAof> loadAofParts(const QString &manifestPath, const AofLoadOptions &options)
{
    KL_TRY(const QByteArray text, readManifest(manifestPath));
    Result<AofManifest> manifest = parseAofManifest(text);
    if (!manifest.ok()) {
        Error error = manifest.error();
        error.detail = manifestPath;
        return error;
    }
    const QDir folder = QFileInfo(manifestPath).absoluteDir();
    const auto pathOf = [&](const AofManifestEntry &entry) { return folder.filePath(QFile::decodeName(entry.name)); };
    std::vector<QString> paths;
    std::vector<QString> others{manifestPath};
    if (manifest->base)
        paths.push_back(pathOf(*manifest->base));
    for (const AofManifestEntry &entry : manifest->increments)
        paths.push_back(pathOf(entry));
    for (const AofManifestEntry &entry : manifest->history)
        others.push_back(pathOf(entry));
    if (paths.empty())
        return failed(Errc::Corrupt, QStringLiteral("the manifest names no file to read"), manifestPath);
    Result<LoadedAof> loaded = Loader(std::move(paths), options).load();
    if (loaded.ok())
        loaded->engine->protectFiles(std::move(others));
    return loaded;
}

} // namespace keyloupe
