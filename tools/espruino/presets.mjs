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
    merge: true,
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
    merge: true,
    features: { BLOCKS: false, IPV6: false, FORMATS: false, ACTIVE_MODE: false, SECURITY: false },
    replace: {
      "core/server/text.ts": "tools/espruino/stubs/text.ts",
      "core/wire/host.ts": "tools/espruino/stubs/host.ts",
    },
  },
  client: {
    verbs: [],
    merge: true,
    features: { TELNET: false, BLOCKS: false, IPV6: false, FORMATS: false, ACTIVE_MODE: false, SECURITY: false },
    replace: { "core/wire/host.ts": "tools/espruino/stubs/host.ts" },
  },
};

/** What runs for every chunk or every command: it keeps a function of its own (see merge.mjs). */
export const HOT = [
  "Transfer.pump",
  "Transfer.step",
  "Transfer.send",
  "LineReader.next",
  "Session.say",
  "Session.reply",
  "Session.advance",
  "SocketConn.send",
  "DeviceFiles.size",
  "Dialog.step",
  "Dialog.send",
];

/** Files whose types a user of the bundle meets, or only some of them: their members keep their names. */
const PORTS = "core/ports.ts";
const OPTIONS = "adapters/espruino/options.ts";
const LOGIN = "core/server/options.ts#Login";
const ORDERS = "core/client/client.ts#Get,Put";

/** What `start` of adapters/espruino/server.ts gives the server always: these have no default, and what it gives is folded in. */
const GIVEN = {
  file: "core/server/options.ts",
  names: "sessions sessionsPerHost line reply block blocks spare login idleTimeout confirm passiveFirst passiveLast".split(" "),
};

/**
 * `exports`: what the file gives, and where it comes from. Of an exported class the methods keep their names, and so do `methods`. `stands`: a class
 * that is all there is of an interface, though it does not say so. `closed`: nobody brings sockets or files of his own.
 */
const server = (about, preset) => ({
  about,
  preset,
  exports: { start: "adapters/espruino/server.ts" },
  keep: [OPTIONS, LOGIN],
  methods: ["close"],
  stands: { DeviceFiles: "FileSystem" },
  given: GIVEN,
  closed: true,
});

/** As long as the adapter has no client: the core alone. */
const core = (about, preset, exports) => ({
  about,
  preset,
  exports,
  keep: [PORTS, "core/client/options.ts", ORDERS, "core/server/options.ts"],
});

const CLIENT = { Client: "core/client/client.ts" };
const SERVER = { Server: "core/server/server.ts" };

/** The files of dist/espruino. */
export const BUNDLES = {
  "picoftp-server": server("FTP server, preset tiny", "tiny"),
  "picoftp-server-full": server("FTP server, preset full", "full"),
  "picoftp-client": core("FTP client", "client", CLIENT),
  "picoftp": core("FTP client and server, preset full", "full", { ...CLIENT, ...SERVER }),
};
