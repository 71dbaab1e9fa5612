/* One masquerade rule, and its removal, in raw nfnetlink:
 *   table ip floor { chain post { type nat hook postrouting priority 100;
 *       ip saddr 172.17.0.0/16 oifname != "floor0" masquerade } } */
#pragma once

#include "netlink.h"
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <unistd.h>

static void big(struct batch *b, int type, uint32_t value) { number(b, type, htonl(value)); }

static void nft_message(struct batch *b, int type, int flags, int family, int resource) {
    struct nfgenmsg head = {.nfgen_family = family, .res_id = htons(resource)};
    message(b, type, flags, &head, sizeof head);
}

static void nft_object(struct batch *b, int type, int flags) {
    nft_message(b, NFNL_SUBSYS_NFTABLES << 8 | type, flags, NFPROTO_IPV4, 0);
}

static size_t expression(struct batch *b, const char *name, size_t *data) {
    size_t at = nest(b, NFTA_LIST_ELEM);
    text(b, NFTA_EXPR_NAME, name);
    *data = nest(b, NFTA_EXPR_DATA);
    return at;
}

static void compare(struct batch *b, int how, const void *value, size_t size) {
    size_t data, at = expression(b, "cmp", &data), inner;
    big(b, NFTA_CMP_SREG, NFT_REG_1);
    big(b, NFTA_CMP_OP, how);
    inner = nest(b, NFTA_CMP_DATA);
    attribute(b, NFTA_DATA_VALUE, value, size);
    close_nest(b, inner);
    close_nest(b, data);
    close_nest(b, at);
}

/* Two bytes of the source address are what a /16 compares. */
static void source_is(struct batch *b, const unsigned char prefix[2]) {
    size_t data, at = expression(b, "payload", &data);
    big(b, NFTA_PAYLOAD_DREG, NFT_REG_1);
    big(b, NFTA_PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER);
    big(b, NFTA_PAYLOAD_OFFSET, 12);
    big(b, NFTA_PAYLOAD_LEN, 2);
    close_nest(b, data);
    close_nest(b, at);
    compare(b, NFT_CMP_EQ, prefix, 2);
}

static void leaves_elsewhere(struct batch *b, const char *bridge) {
    char name[16] = "";
    size_t data, at = expression(b, "meta", &data);
    big(b, NFTA_META_KEY, NFT_META_OIFNAME);
    big(b, NFTA_META_DREG, NFT_REG_1);
    close_nest(b, data);
    close_nest(b, at);
    strncpy(name, bridge, sizeof name - 1);
    compare(b, NFT_CMP_NEQ, name, sizeof name);
}

static void nft_chain(struct batch *b, const char *table) {
    nft_object(b, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
    text(b, NFTA_CHAIN_TABLE, table);
    text(b, NFTA_CHAIN_NAME, "post");
    text(b, NFTA_CHAIN_TYPE, "nat");
    size_t hook = nest(b, NFTA_CHAIN_HOOK);
    big(b, NFTA_HOOK_HOOKNUM, NF_INET_POST_ROUTING);
    big(b, NFTA_HOOK_PRIORITY, 100);
    close_nest(b, hook);
    end(b);
}

static void nft_rule(struct batch *b, const char *table, const char *bridge) {
    size_t list, at, data;
    nft_object(b, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
    text(b, NFTA_RULE_TABLE, table);
    text(b, NFTA_RULE_CHAIN, "post");
    list = nest(b, NFTA_RULE_EXPRESSIONS);
    source_is(b, (const unsigned char[]){172, 17});
    leaves_elsewhere(b, bridge);
    at = expression(b, "masq", &data);
    close_nest(b, data);
    close_nest(b, at);
    close_nest(b, list);
    end(b);
}

static void nft_edge(struct batch *b, int type) {
    nft_message(b, type, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
    end(b);
}

/* End the transaction; the answer awaited is that to the last object in it. */
static void nft_commit(struct batch *b, const char *what) {
    int fd = netlink(NETLINK_NETFILTER);
    uint32_t wanted = b->sequence;
    last(b)->nlmsg_flags |= NLM_F_ACK;
    nft_edge(b, NFNL_MSG_BATCH_END);
    transfer(fd, b, wanted, what);
    close(fd);
}

static void add_masquerade(const char *table, const char *bridge) {
    struct batch b = {0};
    nft_edge(&b, NFNL_MSG_BATCH_BEGIN);
    nft_object(&b, NFT_MSG_NEWTABLE, NLM_F_CREATE);
    text(&b, NFTA_TABLE_NAME, table);
    end(&b);
    nft_chain(&b, table);
    nft_rule(&b, table, bridge);
    nft_commit(&b, "masquerade");
    free(b.bytes);
}

static void delete_table(const char *table) {
    struct batch b = {0};
    nft_edge(&b, NFNL_MSG_BATCH_BEGIN);
    nft_object(&b, NFT_MSG_DELTABLE, 0);
    text(&b, NFTA_TABLE_NAME, table);
    end(&b);
    nft_commit(&b, "delete table");
    free(b.bytes);
}
