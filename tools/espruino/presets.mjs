// What goes into which bundle for a device. Paths are the project's.

/** Rows of the smallest server, for a board with 1700 variables. What no device can do is nowhere: EPRT, RNFR, MFMT. */
const TINY = `USER PASS QUIT NOOP CWD CDUP PWD MKD RMD DELE TYPE PORT PASV EPSV RETR STOR LIST NLST FEAT SIZE REST
  ALLO MLSD MLST XCRC`;

/** Rows of the server for boards with more memory. */
const FULL = `${TINY} ACCT REIN MODE STRU APPE STOU ABOR MDTM STAT OPTS HELP SYST SITE`;

/**
 * A preset: the rows of the server's table, the switches of features.ts in core/server and core/client, and whole files that another one takes the
 * place of.
 */
export const PRESETS = {
  tiny: {
    verbs: TINY.split(/\s+/),
    merge: true,
    features: {
      TELNET: false,
      OWN_FILES: false,
      PEERS: false,
      CLOCK: false,
      LONG_REPLIES: false,
      BLOCKS: false,
      IPV6: false,
      EPSV_ALL: false,
      STRANGERS: false,
      PATTERNS: false,
      SECURITY: false,
    },
    replace: {
      "core/server/text.ts": "tools/espruino/stubs/text.ts",
      "core/server/digest.ts": "tools/espruino/stubs/digest.ts",
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
    features: {
      BLOCKS: false,
      OWN_FILES: false,
      PEERS: false,
      IPV6: false,
      FORMATS: false,
      ACTIVE_MODE: false,
      PATTERNS: false,
      SECURITY: false,
    },
    replace: {
      "core/server/text.ts": "tools/espruino/stubs/text.ts",
      "core/server/digest.ts": "tools/espruino/stubs/digest.ts",
      "core/wire/host.ts": "tools/espruino/stubs/host.ts",
    },
  },
  client: {
    verbs: [],
    merge: true,
    features: { TELNET: false, OWN_FILES: false, BLOCKS: false, IPV6: false, FORMATS: false, ACTIVE_MODE: false, SECURITY: false },
    replace: { "core/wire/host.ts": "tools/espruino/stubs/host.ts" },
  },
};

// The same with implicit TLS, for firmware that has the module tls.
PRESETS.secure = { ...PRESETS.client, features: { ...PRESETS.client.features, SECURITY: true, STARTTLS: false } };

/** What runs for every chunk or every command: it keeps a function of its own (see merge.mjs). */
export const HOT = [
  "Transfer.pump",
  "Transfer.step",
  "Transfer.send",
  "LineReader.next",
  "Session.say",
  "Session.reply",
  "Session.advance",
  "Session.command",
  "SocketConn.send",
  "DeviceFiles.size",
  "statAt",
  "Dialog.step",
  "Dialog.send",
];

/** Files whose types a user of the bundle meets, or only some of them: their members keep their names. */
const OPTIONS = "adapters/espruino/options.ts";
const LOGIN = "core/server/options.ts#Login";
const ENTRY = "core/ports.ts#Entry";

/** What `start` and `connect` of adapters/espruino always give: these options have no default, and what is given is folded in. */
const GIVEN = {
  "core/server/options.ts": "sessions sessionsPerHost line reply block blocks spare login idleTimeout confirm passiveFirst passiveLast"
    .split(" "),
  "core/client/options.ts": "line reply block blocks spare host port families user password".split(" "),
};

/** What adapters/espruino can in any case, and what it never can, as bits of core/ports.ts. */
const CAN = {
  always: 64 | 256 | 1024 | 4096 | 32768 | 262144 | 524288, // HIDES_CUTS, WRITE, SEEK, DIRS, HASH, OWN_CHUNKS, RAW_NAMES
  never: 4 | 8 | 16 | 32 | 512 | 8192 | 65536 | 131072, // STARTTLS, IPV6, HALF_CLOSE, CLEAR, RENAME, FACTS, SPACE, WANTS_SIZE
};

/**
 * `exports`: what the file gives, and where it comes from. Of an exported class the methods keep their names, and so do `methods`, of what a
 * function answers. `stands`: a class that is all there is of an interface, though it does not say so. `can`: what is known of the capabilities. `closed`:
 * nobody brings sockets or files of his own.
 */
const made = (about, preset, exports, methods, types = []) => ({
  about,
  preset,
  exports,
  keep: [OPTIONS, LOGIN, ...types],
  methods,
  stands: { DeviceFiles: "FileSystem" },
  given: GIVEN,
  can: CAN,
  closed: true,
});

const START = { start: "adapters/espruino/server.ts" };
const CONNECT = { connect: "adapters/espruino/client.ts" };
const SERVER = ["Server.close"];
const REMOTE = "get put list command reply quit close".split(" ").map((name) => `Remote.${name}`);

/** The files of dist/espruino. */
export const BUNDLES = {
  "picoftp-server": made("FTP server, preset tiny", "tiny", START, SERVER),
  "picoftp-server-full": made("FTP server, preset full", "full", START, SERVER),
  "picoftp-client": made("FTP client", "client", CONNECT, REMOTE, [ENTRY]),
  "picoftp-client-tls": made("FTP client with implicit TLS", "secure", CONNECT, REMOTE, [ENTRY]),
  "picoftp": made("FTP client and server, preset full", "full", { ...CONNECT, ...START }, [...SERVER, ...REMOTE], [ENTRY]),
};

/** A bundle to which somebody's own files can be given, with what such files may be able to do and a device's own never are. */
export function open(bundle, exports, keep) {
  const preset = PRESETS[bundle.preset];
  const verbs = [...preset.verbs, "RNFR", "RNTO", "MFMT"];
  const features = { ...preset.features, OWN_FILES: true, CLOCK: true };
  return {
    ...bundle,
    preset: { ...preset, verbs, features },
    exports: { ...bundle.exports, ...exports },
    keep: [...bundle.keep, ...keep],
    stands: {},
    can: undefined,
    closed: false,
  };
}
