/** What help says of certificates. */

export const examples = {
  ca: [
    "hearsay ca init ca",
    "hearsay ca issue n1 --host host1,10.0.0.1 --dir ca",
    "hearsay ca client billing --rights publish:orders,watch:orders* --dir ca",
    "hearsay ca init ca2 && cat ca/ca.pem ca2/ca.pem > bundle.pem",
  ],
};

export const notes = {
  ca: [
    "init makes an authority: DIR/ca.pem, which every node and client is given as --tls-ca, and DIR/ca-key.pem, which is",
    "needed to issue and nowhere else. issue makes ID.pem and ID-key.pem for the node of that id; client makes NAME.pem",
    "and NAME-key.pem for a client, which may do what --rights say: publish:TOPICS, watch:TOPICS or admin. publish: and",
    "watch: without a topic are for values that have none.",
    "",
    "A certificate ends when its authority does. To renew one, issue it again with --force, over the files that the node",
    "reads: it takes them without a restart. To replace an authority: make a second one in a directory of its own, give",
    "everybody the certificates of both in one file (cat ca/ca.pem ca2/ca.pem > bundle.pem) as --tls-ca, then issue every",
    "certificate again from the second one, and in the end give everybody ca2/ca.pem alone.",
    "Exit status: 0, or 1 where files are there already or cannot be written, or the authority is of no use.",
  ],
};

export const operands = { ca: " init DIR | issue ID | client NAME" };
