// SPDX-License-Identifier: GPL-3.0-or-later
//
// librdb_skip FILE: librdb's quickest pass over a file: it parses with no handlers, skipping every value, and verifies the
// checksum. The peer that file_speed.py measures against; needs librdb, which is not part of this project:
//   cc -O3 -I LIBRDB/api librdb_skip.c LIBRDB/lib/librdb-ext.a LIBRDB/lib/librdb.a -o librdb_skip
#include <stddef.h>
#include <stdio.h>

#include "librdb-api.h"
#include "librdb-ext-api.h"

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    RdbParser *parser = RDB_createParserRdb(NULL);
    RDB_setLogLevel(parser, RDB_LOG_ERR);
    if (RDBX_createReaderFile(parser, argv[1]) == NULL)
        return 2;
    RdbStatus status = RDB_STATUS_WAIT_MORE_DATA;
    while (status == RDB_STATUS_WAIT_MORE_DATA)
        status = RDB_parse(parser);
    if (status != RDB_STATUS_OK)
        fprintf(stderr, "%s\n", RDB_getErrorMessage(parser));
    RDB_deleteParser(parser);
    return status == RDB_STATUS_OK ? 0 : 1;
}
