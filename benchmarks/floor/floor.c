/* The floor: the least work that the kernel allows for one bridge network with N containers.
 *
 *   floor up N [ipv6]     build in the current network namespace, names in /run/netns
 *   floor down N          take it away again
 *
 * Each prints one line of JSON with its own time in milliseconds. Built is what a container
 * needs and no more: a named namespace, a veth made with its peer already inside, MAC, MTU,
 * address, lo and eth0 up, default route; and once a bridge with the gateway's address, IPv4
 * forwarding and one masquerade rule. IPv6 is switched off inside, unless asked for. Nothing
 * is checked, recorded, named for a reader or undone on failure. */
#define _GNU_SOURCE
#include "firewall.h"
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <time.h>

enum { BRIDGE = 900, FIRST_VETH = 1000, ETH0 = 2, MTU = 1500, GROUP = 77 };
static const char *const bridge_name = "floor0", *const table_name = "floor";

struct inside {
    int netns, socket;
};

static double milliseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void set(const char *path, const char *value) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, value, strlen(value)) < 0) err(1, "%s", path);
    close(fd);
}

static uint32_t address(int host) { return htonl(0xac110000u + host); }

static void link_start(struct batch *b, int flags, int index, int state) {
    struct ifinfomsg link = {.ifi_index = index, .ifi_flags = state, .ifi_change = state};
    message(b, RTM_NEWLINK, flags, &link, sizeof link);
}

static void up(struct batch *b, int index) {
    link_start(b, 0, index, IFF_UP);
    end(b);
}

static void add_address(struct batch *b, int index, int host) {
    struct ifaddrmsg head = {.ifa_family = AF_INET, .ifa_prefixlen = 16, .ifa_index = index};
    uint32_t ip = address(host), broadcast = address(0xffff);
    message(b, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof head);
    attribute(b, IFA_LOCAL, &ip, 4);
    attribute(b, IFA_ADDRESS, &ip, 4);
    attribute(b, IFA_BROADCAST, &broadcast, 4);
    end(b);
}

static void add_default_route(struct batch *b) {
    struct rtmsg route = {.rtm_family = AF_INET,
                          .rtm_table = RT_TABLE_MAIN,
                          .rtm_protocol = RTPROT_BOOT,
                          .rtm_scope = RT_SCOPE_UNIVERSE,
                          .rtm_type = RTN_UNICAST};
    uint32_t gateway = address(1);
    message(b, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &route, sizeof route);
    attribute(b, RTA_GATEWAY, &gateway, 4);
    number(b, RTA_OIF, ETH0);
    end(b);
}

/* With a MAC of its own: else the bridge takes the lowest of its ports', anew with every port. */
static void add_bridge(int host) {
    const unsigned char mac[6] = {2, 0x42, 172, 17, 0, 1};
    struct batch b = {0};
    link_start(&b, NLM_F_CREATE | NLM_F_EXCL, BRIDGE, IFF_UP);
    text(&b, IFLA_IFNAME, bridge_name);
    attribute(&b, IFLA_ADDRESS, mac, sizeof mac);
    number(&b, IFLA_MTU, MTU);
    number(&b, IFLA_GROUP, GROUP);
    size_t info = nest(&b, IFLA_LINKINFO);
    text(&b, IFLA_INFO_KIND, "bridge");
    close_nest(&b, info);
    end(&b);
    add_address(&b, BRIDGE, 1);
    commit(host, &b, "bridge");
    free(b.bytes);
}

static void add_veth(struct batch *b, int i, int netns) {
    char name[32];
    int host = i + 2;
    unsigned char mac[6] = {2, 0x42, 172, 17, host >> 8, host};
    struct ifinfomsg peer = {.ifi_index = ETH0};
    snprintf(name, sizeof name, "floor-%d", i);
    link_start(b, NLM_F_CREATE | NLM_F_EXCL, FIRST_VETH + i, IFF_UP);
    text(b, IFLA_IFNAME, name);
    number(b, IFLA_MTU, MTU);
    number(b, IFLA_MASTER, BRIDGE);
    number(b, IFLA_GROUP, GROUP);
    size_t info = nest(b, IFLA_LINKINFO);
    text(b, IFLA_INFO_KIND, "veth");
    size_t data = nest(b, IFLA_INFO_DATA), at = nest(b, VETH_INFO_PEER);
    put(b, &peer, sizeof peer);
    text(b, IFLA_IFNAME, "eth0");
    attribute(b, IFLA_ADDRESS, mac, sizeof mac);
    number(b, IFLA_MTU, MTU);
    number(b, IFLA_NET_NS_FD, netns);
    close_nest(b, at);
    close_nest(b, data);
    close_nest(b, info);
    end(b);
}

static void path_of(int i, char path[64]) { snprintf(path, 64, "/run/netns/floor-%d", i); }

static struct inside add_namespace(int i, int ipv6) {
    char path[64];
    if (unshare(CLONE_NEWNET)) err(1, "unshare");
    if (!ipv6) {
        set("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
        set("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
    }
    path_of(i, path);
    int file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    if (file < 0) err(1, "%s", path);
    close(file);
    if (mount("/proc/thread-self/ns/net", path, "none", MS_BIND, NULL)) err(1, "%s", path);
    return (struct inside){.netns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC),
                           .socket = netlink(NETLINK_ROUTE)};
}

static void configure(struct batch *b, int i, int socket) {
    up(b, 1);
    add_address(b, ETH0, i + 2);
    up(b, ETH0);
    add_default_route(b);
    commit(socket, b, "inside");
}

static void build(int host, int count, int ipv6) {
    struct inside *all = calloc(count, sizeof *all);
    struct batch b = {0};
    add_bridge(host);
    set("/proc/sys/net/ipv4/ip_forward", "1");
    add_masquerade(table_name, bridge_name);
    for (int i = 0; i < count; i++) all[i] = add_namespace(i, ipv6);
    for (int i = 0; i < count; i++) add_veth(&b, i, all[i].netns);
    commit(host, &b, "cables");
    for (int i = 0; i < count; i++) configure(&b, i, all[i].socket);
}

static void take_down(int host, int count) {
    struct batch b = {0};
    struct ifinfomsg any = {0};
    char path[64];
    delete_table(table_name);
    message(&b, RTM_DELLINK, 0, &any, sizeof any);
    number(&b, IFLA_GROUP, GROUP);
    end(&b);
    commit(host, &b, "delete group");
    for (int i = 0; i < count; i++) {
        path_of(i, path);
        if (umount2(path, MNT_DETACH) || unlink(path)) err(1, "%s", path);
    }
    set("/proc/sys/net/ipv4/ip_forward", "0");
}

int main(int argc, char **argv) {
    if (argc < 3) errx(2, "usage: floor up N [ipv6] | floor down N");
    int count = atoi(argv[2]), host = netlink(NETLINK_ROUTE);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    deepen(host);
    double began = milliseconds();
    if (!strcmp(argv[1], "up"))
        build(host, count, argc > 3);
    else
        take_down(host, count);
    printf("{\"n\": %d, \"ms\": %.3f}\n", count, milliseconds() - began);
    return 0;
}
