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
  return { module: module, net: net, files: files, client: null, mine: null };
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

/**
 * Our client in every operation against the server of a stage. Answers the error and the value that each brought.
 *
 * One client for all rounds: an object that is `this` of more than six calls inside each other is never freed on a device, whose
 * locks on an object end at 15, and a transfer is. So are sessions and transfers of the server; they are used again too.
 */
function operate(stage) {
  const module = stage.module;
  const net = stage.net;
  if (!stage.client) {
    stage.mine = new module.MemoryFiles({ ownChunks: "text" });
    stage.client = new module.Client(net, {
      host: "127.0.0.1",
      port: 2121,
      families: [4],
      user: "ana",
      password: "secret",
      line: 256,
      reply: 512,
      block: 128,
      blocks: 1,
      spare: 1,
    });
  }
  const client = stage.client;
  const mine = stage.mine;
  const said = [];
  function told(what) {
    return function (error, value) {
      const plain = typeof value === "string" || typeof value === "number";
      said.push(what + " " + error + (plain ? " " + value : ""));
    };
  }
  function create(path, then) {
    mine.create(path, { offset: 0, size: -1, append: false, exclusive: false, owner: "" }, function (error, file) {
      then(file);
    });
  }
  client.connect(told("connect"));
  net.run();
  client.mkdir("/d", told("mkdir"));
  net.run();
  client.cd("/d", told("cd"));
  net.run();
  client.pwd(told("pwd"));
  net.run();
  create("/x", function (file) {
    mine.write(file, "hello", 5, function () {
      mine.commit(file, function () {});
    });
  });
  mine.open("/x", 0, new module.Entry(), function (error, file) {
    client.store({ path: "a.txt", offset: 0, append: false, size: 5, ownChunks: true }, mine, file, told("store"));
  });
  net.run();
  client.list("", function (entry, more) {
    said.push("entry " + entry.name + " " + entry.size);
    more(0);
  }, told("list"));
  net.run();
  create("/y", function (file) {
    client.retrieve({ path: "a.txt", offset: 0, size: -1 }, mine, file, told("retrieve"));
  });
  net.run();
  client.size("a.txt", told("size"));
  net.run();
  client.stat("a.txt", function (error, entry) {
    said.push("stat " + error + " " + entry.name + " " + entry.type);
  });
  net.run();
  client.rename("a.txt", "b.txt", told("rename"));
  net.run();
  client.remove("b.txt", told("remove"));
  net.run();
  client.remove("none", told("remove none"));
  net.run();
  client.rmdir("/d", told("rmdir"));
  net.run();
  client.quit(told("quit"));
  net.run();
  const open = net.open;
  if (open.conns !== 0 || stage.files.handles !== 0 || mine.handles !== 0) said.push("open " + JSON.stringify(open));
  return said;
}
