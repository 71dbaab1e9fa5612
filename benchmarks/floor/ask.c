/* ask ADDRESS PORT FLIGHT COUNT NAME: ask a DNS server for NAME's IPv4 address COUNT times, with
 * FLIGHT questions under way at once, and print {"us": microseconds per answer, "lost": how many
 * never came}. A question that is not answered in a second counts as lost and is asked again. */

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static unsigned char query[300];
static int length = 12, sock;
static unsigned next;

static void ask(void) {
    query[0] = next >> 8, query[1] = next, next++;
    if (send(sock, query, length, 0) < 0)
        perror("send"), exit(1);
}

int main(int argc, char **argv) {
    if (argc != 6)
        return fprintf(stderr, "usage: ask ADDRESS PORT FLIGHT COUNT NAME\n"), 2;
    int flight = atoi(argv[3]), count = atoi(argv[4]), got = 0, lost = 0;
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
    if (!inet_pton(AF_INET, argv[1], &server.sin_addr) || strlen(argv[5]) > 200)
        return fprintf(stderr, "ask: bad address or name\n"), 2;
    sock = socket(AF_INET, SOCK_DGRAM, 0);
    if (connect(sock, (void *)&server, sizeof server))
        return perror("connect"), 1;

    query[2] = query[5] = 1; /* RD; one question */
    for (char *label = strtok(argv[5], "."); label; label = strtok(NULL, ".")) {
        query[length++] = strlen(label);
        memcpy(query + length, label, strlen(label)), length += strlen(label);
    }
    length += 2, query[length++] = 1, length++, query[length++] = 1; /* A IN */

    unsigned char answer[2000];
    double began = now();
    for (int i = 0; i < flight; i++)
        ask();
    while (got < count) {
        if (recv(sock, answer, sizeof answer, MSG_DONTWAIT) >= 0) {
            if ((answer[3] & 15) || answer[7] == 0)
                return fprintf(stderr, "ask: no such name\n"), 1;
            got++, ask();
            continue;
        }
        struct pollfd ready = {sock, POLLIN, 0};
        if (poll(&ready, 1, 1000) > 0)
            continue;
        for (int i = 0; i < flight; i++)
            lost++, ask();
        if (lost > count)
            return fprintf(stderr, "ask: no answers\n"), 1;
    }
    printf("{\"us\": %.3f, \"lost\": %d}\n", (now() - began) * 1e6 / got, lost);
    return 0;
}
