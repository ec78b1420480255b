#ifndef IMAGESEARCH_CSYSTEM_H
#define IMAGESEARCH_CSYSTEM_H

/* Functions that the C library declares only with extensions beyond POSIX. */

/* Renames without replacing an existing file: -1 with errno EEXIST if there is one. If the file system does not support that, it
 * makes a link and removes the old name, to the same effect. */
int csystem_rename_no_replace(const char *from, const char *to);

/* Number of columns of a character on a terminal, -1 if it is not printable. Needs a UTF-8 locale. */
int csystem_width(unsigned int character);

/* A pipe whose ends are close-on-exec. */
int csystem_pipe(int ends[2]);

/* Removes a folder and its contents; links are not followed. */
int csystem_remove_folder(const char *path);

/* Sets a UTF-8 locale. */
void csystem_use_utf8(void);

/* The arguments of the command line, with the program's name first and NULL at the end. */
char **csystem_arguments(void);

#endif
