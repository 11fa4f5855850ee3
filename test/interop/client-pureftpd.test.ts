// Our client against pure-ftpd.

import { pureftpd } from "../peers/pureftpd.ts";
import { suite } from "./client-suite.ts";

await suite(pureftpd);
