// What the sources declare, read line by line: enough to know whose method a call means, and what may be tested in short.

/**
 * Declarations of `texts`. `fields`: "Class.name" to its type; `parameters`: name to its types; `parts`: an interface or a class to those
 * that it extends or implements; `returns`: the name of a method or function to what all that are called so answer.
 */
export function declarations(texts) {
  const declared = { fields: new Map(), parameters: new Map(), parts: new Map(), twice: new Set(), returns: new Map() };
  for (const text of texts) {
    let home = "";
    for (const line of text.split("\n")) {
      const head = /^(?:export )?(?:class|interface) (\w+)(?:<[^{]*>)?(.*)\{$/.exec(line);
      if (head) {
        home = head[1];
        if (declared.parts.has(home)) declared.twice.add(home);
        declared.parts.set(home, [...head[2].matchAll(/\b(?!extends|implements)([A-Z]\w*)/g)].map((found) => found[1]));
      } else if (/^\}/.test(line)) home = "";
      if (home === "") continue;
      const typed = /^ {2}(?:readonly )?(\w+)(\?|!)?: (.+?)(?: = .+)?;$/.exec(line);
      const valued = /^ {2}(\w+) = (.+);$/.exec(line);
      if (typed) declared.fields.set(`${home}.${typed[1]}`, typed[3] + (typed[2] === "?" ? " | undefined" : ""));
      else if (valued) declared.fields.set(`${home}.${valued[1]}`, typeOfValue(valued[2]));
    }
    for (const [, name, type] of text.matchAll(/^(?: {2}|(?:export )?function )(\w+)\??(?:<.*?>)?\(.*\): ([^{};=]+?)(?: \{|;)$/gm)) {
      if (!declared.returns.has(name)) declared.returns.set(name, new Set());
      declared.returns.get(name).add(type);
    }
    for (const [, name, type] of text.matchAll(/[(,]\s*(\w+): ([^,()=]+|\([^()]*\) => \w+)(?=[,)])/g)) {
      if (!declared.parameters.has(name)) declared.parameters.set(name, new Set());
      declared.parameters.get(name).add(type.trim());
    }
  }
  return declared;
}

function typeOfValue(text) {
  if (/^-?[\d.]+$/.test(text)) return "number";
  if (/^["'`]/.test(text)) return "string";
  if (/^(?:true|false)$/.test(text)) return "boolean";
  return "";
}

/** All types that fields of a name have, whatever their class. */
export function typesOfField(declared, name) {
  return new Set([...declared.fields].filter(([key]) => key.endsWith(`.${name}`)).map(([, type]) => type));
}

/** The class or interface that a type names; "" where it is something else. */
export function plain(type) {
  return /^[A-Z]\w*$/.test(type.replace(/<.*>$/, "").replace(/ \| (?:null|undefined)\b/g, ""))
    ? type.replace(/<.*>$/, "").replace(/ \| .*/, "")
    : "";
}

/** `part`, and all that it extends or implements. */
export function allParts(declared, part) {
  const found = [part];
  for (let i = 0; i < found.length; i++) {
    for (const next of declared.parts.get(found[i]) ?? []) if (!found.includes(next)) found.push(next);
  }
  return found;
}
