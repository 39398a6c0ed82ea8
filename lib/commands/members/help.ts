/** What help says of the commands about members. */

export const examples = {
  members: ["hearsay members", "hearsay members --at 10.0.0.1:7000 --json"],
  leave: ["hearsay leave --at 10.0.0.4:7000"],
  remove: ["hearsay remove n4"],
};

export const notes = {
  members: [
    "The first node that answers is asked. status: joined, left or removed; since: when, or given, where the list was",
    "given by --peer. link and lag are what that node sees: since when it can send to the member, and how many entries the",
    "member has not said that it holds. Who left or was removed is forgotten after 8 days.",
    "Exit status: 0, or 1 where no node answers.",
  ],
  leave: [
    "The node takes no more values, waits until another member in reach holds all that it holds and knows that it leaves,",
    "answers, and ends with status 0. The others go on without it at once. It comes back under the same id with an empty",
    "directory. Exit status: 0 when it has left, else 1.",
  ],
  remove: [
    "For a member that is gone for good and cannot leave: nobody tries to reach it any more. Should it come back, it is",
    "told, and ends with status 3; another node may join under its id. What it alone held is lost, so one that is in reach",
    "is removed with --force alone: it can leave. Any other member can be asked. Exit status: 0 when it is removed, else 1.",
  ],
};

export const operands = { remove: " ID" };
