// Our client against vsftpd.

import { vsftpd } from "../peers/vsftpd.ts";
import { suite } from "./client-suite.ts";

await suite(vsftpd);
