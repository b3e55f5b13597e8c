// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/aof/aof_loader.h"

#include "core/base/mapped_file.h"
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
        KL_TRY(const std::shared_ptr<MappedFile> file, MappedFile::open(first.path));
        if (!looksLikeRdb(file->bytes()))
            return {};
        const auto progress = [&](double fraction) { tell(static_cast<std::int64_t>(fraction * static_cast<double>(first.size))); };
        KL_TRY(m_loaded.base, Snapshot::open(first.path, {m_options.cancel, progress, -1}));
        m_loaded.basePath = first.path;
        return {};
    }

    Result<bool> part(AofReplay &replay, std::size_t number)
    {
        AofPartInfo &info = m_loaded.parts[number];
        const QString name = QFileInfo(info.path).fileName();
        const Result<std::shared_ptr<MappedFile>> opened = MappedFile::open(info.path);
        if (!opened.ok()) {
            if (number == 0)
                return opened.error();
            replay.addDamage({name, 0, 0, {}, {}, opened.error().message + QStringLiteral("; nothing from here on is read")});
            return false;
        }
        const MappedFile &file = *opened.value();
        info.isRead = true;
        std::int64_t start = 0;
        if (m_loaded.base && info.path == m_loaded.basePath) {
            const RdbSummary &summary = m_loaded.base->summary();
            start = summary.reachedEof ? std::min<std::int64_t>(summary.endOffset, file.bytes().size()) : file.bytes().size();
        }
        const std::int64_t done = m_done;
        m_done += info.size;
        const bool isLast = number + 1 == m_loaded.parts.size();
        KL_TRY(const bool goOn, replay.run({file.bytes(), start, name, isLast}, [&](std::int64_t at) { tell(done + at); }));
        if (file.wasCut() || file.hadReadError()) {
            replay.addDamage({name, 0, 0, {}, {}, file.wasCut() ? QStringLiteral("the file was cut while it was read")
                                                                : QStringLiteral("the disk gave an error while the file was read")});
        }
        return goOn;
    }

    const AofLoadOptions &m_options;
    LoadedAof m_loaded;
    std::int64_t m_total = 0;
    std::int64_t m_done = 0;
};

Result<QByteArray> readManifest(const QString &path)
{
    KL_TRY(const std::shared_ptr<MappedFile> file, MappedFile::open(path));
    return file->bytes().toByteArray();
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
