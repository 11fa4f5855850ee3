// Loaded before each test file: --test-force-exit ends the process while results are still on their way out; this lets them.

const QUIET = 100;
const exit = process.exit;

process.exit = (code) => {
  let turns = 0;
  const look = () => {
    turns = process.stdout.writableLength === 0 ? turns + 1 : 0;
    if (turns > QUIET) exit(code);
    setImmediate(look);
  };
  look();
};
