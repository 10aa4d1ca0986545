/*
 * Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
/*
 * Numbered pings at a constant rate, cheap enough for an emulated guest.
 *
 * Reads one line from standard input, "ADDRESS RATE", and pings until the next line or the end of the input; waits
 * for late answers, then writes what became of each ping.  A kernel answers them, so the other end needs no program.
 *
 *   began NANOSECONDS                 wall clock, as soon as it sends
 *   sent COUNT skipped COUNT late MICROSECONDS
 *   SENT ANSWERED COUNT               for each ping, in order: microseconds since it began, -1 if never; answers
 *   end
 *
 * The kernel takes the time of arrival, so it does not matter how late this process sees an answer.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/icmp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define MILLISECOND 1000000LL
/* Pings whose time has passed are sent late; if more than these have piled up, the others are left out. */
#define BACKLOG 5
#define LONGEST_RUN 120
#define GRACE (1500 * MILLISECOND)
#define BATCH 32
#define MAGIC 0x70657265
#define IP_HEADER_MAX 60

struct ping {
    struct icmphdr header;
    uint32_t magic;
    uint32_t run;
    uint32_t number;
    char padding[44];
};

struct fate {
    int64_t sent;
    int64_t answered;
    uint32_t answers;
};

static void fail(const char *what) {
    printf("error %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static uint16_t checksum(const void *data, size_t length) {
    const uint16_t *word = data;
    uint32_t sum = 0;
    for (; length > 1; length -= 2) {
        sum += *word++;
    }
    sum = (sum >> 16) + (sum & 0xffff);
    return ~(sum + (sum >> 16));
}

static int open_socket(const char *address) {
    struct sockaddr_in target = { .sin_family = AF_INET };
    if (inet_pton(AF_INET, address, &target.sin_addr) != 1) {
        errno = EINVAL;
        fail(address);
    }
    int handle = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMP);
    if (handle < 0) {
        fail("socket");
    }
    struct icmp_filter filter = { .data = ~(1U << ICMP_ECHOREPLY) };
    int space = 4 << 20, yes = 1;
    if (setsockopt(handle, SOL_RAW, ICMP_FILTER, &filter, sizeof filter) != 0
            || setsockopt(handle, SOL_SOCKET, SO_RCVBUFFORCE, &space, sizeof space) != 0
            || setsockopt(handle, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes) != 0
            || connect(handle, (struct sockaddr *) &target, sizeof target) != 0) {
        fail("socket's options");
    }
    return handle;
}

/* When the kernel got it. */
static int64_t arrival(struct msghdr *message) {
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL; part = CMSG_NXTHDR(message, part)) {
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec time;
            memcpy(&time, CMSG_DATA(part), sizeof time);
            return time.tv_sec * SECOND + time.tv_nsec;
        }
    }
    return now();
}

static void receive(int handle, uint32_t run, struct fate *fates, uint32_t count) {
    static char frames[BATCH][IP_HEADER_MAX + sizeof(struct ping)], control[BATCH][64];
    struct iovec parts[BATCH];
    struct mmsghdr messages[BATCH];
    int got;
    do {
        for (int i = 0; i < BATCH; i++) {
            parts[i] = (struct iovec) { frames[i], sizeof frames[i] };
            messages[i].msg_hdr = (struct msghdr) { .msg_iov = &parts[i], .msg_iovlen = 1,
                .msg_control = control[i], .msg_controllen = sizeof control[i] };
        }
        got = recvmmsg(handle, messages, BATCH, MSG_DONTWAIT, NULL);
        for (int i = 0; i < got; i++) {
            struct ping ping;
            size_t header = (frames[i][0] & 0x0f) * 4;
            if (messages[i].msg_len < header + sizeof ping) {
                continue;
            }
            memcpy(&ping, frames[i] + header, sizeof ping);
            if (ping.magic == MAGIC && ping.run == run && ping.number < count) {
                struct fate *fate = &fates[ping.number];
                if (fate->answers++ == 0) {
                    fate->answered = arrival(&messages[i].msg_hdr);
                }
            }
        }
    } while (got == BATCH);
}

static void sleep_until(int64_t time) {
    struct timespec until = { time / SECOND, time % SECOND };
    while (clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
}

static int told_to_end(void) {
    struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
    return poll(&input, 1, 0) != 0;
}

int main(void) {
    char address[64];
    int rate;
    if (scanf("%63s %d", address, &rate) != 2 || getchar() != '\n' || rate < 1 || rate > 100000) {
        puts("error expected: ADDRESS RATE");
        return 2;
    }
    int handle = open_socket(address);
    uint32_t capacity = LONGEST_RUN * rate, count = 0, skipped = 0;
    struct fate *fates = calloc(capacity, sizeof *fates);
    struct ping ping = { .header.type = ICMP_ECHO, .header.un.echo.id = htons(getpid()), .magic = MAGIC };
    if (fates == NULL) {
        fail("memory");
    }
    /* Both may be forbidden, and are a help only. */
    sched_setscheduler(0, SCHED_FIFO, &(struct sched_param) { .sched_priority = 1 });
    mlockall(MCL_CURRENT | MCL_FUTURE);

    int64_t interval = SECOND / rate, began = now(), late = 0;
    ping.run = (uint32_t) (began ^ began >> 32);
    printf("began %lld\n", (long long) began);
    fflush(stdout);
    for (int64_t due = began; count < capacity; due += interval) {
        int64_t time = now();
        if (time < due) {
            sleep_until(due);
            time = now();
        }
        if (time - due > late) {
            late = time - due;
        }
        while (time - due > BACKLOG * interval) {
            due += interval;
            skipped++;
        }
        ping.number = count;
        ping.header.un.echo.sequence = htons(count & 0xffff);
        ping.header.checksum = 0;
        ping.header.checksum = checksum(&ping, sizeof ping);
        fates[count++].sent = now();
        /* A full queue here is a loss as any other; it shows in the run without a move, too. */
        send(handle, &ping, sizeof ping, 0);
        receive(handle, ping.run, fates, count);
        if (count % 16 == 0 && told_to_end()) {
            break;
        }
    }
    for (int64_t end = now() + GRACE; now() < end; ) {
        sleep_until(now() + MILLISECOND);
        receive(handle, ping.run, fates, count);
    }
    printf("sent %u skipped %u late %lld\n", count, skipped, (long long) late / 1000);
    for (uint32_t i = 0; i < count; i++) {
        struct fate *fate = &fates[i];
        printf("%lld %lld %u\n", (long long) (fate->sent - began) / 1000,
            fate->answers == 0 ? -1LL : (long long) (fate->answered - began) / 1000, fate->answers);
    }
    puts("end");
    fflush(stdout);
    /* A connection closed with something unread would take what has not arrived yet with it. */
    while (getchar() != EOF) {
    }
    return 0;
}
