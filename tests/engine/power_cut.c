/* Loaded into workers with LD_PRELOAD. It keeps what a power cut would leave of the folder $POWER_CUT_DATA.

   Whenever the worker syncs a file of that folder, its contents are copied to $POWER_CUT_SHADOW/contents/<inode>.
   Whenever it syncs a folder, the names in it are written to $POWER_CUT_SHADOW/names/<inode>: for each a line with its
   inode and its name. power_cut.py restores a folder from that. */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static void keep_contents(int from, int into) {
    char buffer[65536];
    off_t at = 0;
    ssize_t read_now;
    while ((read_now = pread(from, buffer, sizeof buffer, at)) > 0) {
        if (write(into, buffer, read_now) != read_now) abort();
        at += read_now;
    }
}

static void keep_names(const char *folder, int into) {
    DIR *names = opendir(folder);
    struct dirent *entry;
    if (names == NULL) abort();
    while ((entry = readdir(names)) != NULL)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            dprintf(into, "%lu %s\n", (unsigned long)entry->d_ino, entry->d_name);
    closedir(names);
}

/* Whoever is killed in the middle leaves the earlier copy, because the new one gets its name at the end. One copies at a
   time: otherwise an older copy could get the name of a newer one. */
static void keep(int synced) {
    char link[64], path[4096], turn[4096], part[4096], kept[4096];
    const char *data = getenv("POWER_CUT_DATA");
    struct stat facts;
    snprintf(link, sizeof link, "/proc/self/fd/%d", synced);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (data == NULL || length < 0 || fstat(synced, &facts)) return;
    path[length] = 0;
    if (strncmp(path, data, strlen(data))) return;
    int is_folder = S_ISDIR(facts.st_mode);
    const char *kind = is_folder ? "names" : "contents";
    snprintf(turn, sizeof turn, "%s/lock", getenv("POWER_CUT_SHADOW"));
    int lock = open(turn, O_WRONLY | O_CREAT, 0600);
    if (lock < 0 || flock(lock, LOCK_EX)) abort();
    snprintf(part, sizeof part, "%s/%s.%d.part", getenv("POWER_CUT_SHADOW"), kind, gettid());
    int into = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (into < 0) abort();
    if (is_folder) keep_names(path, into);
    else if ((fcntl(synced, F_GETFL) & O_ACCMODE) != O_WRONLY) keep_contents(synced, into);
    else {
        /* Never the database: closing any of its descriptors would drop the locks that SQLite has on it. */
        int from = open(link, O_RDONLY);
        if (from < 0) abort();
        keep_contents(from, into);
        close(from);
    }
    close(into);
    snprintf(kept, sizeof kept, "%s/%s/%lu", getenv("POWER_CUT_SHADOW"), kind, (unsigned long)facts.st_ino);
    if (rename(part, kept)) abort();
    close(lock);
}

static int sync_with(const char *name, int file) {
    int (*original)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = original(file), error = errno;
    if (result == 0) keep(file);
    errno = error;
    return result;
}

int fsync(int file) { return sync_with("fsync", file); }

int fdatasync(int file) { return sync_with("fdatasync", file); }
