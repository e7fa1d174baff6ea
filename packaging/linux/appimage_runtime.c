/* The head of the AppImage: a type 2 runtime, as github.com/AppImage/AppImageSpec describes it.
 *
 * The file is this program with a SquashFS image behind it. It mounts the image with FUSE, or where
 * there is none unpacks it into a temporary folder, and starts AppRun in there. Written here and
 * built from Debian's libsquashfuse (BSD) and libfuse3 (LGPL 2.1; this source and the build command
 * in appimage.py are what relinking takes), so that nothing prebuilt is shipped.
 */

#define _GNU_SOURCE
#include <config.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ll.h>
#include <squashfuse.h>

enum { FOLDER_MODE = 0700, COPY_BYTES = 1 << 20, OPEN_FOLDERS = 32, NOT_STARTED = 127 };

static const char *HELP =
    "AppImage options:\n"
    "  --appimage-extract          unpack into squashfs-root, beside where you are\n"
    "  --appimage-extract-and-run  unpack into a temporary folder and start from there\n"
    "  --appimage-mount            mount, say where, and stay until interrupted\n"
    "  --appimage-offset           where in this file the SquashFS image begins\n"
    "  --appimage-version          what made this file\n"
    "  --appimage-help             this\n";

static void fail(const char *format, ...)
{
    va_list words;
    va_start(words, format);
    fputs("AppImage: ", stderr);
    vfprintf(stderr, format, words);
    fputc('\n', stderr);
    va_end(words);
    exit(NOT_STARTED);
}

/* Where the ELF file ends, which is where the image begins. The section headers are its last part. */
static size_t end_of_program(const char *path)
{
    Elf64_Ehdr head;
    FILE *file = fopen(path, "rb");
    if (!file || fread(&head, sizeof head, 1, file) != 1)
        fail("cannot read %s: %s", path, strerror(errno));
    fclose(file);
    return head.e_shoff + (size_t)head.e_shentsize * head.e_shnum;
}

/* -- unpacking ------------------------------------------------------------------------------ */

static void unpack_file(sqfs *fs, sqfs_inode *inode, const char *target)
{
    static char buffer[COPY_BYTES];
    uint64_t done = 0, size = inode->xtra.reg.file_size;
    int file = open(target, O_WRONLY | O_CREAT | O_EXCL, inode->base.mode & 0777);
    if (file < 0)
        fail("cannot write %s: %s", target, strerror(errno));
    while (done < size) {
        sqfs_off_t count = sizeof buffer;
        if (sqfs_read_range(fs, inode, done, &count, buffer) || count == 0)
            fail("%s is damaged in the image", target);
        for (sqfs_off_t written = 0; written < count;) {
            ssize_t step = write(file, buffer + written, count - written);
            if (step < 0)
                fail("cannot write %s: %s", target, strerror(errno));
            written += step;
        }
        done += count;
    }
    if (close(file))
        fail("cannot write %s: %s", target, strerror(errno));
}

static void unpack_link(sqfs *fs, sqfs_inode *inode, const char *target)
{
    char to[PATH_MAX];
    size_t size = sizeof to;
    if (sqfs_readlink(fs, inode, to, &size) || symlink(to, target))
        fail("cannot make the link %s: %s", target, strerror(errno));
}

static void unpack(const char *image, size_t offset, const char *folder)
{
    sqfs fs;
    sqfs_traverse walk;
    sqfs_err error = SQFS_OK;
    if (sqfs_open_image(&fs, image, offset))
        fail("there is no image in %s", image);
    if (sqfs_traverse_open(&walk, &fs, sqfs_inode_root(&fs)))
        fail("the image in %s is damaged", image);
    while (sqfs_traverse_next(&walk, &error)) {
        char target[PATH_MAX];
        sqfs_inode inode;
        if (walk.dir_end)
            continue;
        if (snprintf(target, sizeof target, "%s/%s", folder, walk.path) >= (int)sizeof target)
            fail("too long a path: %s", walk.path);
        if (sqfs_inode_get(&fs, &inode, walk.entry.inode))
            fail("%s is damaged in the image", target);
        if (S_ISDIR(inode.base.mode)) {
            if (mkdir(target, (inode.base.mode & 0777) | FOLDER_MODE))
                fail("cannot make the folder %s: %s", target, strerror(errno));
        } else if (S_ISREG(inode.base.mode)) {
            unpack_file(&fs, &inode, target);
        } else if (S_ISLNK(inode.base.mode)) {
            unpack_link(&fs, &inode, target);
        }
    }
    if (error)
        fail("the image in %s is damaged", image);
    sqfs_traverse_close(&walk);
    sqfs_destroy(&fs);
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
    (void)facts, (void)kind, (void)place;
    return remove(path);
}

/* -- mounting ------------------------------------------------------------------------------- */

struct keeper {
    struct fuse_session *session;
    int alive;
};

/* Every process that the program starts inherits the other end; it reads as ended after the last. */
static void *unmount_after_the_last(void *argument)
{
    struct keeper *keeper = argument;
    char nothing;
    while (read(keeper->alive, &nothing, 1) > 0 || errno == EINTR)
        errno = 0;
    fuse_session_exit(keeper->session);
    fuse_session_unmount(keeper->session);
    return NULL;
}

