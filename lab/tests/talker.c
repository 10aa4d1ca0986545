/*
 * Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
/*
 * One of several that talk to each other in every way at once: numbered unicast, broadcast and multicast datagrams
 * and ARP requests. It counts how often each number of each other one has come.
 *
 * First line of standard input:
 *   RUN ME DEVICE SIZE UNICAST BROADCAST MULTICAST ARP BROADCAST-ADDRESS COUNT ADDRESS... TARGETS
 * ADDRESS... are those of all COUNT talkers, ME is the place of its own among them, and the bits of the number TARGETS
 * say to whom it sends unicast datagrams and ARP requests. It sends so many UNICAST datagrams of SIZE bytes a second to
 * each target, so many BROADCAST and MULTICAST ones, and so many ARP requests to each target; none before "go".
 * The line "mark" has it write how much it has sent; "hush" ends the sending, and "end" the program. It writes
 *   ready
 *   sent KIND-TARGET:NUMBER...        for each mark, and for hush; KIND is one of u, b, m, a
 *   got KIND FROM TIMESxLENGTH...     at the end: how often each number came, by run length; of kind a are the answers
 *                                     of FROM to its own requests
 *   end
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define MOST 8
#define LONGEST (1 << 20)
#define PORT 4321
#define GROUP "239.77.77.77"
#define MAGIC 0x7065726e
/* Asking addresses: 10.77.ME.0 and up, so that an answer tells which request it is for. Few, since each makes an entry
 * in the neighbour table of who is asked, of 512 with four that ask; but an answer that comes after so many more
 * requests counts for another one. At 20 a second that is 6.4 s: what senders sent in a turn in vain may wait for 3 s. */
#define ASKERS 128
#define BACKLOG 5

enum kind { UNICAST, BROADCAST, MULTICAST, ANSWER, KINDS };

static const char LETTERS[KINDS + 1] = "ubma";

struct datagram {
    uint32_t magic;
    uint32_t run;
    uint32_t sender;
    uint32_t kind;
    uint32_t number;
    char padding[1380];
};
#define SMALLEST (offsetof(struct datagram, padding))

struct stream {
    enum kind kind;
    int target;
    int64_t interval;
    int64_t due;
    uint32_t sent;
};

static uint32_t run;
static int me, count, size, udp, arp, device;
static uint32_t addresses[MOST], broadcast;
static unsigned char mac[ETH_ALEN];
static uint8_t *got[MOST][KINDS];
static uint32_t seen[MOST][KINDS];
static struct stream streams[2 + 2 * MOST];
static int streamed;

static void fail(const char *what) {
    printf("error %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static uint32_t parse(const char *text) {
    struct in_addr address;
    if (inet_pton(AF_INET, text, &address) != 1) {
        errno = EINVAL;
        fail(text);
    }
    return address.s_addr;
}

static void open_sockets(const char *name) {
    int space = 4 << 20, yes = 1, no = 0;
    udp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons(PORT) };
    struct ip_mreqn group = { .imr_multiaddr.s_addr = parse(GROUP), .imr_address.s_addr = addresses[me] };
    if (udp < 0 || setsockopt(udp, SOL_SOCKET, SO_RCVBUFFORCE, &space, sizeof space) != 0
            || setsockopt(udp, SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes) != 0
            || setsockopt(udp, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) != 0
            || setsockopt(udp, IPPROTO_IP, IP_MULTICAST_IF, &group, sizeof group) != 0
            || setsockopt(udp, IPPROTO_IP, IP_MULTICAST_LOOP, &no, sizeof no) != 0) {
        fail("datagrams");
    }
    /* One of an earlier conversation may need a moment to see that it is over. */
    for (int attempts = 0; bind(udp, (struct sockaddr *) &own, sizeof own) != 0; attempts++) {
        if (errno != EADDRINUSE || attempts == 100) {
            fail("datagrams");
        }
        usleep(100000);
    }
    struct ifreq request = { 0 };
    memcpy(request.ifr_name, name, IFNAMSIZ);
    arp = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ARP));
    if (arp < 0 || ioctl(arp, SIOCGIFHWADDR, &request) != 0) {
        fail("ARP");
    }
    memcpy(mac, request.ifr_hwaddr.sa_data, ETH_ALEN);
    if (ioctl(arp, SIOCGIFINDEX, &request) != 0) {
        fail("ARP");
    }
    device = request.ifr_ifindex;
    struct sockaddr_ll here = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ARP), .sll_ifindex = device };
    if (setsockopt(arp, SOL_SOCKET, SO_RCVBUFFORCE, &space, sizeof space) != 0
            || bind(arp, (struct sockaddr *) &here, sizeof here) != 0) {
        fail("ARP");
    }
}

