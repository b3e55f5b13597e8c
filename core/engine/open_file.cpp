// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/open_file.h"

#include "core/engine/aof/aof_manifest.h"
#include "core/rdb/rdb_scanner.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace keyloupe {
namespace {

constexpr qint64 kHeadBytes = 16;
constexpr qint64 kMaxManifestBytes = 1024 * 1024; // only looked into to see whether it names a file

Error failed(Errc code, const QString &message, const QString &path)
{
    return Error{code, message, -1, path};
}

bool isManifestName(const QString &name)
{
    return name.endsWith(QLatin1String(".manifest"), Qt::CaseInsensitive);
}

Result<QByteArray> readHead(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return failed(Errc::Io, QStringLiteral("cannot open %1: %2").arg(path, file.errorString()), path);
    return file.read(kHeadBytes);
}

// The manifest beside a file that names it, empty where there is none.
QString manifestNaming(const QFileInfo &file)
{
    const QByteArray name = QFile::encodeName(file.fileName());
    const auto names = [&](const AofManifestEntry &entry) { return entry.name == name; };
    const QFileInfoList candidates = file.absoluteDir().entryInfoList({QStringLiteral("*.manifest")}, QDir::Files, QDir::Name);
    for (const QFileInfo &candidate : candidates) {
        QFile manifestFile(candidate.absoluteFilePath());
        if (candidate.size() > kMaxManifestBytes || !manifestFile.open(QIODevice::ReadOnly))
            continue;
        const Result<AofManifest> manifest = parseAofManifest(manifestFile.readAll());
        if (!manifest.ok())
            continue;
        const AofManifest &parts = manifest.value();
        if ((parts.base && names(*parts.base)) || std::any_of(parts.increments.begin(), parts.increments.end(), names)
            || std::any_of(parts.history.begin(), parts.history.end(), names))
            return candidate.fileName();
    }
    return {};
}

// "appendonly.aof" and "appendonly.aof.manifest" become "appendonly.rdb"; parts go beside their folder, not into it.
QString savePathFor(const QFileInfo &file, FileKind kind)
{
    if (kind == FileKind::Rdb)
        return file.absoluteFilePath();
    QString name = file.fileName();
    for (const char *ending : {".manifest", ".aof"}) {
        if (name.endsWith(QLatin1String(ending), Qt::CaseInsensitive))
            name.chop(qsizetype(qstrlen(ending)));
    }
    QDir folder = file.absoluteDir();
    if (kind == FileKind::AofParts)
        folder.cdUp();
    return folder.filePath(name + QStringLiteral(".rdb"));
}

void addRdbDamage(OpenedFile *opened, const QString &part)
{
    if (!opened->snapshot)
        return;
    const RdbSummary &summary = opened->snapshot->summary();
    for (const RdbDamage &place : summary.damage)
        opened->damage.push_back({part, place.offset, place.db, {}, place.key, place.reason});
    if (summary.checksum == ChecksumState::Bad) {
        opened->damage.push_back({part, summary.endOffset, 0, {}, {},
                                  QStringLiteral("the checksum does not match: the file was changed or damaged")});
    }
}

void takeAof(OpenedFile *opened, LoadedAof loaded)
{
    const bool many = opened->kind == FileKind::AofParts;
    opened->engine = std::move(loaded.engine);
    opened->snapshot = std::move(loaded.base);
    opened->parts = std::move(loaded.parts);
    opened->aof = std::move(loaded.report);
    addRdbDamage(opened, many ? QFileInfo(loaded.basePath).fileName() : QString());
    for (AofDamage &place : opened->aof.damage) {
        opened->damage.push_back({many ? place.file : QString(), place.offset, place.db, std::move(place.command), std::move(place.key),
                                  std::move(place.reason)});
    }
    opened->aof.damage.clear();
    if (const std::optional<AofCut> &cut = opened->aof.cut) {
        const QString what = cut->inTransaction ? QStringLiteral("a transaction") : QStringLiteral("a command");
        const QString where = many ? cut->file : QStringLiteral("the file");
        opened->notes.push_back({OpenNote::Kind::CutTail, QStringLiteral("%1 ends inside %2: its last %3 bytes, from byte %4 on, are left out, as a server does it")
                                                              .arg(where, what).arg(cut->bytes).arg(cut->offset)});
    }
}

Result<OpenedFile> openParts(const QString &manifestPath, const OpenOptions &options)
{
    KL_TRY(LoadedAof loaded, loadAofParts(manifestPath, {options.cancel, options.progress, {}}));
    OpenedFile opened;
    opened.kind = FileKind::AofParts;
    opened.format = QStringLiteral("multi-part AOF");
    takeAof(&opened, std::move(loaded));
    opened.suggestedSavePath = savePathFor(QFileInfo(manifestPath), opened.kind);
    opened.sound = opened.damage.empty();
    return opened;
}

Result<OpenedFile> openRdb(const QString &path, const OpenOptions &options)
{
    OpenedFile opened;
    KL_TRY(opened.snapshot, Snapshot::open(path, {options.cancel, options.progress, -1}));
    const RdbSummary &summary = opened.snapshot->summary();
    opened.format = QStringLiteral("RDB %1").arg(summary.version);
    if (commandsBehind(*opened.snapshot)) {
        opened.kind = FileKind::PreambleAof;
        opened.format = QStringLiteral("AOF with RDB preamble");
        KL_TRY(LoadedAof loaded, loadAof(path, opened.snapshot, {options.cancel, options.progress, {}}));
        takeAof(&opened, std::move(loaded));
        return opened;
    }
    const std::int64_t tail = summary.fileSize - summary.endOffset;
    if (summary.reachedEof && tail > 0) {
        opened.notes.push_back({OpenNote::Kind::IgnoredTail,
                                QStringLiteral("%1 bytes stand behind the end of the RDB, from byte %2 on, and are not read").arg(tail).arg(summary.endOffset)});
    }
    opened.engine = std::make_unique<Engine>(opened.snapshot);
    addRdbDamage(&opened, {});
    return opened;
}

Result<OpenedFile> openPlainAof(const QString &path, const OpenOptions &options)
{
    OpenedFile opened;
    opened.kind = FileKind::Aof;
    opened.format = QStringLiteral("AOF");
    KL_TRY(LoadedAof loaded, loadAof(path, nullptr, {options.cancel, options.progress, {}}));
    takeAof(&opened, std::move(loaded));
    return opened;
}

// Of one regular file that is not packed.
Result<OpenedFile> openSingle(const QString &path, const OpenOptions &options)
{
    KL_TRY(const QByteArray head, readHead(path));
    // A server that has just begun its append-only file leaves an empty one.
    const bool isEmptyAof = head.isEmpty() && path.endsWith(QLatin1String(".aof"), Qt::CaseInsensitive);
    return looksLikeAof(head) || isEmptyAof ? openPlainAof(path, options) : openRdb(path, options);
}

} // namespace

