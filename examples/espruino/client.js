// On the device, with picoftp-client.min.js in Storage as "picoftp-client": pulls a program into Storage.

require("picoftp-client").connect({ host: "192.168.1.5", port: 21, user: "ana", password: "secret" }, function (error, ftp) {
  if (error) return print("No connection: " + error);
  ftp.get("/firmware/app.js", "/app.js", function (error, bytes) {
    print(error ? "failed: " + error + " " + ftp.reply() : bytes + " bytes in Storage");
    ftp.quit(function () {});
  });
});