static void add(enum kind kind, int target, int rate) {
    if (rate > 0) {
        streams[streamed++] = (struct stream) { .kind = kind, .target = target, .interval = SECOND / rate };
    }
}

static void note(uint32_t from, uint32_t kind, uint32_t number) {
    if (from >= (uint32_t) count || kind >= KINDS || number >= LONGEST) {
        return;
    }
    uint8_t *times = &got[from][kind][number];
    if (*times < UINT8_MAX) {
        ++*times;
    }
    if (number >= seen[from][kind]) {
        seen[from][kind] = number + 1;
    }
}

static void ask(const struct stream *stream) {
    struct {
        struct ether_header head;
        struct ether_arp body;
    } __attribute__((packed)) frame = { .head.ether_type = htons(ETHERTYPE_ARP) };
    memset(frame.head.ether_dhost, 0xff, ETH_ALEN);
    memcpy(frame.head.ether_shost, mac, ETH_ALEN);
    frame.body.arp_hrd = htons(ARPHRD_ETHER);
    frame.body.arp_pro = htons(ETHERTYPE_IP);
    frame.body.arp_hln = ETH_ALEN;
    frame.body.arp_pln = 4;
    frame.body.arp_op = htons(ARPOP_REQUEST);
    memcpy(frame.body.arp_sha, mac, ETH_ALEN);
    frame.body.arp_spa[0] = 10;
    frame.body.arp_spa[1] = 77;
    frame.body.arp_spa[2] = me;
    frame.body.arp_spa[3] = stream->sent % ASKERS;
    memcpy(frame.body.arp_tpa, &addresses[stream->target], 4);
    send(arp, &frame, sizeof frame, 0);
}

/* An answer is for the last request with the asking address it is sent to. */
static void answered(const struct ether_arp *body) {
    if (ntohs(body->arp_op) != ARPOP_REPLY || body->arp_tpa[0] != 10 || body->arp_tpa[1] != 77
            || body->arp_tpa[2] != me) {
        return;
    }
    for (int i = 0; i < streamed; i++) {
        const struct stream *stream = &streams[i];
        if (stream->kind == ANSWER && memcmp(body->arp_spa, &addresses[stream->target], 4) == 0 && stream->sent > 0) {
            uint32_t last = stream->sent - 1;
            uint32_t ago = (last % ASKERS + ASKERS - body->arp_tpa[3] % ASKERS) % ASKERS;
            if (ago <= last) {
                note(stream->target, ANSWER, last - ago);
            }
        }
    }
}

static void transmit(struct stream *stream) {
    if (stream->kind == ANSWER) {
        ask(stream);
    } else {
        struct datagram datagram = { .magic = MAGIC, .run = run, .sender = me, .kind = stream->kind,
            .number = stream->sent };
        struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr
            = stream->kind == UNICAST ? addresses[stream->target]
            : stream->kind == BROADCAST ? broadcast : parse(GROUP) };
        sendto(udp, &datagram, size, 0, (struct sockaddr *) &to, sizeof to);
    }
    stream->sent++;
}

static void receive(void) {
    struct datagram datagram;
    ssize_t length;
    while ((length = recv(udp, &datagram, sizeof datagram, 0)) >= 0) {
        if ((size_t) length >= SMALLEST && datagram.magic == MAGIC && datagram.run == run) {
            note(datagram.sender, datagram.kind, datagram.number);
        }
    }
    unsigned char frame[128];
    while ((length = recv(arp, frame, sizeof frame, 0)) >= 0) {
        if ((size_t) length >= sizeof(struct ether_header) + sizeof(struct ether_arp)) {
            struct ether_arp body;
            memcpy(&body, frame + sizeof(struct ether_header), sizeof body);
            answered(&body);
        }
    }
}

/* Sends what is due; returns when the next is. What is much too late is left out. */
static int64_t send_due(int64_t time) {
    int64_t next = time + SECOND;
    for (int i = 0; i < streamed; i++) {
        struct stream *stream = &streams[i];
        if (time - stream->due > BACKLOG * stream->interval) {
            stream->due = time;
        }
        while (stream->due <= time && stream->sent < LONGEST) {
            transmit(stream);
            stream->due += stream->interval;
        }
        if (stream->due < next) {
            next = stream->due;
        }
    }
    return next;
}

