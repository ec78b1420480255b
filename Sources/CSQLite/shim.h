#ifndef IMAGESEARCH_CSQLITE_SHIM_H
#define IMAGESEARCH_CSQLITE_SHIM_H
#include <sqlite3.h>

/* Macros that are expressions are not imported by Swift. */
static const int imagesearch_sqlite_short_read = SQLITE_IOERR_SHORT_READ;
static const int imagesearch_sqlite_corrupt_file_system = SQLITE_IOERR_CORRUPTFS;

/* Whether a write or the extension of a file failed. */
static inline int imagesearch_sqlite_is_writing(int status) {
  return status == SQLITE_IOERR_WRITE || status == SQLITE_IOERR_TRUNCATE || status == SQLITE_IOERR_SHMSIZE;
}

/* SQLITE_TRANSIENT is a cast that Swift does not import: SQLite copies what is bound before the call returns. */
static inline int imagesearch_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, int count) {
  return sqlite3_bind_text(statement, index, text, count, SQLITE_TRANSIENT);
}

/* SQLITE_STATIC: the bytes stay valid until the statement is reset. */
static inline int imagesearch_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
  return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_STATIC);
}

/* sqlite3_db_config is variadic. Defensive: SQL cannot damage the file. No trusted schema: views and triggers of a hostile file cannot
   call functions. */
static inline int imagesearch_sqlite_harden(sqlite3 *database) {
  int status = sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
  if (status != SQLITE_OK) return status;
  return sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)0);
}

/* Size in bytes of a region of the shared memory of the WAL (WALINDEX_PGSZ of SQLite). */
static const int imagesearch_sqlite_shared_memory_size = 32768;

/* A region of that memory, a mapped file; NULL if there is none, or none yet. Only for a connection that has read in WAL
 * mode. */
static inline void *imagesearch_sqlite_shared_memory(sqlite3 *database, int piece) {
  sqlite3_file *file = 0;
  if (sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == 0) return 0;
  if (file->pMethods == 0 || file->pMethods->iVersion < 2 || file->pMethods->xShmMap == 0) return 0;
  void volatile *start = 0;
  if (file->pMethods->xShmMap(file, piece, imagesearch_sqlite_shared_memory_size, 0, &start) != SQLITE_OK) return 0;
  return (void *)start;
}
#endif
