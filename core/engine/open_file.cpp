// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/open_file.h"

#include "core/base/escape.h"
#include "core/engine/aof/aof_manifest.h"
#include "core/engine/source_files.h"
#include "core/rdb/rdb_scanner.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cstdio>

#ifdef Q_OS_WIN
#include <fcntl.h>
#include <io.h>
#endif

namespace keyloupe {
namespace {

constexpr qsizetype kHeadBytes = 512;
constexpr qint64 kMaxManifestBytes = 1024 * 1024; // only looked into to see whether it names a file

Error failed(Errc code, const QString &message, const QString &path)
{
    return Error{code, message, -1, path};
}

bool isManifestName(const QString &name)
{
    return name.endsWith(QLatin1String(".manifest"), Qt::CaseInsensitive);
}

// What else a file may be that is no RDB and no append-only file.
QString looksLike(QByteArrayView bytes)
{
    if (bytes.isEmpty())
        return QStringLiteral("the file is empty");
    const QByteArrayView head = bytes.first(std::min(bytes.size(), kHeadBytes));
    if (const QString known = knownWrapping(head); !known.isEmpty())
        return QStringLiteral("it ") + known;
    if (const Packing inner = packingOf(head); inner != Packing::None)
        return QStringLiteral("it is %1-compressed once more; unpack it first").arg(QLatin1String(packingName(inner)));
    if (head.startsWith("SQLite format 3"))
        return QStringLiteral("it is an SQLite database");
    if (isUtf8(head.first(std::min<qsizetype>(head.size(), 64))))
        return QStringLiteral("it begins with the text %1").arg(displayText(head.first(std::min<qsizetype>(head.size(), 16))));
    return QStringLiteral("it begins with %1").arg(displayText(head.first(std::min<qsizetype>(head.size(), 9))));
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

// "appendonly.aof" and "appendonly.aof.manifest" become "appendonly.rdb", "dump.rdb.gz" becomes "dump.rdb"; parts go beside
// their folder, not into it.
QString savePathFor(const QFileInfo &file, FileKind kind, Packing packing = Packing::None)
{
    QString name = nameWithoutPacking(file.fileName(), packing);
    if (kind == FileKind::Rdb) {
        if (packing != Packing::None && name == file.fileName())
            name += QStringLiteral(".rdb");
        return file.absoluteDir().filePath(name);
    }
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

Result<OpenedFile> openRdb(const InputFile &input, const OpenOptions &options)
{
    OpenedFile opened;
    KL_TRY(opened.snapshot, Snapshot::open(input.file, {options.cancel, options.progress, -1}));
    const RdbSummary &summary = opened.snapshot->summary();
    opened.format = QStringLiteral("RDB %1").arg(summary.version);
    if (commandsBehind(*opened.snapshot)) {
        opened.kind = FileKind::PreambleAof;
        opened.format = QStringLiteral("AOF with RDB preamble");
        KL_TRY(LoadedAof loaded, loadAof(input.file, opened.snapshot, {options.cancel, options.progress, {}}));
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

Result<OpenedFile> openPlainAof(const InputFile &input, const OpenOptions &options)
{
    OpenedFile opened;
    opened.kind = FileKind::Aof;
    opened.format = QStringLiteral("AOF");
    KL_TRY(LoadedAof loaded, loadAof(input.file, nullptr, {options.cancel, options.progress, {}}));
    takeAof(&opened, std::move(loaded));
    return opened;
}

Result<OpenedFile> openBytes(const InputFile &input, const OpenOptions &options)
{
    const QByteArrayView bytes = input.file->bytes();
    const QString name = nameWithoutPacking(input.path, input.packing);
    // A server that has just begun its append-only file leaves an empty one.
    const bool isEmptyAof = bytes.isEmpty() && name.endsWith(QLatin1String(".aof"), Qt::CaseInsensitive);
    if (isEmptyAof || looksLikeAof(bytes))
        return openPlainAof(input, options);
    if (looksLikeRdb(bytes))
        return openRdb(input, options);
    return failed(Errc::Corrupt, QStringLiteral("not an RDB file: %1").arg(input.describeContent(looksLike(bytes))), input.path);
}

// What was said by those who saw the bytes only, told of the file that was named.
void tellOfPacking(OpenedFile *opened, const InputFile &input)
{
    opened->packing = input.packing;
    if (input.packing == Packing::None)
        return;
    opened->packedBytes = input.packedBytes;
    opened->notes.push_back({OpenNote::Kind::Unpacked,
                             QStringLiteral("the file is %1-compressed: %2 were unpacked to %3, which is what places in it are counted in")
                                 .arg(QLatin1String(packingName(input.packing)), sizeText(input.packedBytes), sizeText(input.file->bytes().size()))});
    if (input.damage)
        opened->damage.push_back({{}, input.damage->offset, 0, {}, {}, input.damage->reason});
}

} // namespace

Result<QString> manifestIn(const QString &folder)
{
    QStringList names = QDir(folder).entryList({QStringLiteral("*.manifest")}, QDir::Files, QDir::Name);
    names.removeIf([](const QString &name) { return name.startsWith(QLatin1String("temp-")); }); // a server was about to replace it
    if (names.isEmpty())
        return failed(Errc::Io, QStringLiteral("%1 is a folder without the manifest of an append-only file").arg(folder), folder);
    if (names.size() > 1) {
        return failed(Errc::Io,
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

    InputOptions how;
    how.cancel = options.cancel;
    how.scratch = options.scratch;
    // Unpacking takes most of the time of a packed file; a plain one has none of it.
    constexpr double kUnpacking = 0.7;
    bool wasPacked = false;
    how.progress = [&](double fraction) {
        wasPacked = true;
        if (options.progress)
            options.progress(fraction * kUnpacking);
    };
    KL_TRY(InputFile input, openInput(path, how));
    OpenOptions rest = options;
    if (wasPacked && options.progress)
        rest.progress = [&](double fraction) { options.progress(kUnpacking + fraction * (1 - kUnpacking)); };
    Result<OpenedFile> result = openFile(std::move(input), rest);
    if (!result.ok())
        return result;
    if (const QString manifest = manifestNaming(info); !manifest.isEmpty()) {
        result->notes.push_back({OpenNote::Kind::PartOfMany,
                                 QStringLiteral("this is one part of an append-only file; open %1 for all of it").arg(manifest)});
    }
    return result;
}

Result<OpenedFile> openFile(InputFile input, const OpenOptions &options)
{
    Result<OpenedFile> result = openBytes(input, options);
    if (!result.ok())
        return result;
    OpenedFile &opened = *result;
    tellOfPacking(&opened, input);
    if (input.file->wasCut() || input.file->hadReadError()) {
        opened.damage.push_back({{}, input.file->bytes().size(), 0, {}, {},
                                 input.file->wasCut() ? QStringLiteral("the file was cut by another program while it was read; zeros were read instead")
                                                      : QStringLiteral("the disk gave an error while the file was read; zeros were read instead")});
    }
    if (!input.isStandardInput()) {
        QString neverOver;
        if (input.packing != Packing::None)
            neverOver = QStringLiteral("is %1-compressed, and what is saved is not").arg(QLatin1String(packingName(input.packing)));
        else if (opened.kind != FileKind::Rdb)
            neverOver = QStringLiteral("is the append-only file that is open, and what is saved is an RDB");
        opened.engine->files().add(input.path, input.identity, neverOver);
        opened.suggestedSavePath = savePathFor(QFileInfo(input.path), opened.kind, input.packing);
    }
    if (opened.snapshot)
        opened.engine->files().setMapping(input.file, opened.snapshot->summary());
    opened.sound = opened.damage.empty() && (opened.kind != FileKind::Rdb || opened.snapshot->summary().isSound());
    return result;
}

Result<OpenedFile> openStandardInput(const OpenOptions &options)
{
#ifdef Q_OS_WIN
    ::_setmode(::_fileno(stdin), _O_BINARY); // line ends are bytes like others
#endif
    QFile device;
    if (!device.open(stdin, QIODevice::ReadOnly | QIODevice::Unbuffered))
        return failed(Errc::Io, QStringLiteral("cannot read standard input: %1").arg(device.errorString()), {});
    InputOptions how;
    how.cancel = options.cancel;
    how.scratch = options.scratch;
    KL_TRY(InputFile input, readInput(device, how));
    return openFile(std::move(input), options);
}

} // namespace keyloupe
