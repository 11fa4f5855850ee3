// Our client against pyftpdlib.

import { pyftpdlib } from "../peers/pyftpdlib.ts";
import { suite } from "./client-suite.ts";

await suite(pyftpdlib);
