// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/aof/aof_loader.h"

#include "core/engine/aof/aof_manifest.h"
#include "core/engine/source_files.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace keyloupe {
namespace {

QString partOfAof()
{
    return QStringLiteral("belongs to the append-only file that is open, and what is saved is an RDB");
}

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
    Loader(const std::vector<QString> &paths, const AofLoadOptions &options) : m_options(options)
    {
        for (const QString &path : paths) {
            const QFileInfo info(path);
            m_loaded.parts.push_back({info.absoluteFilePath(), info.size(), false, std::nullopt});
            m_total += info.size();
        }
    }

    // One file that is open already, and the RDB it begins with, if any.
    Loader(std::shared_ptr<MappedFile> file, std::shared_ptr<const Snapshot> base, const AofLoadOptions &options) : m_options(options), m_only(std::move(file))
    {
        m_total = m_only->bytes().size();
        m_loaded.parts.push_back({m_only->path(), m_total, false, std::nullopt});
        if (!base)
            return;
        m_loaded.base = std::move(base);
        m_loaded.basePath = m_only->path();
        m_baseFile = m_only;
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
        for (const AofPartInfo &part : m_loaded.parts) {
            if (!m_only)
                m_loaded.engine->files().add(part.path, part.identity, partOfAof());
        }
        if (m_loaded.base)
            m_loaded.engine->files().setMapping(m_baseFile, m_loaded.base->summary());
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
        if (m_loaded.base || m_only)
            return {};
        const AofPartInfo &first = m_loaded.parts.front();
        KL_TRY(const std::shared_ptr<MappedFile> file, MappedFile::open(first.path));
        if (!looksLikeRdb(file->bytes()))
            return {};
        const auto progress = [&](double fraction) { tell(static_cast<std::int64_t>(fraction * static_cast<double>(first.size))); };
        KL_TRY(m_loaded.base, Snapshot::open(file, {m_options.cancel, progress, -1}));
        m_loaded.basePath = first.path;
        m_baseFile = file;
        return {};
    }

    Result<bool> part(AofReplay &replay, std::size_t number)
    {
        AofPartInfo &info = m_loaded.parts[number];
        const QString name = QFileInfo(info.path).fileName();
        const Result<std::shared_ptr<MappedFile>> opened = m_only ? Result<std::shared_ptr<MappedFile>>(m_only) : MappedFile::open(info.path);
        if (!opened.ok()) {
            if (number == 0)
                return opened.error();
            replay.addDamage({name, 0, 0, {}, {}, opened.error().message + QStringLiteral("; nothing from here on is read")});
            return false;
        }
        const MappedFile &file = *opened.value();
        info.isRead = true;
        if (!m_only)
            info.identity = file.identity(); // of the only one, who opened it knows more
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
    std::shared_ptr<MappedFile> m_only;
    std::shared_ptr<const MappedFile> m_baseFile;
    LoadedAof m_loaded;
    std::int64_t m_total = 0;
    std::int64_t m_done = 0;
};

} // namespace

std::optional<std::int64_t> commandsBehind(const Snapshot &snapshot)
{
    const RdbSummary &summary = snapshot.summary();
    const QByteArrayView tail = snapshot.bytesAt(summary.endOffset, 1); // the file may be cut right behind it
    if (!summary.reachedEof || !(tail.startsWith('*') || tail.startsWith('#')))
        return std::nullopt;
    return summary.endOffset;
}

Result<LoadedAof> loadAof(std::shared_ptr<MappedFile> file, std::shared_ptr<const Snapshot> preamble, const AofLoadOptions &options)
{
    return Loader(std::move(file), std::move(preamble), options).load();
}

Result<LoadedAof> loadAofParts(const QString &manifestPath, const AofLoadOptions &options)
{
    KL_TRY(const std::shared_ptr<MappedFile> manifestFile, MappedFile::open(manifestPath));
    const FileIdentity manifestIdentity = manifestFile->identity();
    Result<AofManifest> manifest = parseAofManifest(manifestFile->bytes());
    if (!manifest.ok()) {
        Error error = manifest.error();
        error.detail = manifestPath;
        return error;
    }
    const QDir folder = QFileInfo(manifestPath).absoluteDir();
    const auto pathOf = [&](const AofManifestEntry &entry) { return folder.filePath(QFile::decodeName(entry.name)); };
    std::vector<QString> paths;
    std::vector<QString> others;
    if (manifest->base)
        paths.push_back(pathOf(*manifest->base));
    for (const AofManifestEntry &entry : manifest->increments)
        paths.push_back(pathOf(entry));
    for (const AofManifestEntry &entry : manifest->history)
        others.push_back(pathOf(entry));
    if (paths.empty())
        return failed(Errc::Corrupt, QStringLiteral("the manifest names no file to read"), manifestPath);
    Result<LoadedAof> loaded = Loader(paths, options).load();
    if (loaded.ok()) {
        SourceFiles &files = loaded->engine->files();
        files.add(manifestPath, manifestIdentity, partOfAof());
        for (const QString &path : others)
            files.add(path, std::nullopt, partOfAof());
    }
    return loaded;
}

} // namespace keyloupe
