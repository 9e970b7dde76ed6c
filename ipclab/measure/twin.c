/* The C twins: the loops of trial.py, on the same kernel objects, with no Python in them.
 *
 * The objects are made in Python before the two processes are forked (see ways.py), which then tells each process's
 * end in a `struct end`. What is left to C is what is measured: sending and receiving.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <mqueue.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum kind { STREAM, SOCKET, PACKETS, SYSTEM_V_QUEUE, POSIX_QUEUE, SYSTEM_V_SEMAPHORE, POSIX_SEMAPHORE, EVENTFD,
            SIGNAL, PROCESS_VM_READV, RING, MEMMOVE };
enum { VARIANTS = 4, NONE = -1 };           /* messages that differ, sent in turn; no such counter */

struct end {                                /* twin.py has its twin */
    long kind;
    long size, part;                        /* bytes of a message; of the pieces in which it goes */
    long out, in;                           /* descriptors, or ids of queues */
    long depth;                             /* slots */
    char *slots_out, *slots_in;
    long full_out, empty_out;               /* counters: semid, address of a sem_t, or eventfd */
    long full_in, empty_in;
    unsigned long sent, received;
    long peer;                              /* pid of the other process */
    char *scratch;                          /* size + part + 8 bytes */
    char *report;                           /* where to say why we give up */
};

static void fail(struct end *e, const char *call)
{
    snprintf(e->report, 500, "{\"error\": \"%.200s: %.200s\", \"errno\": %d}", call, strerror(errno), errno);
    _exit(1);
}

/* Python calls again after a signal (PEP 475), and so do we. */
#define TRY(call) ({ long r_; while ((r_ = (call)) < 0 && errno == EINTR); if (r_ < 0) fail(e, #call); r_; })

/* --- bytes and messages through a descriptor --- */

static void stream_send(struct end *e, const char *message)
{
    for (long done = 0; done < e->size;)
        done += TRY(write(e->out, message + done, e->size - done));
}

static void stream_receive(struct end *e, char *message)
{
    for (long done = 0, got; done < e->size; done += got)
        if ((got = TRY(read(e->in, message + done, e->size - done))) == 0)
            fail(e, "read at the end of file");
}

static void socket_receive(struct end *e, char *message)
{
    for (long done = 0, got; done < e->size; done += got)
        if ((got = TRY(recv(e->in, message + done, e->size - done, MSG_WAITALL))) == 0)
            fail(e, "recv at the end of the stream");
}

static long piece(struct end *e, long at)
{
    return e->size - at < e->part ? e->size - at : e->part;
}

static void packets_send(struct end *e, const char *message)
{
    for (long at = 0; at < e->size; at += e->part)
        TRY(send(e->out, message + at, piece(e, at), 0));
}

static void packets_receive(struct end *e, char *message)
{
    for (long at = 0; at < e->size; at += e->part)
        TRY(recv(e->in, message + at, piece(e, at), 0));
}

/* --- message queues --- */

struct typed { long type; char text[]; };

static void system_v_queue_send(struct end *e, const char *message)
{
    struct typed *typed = (struct typed *)e->scratch;
    for (long at = 0; at < e->size; at += e->part) {
        typed->type = 1;
        memcpy(typed->text, message + at, piece(e, at));
        TRY(msgsnd(e->out, typed, piece(e, at), 0));
    }
}

static void system_v_queue_receive(struct end *e, char *message)
{
    struct typed *typed = (struct typed *)e->scratch;
    for (long at = 0; at < e->size; at += e->part)
        memcpy(message + at, typed->text, TRY(msgrcv(e->in, typed, e->part, 0, 0)));
}

static void posix_queue_send(struct end *e, const char *message)
{
    for (long at = 0; at < e->size; at += e->part)
        TRY(mq_send(e->out, message + at, piece(e, at), 0));
}

static void posix_queue_receive(struct end *e, char *message)
{
    for (long at = 0; at < e->size; at += e->part)
        TRY(mq_receive(e->in, message + at, e->part, NULL));    /* there is room for a whole piece more */
}

/* --- shared memory and counters: up is V, down is P --- */

static void up(struct end *e, long counter)
{
    struct sembuf v = {0, 1, 0};
    uint64_t one = 1;
    if (e->kind == SYSTEM_V_SEMAPHORE)
        TRY(semop(counter, &v, 1));
    else if (e->kind == POSIX_SEMAPHORE)
        TRY(sem_post((sem_t *)counter));
    else
        TRY(write(counter, &one, sizeof one));
}

static void down(struct end *e, long counter)
{
    struct sembuf p = {0, -1, 0};
    uint64_t one;
    if (e->kind == SYSTEM_V_SEMAPHORE)
        TRY(semop(counter, &p, 1));
    else if (e->kind == POSIX_SEMAPHORE)
        TRY(sem_wait((sem_t *)counter));
    else
        TRY(read(counter, &one, sizeof one));
}

static char *next_slot(struct end *e, char *slots, unsigned long *number)
{
    return slots + (*number)++ % e->depth * e->size;
}

static void slots_send(struct end *e, const char *message)
{
    if (e->empty_out != NONE)
        down(e, e->empty_out);
    memcpy(next_slot(e, e->slots_out, &e->sent), message, e->size);
    up(e, e->full_out);
}

