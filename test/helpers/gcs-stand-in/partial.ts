interface Wanted {
  readonly [name: string]: Wanted | true;
}

/** Keeps of an answer what the parameter `fields` names: `items(name,size),nextPageToken`. */
export function keepFields(value: unknown, fields: string | null): unknown {
  return fields === null || fields === '' ? value : keep(value, readFields(fields));
}

function keep(value: unknown, wanted: Wanted | true): unknown {
  if (wanted === true || wanted['*'] === true || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(item => keep(item, wanted));
  const entries = Object.entries(value).flatMap(([name, member]) => {
    const part = wanted[name] ?? wanted['*'];
    return part === undefined ? [] : [[name, keep(member, part)] as const];
  });
  return Object.fromEntries(entries);
}

function readFields(text: string): Wanted {
  const root: Record<string, Wanted | true> = {};
  for (const item of split(text)) {
    const [, name = '', inner, path] = /^([^/(]+)(?:\((.*)\)|\/(.*))?$/.exec(item) ?? [];
    const rest = inner ?? path;
    const before = root[name];
    if (rest === undefined) root[name] = true;
    else if (before !== true) root[name] = { ...before, ...readFields(rest) };
  }
  return root;
}

/** At commas that are in no parentheses. */
function split(text: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const char of text) {
    depth += char === '(' ? 1 : char === ')' ? -1 : 0;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.map(part => part.trim()).filter(part => part !== '');
}
