// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/rdb_scanner.h"

#include "core/base/number.h"
#include "core/rdb/crc64.h"
#include "core/rdb/length_codec.h"
#include "core/rdb/module_codec.h"
#include "core/rdb/record_head.h"
#include "core/rdb/string_codec.h"
#include "core/rdb/type_table.h"
#include "core/rdb/value_skipper.h"

#include <limits>

namespace keyloupe {

using namespace rdb;

namespace {

constexpr qsizetype kMagicSize = 9;
constexpr qsizetype kChecksumSize = 8;
constexpr int kFirstVersionWithChecksum = 5;
// The checksum follows the walk in steps that still find the bytes in the cache.
constexpr std::int64_t kChecksumStep = 256 * 1024;
constexpr std::int64_t kProgressStep = 8 * 1024 * 1024;
// A file that is nothing but damage must not become a list larger than itself.
constexpr std::size_t kMaxDamage = 10000;

bool readDigits(QByteArrayView text, int &version)
{
    version = 0;
    for (const char c : text) {
        if (c < '0' || c > '9')
            return false;
        version = version * 10 + (c - '0');
    }
    return true;
}

bool readMagic(QByteArrayView image, RdbFamily &family, int &version)
{
    if (image.size() < kMagicSize)
        return false;
    if (image.startsWith("REDIS")) {
        family = RdbFamily::Redis;
        return readDigits(image.sliced(5, 4), version);
    }
    if (image.startsWith("VALKEY")) {
        family = RdbFamily::Valkey;
        return readDigits(image.sliced(6, 3), version);
    }
    return false;
}

class Scanner
{
public:
    Scanner(QByteArrayView image, const ScanCallbacks &callbacks, const CancelToken &cancel)
        : m_image(image), m_in(image), m_callbacks(callbacks), m_cancel(cancel)
    {
    }

    Result<RdbSummary> run()
    {
        m_summary.fileSize = m_image.size();
        if (m_image.isEmpty())
            return Error{Errc::Corrupt, QStringLiteral("the file is empty"), 0, {}};
        if (!readMagic(m_image, m_summary.family, m_summary.version))
            return Error{Errc::Corrupt, QStringLiteral("the file is not an RDB: its first bytes are not REDIS or VALKEY"), 0, {}};
        m_in.skip(kMagicSize);
        m_hasChecksum = m_summary.version >= kFirstVersionWithChecksum;
        m_sums = m_hasChecksum && m_callbacks.verifiesChecksum;
        resetAttributes();

        while (!m_isDone) {
            if (!nextRecord())
                reportBroken();
            if (m_in.offset() - m_summed >= kChecksumStep && m_in.ok() && !catchUp(m_in.offset()))
                return cancelledError();
            if ((++m_records & 0xfff) == 0 && m_cancel.isCancelled())
                return cancelledError();
        }
        if (m_callbacks.onProgress)
            m_callbacks.onProgress(m_summary.endOffset, m_summary.fileSize);
        if (m_wasCancelled)
            return cancelledError();
        return std::move(m_summary);
    }

private:
    // Attributes stand before the type byte and belong to the next key only.
    void resetAttributes()
    {
        const int db = m_record.db;
        m_record = RecordInfo{};
        m_record.db = db;
        m_record.recordOffset = -1;
    }

    // One opcode or key. False when its end cannot be found.
    bool nextRecord()
    {
        m_start = m_in.offset();
        m_key = {};
        m_what = "the file ends without an end mark";
        const std::uint8_t code = m_in.u8();
        if (!m_in.ok())
            return false;
        if (code < kOpKeyMetaOrSlotImport && code != kOpRamLru && code != kOpSlotNumber)
            return readKey(code);
        m_what = "the file ends inside a record";
        if (readAttribute(m_in, code, m_summary.family, m_record)) {
            if (m_record.recordOffset < 0)
                m_record.recordOffset = m_start;
            return m_in.ok();
        }
        m_record.isInterrupted = m_record.recordOffset >= 0;
        switch (code) {
        case kOpEof:
            finish();
            return true;
        case kOpSelectDb:
            readDb();
            break;
        case kOpResizeDb:
            readSizeHint();
            break;
        case kOpKeyMetaOrSlotImport:
            readSlotImport();
            break;
        default:
            readFileRecord(code);
            break;
        }
        return m_in.ok();
    }

