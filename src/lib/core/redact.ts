/** Shorter values would blank out ordinary words and numbers everywhere. */
const SHORTEST = 4;
/** A line of a key file is worth hiding alone (logs are read line by line), a short line is not. */
const SHORTEST_LINE = 16;

export const REDACTED = '***';

interface Redactor {
  /** From now on this value is hidden in every text that passes. */
  add(value: string): void;
  redact(text: string): string;
  /** Nothing is known that would have to be hidden. */
  readonly idle: boolean;
}

/** Hides known secrets in text, also where they are JSON-escaped or URL-encoded. */
export function createRedactor(): Redactor {
  const forms = new Set<string>();
  let pattern: RegExp | null = null;
  return {
    get idle() {
      return forms.size === 0;
    },
    add(value) {
      const before = forms.size;
      for (const form of formsOf(value)) forms.add(form);
      if (forms.size > before) pattern = null;
    },
    redact(text) {
      if (forms.size === 0) return text;
      pattern ??= compile(forms);
      return text.replace(pattern, REDACTED);
    },
  };
}

/** The one through which everything that the process prints goes. */
export const redactor: Redactor = createRedactor();

function formsOf(value: string): Set<string> {
  const lines = value.split(/\r?\n/).filter(line => line.trim().length >= SHORTEST_LINE);
  const forms = [value, value.trim(), ...lines].flatMap(text => [text, escapeJson(text), ...encodeUrl(text)]);
  return new Set(forms.filter(form => form.trim().length >= SHORTEST));
}

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As encodeURIComponent, as form data (space is +), and both with small hexadecimal digits. */
function encodeUrl(text: string): string[] {
  const encoded = encodeURIComponent(text.toWellFormed());
  const strict = encoded.replace(/[!'()*]/g, mark => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  const forms = [encoded, strict].flatMap(form => [form, form.replaceAll('%20', '+')]);
  return [...forms, ...forms.map(form => form.replace(/%[0-9A-F]{2}/g, code => code.toLowerCase()))];
}

/** One pass with the longest first: a secret inside another one never leaves the rest of it readable. */
function compile(forms: ReadonlySet<string>): RegExp {
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(form => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}
