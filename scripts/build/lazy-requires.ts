/**
 * Makes the top-level requires of a CommonJS module, as TypeScript emits them, load on first use:
 * `const x_1 = require("y")` becomes a function, and every use of `x_1` a call of it. The same idea as the `lazy`
 * option of Babel's CommonJS transform; it holds because the emitted form is regular, and the caller counts.
 */
export interface LazyResult {
  readonly code: string;
  /** How many requires were rewritten. */
  readonly rewritten: number;
  /** Top-level requires that kept their form: re-exports and bare requires. */
  readonly kept: readonly string[];
}

const TOP_LEVEL =
  /^(?:const|var|let) (\w+) = (?:(__importDefault|__importStar)\()?require\((?<quote>["'])([^"']+)\k<quote>\)\)?;$/gm;

export function makeRequiresLazy(source: string, resolve: (request: string) => string): LazyResult {
  const names: string[] = [];
  let code = source.replace(TOP_LEVEL, (_all, name: string, wrapper: string | undefined, _quote, request: string) => {
    names.push(name);
    const loaded = resolve(request);
    const value = wrapper ? `${wrapper}(${loaded})` : loaded;
    return `let ${name}$c; const ${name}$l = () => ${name}$c ??= ${value};`;
  });
  for (const name of names) code = callOnUse(code, name);
  const kept = code.split('\n').filter(line => /^\S.*\brequire\(/.test(line) && !line.includes('$c ??='));
  return { code, rewritten: names.length, kept };
}

/** `new x_1.Y(` needs brackets, for `new x_1().Y(` would construct x_1. */
function callOnUse(code: string, name: string): string {
  const use = `(?<![\\w$.'"/])${quote(name)}(?![\\w$])`;
  return code
    .replace(new RegExp(`new ${use}((?:\\.\\w+)+)\\(`, 'g'), `new (${name}$l()$1)(`)
    .replace(new RegExp(use, 'g'), `${name}$l()`);
}

function quote(name: string): string {
  return name.replaceAll('$', '\\$');
}
