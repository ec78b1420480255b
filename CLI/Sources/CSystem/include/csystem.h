#ifndef IMAGESEARCH_CSYSTEM_H
#define IMAGESEARCH_CSYSTEM_H

/* What the C library declares only when it is asked for more than POSIX. */

/* Renames, but never over what is there already: -1 with errno EEXIST then. Where the file system cannot promise that, a link is made and the
   old name is taken away, which comes to the same. */
int csystem_rename_no_replace(const char *from, const char *to);

/* Columns that a character takes on a terminal, -1 for one that is not printed. Needs a locale of UTF-8. */
int csystem_width(unsigned int character);

/* A pipe whose ends are closed in programs that are started. */
int csystem_pipe(int ends[2]);

/* Makes the C library read and show text as UTF-8. */
void csystem_use_utf8(void);

/* The words of the command line, the program's name first, with a NULL behind them. */
char **csystem_arguments(void);

#endif
