// Our client against proftpd.

import { proftpd } from "../peers/proftpd.ts";
import { suite } from "./client-suite.ts";

await suite(proftpd);
