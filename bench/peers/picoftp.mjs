// Our server from dist/, on the runtime that runs this: picoftp.mjs FOLDER USER PASSWORD.
import { ours } from "../clients/runtime.mjs";

const [root, user, password] = process.argv.slice(2);
const { serve } = await ours();
const server = await serve({ root, host: "127.0.0.1", port: 0, users: { [user]: { password } } });
console.log(`ready ${server.port}`);
