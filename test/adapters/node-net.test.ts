// The sockets of Node keep the contract, with every way of reading and with small read blocks.

import { NodeNet } from "../../adapters/node/net.ts";
import { netContract } from "../conformance/net.ts";

netContract("NodeNet", () => new NodeNet());
netContract("NodeNet, blocks of 4096", () => new NodeNet({ readBlock: 4096 }));
netContract("NodeNet by 'data' events", () => new NodeNet({ ownBlocks: false }));