static void tell_sent(void) {
    printf("sent");
    for (int i = 0; i < streamed; i++) {
        printf(" %c%d:%u", LETTERS[streams[i].kind], streams[i].target, streams[i].sent);
    }
    putchar('\n');
    fflush(stdout);
}

static void tell_got(void) {
    for (int from = 0; from < count; from++) {
        for (int kind = 0; kind < KINDS; kind++) {
            uint32_t end = seen[from][kind], start = 0;
            if (end == 0) {
                continue;
            }
            const uint8_t *times = got[from][kind];
            printf("got %c %d", LETTERS[kind], from);
            for (uint32_t i = 1; i <= end; i++) {
                if (i == end || times[i] != times[start]) {
                    printf(" %ux%u", times[start], i - start);
                    start = i;
                }
            }
            putchar('\n');
        }
    }
    puts("end");
    fflush(stdout);
}

/* A line of standard input, empty if there is none yet; the end of the input is "end". */
static const char *order(void) {
    static char line[64];
    static size_t length;
    char letter;
    struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
    while (poll(&input, 1, 0) > 0) {
        if (read(STDIN_FILENO, &letter, 1) != 1) {
            return "end";
        }
        if (letter == '\n') {
            line[length] = '\0';
            length = 0;
            return line;
        }
        if (length < sizeof line - 1) {
            line[length++] = letter;
        }
    }
    return "";
}

int main(void) {
    char name[IFNAMSIZ] = "", text[32];
    unsigned targets;
    int rates[KINDS];
    setvbuf(stdin, NULL, _IONBF, 0);
    if (scanf("%u %d %15s %d %d %d %d %d %31s %d", &run, &me, name, &size, &rates[UNICAST], &rates[BROADCAST],
            &rates[MULTICAST], &rates[ANSWER], text, &count) != 10 || count < 2 || count > MOST || me < 0 || me >= count
            || size < (int) SMALLEST || size > (int) sizeof(struct datagram)) {
        puts("error expected: RUN ME DEVICE SIZE UNICAST BROADCAST MULTICAST ARP BROADCAST-ADDRESS COUNT ADDRESS... "
            "TARGETS");
        return 2;
    }
    broadcast = parse(text);
    for (int i = 0; i < count; i++) {
        if (scanf("%31s", text) != 1) {
            return 2;
        }
        addresses[i] = parse(text);
    }
    if (scanf("%u", &targets) != 1 || getchar() != '\n') {
        return 2;
    }
    for (int from = 0; from < count; from++) {
        for (int kind = 0; kind < KINDS; kind++) {
            if ((got[from][kind] = calloc(LONGEST, 1)) == NULL) {
                fail("memory");
            }
        }
    }
    open_sockets(name);
    add(BROADCAST, me, rates[BROADCAST]);
    add(MULTICAST, me, rates[MULTICAST]);
    for (int i = 0; i < count; i++) {
        if (i != me && (targets >> i & 1) == 1) {
            add(UNICAST, i, rates[UNICAST]);
            add(ANSWER, i, rates[ANSWER]);
        }
    }
    puts("ready");
    fflush(stdout);
    for (int sending = 0;;) {
        const char *word = order();
        int64_t time = now(), next = time + SECOND;
        if (strcmp(word, "go") == 0) {
            sending = 1;
            for (int i = 0; i < streamed; i++) {
                streams[i].due = time + streams[i].interval * i / streamed;
            }
        } else if (strcmp(word, "mark") == 0) {
            tell_sent();
        } else if (strcmp(word, "hush") == 0) {
            sending = 0;
            tell_sent();
        } else if (strcmp(word, "end") == 0) {
            tell_got();
            break;
        }
        if (sending) {
            next = send_due(time);
        }
        receive();
        int64_t left = next - now();
        struct timespec wait = { left > 0 ? left / SECOND : 0, left > 0 ? left % SECOND : 0 };
        struct pollfd inputs[] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = udp, .events = POLLIN },
            { .fd = arp, .events = POLLIN } };
        ppoll(inputs, 3, &wait, NULL);
    }
    /* A connection closed with something unread would take what has not arrived yet with it. */
    while (read(STDIN_FILENO, text, sizeof text) > 0) {
    }
    return 0;
}
