// On the device, with picoftp-server.min.js in Storage as "picoftp-server": takes files from push.ts into Storage.

require("picoftp-server").start({ user: "ana", password: "secret", port: 21 });
print("ready");