static void slots_receive(struct end *e, char *message)
{
    down(e, e->full_in);
    memcpy(message, next_slot(e, e->slots_in, &e->received), e->size);
    if (e->empty_in != NONE)
        up(e, e->empty_in);
}

/* --- the receiver copies out of the sender's memory --- */

static void vm_send(struct end *e, const char *message)
{
    (void)message;                          /* it lies in our memory, where the receiver knows to look */
    if (e->empty_out != NONE)
        down(e, e->empty_out);
    up(e, e->full_out);
}

static void vm_receive(struct end *e, char *message)
{
    down(e, e->full_in);
    struct iovec here = {message, e->size}, there = {next_slot(e, e->slots_in, &e->received), e->size};
    TRY(process_vm_readv(e->peer, &here, 1, &there, 1, 0));
    if (e->empty_in != NONE)
        up(e, e->empty_in);
}

/* --- signals: that it came is all that it says --- */

static void signal_send(struct end *e, const char *message)
{
    TRY(kill(e->peer, SIGRTMIN + *message));
}

static void signal_receive(struct end *e, char *message)
{
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, SIGRTMIN);
    *message = TRY(sigwaitinfo(&one, NULL)) - SIGRTMIN;
}

/* --- a ring with one producer and one consumer, which spin --- */

struct ring {
    _Alignas(64) atomic_ulong given;        /* each on a cache line of its own, written by one side only */
    _Alignas(64) atomic_ulong taken;
    _Alignas(64) char slots[];
};

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void ring_send(struct end *e, const char *message)
{
    struct ring *ring = (struct ring *)e->slots_out;
    while (e->sent - atomic_load_explicit(&ring->taken, memory_order_acquire) == (unsigned long)e->depth)
        relax();
    memcpy(next_slot(e, ring->slots, &e->sent), message, e->size);
    atomic_store_explicit(&ring->given, e->sent, memory_order_release);
}

static void ring_receive(struct end *e, char *message)
{
    struct ring *ring = (struct ring *)e->slots_in;
    while (atomic_load_explicit(&ring->given, memory_order_acquire) == e->received)
        relax();
    memcpy(message, next_slot(e, ring->slots, &e->received), e->size);
    atomic_store_explicit(&ring->taken, e->received, memory_order_release);
}

/* --- no other process at all: what copying alone costs --- */

static void memmove_send(struct end *e, const char *message)
{
    memmove(e->slots_out, message, e->size);
    __asm__ volatile("" ::: "memory");      /* do it, though nobody looks */
}

static const struct way {
    void (*send)(struct end *, const char *);
    void (*receive)(struct end *, char *);
} ways[] = {
    [STREAM] = {stream_send, stream_receive},
    [SOCKET] = {stream_send, socket_receive},
    [PACKETS] = {packets_send, packets_receive},
    [SYSTEM_V_QUEUE] = {system_v_queue_send, system_v_queue_receive},
    [POSIX_QUEUE] = {posix_queue_send, posix_queue_receive},
    [SYSTEM_V_SEMAPHORE] = {slots_send, slots_receive},
    [POSIX_SEMAPHORE] = {slots_send, slots_receive},
    [EVENTFD] = {slots_send, slots_receive},
    [SIGNAL] = {signal_send, signal_receive},
    [PROCESS_VM_READV] = {vm_send, vm_receive},
    [RING] = {ring_send, ring_receive},
    [MEMMOVE] = {memmove_send, NULL},
};

/* --- the loops; each returns the number of the first message that was not what was sent, or NONE --- */

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int differ(const char *a, const char *b, long size, int whole)
{
    if (whole || size < 16)
        return memcmp(a, b, size) != 0;
    return memcmp(a, b, 8) != 0 || memcmp(a + size - 8, b + size - 8, 8) != 0;
}

long ping(struct end *e, const char *messages, char *buffer, long n, int64_t *samples)
{
    const struct way *way = &ways[e->kind];
    for (long i = 0; i < n; i++) {
        const char *message = messages + i % VARIANTS * e->size;
        int64_t before = now();
        way->send(e, message);
        way->receive(e, buffer);
        samples[i] = now() - before;
        if (differ(buffer, message, e->size, 1))
            return i;
    }
    return NONE;
}

long pong(struct end *e, const char *messages, char *buffer, long n)
{
    const struct way *way = &ways[e->kind];
    for (long i = 0; i < n; i++) {
        way->receive(e, buffer);
        if (differ(buffer, messages + i % VARIANTS * e->size, e->size, 1))
            return i;
        way->send(e, buffer);
    }
    return NONE;
}

long give(struct end *e, const char *messages, long n)
{
    const struct way *way = &ways[e->kind];
    for (long i = 0; i < n; i++)
        way->send(e, messages + i % VARIANTS * e->size);
    return NONE;
}

long take(struct end *e, const char *messages, char *buffer, long n, int whole)
{
    const struct way *way = &ways[e->kind];
    for (long i = 0; i < n && way->receive; i++) {         /* of a copy, nobody */
        way->receive(e, buffer);
        if (differ(buffer, messages + i % VARIANTS * e->size, e->size, whole))
            return i;
    }
    return NONE;
}
