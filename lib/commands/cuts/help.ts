/** What help says of the commands that cut a network, and of the lab. */

export const examples = {
  partition: [
    "hearsay partition bisect --cluster n1=host1:7000,n2=host2:7000,n3=host3:7000",
    "docker compose run --rm examiner partition 'n1,n2|n3,n4,n5' --hold",
    "docker compose run --rm examiner partition majorities-ring --dry-run",
    "docker compose run --rm examiner partition --show",
  ],
  heal: ["docker compose run --rm examiner heal"],
  sidecar: ["hearsay sidecar --within 198.18.1.1,198.18.1.2,198.18.1.3 --secret-file /run/hearsay/secret"],
  lab: [
    "hearsay lab",
    "hearsay lab --rate 200 --time-limit 70 --grudge 'n1,n2|n3,n4,n5' --cuts 5,15,30",
    "hearsay lab partition one --hold",
    "hearsay lab --keep",
  ],
};

export const notes = {
  partition: [
    "CUT is bisect (the first half of the nodes and the rest), one, minority-third, majority, majorities-ring, bridge or",
    "one-way, or gives the sides by name: 'n1,n2|n3,n4,n5', 'n1|rest', or one way 'n1>n2,n3'. Each node's sidecar makes",
    "its rules; a new cut replaces the one before. Exit status: 0 when every sidecar has confirmed; else 1, and then",
    "nothing is cut.",
  ],
  heal: ["Exit status: 0 when every sidecar has confirmed that it drops nothing, else 1."],
  sidecar: [
    "A sidecar runs in the network namespace of its node and needs the capability NET_ADMIN there. It removes its rules",
    "when it starts, when it stops, and when nobody renews a cut for 30 s; as Jepsen does, it removes all rules.",
    "Therefore it does not start where there are rules that are not its own. It takes orders from whoever proves to know",
    "its secret, which does not cross the network: each order is a line of JSON, cut {from: [ip, …]}, heal, hold (renews a",
    "cut) or rules, under a proof that holds for this one connection and order.",
  ],
  lab: [
    "COMMAND is any command of hearsay. It runs among the hosts, and finds them in HEARSAY_CLUSTER and HEARSAY_AT.",
    "Flags alone, or nothing, are for the examination: `hearsay test --nemesis partition`. The hosts are network",
    "namespaces on a bridge, n1 to n5 at 198.18.1.1 to 198.18.1.5, and vanish with the command. The lab needs unshare, nsenter, ip",
    "and iptables, and no root where the kernel lets everybody make user namespaces. `npm run lab -- COMMAND` builds",
    "hearsay first.",
  ],
};

export const operands = {
  partition: " [CUT]",
  lab: " [COMMAND…]",
};