Result<QString> manifestIn(const QString &folder)
{
    QStringList names = QDir(folder).entryList({QStringLiteral("*.manifest")}, QDir::Files, QDir::Name);
    names.removeIf([](const QString &name) { return name.startsWith(QLatin1String("temp-")); }); // a server was about to replace it
    if (names.isEmpty())
        return failed(Errc::InvalidArgument, QStringLiteral("%1 is a folder without the manifest of an append-only file").arg(folder), folder);
    if (names.size() > 1) {
        return failed(Errc::InvalidArgument,
                      QStringLiteral("%1 is a folder with several manifests; open one of them: %2").arg(folder, names.join(QStringLiteral(", "))), folder);
    }
    return QDir(folder).absoluteFilePath(names.front());
}

Result<OpenedFile> openFile(const QString &path, const OpenOptions &options)
{
    const QFileInfo info(path);
    // Asked before opening: to open a pipe would wait for its writer.
    if (!info.exists())
        return failed(Errc::Io, QStringLiteral("there is no file %1").arg(path), path);
    if (info.isDir()) {
        KL_TRY(const QString manifest, manifestIn(path));
        return openParts(manifest, options);
    }
    if (!info.isFile())
        return failed(Errc::Io, QStringLiteral("%1 is not a regular file").arg(path), path);
    if (isManifestName(info.fileName()))
        return openParts(info.absoluteFilePath(), options);

    Result<OpenedFile> result = openSingle(info.absoluteFilePath(), options);
    if (!result.ok())
        return result;
    OpenedFile &opened = *result;
    if (const QString manifest = manifestNaming(info); !manifest.isEmpty()) {
        opened.notes.push_back({OpenNote::Kind::PartOfMany,
                                QStringLiteral("this is one part of an append-only file; open %1 for all of it").arg(manifest)});
    }
    opened.suggestedSavePath = savePathFor(info, opened.kind);
    opened.sound = opened.damage.empty() && (opened.kind != FileKind::Rdb || opened.snapshot->summary().isSound());
    return result;
}

} // namespace keyloupe
