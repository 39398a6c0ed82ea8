/** What all reference protocols share: they say what a node does with each broadcast. */
import { canonical } from "../../core/log/canonical.ts";
import type { Json } from "../../core/message.ts";
import { MALFORMED_REQUEST } from "../../core/node.ts";
import { HandlerNode } from "../../runtime/handlers/handler_node.ts";
import { MaelstromError, type Message, type Node, type NodeMaker } from "../../runtime/handlers/node.ts";
import type { NodeOptions } from "../../core/node.ts";

/** A broadcast of a client or of another node. */
export interface Broadcast {
  readonly src: string;
  readonly isFromClient: boolean;
  readonly value: Json;
  /** Says `broadcast_ok`. */
  answer(): void;
}

/** What a protocol does with each broadcast; it may keep state of its own for the life of the node. */
export type Protocol = (node: Node) => (broadcast: Broadcast) => void;

/** A node that runs the protocol. */
export function nodeOf(protocol: Protocol, options: Pick<NodeOptions, "random">): HandlerNode {
  return new HandlerNode(options, handlersOf(protocol));
}

/** How a node is told a value. */
export function telling(value: Json): Message {
  return { type: "broadcast", message: value };
}

function handlersOf(protocol: Protocol): NodeMaker {
  return (node) => {
    const onBroadcast = protocol(node);
    return {
      broadcast({ src, isFromClient, body: { message }, answer }) {
        if (message === undefined) throw new MaelstromError(MALFORMED_REQUEST, "broadcast has no message");
        // A protocol may answer before it keeps the value.
        if (canonical(message) === undefined) {
          throw new MaelstromError(MALFORMED_REQUEST, "the value is nested too deeply");
        }
        onBroadcast({ src, isFromClient, value: message, answer });
      },
      read: () => ({ messages: node.values }),
    };
  };
}