/* Serve the image on `folder` until nobody holds the other end of `alive`. Never comes back. */
static void serve(const char *image, size_t offset, const char *folder, int ready, int alive)
{
    struct fuse_lowlevel_ops operations = {
        .getattr = sqfs_ll_op_getattr,   .opendir = sqfs_ll_op_opendir,
        .releasedir = sqfs_ll_op_releasedir, .readdir = sqfs_ll_op_readdir,
        .lookup = sqfs_ll_op_lookup,     .open = sqfs_ll_op_open,
        .create = sqfs_ll_op_create,     .release = sqfs_ll_op_release,
        .read = sqfs_ll_op_read,         .readlink = sqfs_ll_op_readlink,
        .listxattr = sqfs_ll_op_listxattr, .getxattr = sqfs_ll_op_getxattr,
        .forget = sqfs_ll_op_forget,     .statfs = stfs_ll_op_statfs,
    };
    char *words[] = {"appimage", "-o", "ro,nodev,nosuid", NULL};
    struct fuse_args arguments = FUSE_ARGS_INIT(3, words);
    sqfs_ll_chan channel;
    pthread_t thread;
    sqfs_ll *files = sqfs_ll_open(image, offset);
    if (!files || sqfs_ll_mount(&channel, folder, &arguments, &operations, sizeof operations, files))
        _exit(1);
    struct keeper keeper = {channel.session, alive};
    if (write(ready, "1", 1) != 1 ||
        pthread_create(&thread, NULL, unmount_after_the_last, &keeper))
        _exit(1);
    close(ready);
    fuse_session_loop(channel.session);
    rmdir(folder);
    _exit(0);
}

/* Mount the image on `folder`; what keeps it there is `*alive`. 0, or -1 where FUSE is missing. */
static int mount_image(const char *image, size_t offset, const char *folder, int *alive)
{
    int ready[2], life[2];
    char answer = 0;
    if (access("/dev/fuse", R_OK | W_OK) || pipe(ready) || pipe(life))
        return -1;
    pid_t child = fork();
    if (child < 0)
        return -1;
    if (child == 0) {
        close(ready[0]);
        close(life[1]);
        setsid();
        if (fork() == 0) /* nobody has to wait for the one that serves */
            serve(image, offset, folder, ready[1], life[0]);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    close(ready[1]);
    close(life[0]);
    ssize_t told = read(ready[0], &answer, 1);
    close(ready[0]);
    if (told != 1) {
        close(life[1]);
        return -1;
    }
    *alive = life[1];
    return 0;
}

/* -- starting ------------------------------------------------------------------------------- */

static char *new_folder(const char *stem)
{
    const char *base = getenv("TMPDIR");
    char *path;
    if (asprintf(&path, "%s/%sXXXXXX", base && *base ? base : "/tmp", stem) < 0 || !mkdtemp(path))
        fail("cannot make a temporary folder: %s", strerror(errno));
    return path;
}

static void start(const char *folder, const char *image, char **arguments)
{
    char program[PATH_MAX], here[PATH_MAX];
    snprintf(program, sizeof program, "%s/AppRun", folder);
    setenv("APPIMAGE", image, 1);
    setenv("APPDIR", folder, 1);
    setenv("ARGV0", arguments[0], 1);
    if (getcwd(here, sizeof here))
        setenv("OWD", here, 1);
    execv(program, arguments);
    fail("cannot start %s: %s", program, strerror(errno));
}

static pid_t started;

static void pass_on(int number)
{
    kill(started, number);
}

static int run_unpacked(const char *image, size_t offset, char **arguments)
{
    char *folder = new_folder("appimage_");
    int status = 0;
    unpack(image, offset, folder);
    started = fork();
    if (started == 0)
        start(folder, image, arguments);
    struct sigaction action = {.sa_handler = pass_on};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    while (started > 0 && waitpid(started, &status, 0) < 0 && errno == EINTR)
        ;
    nftw(folder, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int count, char **arguments)
{
    char image[PATH_MAX];
    const char *option = count > 1 ? arguments[1] : "";
    int alive = -1;
    if (!realpath("/proc/self/exe", image))
        fail("cannot find this file: %s", strerror(errno));
    size_t offset = end_of_program(image);
    if (!strcmp(option, "--appimage-help"))
        return fputs(HELP, stdout) < 0;
    if (!strcmp(option, "--appimage-version"))
        return puts("Unblur's AppImage runtime 1") < 0;
    if (!strcmp(option, "--appimage-offset"))
        return printf("%zu\n", offset) < 0;
    if (!strcmp(option, "--appimage-extract")) {
        if (mkdir("squashfs-root", 0755))
            fail("cannot make the folder squashfs-root: %s", strerror(errno));
        unpack(image, offset, "squashfs-root");
        return puts("squashfs-root") < 0;
    }
    if (!strcmp(option, "--appimage-extract-and-run")) {
        arguments[1] = arguments[0];
        return run_unpacked(image, offset, arguments + 1);
    }
    if (getenv("APPIMAGE_EXTRACT_AND_RUN"))
        return run_unpacked(image, offset, arguments);
    char *folder = new_folder(".mount_Unblur");
    if (mount_image(image, offset, folder, &alive)) {
        rmdir(folder);
        fputs("AppImage: there is no FUSE here, so the program is unpacked first.\n", stderr);
        return run_unpacked(image, offset, arguments);
    }
    if (!strcmp(option, "--appimage-mount")) {
        puts(folder);
        fflush(stdout);
        pause();
        return 0;
    }
    start(folder, image, arguments);
}
