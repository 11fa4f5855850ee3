// Short conversations in one process, in the language that a device has: used by the tests of the bundles, on Node and on a device.

/** A server in memory, and a client that talks to it. `module` has Server, MemoryNet, MemoryFiles and Peer. */
function stage(module) {
  const net = new module.MemoryNet({ ipv6: false, scribble: false });
  const files = new module.MemoryFiles({ ownChunks: "text" });
  const server = new module.Server(net, files, {
    sessions: 1,
    line: 128,
    block: 64,
    blocks: 1,
    spare: 1,
    clock: function () {
      return 1700000000000;
    },
    login: function (login, done) {
      done(login.password === "secret" ? 0 : 3, null);
    },
  });
  server.listen({ host: "", port: 2121, family: 4 }, function () {});
  net.run();
  return { module: module, net: net, files: files };
}

/**
 * Logs in, makes a folder, stores, lists and fetches a file. Answers the final lines of all replies, and what is not as it should
 * be.
 */
function converse(stage) {
  const module = stage.module;
  const net = stage.net;
  const said = [];
  const data = [];
  const client = new module.Peer();
  client.dial(net, { host: "127.0.0.1", port: 2121, family: 4, text: true });
  function hear() {
    net.run();
    client.take().split("\r\n").forEach(function (line) {
      if (line !== "" && line.charAt(3) === " ") said.push(line);
    });
  }
  function say(line) {
    client.send(line + "\r\n");
    hear();
  }
  function move(line, sent) {
    say("PASV");
    const last = said[said.length - 1];
    const parts = last.substring(last.indexOf("(") + 1, last.indexOf(")")).split(",");
    const peer = new module.Peer();
    peer.dial(net, { host: "127.0.0.1", port: parseInt(parts[4], 10) * 256 + parseInt(parts[5], 10), family: 4 });
    net.run();
    if (sent !== "") peer.send(sent);
    client.send(line + "\r\n");
    net.run();
    peer.end();
    hear();
    data.push(peer.take());
  }
  hear();
  say("USER ana");
  say("PASS secret");
  say("PWD");
  say("MKD /d");
  say("CWD d");
  say("TYPE I");
  say("REST 0");
  move("STOR a.txt", "hello device");
  say("SIZE a.txt");
  move("LIST", "");
  move("RETR a.txt", "");
  say("DELE a.txt");
  say("RMD /d");
  say("NONE");
  say("QUIT");
  client.end();
  net.run();
  if (data[2] !== "hello device") said.push("data " + JSON.stringify(data));
  if (data[1].indexOf("a.txt") < 0) said.push("list " + JSON.stringify(data));
  const open = net.open;
  if (open.conns !== 0 || stage.files.handles !== 0) said.push("open " + JSON.stringify(open));
  return said;
}
