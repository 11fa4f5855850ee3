import { describe, test } from "node:test";
import { findNetrc } from "../../cli/netrc.ts";
import { assertEquals } from "../assert.ts";

const TEXT = `# comment machine a login no password no
machine a.example login ana password one
machine b.example
  login "with space"
  password "quo\\"te"
  account x
macdef init
machine c.example login no password no

machine a.example login bob password two
machine d.example login only
default login anonymous password me@
`;

describe("netrc", () => {
  const cases: [string, string | undefined, string | null][] = [
    ["a.example", undefined, "ana/one/"],
    ["A.EXAMPLE", "ana", "ana/one/"],
    ["a.example", "bob", "bob/two/"],
    ["b.example", undefined, 'with space/quo"te/x'],
    ["c.example", undefined, "anonymous/me@/"],
    ["d.example", undefined, "only//"],
    ["e.example", "someone", null],
  ];
  for (const [host, user, expected] of cases) {
    test(`${user ?? "anybody"} at ${host}`, () => {
      const entry = findNetrc(TEXT, host, user);
      assertEquals(entry && `${entry.login}/${entry.password}/${entry.account}`, expected);
    });
  }

  test("an empty file", () => assertEquals(findNetrc("", "a", undefined), null));
});