    void readDb()
    {
        const std::uint64_t db = readLength(m_in);
        if (!m_in.ok())
            return;
        if (db > static_cast<std::uint64_t>(std::numeric_limits<int>::max())) {
            m_in.fail("a database number is out of range", m_start);
            return;
        }
        m_record.db = static_cast<int>(db);
    }

    void readSizeHint()
    {
        const std::uint64_t keys = readLength(m_in);
        readLength(m_in);
        constexpr std::uint64_t kSmallestRecord = 4; // type byte, a name of one byte, a value of one
        if (m_in.ok() && m_callbacks.onSizeHint)
            m_callbacks.onSizeHint(static_cast<std::int64_t>(std::min(keys, m_in.remaining() / kSmallestRecord)));
    }

    void keepFileRecord(std::uint8_t code, QByteArray name, QByteArray value)
    {
        RdbFileRecord record;
        record.opcode = code;
        record.name = std::move(name);
        record.value = std::move(value);
        record.offset = m_start;
        record.length = m_in.offset() - m_start;
        record.afterKeys = m_summary.keys > 0;
        m_summary.fileRecords.push_back(std::move(record));
    }

    QByteArray expand(const StringRef &ref)
    {
        QByteArray storage;
        QByteArrayView view;
        if (!expandString(ref, storage, view)) {
            addDamage(ref.bytesOffset, QStringLiteral("a compressed string is damaged"));
            return {};
        }
        return view.toByteArray();
    }

    void readFileRecord(std::uint8_t code)
    {
        StringRef name;
        StringRef value;
        switch (code) {
        case kOpAux:
            name = readStringRef(m_in);
            value = readStringRef(m_in);
            break;
        case kOpFunction:
            value = readStringRef(m_in);
            break;
        case kOpFunctionPreGa:
            name = readStringRef(m_in);
            readStringRef(m_in);
            if (readLength(m_in) != 0)
                readStringRef(m_in);
            value = readStringRef(m_in);
            break;
        case kOpModuleAux:
            readLength(m_in);
            readLength(m_in);
            readLength(m_in);
            skipModulePieces(m_in);
            break;
        default: // slot info
            readLength(m_in);
            readLength(m_in);
            readLength(m_in);
            break;
        }
        if (!m_in.ok())
            return;
        QByteArray nameBytes = expand(name);
        QByteArray valueBytes = expand(value);
        if (code == kOpAux && nameBytes == "ctime") {
            const std::optional<std::int64_t> seconds = parseInt64(valueBytes);
            if (seconds && *seconds >= 0 && *seconds <= std::numeric_limits<std::int64_t>::max() / 1000)
                m_summary.ctimeMs = *seconds * 1000;
        }
        keepFileRecord(code, std::move(nameBytes), std::move(valueBytes));
    }

    void readSlotImport()
    {
        const StringRef job = readStringRef(m_in);
        const std::uint64_t ranges = readLength(m_in);
        for (std::uint64_t i = 0; i < ranges && m_in.ok(); ++i) {
            readLength(m_in);
            readLength(m_in);
        }
        if (m_in.ok())
            keepFileRecord(kOpKeyMetaOrSlotImport, expand(job), {});
    }

    bool readKey(std::uint8_t rdbType)
    {
        if (m_record.recordOffset < 0)
            m_record.recordOffset = m_start;
        const std::optional<ValueType> type = valueTypeOfRdbType(rdbType, m_summary.family);
        if (!type) {
            m_unknownType = rdbType;
            m_in.fail("an unknown value type", m_start);
            return false;
        }
        m_what = "the file ends inside a key's name";
        const StringRef keyRef = readStringRef(m_in);
        if (!m_in.ok())
            return false;
        QByteArrayView key;
        const bool hasKey = expandString(keyRef, m_keyStorage, key);
        if (hasKey)
            m_key = key;

        m_what = "the file ends inside this key's value";
        m_record.valueOffset = m_in.offset();
        InnerDamage damage;
        skipValue(m_in, rdbType, m_summary.family, damage);
        if (!m_in.ok())
            return false;
        m_record.valueLength = m_in.offset() - m_record.valueOffset;
        m_record.recordLength = m_in.offset() - m_record.recordOffset;
        m_record.rdbType = rdbType;
        m_record.attributesLength = m_start - m_record.recordOffset;
        m_record.type = *type;
        if (!hasKey)
            addDamage(keyRef.bytesOffset, QStringLiteral("a key's name is damaged and the key cannot be listed"));
        if (damage.reason != nullptr)
            addDamage(damage.offset, QString::fromLatin1(damage.reason));
        if (hasKey) {
            ++m_summary.keys;
            if (m_callbacks.onKey && !m_callbacks.onKey(m_record, key)) {
                m_summary.endOffset = m_in.offset();
                m_isDone = true;
            }
        }
        resetAttributes();
        return true;
    }

