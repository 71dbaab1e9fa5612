/* Just enough netlink for the floor: messages appended to one buffer, sent in one go, with an
 * answer asked for the last of them only. Any refusal ends the program. */
#pragma once

#include <err.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct batch {
    char *bytes;
    size_t used, room, message; /* message: where the last one starts */
    uint32_t sequence;
};

/* Append `size` bytes, padded with zeros to four; returns where they start. */
static size_t put(struct batch *b, const void *from, size_t size) {
    size_t start = b->used, padded = NLMSG_ALIGN(size);
    if (b->used + padded > b->room) {
        b->room = 2 * (b->used + padded);
        if (!(b->bytes = realloc(b->bytes, b->room))) err(1, "memory");
    }
    memset(b->bytes + start, 0, padded);
    if (size) memcpy(b->bytes + start, from, size);
    b->used += padded;
    return start;
}

/* Start a message with its fixed part; its length grows with `grow`. */
static void message(struct batch *b, int type, int flags, const void *fixed, size_t size) {
    struct nlmsghdr head = {
        .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags, .nlmsg_seq = ++b->sequence};
    b->message = put(b, &head, sizeof head);
    put(b, fixed, size);
}

static struct nlmsghdr *last(struct batch *b) { return (struct nlmsghdr *)(b->bytes + b->message); }

static void end(struct batch *b) { last(b)->nlmsg_len = b->used - b->message; }

static void attribute(struct batch *b, int type, const void *value, size_t size) {
    struct nlattr head = {.nla_len = sizeof head + size, .nla_type = type};
    put(b, &head, sizeof head);
    put(b, value, size);
}

static void number(struct batch *b, int type, uint32_t value) { attribute(b, type, &value, 4); }

static void text(struct batch *b, int type, const char *value) {
    attribute(b, type, value, strlen(value) + 1);
}

static size_t nest(struct batch *b, int type) {
    struct nlattr head = {.nla_type = type | NLA_F_NESTED};
    return put(b, &head, sizeof head);
}

static void close_nest(struct batch *b, size_t at) {
    ((struct nlattr *)(b->bytes + at))->nla_len = b->used - at;
}

static int netlink(int protocol) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), yes = 1;
    if (fd < 0) err(1, "netlink socket");
    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &yes, sizeof yes);
    return fd;
}

static void deepen(int fd) {
    int size = 8 << 20;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
}

/* Send everything; wait for the answer to message `wanted`. The batch is empty afterwards. */
static void transfer(int fd, struct batch *b, uint32_t wanted, const char *what) {
    char answers[1 << 16];
    if (send(fd, b->bytes, b->used, 0) < 0) err(1, "send: %s", what);
    for (b->used = 0;;) {
        ssize_t left = recv(fd, answers, sizeof answers, 0);
        if (left < 0) err(1, "receive: %s", what);
        struct nlmsghdr *head = (struct nlmsghdr *)answers;
        for (; NLMSG_OK(head, left); head = NLMSG_NEXT(head, left)) {
            int code = -((struct nlmsgerr *)NLMSG_DATA(head))->error;
            if (head->nlmsg_type != NLMSG_ERROR) continue;
            if (code) errx(1, "%s: message %u: %s", what, head->nlmsg_seq, strerror(code));
            if (head->nlmsg_seq == wanted) return;
        }
    }
}

/* Ask for an answer to the last message, and transfer. */
static void commit(int fd, struct batch *b, const char *what) {
    last(b)->nlmsg_flags |= NLM_F_ACK;
    transfer(fd, b, b->sequence, what);
}
