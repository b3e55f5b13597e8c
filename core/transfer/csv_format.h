// SPDX-License-Identifier: GPL-3.0-or-later
//
// The columns of the csv format, for its writer and its reader. Constants.
#pragma once

namespace keyloupe {

constexpr char kCsvHeader[] = "db,key,key_b64,type,expire_at_ms,part,id,name,name_b64,value,value_b64\n";

enum CsvColumn : int { kCsvDb, kCsvKey, kCsvKeyB64, kCsvType, kCsvExpireAt, kCsvPart, kCsvId, kCsvName, kCsvNameB64, kCsvValue, kCsvValueB64, kCsvColumns };

} // namespace keyloupe