    void finish()
    {
        const std::int64_t end = m_in.offset();
        m_summary.reachedEof = true;
        m_summary.endOffset = end;
        m_isDone = true;
        if (m_record.recordOffset >= 0)
            addDamage(m_record.recordOffset, QStringLiteral("attributes stand before no key"));
        if (!m_hasChecksum) {
            m_summary.checksum = ChecksumState::Absent;
            return;
        }
        const QByteArrayView stored = m_in.take(kChecksumSize);
        if (!m_in.ok()) {
            addDamage(end, QStringLiteral("the file ends inside its checksum"));
            return;
        }
        m_summary.endOffset = m_in.offset();
        const auto expected = qFromLittleEndian<std::uint64_t>(stored.data());
        m_summary.storedChecksum = expected;
        m_summary.checksumOffset = end;
        if (expected == 0) {
            m_summary.checksum = ChecksumState::Absent;
            return;
        }
        if (!m_sums)
            return;
        if (!catchUp(end)) {
            m_wasCancelled = true;
            return;
        }
        m_summary.checksum = m_crc == expected ? ChecksumState::Good : ChecksumState::Bad;
    }

    // The record's end cannot be found: the walk is over.
    void reportBroken()
    {
        m_isDone = true;
        m_summary.endOffset = m_start;
        if (m_unknownType >= 0) {
            addDamage(m_start, QStringLiteral("value type %1 is not known, so nothing behind it can be read").arg(m_unknownType));
        } else if (m_in.ranOut()) {
            addDamage(m_in.failOffset(), QString::fromLatin1(m_what));
        } else {
            addDamage(m_in.failOffset(), QString::fromLatin1(m_in.reason()) + QStringLiteral(", so nothing behind it can be read"));
        }
    }

    void addDamage(std::int64_t offset, QString reason)
    {
        if (m_summary.damage.size() > kMaxDamage)
            return;
        if (m_summary.damage.size() == kMaxDamage)
            reason = QStringLiteral("more damage follows and is not listed");
        m_summary.damage.push_back(RdbDamage{offset, m_record.db, m_key.toByteArray(), std::move(reason)});
    }

    // Brings the checksum up to `offset`. False when cancelled.
    bool catchUp(std::int64_t offset)
    {
        while (m_sums && m_summed < offset) {
            const std::int64_t step = std::min(offset - m_summed, kProgressStep);
            m_crc = crc64(m_crc, m_image.sliced(m_summed, step));
            m_summed += step;
            if (m_cancel.isCancelled())
                return false;
        }
        m_summed = offset;
        if (offset - m_reported >= kProgressStep && m_callbacks.onProgress) {
            m_reported = offset;
            m_callbacks.onProgress(offset, m_summary.fileSize);
        }
        return true;
    }

    QByteArrayView m_image;
    ByteCursor m_in;
    const ScanCallbacks &m_callbacks;
    const CancelToken &m_cancel;
    RdbSummary m_summary;
    RecordInfo m_record;
    QByteArray m_keyStorage;
    QByteArrayView m_key;      // of the record under way, empty where unknown
    const char *m_what = "";   // what it means if the data ends here
    std::int64_t m_start = 0;  // of the opcode or type byte under way
    std::uint64_t m_crc = 0;
    std::int64_t m_summed = 0;
    std::int64_t m_reported = 0;
    std::uint64_t m_records = 0;
    int m_unknownType = -1;
    bool m_hasChecksum = false;
    bool m_sums = false; // the checksum is ours to verify
    bool m_isDone = false;
    bool m_wasCancelled = false;
};

} // namespace

Result<RdbSummary> scanRdb(QByteArrayView image, const ScanCallbacks &callbacks, const CancelToken &cancel)
{
    return Scanner(image, callbacks, cancel).run();
}

bool looksLikeRdb(QByteArrayView head)
{
    RdbFamily family{};
    int version = 0;
    return readMagic(head, family, version);
}

} // namespace keyloupe
