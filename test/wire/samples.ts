// Lines of LIST of every family known here, made up for these tests, and what they say.

import { DIR, FILE, LINK, OTHER } from "../../core/ports.ts";
import type { Entry } from "../../core/ports.ts";

/** The day that the samples without a year are read on. */
export const NOW: number = Date.parse("2025-01-15T12:00:00Z");

/** Type, name, size, date (short ISO form, UTC; "" unknown), then what else is worth a look. */
export type Expected = [number, string, number, string, Partial<Entry>?];

/** What each line is for, the line, what it says. */
export const SAMPLES: [string, string, Expected][] = [
  // Unix, the common form
  ["a file", "-rw-r--r--   1 ana      staff        1234 Nov 21 00:11 report.txt", [FILE, "report.txt", 1234, "2024-11-21T00:11", {
    mode: 0o644,
    owner: "ana",
    group: "staff",
  }]],
  ["a folder", "drwxr-x--x   7 ana      staff        4096 Mar  3  2019 photos", [DIR, "photos", 4096, "2019-03-03T00:00", { mode: 0o751 }]],
  ["a link", "lrwxrwxrwx   1 ana      staff           9 Nov 21 00:11 now -> ../v1.2.3", [LINK, "now", 9, "2024-11-21T00:11", {
    target: "../v1.2.3",
  }]],
  ["narrow columns", "-rw------- 1 0 0 5 Nov 1 09:05 k", [FILE, "k", 5, "2024-11-01T09:05", { owner: "0", group: "0" }]],
  ["wide columns", "-rw-rw-rw-     122   verylongowner   verylonggroup     12345678901 Nov 21 00:11 big", [
    FILE,
    "big",
    12345678901,
    "2024-11-21T00:11",
  ]],
  ["tabs", "-rw-r--r--\t1\tana\tstaff\t12\tNov\t21\t00:11\ta b", [FILE, "a b", 12, "2024-11-21T00:11"]],
  ["setuid, setgid, sticky", "-rwsr-Sr-T 1 ana staff 12 Nov 21 00:11 tool", [FILE, "tool", 12, "2024-11-21T00:11", { mode: 0o7744 }]],
  ["sticky folder", "drwxrwxrwt 9 root root 4096 Nov 21 00:11 tmp", [DIR, "tmp", 4096, "2024-11-21T00:11", { mode: 0o1777 }]],
  ["an ACL", "-rw-rw-r--+  1 ana staff 12 Nov 21 00:11 acl", [FILE, "acl", 12, "2024-11-21T00:11", { mode: 0o664, owner: "ana" }]],
  ["an SELinux context", "drwxr-xr-x.  2 ana staff 12 Nov 21 00:11 sel", [DIR, "sel", 12, "2024-11-21T00:11", { owner: "ana" }]],
  ["macOS attributes", "-rw-r--r--@  1 ana staff 12 Nov 21 00:11 mac", [FILE, "mac", 12, "2024-11-21T00:11", { owner: "ana" }]],
  ["an ACL apart", "-rw-r--r-- +  1 ana staff 12 Nov 21 00:11 acl", [FILE, "acl", 12, "2024-11-21T00:11", {
    owner: "ana",
    group: "staff",
  }]],
  ["the count glued on", "-rw-r--r--1234 ana staff 12 Nov 21 00:11 many", [FILE, "many", 12, "2024-11-21T00:11", { owner: "ana" }]],
  ["a count of 0", "-rw-r--r--   0 ana staff 12 Nov 21 00:11 none", [FILE, "none", 12, "2024-11-21T00:11", { owner: "ana" }]],
  ["no count", "-rw-r--r-- ana staff 12 Nov 21 00:11 none", [FILE, "none", 12, "2024-11-21T00:11", { owner: "ana", group: "staff" }]],
  ["no group", "-rw-r--r--   1 ana 12 Nov 21 00:11 nogroup", [FILE, "nogroup", 12, "2024-11-21T00:11", { owner: "ana", group: "" }]],
  ["no owner", "drwxr-xr-x   1 12 Nov 21  2020 noowner", [DIR, "noowner", 12, "2020-11-21T00:00", { owner: "", group: "" }]],
  ["only the size", "-rw-r--r-- 12 Nov 21 00:11 bare", [FILE, "bare", 12, "2024-11-21T00:11"]],
  ["an owner of two words", "-rw-r--r--   1 Ana Bell   Domain Users 12 Nov 21 00:11 two", [FILE, "two", 12, "2024-11-21T00:11", {
    owner: "Ana Bell Domain",
    group: "Users",
  }]],
  ["an owner with its domain", "-rw-r--r--   1 OFFICE\\ana OFFICE\\staff 12 Nov 21 00:11 dom", [FILE, "dom", 12, "2024-11-21T00:11", {
    owner: "OFFICE\\ana",
  }]],
  ["an owner with a number", "-rw-r--r--   1 user7 2024 12 Nov 21 00:11 num", [FILE, "num", 12, "2024-11-21T00:11", {
    owner: "user7",
    group: "2024",
  }]],
  ["an owner called like a month", "-rw-r--r--   1 june 12 2024 Nov 21 00:11 owner", [FILE, "owner", 2024, "2024-11-21T00:11", {
    owner: "june",
    group: "12",
  }]],
  ["the size glued to the group", "-rw-r--r--   1 ana      staff123456789 Nov 21 00:11 glued", [
    FILE,
    "glued",
    123456789,
    "2024-11-21T00:11",
    { owner: "ana", group: "staff" },
  ]],
  ["the size glued to the owner", "-rw-r--r--   1 ana12345678 Nov 21 00:11 glued", [FILE, "glued", 12345678, "2024-11-21T00:11", {
    owner: "ana",
  }]],
  ["a size of 9s and 0s glued to the group", "-rw-r--r--   1 ana      staff909090 Nov 21 00:11 glued", [
    FILE,
    "glued",
    909090,
    "2024-11-21T00:11",
    { group: "staff" },
  ]],
  ["special bits without x", "-rwSr-lr-T 1 ana staff 12 Nov 21 00:11 tool", [FILE, "tool", 12, "2024-11-21T00:11", { mode: 0o7644 }]],
  ["a size with a suffix and no fraction", "-rw-r--r--   1 ana staff 12GB Nov 21 00:11 g", [FILE, "g", 12884901888, "2024-11-21T00:11"]],
  ["a device's numbers before a day", "crw-rw----   1 root tty 4,  21 Nov 21 00:11 tty", [OTHER, "tty", -1, "2024-11-21T00:11", {
    owner: "root",
    group: "tty",
  }]],
  ["a size with a suffix", "-rw-r--r--   1 ana staff 1.5K Nov 21 00:11 k", [FILE, "k", 1536, "2024-11-21T00:11"]],
  ["a size with a small suffix", "-rw-r--r--   1 ana staff 2m Nov 21 00:11 m", [FILE, "m", 2097152, "2024-11-21T00:11"]],
  ["a size with a long suffix", "-rw-r--r--   1 ana staff 3GiB Nov 21 00:11 g", [FILE, "g", 3221225472, "2024-11-21T00:11"]],
  ["a size with commas", "-rw-r--r--   1 ana staff 1,234,567 Nov 21 00:11 commas", [FILE, "commas", 1234567, "2024-11-21T00:11"]],
  ["no size", "drwxr-xr-x   1 ana staff - Nov 21 00:11 dash", [DIR, "dash", -1, "2024-11-21T00:11"]],
  ["a device", "crw-rw----   1 root tty 4, 64 Nov 21 00:11 ttyS0", [OTHER, "ttyS0", -1, "2024-11-21T00:11", {
    owner: "root",
    group: "tty",
  }]],
  ["a device, no space", "brw-rw----   1 root disk 8,1 Nov 21 00:11 sda1", [OTHER, "sda1", -1, "2024-11-21T00:11", { group: "disk" }]],
  ["a device of another day", "crw-rw----   1 root tty 4,   6 Nov  6  2020 tty6", [OTHER, "tty6", -1, "2020-11-06T00:00"]],
  ["a socket", "srwxrwxrwx   1 root root 0 Nov 21 00:11 sock", [OTHER, "sock", 0, "2024-11-21T00:11"]],
  ["a pipe", "prw-r--r--   1 root root 0 Nov 21 00:11 pipe", [OTHER, "pipe", 0, "2024-11-21T00:11"]],
  ["a door", "Drw-r--r--   1 root root 0 Nov 21 00:11 door", [OTHER, "door", 0, "2024-11-21T00:11"]],

  // Unix, names
  ["a name with spaces", "-rw-r--r-- 1 ana staff 12 Nov 21 00:11 a b  c", [FILE, "a b  c", 12, "2024-11-21T00:11"]],
  ["leading spaces", "-rw-r--r-- 1 ana staff 12 Nov 21 00:11   lead", [FILE, "  lead", 12, "2024-11-21T00:11"]],
  ["trailing spaces", "-rw-r--r-- 1 ana staff 12 Nov 21  2020 trail  ", [FILE, "trail  ", 12, "2020-11-21T00:00"]],
  ["a year as the first word", "-rw-r--r-- 1 ana staff 12 Nov 21 00:11 2024 plans", [FILE, "2024 plans", 12, "2024-11-21T00:11"]],
  ["a date in the name", "-rw-r--r-- 1 ana staff 12 Nov 21 00:11 5 Dec 24 10:00 log", [FILE, "5 Dec 24 10:00 log", 12, "2024-11-21T00:11"]],
  ["an arrow in a file's name", "-rw-r--r-- 1 ana staff 12 Nov 21 00:11 a -> b", [FILE, "a -> b", 12, "2024-11-21T00:11", { target: "" }]],
  ["an arrow in a link's name", "lrwxrwxrwx 1 ana staff 3 Nov 21 00:11 a -> b -> cde", [LINK, "a -> b", 3, "2024-11-21T00:11", {
    target: "cde",
  }]],
  ["an arrow in a link's target", "lrwxrwxrwx 1 ana staff 8 Nov 21 00:11 a -> b -> cde", [LINK, "a", 8, "2024-11-21T00:11", {
    target: "b -> cde",
  }]],
  ["a link of no size", "lrwxrwxrwx 1 ana staff 0 Nov 21 00:11 a -> b -> c", [LINK, "a", 0, "2024-11-21T00:11", { target: "b -> c" }]],
  ["a link without an arrow", "lrwxrwxrwx 1 ana staff 3 Nov 21 00:11 a", [LINK, "a", 3, "2024-11-21T00:11", { target: "" }]],
  ["bytes over 127", "-rw-r--r-- 1 ana staff 12 Nov 21 00:11 \xc3\xa9t\xe9\xff", [FILE, "\xc3\xa9t\xe9\xff", 12, "2024-11-21T00:11"]],
  ["a name of digits", "-rw-r--r-- 1 ana staff 12 Nov 21 00:11 12", [FILE, "12", 12, "2024-11-21T00:11"]],

  // Unix, dates
  ["a date behind today is last year's", "-rw-r--r-- 1 a b 12 Jan 20 10:00 x", [FILE, "x", 12, "2024-01-20T10:00"]],
  ["tomorrow is this year's", "-rw-r--r-- 1 a b 12 Jan 16 10:00 x", [FILE, "x", 12, "2025-01-16T10:00"]],
  ["a leap day without a year", "-rw-r--r-- 1 a b 12 Feb 29 10:00 x", [FILE, "x", 12, "2024-02-29T10:00"]],
  ["24:00", "-rw-r--r-- 1 a b 12 Nov 21 24:00 x", [FILE, "x", 12, "2024-11-22T00:00"]],
  ["an hour of one digit", "-rw-r--r-- 1 a b 12 Nov 21 9:05 x", [FILE, "x", 12, "2024-11-21T09:05"]],
  ["seconds and year", "-rw-r--r-- 1 a b 12 Nov 21 00:11:22 2020 x", [FILE, "x", 12, "2020-11-21T00:11:22"]],
  ["before 1970", "-rw-r--r-- 1 a b 12 Nov 21  1960 x", [FILE, "x", 12, ""]],
  ["a later year", "-rw-r--r-- 1 a b 12 Nov 21  2038 x", [FILE, "x", 12, "2038-11-21T00:00"]],
  ["day and month", "-rw-r--r-- 1 a b 12 21 Nov 00:11 x", [FILE, "x", 12, "2024-11-21T00:11"]],
  ["day and month and year", "-rw-r--r-- 1 a b 12 21 Nov  2020 x", [FILE, "x", 12, "2020-11-21T00:00"]],
  ["German", "-rw-r--r-- 1 a b 12 21. Oktober, 00:11 x", [FILE, "x", 12, "2024-10-21T00:11"]],
  ["German with an accent, UTF-8", "-rw-r--r-- 1 a b 12 3. M\xc3\xa4rz 2020 x", [FILE, "x", 12, "2020-03-03T00:00"]],
  ["German with an accent, Latin-1", "-rw-r--r-- 1 a b 12 M\xe4r 3 2020 x", [FILE, "x", 12, "2020-03-03T00:00"]],
  ["French", "-rw-r--r-- 1 a b 12 ao\xc3\xbbt 3 2020 x", [FILE, "x", 12, "2020-08-03T00:00"]],
  ["French, short", "-rw-r--r-- 1 a b 12 3 d\xc3\xa9c. 00:11 x", [FILE, "x", 12, "2024-12-03T00:11"]],
  ["French, June and July", "-rw-r--r-- 1 a b 12 3 juil. 2020 x", [FILE, "x", 12, "2020-07-03T00:00"]],
  ["Spanish", "-rw-r--r-- 1 a b 12 ene 3 2020 x", [FILE, "x", 12, "2020-01-03T00:00"]],
  ["Italian", "-rw-r--r-- 1 a b 12 giu  3  2020 x", [FILE, "x", 12, "2020-06-03T00:00"]],
  ["Japanese, UTF-8", "-rw-r--r-- 1 a b 12 11\xe6\x9c\x88 21\xe6\x97\xa5 00:11 x", [FILE, "x", 12, "2024-11-21T00:11"]],
  ["Japanese with a year, Shift JIS", "-rw-r--r-- 1 a b 12 11\x8c\x8e 21\x93\xfa 2020\x94N x", [FILE, "x", 12, "2020-11-21T00:00"]],
  ["Korean, the day without a mark", "-rw-r--r-- 1 a b 12 11\xec\x9b\x94 21 2020 x", [FILE, "x", 12, "2020-11-21T00:00"]],
  ["ISO", "-rw-r--r-- 1 a b 12 2020-11-21 00:11 x", [FILE, "x", 12, "2020-11-21T00:11"]],
  ["ISO, full, zone", "-rw-r--r-- 1 a b 12 2020-11-21 00:11:22.345678900 +0130 x y", [FILE, "x y", 12, "2020-11-20T22:41:22.345"]],
  ["ISO, zone behind", "-rw-r--r-- 1 a b 12 2020-11-21 00:11:22 -0500 x", [FILE, "x", 12, "2020-11-21T05:11:22"]],
  ["ISO, no time", "-rw-r--r-- 1 a b 12 2020-11-21 x", [FILE, "x", 12, "2020-11-21T00:00"]],
  ["slashes", "-rw-r--r-- 1 a b 12 2020/11/21 00:11 x", [FILE, "x", 12, "2020-11-21T00:11"]],
  ["full stops", "-rw-r--r-- 1 a b 12 2020.11.21 00:11 x", [FILE, "x", 12, "2020-11-21T00:11"]],
  ["day first", "-rw-r--r-- 1 a b 12 03-11-2020 00:11 x", [FILE, "x", 12, "2020-11-03T00:11"]],
  ["day first with full stops", "-rw-r--r-- 1 a b 12 03.11.2020 00:11 x", [FILE, "x", 12, "2020-11-03T00:11"]],
  ["month first with slashes", "-rw-r--r-- 1 a b 12 11/03/2020 00:11 x", [FILE, "x", 12, "2020-11-03T00:11"]],
  ["month and day, year apart", "-rw-r--r-- 1 a b 12 11-21 2020 x", [FILE, "x", 12, "2020-11-21T00:00"]],
  ["month and day, time apart", "-rw-r--r-- 1 a b 12 11-21 00:11 x", [FILE, "x", 12, "2024-11-21T00:11"]],
  ["a name in the middle", "-rw-r--r-- 1 a b 12 21-Nov-20 00:11 x", [FILE, "x", 12, "2020-11-21T00:11"]],
  ["a name in the middle, 1999", "-rw-r--r-- 1 a b 12 21-nov-1999 x", [FILE, "x", 12, "1999-11-21T00:00"]],
  ["no date", "-rw-r--r-- 1 ana staff 12 some name", [FILE, "some name", 12, "", { owner: "ana", group: "staff" }]],
  ["no date, no group", "drwxr-xr-x 1 ana 12 some name", [DIR, "some name", 12, "", { owner: "ana", group: "" }]],
  ["no such date", "-rw-r--r-- 1 ana staff 12 Feb 31 00:11 x", [FILE, "Feb 31 00:11 x", 12, ""]],

  // NetWare, NetPresenz
  ["NetWare, a folder", "d [RWCEAFMS] ana                     512 Nov 21 00:11    shared", [DIR, "shared", 512, "2024-11-21T00:11", {
    owner: "ana",
    mode: -1,
  }]],
  ["NetWare, a file", "- [R----F--] ana.unit             1234567 Mar 03  2020    report one", [
    FILE,
    "report one",
    1234567,
    "2020-03-03T00:00",
    { owner: "ana.unit" },
  ]],
  ["NetWare, glued", "-[RWCEAFMS] ana 512 Nov 21 00:11 shared", [FILE, "shared", 512, "2024-11-21T00:11"]],
  ["NetPresenz, a file", "-rw-r--r--         500     1000     1500 Nov 21  2020 song", [FILE, "song", 1500, "2020-11-21T00:00", {
    owner: "",
    group: "",
  }]],
  ["NetPresenz, a folder", "drwxr-xr-x            folder        7 Nov 21  2020 songs", [DIR, "songs", -1, "2020-11-21T00:00", {
    owner: "",
  }]],

  // DOS and IIS
  ["IIS, a file", "11-21-24  12:11AM                 1234 report.txt", [FILE, "report.txt", 1234, "2024-11-21T00:11"]],
  ["IIS, a folder", "11-21-24  01:05PM       <DIR>          my photos", [DIR, "my photos", -1, "2024-11-21T13:05"]],
  ["IIS, noon", "11-21-24  12:00PM                    0 noon", [FILE, "noon", 0, "2024-11-21T12:00"]],
  ["IIS, year of four digits", "11-21-2024  12:11AM                 1234 a b", [FILE, "a b", 1234, "2024-11-21T00:11"]],
  ["IIS, last century", "11-21-97  12:11AM                 1234 old", [FILE, "old", 1234, "1997-11-21T00:11"]],
  ["24 hours", "11-21-24  13:45                 1234 late", [FILE, "late", 1234, "2024-11-21T13:45"]],
  ["ISO", "2024-11-21  13:45                 1234 iso", [FILE, "iso", 1234, "2024-11-21T13:45"]],
  ["ISO, a folder", "2024-11-21  13:45       <DIR>          iso", [DIR, "iso", -1, "2024-11-21T13:45"]],
  ["slashes", "11/21/2024  01:05 PM    <DIR>          sub", [DIR, "sub", -1, "2024-11-21T13:05"]],
  ["slashes, AM apart", "11/21/2024  12:11 AM             1,234 file", [FILE, "file", 1234, "2024-11-21T00:11"]],
  ["full stops, day first", "03.11.2024  13:45         1.234.567 datei", [FILE, "datei", 1234567, "2024-11-03T13:45"]],
  ["day first where it must be", "21-11-24  13:45  12 x", [FILE, "x", 12, "2024-11-21T13:45"]],
  ["only an A", "11-21-24  12:11A  12 x", [FILE, "x", 12, "2024-11-21T00:11"]],
  ["commas", "11-21-24  12:11AM            1,234,567 big", [FILE, "big", 1234567, "2024-11-21T00:11"]],
  ["apostrophes", "21.11.2024  00:11            1'234'567 gross", [FILE, "gross", 1234567, "2024-11-21T00:11"]],
  ["leading spaces in a file's name", "11-21-24  12:11AM                 1234   lead", [FILE, "  lead", 1234, "2024-11-21T00:11"]],
  ["leading spaces in a folder's name", "11-21-24  01:05PM       <DIR>            lead", [DIR, "  lead", -1, "2024-11-21T13:05"]],
  ["narrow columns", "11-21-24 01:05PM <DIR> sub dir", [DIR, "sub dir", -1, "2024-11-21T13:05"]],
  ["a name of digits", "11-21-24  12:11AM                 1234 2024", [FILE, "2024", 1234, "2024-11-21T00:11"]],
  ["a folder with brackets", "11-21-24  01:05PM       <DIR>          a [b]", [DIR, "a [b]", -1, "2024-11-21T13:05", { target: "" }]],
  ["a file before 1970", "11-21-1960  01:05PM       12 old", [FILE, "old", 12, ""]],
  ["a junction with half a target", "11-21-24  01:05PM       <JUNCTION>     a [b", [LINK, "a [b", -1, "2024-11-21T13:05", { target: "" }]],
  ["a junction", "11/21/2024  01:05 PM    <JUNCTION>     old [C:\\new place]", [LINK, "old", -1, "2024-11-21T13:05", {
    target: "C:\\new place",
  }]],
  ["a symbolic link", "11/21/2024  01:05 PM    <SYMLINKD>     a [b] [D:\\x]", [LINK, "a [b]", -1, "2024-11-21T13:05", { target: "D:\\x" }]],
  ["a junction without a target", "11-21-24  01:05PM       <JUNCTION>     old", [LINK, "old", -1, "2024-11-21T13:05", { target: "" }]],

  // EPLF
  ["EPLF, a file", "+i12.34,m1732147865,r,s1234,\tfile name", [FILE, "file name", 1234, "2024-11-21T00:11:05", { unique: "12.34" }]],
  ["EPLF, a folder", "+/,m1732147865,\tfolder", [DIR, "folder", -1, "2024-11-21T00:11:05"]],
  ["EPLF, a mode", "+r,up640,s0,\t lead", [FILE, " lead", 0, "", { mode: 0o640 }]],
  ["EPLF, a mode with the file's type", "+r,up100755,\ta", [FILE, "a", -1, "", { mode: 0o755 }]],
  ["EPLF, modes that are none", "+r,up9,upx,ux644,mx,sx,\ta", [FILE, "a", -1, "", { mode: -1 }]],
  ["EPLF, facts nobody knows", "+r,x1,,s9,\ta,b", [FILE, "a,b", 9, ""]],
];
