/** What help says of the commands that ask running nodes. */

export const examples = {
  broadcast: [
    "hearsay broadcast hello 42 '{\"temperature\":20.5}'",
    "seq 100000 | hearsay broadcast --at 127.0.0.1:7001,127.0.0.1:7002",
    "hearsay broadcast --topic orders --event '{\"paid\":17}' '{\"paid\":17}'",
    "hearsay broadcast --topic orders --id order-4711 '{\"paid\":17}'",
  ],
  put: ["hearsay put flags/dark-mode true", "hearsay put flags/eu/limit '{\"per_s\":20}'"],
  get: ["hearsay get flags/dark-mode"],
  delete: ["hearsay delete flags/dark-mode"],
  read: [
    "hearsay read",
    "hearsay read --json",
    "hearsay read --topic orders,audit-*",
    "hearsay read --topic flags --latest --records | jq 'select(.key == \"dark-mode\").value'",
  ],
  watch: [
    "hearsay watch",
    "hearsay watch --new | head -n 1",
    "hearsay watch --position values.position >> values.jsonl",
    "hearsay watch --topic flags --latest --records",
    "hearsay watch --topic '*' --format '{time} {origin} {seq} {topic} {value}'",
  ],
  status: [
    "hearsay status",
    "hearsay status --links",
    "hearsay status --at 127.0.0.1:7001 --json",
    "hearsay status --at 127.0.0.1:7001 --ready",
  ],
};

const selection = [
  "Without --topic, these are the values that were told without a topic; --topic '*' is everything. A line of --records",
  'is an object, as {"topic":"flags","key":"dark-mode","id":"…","stamp":…,"value":true}, without key, stamp or id where',
  'there is none. A key that was deleted is one with "deleted":true and no value, and nothing without --records. stamp is',
  "when a key was set, in microseconds since 1970. With --format, a line is what that says: {time} is when it is printed,",
  "{origin} the life of a node that took the entry, and {seq} its number there, by which positions count.",
  "",
];

export const notes = {
  broadcast: [
    "A VALUE is JSON, or else a string as it stands. Without one, each line of standard input is a value; empty lines",
    "and a byte order mark at the start are passed over. A value that is not acknowledged goes to the next node, and",
    "still enters the cluster once, as equal values are one: on, off, on is two values. With --event, each value enters as",
    "often as it is told, and still once each; the ids that make it so are its own. So it is with --key, where the last",
    "value counts. Exit status: 0 when every value is acknowledged; else 1, and then a value that was sent may have",
    "entered all the same.",
  ],
  put: [
    "TOPIC ends at the first /, and KEY may hold others. The VALUE is JSON, or else a string as it stands. Any node takes",
    "it, also in a network that is cut; of several values under one key the latest counts, on every node the same, by",
    "the time of the nodes that took them. Exit status: 0 when a node has acknowledged it, else 1.",
  ],
  get: [
    "TOPIC ends at the first /, and KEY may hold others. The first node that answers is asked: one that is cut off knows",
    "no more than it did before the cut. Exit status: 0, or 1 where there is no such key or no node answers.",
  ],
  delete: [
    "TOPIC ends at the first /, and KEY may hold others. To delete a key that is not there is no failure, as another node",
    "may know of it. Exit status: 0 when a node has acknowledged it, else 1.",
  ],
  read: [
    ...selection,
    "Each value is a line of JSON, in the order in which the node got them, read from the first node that answers. If",
    "that node fails on the way, the next one gives the rest. Of values that a node keeps no longer, standard error says",
    "how many they are and where they had entered, of whatever topic: 'gap: 500 values of n1.k3 are gone, from 1201 on'.",
    "Exit status: 0 when everything was read that is there, else 1.",
  ],
  watch: [
    ...selection,
    "Each value is a line of JSON: first all that are there, then each one as it arrives. If a node stops answering, the",
    "next one goes on from the same position, so that nothing is missed or repeated; while none answers, all are tried",
    "again. So it is where a node is cut off with few members, and another one reaches more for a while. Standard error",
    "says which node goes on, and why. The watch ends on a signal, or with the next value once nobody reads its output; with status 1 if no node",
    "answers at first, or if its output fails. A position file holds what was written to standard output, some 100 ms",
    "late: a watch that is killed and started again misses nothing, and repeats what it had printed since. An equal value",
    "that had entered twice is printed once; a watch that goes on at another node, or from a position, may print it again",
    "where that is long ago. Of values that a node keeps no longer, standard error says how many they are and where they",
    "had entered: 'gap: 500 values of n1.k3 are gone, from 1201 on', of whatever topic they were. They count as printed,",
    "and are no failure. A position belongs to the topics that were watched up to it.",
  ],
  status: [
    "values: how many the node holds. digest: equal where two nodes hold the same values, and told whole by --json. relay:",
    "the node through which this one passes on values, or itself. With --links, of each peer, lag: entries that the peer has not said",
    "it holds. ahead: entries that it says it holds and the node lacks. Both are empty where the two do not talk to each",
    "other, as values pass through the relay. link: whether the node can send to the peer, and since when; deaf: it can,",
    "and hears nothing. unacked: how long the oldest entry sent has waited for an acknowledgement. suspected: how long",
    "the peer has been taken for lost. queued, dropped: bytes that wait to be sent, and messages that were not sent.",
    "Exit status: 0 when every node that was asked answers, and with --ready is a member of a cluster, else 1.",
  ],
};

export const operands = {
  broadcast: " [VALUE…]",
  put: " TOPIC/KEY VALUE",
  get: " TOPIC/KEY",
  delete: " TOPIC/KEY",
};
