export type TemplateValues = Readonly<Record<string, string | number | boolean | undefined>>;

export interface TemplateFolder {
  /** The text of a file of the templates folder. */
  read(file: string): string;
}

const LINE_TAG = /^(\s*)\{\{(#if|else|\/if|>)\s*(.*?)\}\}\s*$/;
/** `${{ … }}` belongs to GitHub Actions and stays. */
const PLACEHOLDER = /(?<!\$)\{\{(\w+)(\|yaml)?\}\}/g;

/**
 * The small language of the templates folder (its README describes it): `{{name}}`, `{{name|yaml}}`, and on lines of
 * their own `{{#if condition}}`, `{{else}}`, `{{/if}}` and `{{> other-file}}`. Whatever it does not know is an error.
 */
export function renderTemplate(file: string, values: TemplateValues, folder: TemplateFolder): string {
  const lines: string[] = [];
  const open: { readonly outer: boolean; readonly holds: boolean; inElse: boolean }[] = [];
  const isShown = () => open.every(block => block.outer && block.holds !== block.inElse);
  for (const line of folder.read(file).split('\n')) {
    const [, indent = '', tag, argument = ''] = LINE_TAG.exec(line) ?? [];
    if (tag === undefined) {
      if (isShown()) lines.push(fill(line, values, file));
    } else if (tag === '#if') {
      open.push({ outer: isShown(), holds: holds(argument.trim(), values, file), inElse: false });
    } else if (tag === '>') {
      if (isShown()) lines.push(...include(argument.trim(), indent, values, folder));
    } else {
      const block = open.at(-1);
      if (!block) throw new Error(`${file}: {{${tag}}} without {{#if}}`);
      if (tag === 'else') block.inElse = true;
      else open.pop();
    }
  }
  if (open.length > 0) throw new Error(`${file}: {{#if}} without {{/if}}`);
  return lines.join('\n');
}

/** A value as one YAML scalar that reads back as the very same string, number or boolean, also inside { }. */
export function yamlScalar(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  return PLAIN.test(value) && !RESERVED.test(value)
    ? value
    : JSON.stringify(value).replace(/\u2028|\u2029|\u0085|\u007f/g, escapeUnit);
}

/** For a value of a project file, whose loader resolves `${…}` in values, though not in keys: an answer is no reference. */
function yamlValue(value: string | number | boolean): string {
  return yamlScalar(typeof value === 'string' ? value.replaceAll('${', () => '$${') : value);
}

const PLAIN = /^[A-Za-z][\w./@+-]*(?::[\w./@+-]+)*$/;
const RESERVED = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function include(file: string, indent: string, values: TemplateValues, folder: TemplateFolder): string[] {
  const text = renderTemplate(fill(file, values, file), values, folder).replace(/\n$/, '');
  return text.split('\n').map(line => (line === '' ? '' : indent + line));
}

function fill(line: string, values: TemplateValues, file: string): string {
  return line.replace(PLACEHOLDER, (_, name: string, asYaml: string | undefined) => {
    const value = lookUp(name, values, file);
    if (value === undefined) throw new Error(`${file}: {{${name}}} has no value here`);
    return asYaml ? yamlValue(value) : String(value);
  });
}

/** `name`, `!name` or `name=text`. */
function holds(condition: string, values: TemplateValues, file: string): boolean {
  const [, not, name = '', wanted] = /^(!?)(\w+)(?:=(\S+))?$/.exec(condition) ?? [];
  if (name === '') throw new Error(`${file}: {{#if ${condition}}} is not a condition`);
  const value = lookUp(name, values, file);
  const isTrue = wanted === undefined ? Boolean(value) : String(value) === wanted;
  return not ? !isTrue : isTrue;
}

function lookUp(name: string, values: TemplateValues, file: string): string | number | boolean | undefined {
  if (!Object.hasOwn(values, name)) throw new Error(`${file}: nothing is called {{${name}}}`);
  return values[name];
}
