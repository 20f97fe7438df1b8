/*
 * Writes down what a process does to the files of one folder: for tests/drills/power.py, loaded with LD_PRELOAD.
 *
 * POWER_FOLDER names the folder, POWER_TRACE the file to write to. Each operation is a header of 32 bytes, the name of the file
 * (of open, unlink and rename) and the bytes written (of write). One lock is held over each operation and its line, so the trace
 * is in the order of what happened. SQLite's shared memory (-shm) is left out: it is made anew after a power failure.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define MOST 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t file_of[MOST]; /* the inode of a traced descriptor; 0 of all others */
static int trace = -1;
static const char *folder;

__attribute__((constructor)) static void begin(void) {
    folder = getenv("POWER_FOLDER");
    const char *path = getenv("POWER_TRACE");
    if (folder && path) trace = REAL(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void tell(char what, uint64_t file, uint64_t offset, uint64_t size, const char *name, const void *bytes) {
    uint32_t name_size = name ? strlen(name) : 0;
    char header[32] = {what};
    memcpy(header + 4, &name_size, 4);
    memcpy(header + 8, &file, 8);
    memcpy(header + 16, &offset, 8);
    memcpy(header + 24, &size, 8);
    struct iovec parts[3] = {{header, 32}, {(void *)name, name_size}, {(void *)bytes, bytes ? size : 0}};
    ssize_t expected = 32 + name_size + (bytes ? size : 0);
    if (writev(trace, parts, 3) != expected) abort();
}

/* The name of a path in the folder; "." of the folder itself; NULL of any other, and of shared memory. */
static const char *name_in_folder(const char *path) {
    size_t length = folder ? strlen(folder) : 0, end = strlen(path);
    if (trace < 0 || strncmp(path, folder, length)) return NULL;
    if (path[length] == 0) return ".";
    if (path[length] != '/' || (end > 4 && !strcmp(path + end - 4, "-shm"))) return NULL;
    return path + length + 1;
}

static int opened(int descriptor, const char *name, int is_new, int flags) {
    struct stat found;
    if (descriptor < 0 || descriptor >= MOST || fstat(descriptor, &found)) {
        if (descriptor >= 0) abort();
        return descriptor;
    }
    file_of[descriptor] = found.st_ino;
    if (is_new) tell('c', found.st_ino, 0, 0, name, NULL);
    else if (!strcmp(name, ".")) tell('d', found.st_ino, 0, 0, name, NULL);
    if (flags & O_TRUNC && !is_new) tell('t', found.st_ino, 0, 0, NULL, NULL);
    return descriptor;
}

#define OPEN(function)                                                                     \
    int function(const char *path, int flags, ...) {                                      \
        va_list more;                                                                     \
        va_start(more, flags);                                                            \
        mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;                         \
        va_end(more);                                                                     \
        const char *name = name_in_folder(path);                                          \
        if (!name) return REAL(function)(path, flags, mode);                              \
        struct stat before;                                                               \
        pthread_mutex_lock(&lock);                                                        \
        int is_new = flags & O_CREAT && stat(path, &before);                              \
        int descriptor = opened(REAL(function)(path, flags, mode), name, is_new, flags);  \
        pthread_mutex_unlock(&lock);                                                      \
        return descriptor;                                                                \
    }
OPEN(open)
OPEN(open64)

int openat(int at, const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (path[0] == '/' && name_in_folder(path)) return open(path, flags, mode);
    return REAL(openat)(at, path, flags, mode);
}

#define IS_TRACED(descriptor) (trace >= 0 && descriptor >= 0 && descriptor < MOST && file_of[descriptor])

#define ON_FILE(call, done, ...)                                  \
    if (!IS_TRACED(descriptor)) return call;                      \
    pthread_mutex_lock(&lock);                                    \
    __typeof__(call) result = call;                               \
    if (done) tell(__VA_ARGS__);                                  \
    pthread_mutex_unlock(&lock);                                  \
    return result

int close(int descriptor) {
    if (IS_TRACED(descriptor)) file_of[descriptor] = 0;
    return REAL(close)(descriptor);
}

ssize_t write(int descriptor, const void *bytes, size_t size) {
    off_t at = IS_TRACED(descriptor) ? lseek(descriptor, 0, SEEK_CUR) : 0;
    ON_FILE(REAL(write)(descriptor, bytes, size), result > 0, 'w', file_of[descriptor], at, result, NULL, bytes);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t at) {
    ON_FILE(REAL(pwrite)(descriptor, bytes, size, at), result > 0, 'w', file_of[descriptor], at, result, NULL, bytes);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t at) {
    ON_FILE(REAL(pwrite64)(descriptor, bytes, size, at), result > 0, 'w', file_of[descriptor], at, result, NULL, bytes);
}

int ftruncate(int descriptor, off_t size) {
    ON_FILE(REAL(ftruncate)(descriptor, size), !result, 't', file_of[descriptor], size, 0, NULL, NULL);
}

int ftruncate64(int descriptor, off64_t size) {
    ON_FILE(REAL(ftruncate64)(descriptor, size), !result, 't', file_of[descriptor], size, 0, NULL, NULL);
}

int fsync(int descriptor) {
    ON_FILE(REAL(fsync)(descriptor), !result, 's', file_of[descriptor], 0, 0, NULL, NULL);
}

int fdatasync(int descriptor) {
    ON_FILE(REAL(fdatasync)(descriptor), !result, 's', file_of[descriptor], 0, 0, NULL, NULL);
}

int unlink(const char *path) {
    const char *name = name_in_folder(path);
    if (!name) return REAL(unlink)(path);
    pthread_mutex_lock(&lock);
    int result = REAL(unlink)(path);
    if (!result) tell('u', 0, 0, 0, name, NULL);
    pthread_mutex_unlock(&lock);
    return result;
}

/* What the trace does not know would make it wrong: nothing of the store does these. */
int rename(const char *from, const char *to) {
    if (name_in_folder(from) || name_in_folder(to)) abort();
    return REAL(rename)(from, to);
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    if (IS_TRACED(descriptor)) abort();
    return REAL(writev)(descriptor, parts, count);
}

int posix_fallocate(int descriptor, off_t at, off_t size) {
    if (IS_TRACED(descriptor)) abort();
    return REAL(posix_fallocate)(descriptor, at, size);
}
