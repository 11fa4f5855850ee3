// What goes into which bundle for a device. Paths are the project's.

/** Rows of the smallest server, for a board with 1700 variables. EPRT needs CAN_IPV6, which no device has: it is nowhere. */
const TINY = `USER PASS QUIT NOOP CWD CDUP PWD MKD RMD DELE RNFR RNTO TYPE PORT PASV EPSV RETR STOR LIST NLST FEAT SIZE REST
  ALLO MLSD MLST`;

/** Rows of the server for boards with more memory. */
const FULL = `${TINY} ACCT REIN MODE STRU APPE STOU ABOR MDTM MFMT STAT OPTS HELP SYST SITE`;

/**
 * A preset: the rows of the server's table, the switches of features.ts in core/server and core/client, and whole files that another one takes the
 * place of.
 */
export const PRESETS = {
  tiny: {
    verbs: TINY.split(/\s+/),
    features: { TELNET: false, LONG_REPLIES: false, BLOCKS: false, IPV6: false, EPSV_ALL: false, STRANGERS: false, SECURITY: false },
    replace: {
      "core/server/text.ts": "tools/espruino/stubs/text.ts",
      "core/wire/host.ts": "tools/espruino/stubs/host.ts",
      "core/server/replies.ts": "tools/espruino/stubs/replies.ts",
      "core/wire/facts.ts": "tools/espruino/stubs/facts.ts",
      "core/wire/listing.ts": "tools/espruino/stubs/listing.ts",
      "core/wire/number.ts": "tools/espruino/stubs/number.ts",
    },
  },
  full: {
    verbs: FULL.split(/\s+/),
    features: { BLOCKS: false, IPV6: false, FORMATS: false, ACTIVE_MODE: false, SECURITY: false },
    replace: {
      "core/server/text.ts": "tools/espruino/stubs/text.ts",
      "core/wire/host.ts": "tools/espruino/stubs/host.ts",
    },
  },
  client: {
    verbs: [],
    features: { TELNET: false, BLOCKS: false, IPV6: false, FORMATS: false, ACTIVE_MODE: false, SECURITY: false },
    replace: { "core/wire/host.ts": "tools/espruino/stubs/host.ts" },
  },
};

/** Files whose types a user of the bundle meets, or only some of them: their members keep their names. */
const PORTS = "core/ports.ts";
const SERVER = "core/server/options.ts";
const CLIENT = "core/client/options.ts";
const ORDERS = "core/client/client.ts#Get,Put";

/** `exports`: what the file gives, and where it comes from. Of an exported class the methods keep their names. */
export const BUNDLES = {
  "picoftp-server": {
    about: "FTP server, preset tiny",
    preset: "tiny",
    exports: { Server: "core/server/server.ts" },
    keep: [PORTS, SERVER],
  },
  "picoftp-server-full": {
    about: "FTP server, preset full",
    preset: "full",
    exports: { Server: "core/server/server.ts" },
    keep: [PORTS, SERVER],
  },
  "picoftp-client": {
    about: "FTP client",
    preset: "client",
    exports: { Client: "core/client/client.ts" },
    keep: [PORTS, CLIENT, ORDERS],
  },
  "picoftp": {
    about: "FTP client and server, preset full",
    preset: "full",
    exports: { Client: "core/client/client.ts", Server: "core/server/server.ts" },
    keep: [PORTS, CLIENT, ORDERS, SERVER],
  },
};
